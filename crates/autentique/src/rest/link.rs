//! Links to sign.

use idhooks_core::{Lenient, Pii, payload, text_id};

text_id! {
    /// Autentique's id of a link to sign.
    pub struct LinkId;
}

payload! {
    /// A link under which one signer signs. Whoever has it can open the document: hidden from `Debug`.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/mutations/create-signature-link).
    pub struct Link {
        /// The link, `https://assina.ae/…`.
        pub short_link: Lenient<Pii<Box<str>>> = "short_link",
        /// Autentique's id of it; that it exists was observed in public code, 2026-09.
        pub id: Lenient<LinkId> = "id",
    }
}
