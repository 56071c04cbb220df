//! Language and customs of a document.

use idhooks_core::record;

record! {
    /// Language and customs of a document.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
    pub struct Locale {
        required {}
        optional {
            /// ISO 3166 code (`BR`).
            pub country: Box<str>,
            /// Language tag (`pt-BR`).
            pub language: Box<str>,
            /// Name of the time zone (`America/Sao_Paulo`).
            pub timezone: Box<str>,
            /// PHP's spelling of a date format (`d/m/Y`), not the names the API uses.
            pub date_format: Box<str>,
        }
    }
}
