//! Documents, as the API says them.

use idhooks_core::{Lenient, List, Pii, Timestamp, payload};

use super::signature::Signature;
use crate::{DocumentId, Files, Person};

payload! {
    /// A document and everyone who is to sign it.
    ///
    /// There is no status in it: [`DocumentFilter::status`](super::DocumentFilter::status) asks for one, and
    /// `document.finished` tells when the last signature is there.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/queries/resgatando-documentos), and for the settings,
    /// which are listed without a word on them, as observed in public code, 2026-09. No answer with a document is
    /// published.
    pub struct Document {
        /// Autentique's id of the document.
        pub id: DocumentId = "id",
        /// Its name: free text, so it may name a person.
        pub name: Lenient<Pii<Box<str>>> = "name",
        /// Whether it is a test. Deleted after some days, and hidden from lists unless you ask for it.
        pub sandbox: Lenient<bool> = "sandbox",
        /// Whether signers may decline.
        pub refusable: Lenient<bool> = "refusable",
        /// Whether one rejection ends it for all.
        pub stop_on_rejected: Lenient<bool> = "stop_on_rejected",
        /// Whether signers sign one after the other.
        pub sortable: Lenient<bool> = "sortable",
        /// Whether it was made by way of the API; webhooks call it `api`.
        pub is_from_api: Lenient<bool> = "is_from_api",
        /// When it was made.
        pub created_at: Lenient<Timestamp> = "created_at",
        /// When it last changed.
        pub updated_at: Lenient<Timestamp> = "updated_at",
        /// When it was deleted.
        pub deleted_at: Lenient<Timestamp> = "deleted_at",
        /// The time after which no one can sign.
        pub deadline_at: Lenient<Timestamp> = "deadline_at",
        /// When it expires. Public code (2026-09) takes it for a date signers are reminded of: it stops nobody,
        /// `deadline_at` does.
        pub expiration_at: Lenient<Timestamp> = "expiration_at",
        /// How many are to sign. In webhooks the author's own row is not counted.
        pub signatures_count: Lenient<u32> = "signatures_count",
        /// How many have signed.
        pub signed_count: Lenient<u32> = "signed_count",
        /// How many have declined.
        pub rejected_count: Lenient<u32> = "rejected_count",
        /// Who made it: name, e-mail address and company.
        pub author: Lenient<Person> = "author",
        /// Links to its files, as in webhooks. With a TLS feature, `Client::downloads` fetches them.
        pub files: Lenient<Files> = "files",
        /// One row for each who is to sign, and at times one for the author: see [`Document::signers`].
        pub signatures: Lenient<List<Signature>> = "signatures",
    }
}

impl Document {
    /// Returns the rows of those who are to sign, without the author's own, whom nobody asked.
    ///
    /// `None` if the rows were not sent or cannot be read, so that nobody takes "no rows" for "no signature is
    /// missing".
    pub fn signers(&self) -> Option<impl Iterator<Item = &Signature>> {
        Some(self.signatures.as_ref()?.iter().filter(|row| row.is_signer()))
    }
}
