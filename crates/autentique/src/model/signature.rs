//! Who is to sign a document, and whether they have.

use std::borrow::Cow;

use idhooks_core::{Lenient, List, Pii, Timestamp, open_enum, payload, text_id};

use super::{
    document::DocumentId, mail::Mail, object_type::ObjectType, person::Person, resource::Object,
    signature_event::SignatureEvent,
};

text_id! {
    /// Autentique's id of a signature: a UUID, with dashes in webhooks and without in the API's
    /// samples (documented).
    ///
    /// Two spellings are not equal. Compare by [`same_as`](Self::same_as), or store
    /// [`without_dashes`](Self::without_dashes).
    pub struct SignatureId;
}

impl SignatureId {
    /// Returns the id without its dashes: one spelling for webhooks and the API.
    #[must_use]
    pub fn without_dashes(&self) -> String {
        self.bare().collect()
    }

    /// Returns whether both name the same signature, dashes or not.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        self.bare().eq(other.bare())
    }

    fn bare(&self) -> impl Iterator<Item = char> {
        self.as_str().chars().filter(|c| *c != '-')
    }
}

open_enum! {
    /// What somebody is asked to do. Other actions exist (witness, approve and more); their spelling
    /// in webhooks was never published, and the API's is another one (`SIGN`).
    pub enum Action {
        /// To sign.
        Sign = "Sign",
    }
}

payload! {
    /// A person who is to sign a document, and their progress.
    ///
    /// Times are `None` until it happens. In the API some of these fields are objects; in that form they read as
    /// `None` here, and [`Lenient::error`] says so.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
    pub struct Signature {
        /// Autentique's id of the signature.
        pub public_id: SignatureId = "public_id",
        /// The vendor's name for this object: `signature`.
        pub object: Lenient<ObjectType> = "object",
        /// Who is to sign. Missing from the older layout: ask [`Signature::signer`].
        pub user: Lenient<Box<Person>> = "user",
        /// The document. Missing from the older layout.
        pub document: Lenient<DocumentId> = "document",
        /// The signer's name; older layout only (documented sample of August 2024), as all fields up to `birthday`.
        pub name: Lenient<Pii<Box<str>>> = "name",
        /// The signer's company; older layout only.
        pub company: Lenient<Pii<Box<str>>> = "company",
        /// The signer's e-mail address; older layout only.
        pub email: Lenient<Pii<Box<str>>> = "email",
        /// The signer's telephone number; older layout only.
        pub phone: Lenient<Pii<Box<str>>> = "phone",
        /// The signer's CPF; older layout only.
        pub cpf: Lenient<Pii<Box<str>>> = "cpf",
        /// The signer's date of birth; older layout only.
        pub birthday: Lenient<Pii<Box<str>>> = "birthday",
        /// The steps so far. Not in every delivery.
        pub events: Lenient<List<SignatureEvent>> = "events",
        /// The e-mail to the signer; its times are not UTC. Not in every delivery.
        pub mail: Lenient<Box<Mail>> = "mail",
        /// The action the signer is asked for; null in the author's own row.
        pub action: Lenient<Action> = "action",
        /// When the signer first opened the document. May be missing although they signed (observed, September 2026).
        pub viewed: Lenient<Timestamp> = "viewed",
        /// When the signer signed.
        pub signed: Lenient<Timestamp> = "signed",
        /// When the signer declined.
        pub rejected: Lenient<Timestamp> = "rejected",
        /// The reason given for declining: free text.
        pub reason: Lenient<Pii<Box<str>>> = "reason",
        /// Since when the identity check waits for a decision; today's name. See [`Signature::identity_pending`].
        pub biometric_unapproved: Lenient<Timestamp> = "biometric_unapproved",
        /// When the identity check was passed; today's name. See [`Signature::identity_approved`].
        pub biometric_approved: Lenient<Timestamp> = "biometric_approved",
        /// When the identity check was rejected; today's name. See [`Signature::identity_rejected`].
        pub biometric_rejected: Lenient<Timestamp> = "biometric_rejected",
        /// Older name of `biometric_unapproved`.
        pub validation_unapproved: Lenient<Timestamp> = "validation_unapproved",
        /// Older name of `biometric_approved`.
        pub validation_approved: Lenient<Timestamp> = "validation_approved",
        /// Older name of `biometric_rejected`.
        pub validation_rejected: Lenient<Timestamp> = "validation_rejected",
        /// When the request to sign was created.
        pub created_at: Lenient<Timestamp> = "created_at",
        /// When it was archived; only null was seen yet.
        pub archived_at: Lenient<Timestamp> = "archived_at",
    }
}

impl Signature {
    /// Returns the person who is to sign, in either layout.
    #[must_use]
    pub fn signer(&self) -> Option<Cow<'_, Person>> {
        if let Some(user) = self.user.as_deref() {
            return Some(Cow::Borrowed(user));
        }
        let older = [&self.name, &self.company, &self.email, &self.phone, &self.cpf, &self.birthday];
        older.iter().any(|field| field.is_some()).then(|| {
            Cow::Owned(Person {
                name: self.name.clone(),
                company: self.company.clone(),
                email: self.email.clone(),
                phone: self.phone.clone(),
                cpf: self.cpf.clone(),
                cnpj: Lenient::default(),
                birthday: self.birthday.clone(),
            })
        })
    }

    /// Returns whether they are asked to do something. False for the author's own row, which is listed although nobody
    /// asked the author (observed, November 2025).
    #[must_use]
    pub fn is_signer(&self) -> bool {
        !self.action.is_absent()
    }

    /// Returns since when the identity check waits for a decision, under either name.
    #[must_use]
    pub fn identity_pending(&self) -> Option<&Timestamp> {
        self.biometric_unapproved.as_ref().or(self.validation_unapproved.as_ref())
    }

    /// Returns when the identity check was passed, under either name.
    #[must_use]
    pub fn identity_approved(&self) -> Option<&Timestamp> {
        self.biometric_approved.as_ref().or(self.validation_approved.as_ref())
    }

    /// Returns when the identity check was rejected, under either name.
    #[must_use]
    pub fn identity_rejected(&self) -> Option<&Timestamp> {
        self.biometric_rejected.as_ref().or(self.validation_rejected.as_ref())
    }
}

impl Object for Signature {
    fn id(&self) -> Option<&str> {
        Some(self.public_id.as_str())
    }

    fn object_type(&mut self) -> &mut Lenient<ObjectType> {
        &mut self.object
    }
}
