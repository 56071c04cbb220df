//! Accounts: who a key acts for, and who signs.

use idhooks_core::{Pii, record};

use crate::{ActorId, OrganizationId};

record! {
    /// Somebody's account at Autentique: the owner of a key, or a signer who has one. Any part may be missing.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/queries/fetch-current-user).
    pub struct Account {
        required {}
        optional {
            /// Autentique's id of the account: forty hex digits in the sample, as the `uuid` of who did something in
            /// a webhook. That the two are one is inferred.
            pub id: ActorId,
            /// Full name.
            pub name: Pii<Box<str>>,
            /// E-mail address.
            pub email: Pii<Box<str>>,
            /// Phone number.
            pub phone: Pii<Box<str>>,
            /// The person's tax number, with punctuation in the sample.
            pub cpf: Pii<Box<str>>,
            /// The company's tax number.
            pub cnpj: Pii<Box<str>>,
            /// Date of birth, `DD/MM/YYYY` in the sample. Webhooks write `YYYY-MM-DD`.
            pub birthday: Pii<Box<str>>,
            /// What the account may still use. Only asked for by [`Client::me`](crate::Client::me).
            pub subscription: Subscription,
            /// The organisation it belongs to. Only asked for by [`Client::me`](crate::Client::me).
            pub organization: Box<Organization>,
        }
    }
}

record! {
    /// What an account may still use. The vendor shows the numbers without a word on them; that they are what is
    /// left follows from their names (inferred).
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/queries/fetch-current-user).
    pub struct Subscription {
        required {}
        optional {
            /// Whether the plan has the features of a paid one.
            pub has_premium_features: bool,
            /// Documents.
            pub documents: i64,
            /// Credits, which identity checks cost.
            pub credits: i64,
        }
    }
}

record! {
    /// An organisation.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/queries/fetch-current-user).
    pub struct Organization {
        required {
            /// Autentique's number of it.
            pub id: OrganizationId,
        }
        optional {
            /// Another id of it, a UUID.
            pub uuid: Box<str>,
            /// Its name: a person's own, where the organisation is one person.
            pub name: Pii<Box<str>>,
            /// The company's tax number.
            pub cnpj: Pii<Box<str>>,
        }
    }
}
