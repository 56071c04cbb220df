//! What happened to a signature.

use idhooks_core::{Lenient, Pii, Timestamp, payload};

use crate::{Geolocation, Person};

payload! {
    /// When something happened to a signature, who did it, and from where.
    ///
    /// In webhooks `viewed`, `signed` and `rejected` are bare times; what else is known stands in
    /// [`SignatureEvent`](crate::SignatureEvent) there.
    ///
    /// Source: members as documented for
    /// [queries](https://docs.autentique.com.br/api/queries/resgatando-documentos) and as observed in public code,
    /// 2026-09. No sample of one is published.
    pub struct Event {
        /// When.
        pub created_at: Lenient<Timestamp> = "created_at",
        /// The reason that was given, for instance for declining: free text.
        pub reason: Lenient<Pii<Box<str>>> = "reason",
        /// Their address on the network.
        pub ip: Lenient<Pii<Box<str>>> = "ip",
        /// The port they came from.
        pub port: Lenient<Pii<u16>> = "port",
        /// Where they were; degrees are text here.
        pub geolocation: Lenient<Box<Geolocation>> = "geolocation",
        /// Who they said they were at that moment.
        pub user: Lenient<Box<Person>> = "user",
    }
}
