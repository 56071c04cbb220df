//! What became of the e-mail to a signer.

use idhooks_core::{Lenient, Pii, Timestamp, payload};

payload! {
    /// What became of the e-mail to a signer.
    ///
    /// The times have no zone (`2025-11-08 16:33:15`) and are **not UTC**: the one capture that can be
    /// compared shows Brasília time, three hours behind the `Z` times beside it (observed, November
    /// 2025). Whether they follow the document's time zone is not known.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
    pub struct Mail {
        /// When it was sent.
        pub sent: Lenient<Timestamp> = "sent",
        /// When it was opened.
        pub opened: Lenient<Timestamp> = "opened",
        /// When sending it failed, as
        /// [documented](https://docs.autentique.com.br/api/queries/resgatando-documentos) for the
        /// API's field of the same name; see `reason`.
        pub refused: Lenient<Timestamp> = "refused",
        /// When it arrived.
        pub delivered: Lenient<Timestamp> = "delivered",
        /// The mail server's answer when sending failed. It may name the person.
        pub reason: Lenient<Pii<Box<str>>> = "reason",
    }
}
