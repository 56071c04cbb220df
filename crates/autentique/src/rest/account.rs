//! Accounts: who a key acts for, and who signs.

use idhooks_core::{Lenient, Pii, payload};

use crate::{ActorId, OrganizationId};

payload! {
    /// Somebody's account at Autentique: the owner of a key, or a signer who has one. Any part may be missing.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/queries/fetch-current-user).
    pub struct Account {
        /// Autentique's id of the account: forty hex digits in the sample, as the `uuid` of who did something in
        /// a webhook. That the two are one is inferred.
        pub id: Lenient<ActorId> = "id",
        /// Full name.
        pub name: Lenient<Pii<Box<str>>> = "name",
        /// E-mail address.
        pub email: Lenient<Pii<Box<str>>> = "email",
        /// Phone number.
        pub phone: Lenient<Pii<Box<str>>> = "phone",
        /// The person's tax number, with punctuation in the sample.
        pub cpf: Lenient<Pii<Box<str>>> = "cpf",
        /// The company's tax number.
        pub cnpj: Lenient<Pii<Box<str>>> = "cnpj",
        /// Date of birth, `DD/MM/YYYY` in the sample. Webhooks write `YYYY-MM-DD`.
        pub birthday: Lenient<Pii<Box<str>>> = "birthday",
        /// The remaining credits of the account. Only requested by [`Client::me`](crate::Client::me).
        pub subscription: Lenient<Subscription> = "subscription",
        /// The organisation it belongs to. Only asked for by [`Client::me`](crate::Client::me).
        pub organization: Lenient<Box<Organization>> = "organization",
    }
}

payload! {
    /// What an account may still use. The vendor shows the numbers without a word on them; that they are what is
    /// left follows from their names (inferred).
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/queries/fetch-current-user).
    pub struct Subscription {
        /// Whether the plan has the features of a paid one.
        pub has_premium_features: Lenient<bool> = "has_premium_features",
        /// Documents.
        pub documents: Lenient<i64> = "documents",
        /// Credits, which identity checks cost.
        pub credits: Lenient<i64> = "credits",
    }
}

payload! {
    /// An organisation.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/queries/fetch-current-user).
    pub struct Organization {
        /// Autentique's number of it.
        pub id: OrganizationId = "id",
        /// Another id of it, a UUID.
        pub uuid: Lenient<Box<str>> = "uuid",
        /// Its name: a person's own, where the organisation is one person.
        pub name: Lenient<Pii<Box<str>>> = "name",
        /// The company's tax number.
        pub cnpj: Lenient<Pii<Box<str>>> = "cnpj",
    }
}
