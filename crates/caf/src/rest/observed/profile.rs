//! Profiles that are read back.

use idhooks_core::{Pii, RawJson, record};

use crate::{ProfileId, ProfileStatus, rest::RequestId};

record! {
    /// The profile of a person. Its members are those that the older Core API documents for the same thing.
    ///
    /// Source: [documented for Core](https://docs.caf.io/api/core-api/available-resources/profile), inferred for
    /// Connect.
    #[serde(rename_all = "camelCase")]
    pub struct PersonProfile {
        required {}
        optional {
            /// Caf's id of this request.
            pub request_id: RequestId,
            /// Caf's id of the profile.
            pub id: ProfileId,
            /// State now.
            pub status: ProfileStatus,
            /// The person's tax number: bare digits in the sample, no check digits verified here.
            pub cpf: Pii<Box<str>>,
            /// Name, parents, birth date (`DD/MM/YYYY` in Core's sample) and more, as the template has it.
            pub basic_data: RawJson,
            /// The runs that made the profile.
            pub executions: RawJson,
            /// What each source of data said; its members vary with the template.
            pub sources: RawJson,
        }
    }
}

record! {
    /// The profile of a company. No page and no code shows its members, so only those that every profile of a person
    /// has are read; the rest is in [`Observed::raw`](super::Observed::raw).
    ///
    /// Source: inferred from that of a person.
    #[serde(rename_all = "camelCase")]
    pub struct CompanyProfile {
        required {}
        optional {
            /// Caf's id of this request.
            pub request_id: RequestId,
            /// Caf's id of the profile.
            pub id: ProfileId,
            /// State now.
            pub status: ProfileStatus,
        }
    }
}
