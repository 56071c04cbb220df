//! Profiles that are read back.

use idhooks_core::{Lenient, Pii, RawJson, payload};

use crate::{ProfileId, ProfileStatus, rest::RequestId};

payload! {
    /// The profile of a person. Its members are those that the older Core API documents for the same thing.
    ///
    /// Source: [documented for Core](https://docs.caf.io/api/core-api/available-resources/profile), inferred for
    /// Connect.
    pub struct PersonProfile {
        /// Caf's id of this request.
        pub request_id: Lenient<RequestId> = "requestId",
        /// Caf's id of the profile.
        pub id: Lenient<ProfileId> = "id",
        /// State now.
        pub status: Lenient<ProfileStatus> = "status",
        /// The person's tax number: bare digits in the sample, no check digits verified here.
        pub cpf: Lenient<Pii<Box<str>>> = "cpf",
        /// Name, parents, birth date (`DD/MM/YYYY` in Core's sample) and more, as the template has it.
        pub basic_data: Lenient<RawJson> = "basicData",
        /// The runs that made the profile.
        pub executions: Lenient<RawJson> = "executions",
        /// The result of each data source; its members vary with the template.
        pub sources: Lenient<RawJson> = "sources",
    }
}

payload! {
    /// The profile of a company. No page and no code shows its members, so only those that every profile of a person
    /// has are read; the rest is in [`Fetched::raw`](idhooks_client::Fetched::raw).
    ///
    /// Source: inferred from that of a person.
    pub struct CompanyProfile {
        /// Caf's id of this request.
        pub request_id: Lenient<RequestId> = "requestId",
        /// Caf's id of the profile.
        pub id: Lenient<ProfileId> = "id",
        /// State now.
        pub status: Lenient<ProfileStatus> = "status",
    }
}
