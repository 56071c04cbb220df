//! Links to a document's files.

use idhooks_core::{Lenient, Pii, payload};

payload! {
    /// Where a document's files are.
    ///
    /// A link is not proof that there is a file behind it: `signed` is there before anyone has
    /// signed, and right after the last signature the PDF may not be there yet (observed in public
    /// code). Links on `api.autentique.com.br` answer 403 without your API key (observed in public
    /// code). Before you fetch one, check that it is https and that you know the host, never send
    /// the key anywhere else, and never follow a redirect with it: `Client::downloads`, with a TLS
    /// feature, does all that. Hidden from `Debug`: whoever has such a link may be able to read the
    /// document.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
    pub struct Files {
        /// The document as it was uploaded.
        pub original: Lenient<Pii<Box<str>>> = "original",
        /// The document with the signatures so far.
        pub signed: Lenient<Pii<Box<str>>> = "signed",
        /// The certified document; missing from deliveries of November 2025 and from older samples.
        pub certified: Lenient<Pii<Box<str>>> = "certified",
        /// The document with PAdES signatures; missing where `certified` is.
        pub pades: Lenient<Pii<Box<str>>> = "pades",
    }
}
