//! Language and customs of a document.

use idhooks_core::{Lenient, payload};

payload! {
    /// Language and customs of a document.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
    pub struct Locale {
        /// ISO 3166 code (`BR`).
        pub country: Lenient<Box<str>> = "country",
        /// Language tag (`pt-BR`).
        pub language: Lenient<Box<str>> = "language",
        /// Name of the time zone (`America/Sao_Paulo`).
        pub timezone: Lenient<Box<str>> = "timezone",
        /// PHP's spelling of a date format (`d/m/Y`), not the names the API uses.
        pub date_format: Lenient<Box<str>> = "date_format",
    }
}
