//! Documents to be signed.

use idhooks_core::{Lenient, List, Pii, Timestamp, open_enum, payload, text_id};

use super::{
    files::Files, flag::Flag, locale::Locale, object_type::ObjectType, person::Person, resource::Object,
    signature::Signature,
};

text_id! {
    /// Autentique's id of a document: hex without dashes, 49 characters in every capture. Ids within
    /// one documented sample disagree with each other; take it as opaque.
    pub struct DocumentId ignoring case;
}

text_id! {
    /// Autentique's id of a folder; only null was seen yet.
    pub struct FolderId;
}

open_enum! {
    /// How often signers are reminded.
    ///
    /// Only null was seen in webhooks; these are the API's words (inferred).
    pub enum Reminder {
        /// Every day.
        Daily = "DAILY",
        /// Every week.
        Weekly = "WEEKLY",
    }
}

payload! {
    /// A document and everyone who is to sign it.
    ///
    /// There is no status: that every signature is complete is what `document.finished` says. The
    /// vendor lists the settings without a word on them; what is said here follows from their names
    /// (inferred).
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
    pub struct Document {
        /// Autentique's id of the document.
        pub id: DocumentId = "id",
        /// The vendor's name for this object: `document`.
        pub object: Lenient<ObjectType> = "object",
        /// Its name: free text, so it may name a person.
        pub name: Lenient<Pii<Box<str>>> = "name",
        /// The message to the signers.
        pub message: Lenient<Pii<Box<str>>> = "message",
        /// Whether signers may decline.
        pub refusable: Lenient<bool> = "refusable",
        /// Whether one rejection ends it for all.
        pub stop_on_rejected: Lenient<bool> = "stop_on_rejected",
        /// Whether qualified signatures are asked for.
        pub qualified: Lenient<bool> = "qualified",
        /// Whether signers need not give a CPF.
        pub ignore_cpf: Lenient<bool> = "ignore_cpf",
        /// Whether signers need not give their date of birth. Missing from documented samples, sent
        /// since 2025 (observed).
        pub ignore_birthdate: Lenient<bool> = "ignore_birthdate",
        /// Whether signers sign one after the other.
        pub sortable: Lenient<bool> = "sortable",
        /// Whether it is blocked.
        pub is_blocked: Lenient<bool> = "is_blocked",
        /// Whether it is a test: sandbox documents are delivered to the same endpoints, with the
        /// same signature. Deleted after some days.
        pub sandbox: Lenient<Flag> = "sandbox",
        /// Whether signers have to scroll to the end.
        pub scrolling_required: Lenient<Flag> = "scrolling_required",
        /// Whether it was made by way of the API; today's name. See [`Document::made_by_api`].
        pub api: Lenient<bool> = "api",
        /// Whether it was made by way of the API; the name in the older sample.
        pub is_from_api: Lenient<bool> = "is_from_api",
        /// Language and customs.
        pub locale: Lenient<Locale> = "locale",
        /// Number of the e-mail template; only null was seen yet.
        pub email_template_id: Lenient<u64> = "email_template_id",
        /// When it expires; only null was seen yet.
        pub expiration_at: Lenient<Timestamp> = "expiration_at",
        /// The time after which no one can sign; only null was seen yet.
        pub deadline_at: Lenient<Timestamp> = "deadline_at",
        /// When it was deleted; only null was seen yet.
        pub deleted_at: Lenient<Timestamp> = "deleted_at",
        /// Until when it is kept: five years after it was made, in the samples.
        pub lifecycle_in: Lenient<Timestamp> = "lifecycle_in",
        /// The number of days, or of another unit that is not documented, after which somebody is
        /// notified; only null was seen yet.
        pub notify_in: Lenient<u64> = "notify_in",
        /// How often signers are reminded; only null was seen yet.
        pub reminder: Lenient<Reminder> = "reminder",
        /// To whom replies go.
        pub reply_to: Lenient<Pii<Box<str>>> = "reply_to",
        /// How many are to sign. The author's own row is not counted.
        pub signatures_count: Lenient<u32> = "signatures_count",
        /// How many have signed.
        pub signed_count: Lenient<u32> = "signed_count",
        /// How many have declined.
        pub rejected_count: Lenient<u32> = "rejected_count",
        /// One row for each who is to sign, and at times one for the author: see
        /// [`Document::signers`].
        pub signatures: Lenient<List<Signature>> = "signatures",
        /// Who made it.
        pub author: Lenient<Person> = "author",
        /// Links to its files.
        pub files: Lenient<Files> = "files",
        /// When it was made.
        pub created_at: Lenient<Timestamp> = "created_at",
        /// When it last changed.
        pub updated_at: Lenient<Timestamp> = "updated_at",
        /// The author's folder; sent since 2025 (observed), only null was seen yet.
        pub author_folder_id: Lenient<FolderId> = "author_folder_id",
    }
}

impl Document {
    /// Returns the rows of those who are to sign.
    ///
    /// Leaves out the author's own row, which is there although nobody asked the author to sign
    /// (observed, November 2025): count it, and "everyone has signed" never comes true.
    ///
    /// `None` if the rows were not sent or cannot be read, so that nobody takes "no rows" for "no
    /// signature is missing". To learn that a document is complete, wait for `document.finished`.
    pub fn signers(&self) -> Option<impl Iterator<Item = &Signature>> {
        Some(self.signatures.as_ref()?.iter().filter(|row| row.is_signer()))
    }

    /// Returns whether it was made by way of the API, under either name; `None` if neither was sent.
    #[must_use]
    pub fn made_by_api(&self) -> Option<bool> {
        self.api.or(*self.is_from_api)
    }
}

impl Object for Document {
    fn id(&self) -> Option<&str> {
        Some(self.id.as_str())
    }

    fn object_type(&mut self) -> &mut Lenient<ObjectType> {
        &mut self.object
    }
}
