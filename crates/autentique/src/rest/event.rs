//! What happened to a signature.

use idhooks_core::{Pii, Timestamp, record};

use crate::{Geolocation, Person};

record! {
    /// When something happened to a signature, who did it, and from where.
    ///
    /// In webhooks `viewed`, `signed` and `rejected` are bare times; what else is known stands in
    /// [`SignatureEvent`](crate::SignatureEvent) there.
    ///
    /// Source: members as documented for
    /// [queries](https://docs.autentique.com.br/api/queries/resgatando-documentos) and as observed in public code,
    /// 2026-09. No sample of one is published.
    pub struct Event {
        required {}
        optional {
            /// When.
            pub created_at: Timestamp,
            /// The reason that was given, for instance for declining: free text.
            pub reason: Pii<Box<str>>,
            /// Their address on the network.
            pub ip: Pii<Box<str>>,
            /// The port they came from.
            pub port: Pii<u16>,
            /// Where they were; degrees are text here.
            pub geolocation: Box<Geolocation>,
            /// Who they said they were at that moment.
            pub user: Box<Person>,
        }
    }
}
