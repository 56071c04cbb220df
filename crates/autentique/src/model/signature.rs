//! Who is to sign a document, and whether they have.

use idhooks_core::{LazyJson, Lenient, List, Pii, Timestamp, json::put, open_enum, payload, text_id};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeStruct};

use super::{
    document::DocumentId, mail::Mail, object_type::ObjectType, person::Person, signature_event::SignatureEvent,
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
    /// The id without its dashes: one spelling for webhooks and the API.
    #[must_use]
    pub fn without_dashes(&self) -> String {
        self.bare().collect()
    }

    /// Whether both name the same signature, dashes or not.
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

/// Somebody who is to sign a document, and how far they are.
///
/// Times are `None` until it happens. In the API some of these fields are objects; if one ever comes
/// that way, it reads as `None` and [`Lenient::raw`] has it.
///
/// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signature {
    /// Autentique's id of the signature.
    pub public_id: SignatureId,
    /// What the vendor calls this object: `signature`.
    pub object: Lenient<ObjectType>,
    /// Who is to sign. Missing from the older layout: ask [`Signature::signer`].
    pub user: Lenient<Box<Person>>,
    /// The document. Missing from the older layout.
    pub document: Lenient<DocumentId>,
    /// What they are asked to do; null in the author's own row.
    pub action: Lenient<Action>,
    /// When they first opened the document. May be missing although they signed (observed, September
    /// 2026).
    pub viewed: Lenient<Timestamp>,
    /// When they signed.
    pub signed: Lenient<Timestamp>,
    /// When they declined.
    pub rejected: Lenient<Timestamp>,
    /// The reason they gave for declining: free text.
    pub reason: Lenient<Pii<Box<str>>>,
    /// Since when the identity check waits for a decision; today's name. See
    /// [`Signature::identity_pending`].
    pub biometric_unapproved: Lenient<Timestamp>,
    /// When the identity check was passed; today's name. See [`Signature::identity_approved`].
    pub biometric_approved: Lenient<Timestamp>,
    /// When the identity check was refused; today's name. See [`Signature::identity_rejected`].
    pub biometric_rejected: Lenient<Timestamp>,
    /// What became of the e-mail to them; its times are not UTC. Not in every delivery.
    pub mail: Lenient<Box<Mail>>,
    /// What happened, step by step: read when asked for, because it is most of a document's text.
    /// Not in every delivery.
    pub events: Lenient<LazyJson<List<SignatureEvent>>>,
    /// When they were asked.
    pub created_at: Lenient<Timestamp>,
    /// When it was archived; only null was seen yet.
    pub archived_at: Lenient<Timestamp>,
    /// What only the older layout has. Boxed, so that a list of signatures stays small without it.
    pub older: Option<Box<OlderSignature>>,
}

/// What a signature of the older layout (documented sample of August 2024) holds in other words.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OlderSignature {
    /// Who is to sign, in six fields beside `public_id`.
    pub signer: Person,
    /// Older name of [`Signature::biometric_unapproved`].
    pub validation_unapproved: Lenient<Timestamp>,
    /// Older name of [`Signature::biometric_approved`].
    pub validation_approved: Lenient<Timestamp>,
    /// Older name of [`Signature::biometric_rejected`].
    pub validation_rejected: Lenient<Timestamp>,
}

impl Signature {
    /// Who is to sign, in either layout.
    #[must_use]
    pub fn signer(&self) -> Option<&Person> {
        self.user.as_deref().or(self.older.as_deref().map(|older| &older.signer))
    }

    /// Whether they are asked to do something. False for the author's own row, which is listed
    /// although nobody asked the author (observed, November 2025).
    #[must_use]
    pub fn is_signer(&self) -> bool {
        !self.action.is_absent()
    }

    /// Since when the identity check waits for a decision, under either name.
    #[must_use]
    pub fn identity_pending(&self) -> Option<&Timestamp> {
        self.either(&self.biometric_unapproved, |older| &older.validation_unapproved)
    }

    /// When the identity check was passed, under either name.
    #[must_use]
    pub fn identity_approved(&self) -> Option<&Timestamp> {
        self.either(&self.biometric_approved, |older| &older.validation_approved)
    }

    /// When the identity check was refused, under either name.
    #[must_use]
    pub fn identity_rejected(&self) -> Option<&Timestamp> {
        self.either(&self.biometric_rejected, |older| &older.validation_rejected)
    }

    fn either<'a>(
        &'a self,
        newer: &'a Lenient<Timestamp>,
        older: impl Fn(&'a OlderSignature) -> &'a Lenient<Timestamp>,
    ) -> Option<&'a Timestamp> {
        newer.as_ref().or_else(|| older(self.older.as_deref()?).as_ref())
    }
}

payload! {
    /// Both layouts at once, so that one pass reads either.
    struct Wire {
        public_id: SignatureId = "public_id",
        object: Lenient<ObjectType> = "object",
        user: Lenient<Box<Person>> = "user",
        document: Lenient<DocumentId> = "document",
        name: Lenient<Pii<Box<str>>> = "name",
        company: Lenient<Pii<Box<str>>> = "company",
        email: Lenient<Pii<Box<str>>> = "email",
        phone: Lenient<Pii<Box<str>>> = "phone",
        cpf: Lenient<Pii<Box<str>>> = "cpf",
        birthday: Lenient<Pii<Box<str>>> = "birthday",
        action: Lenient<Action> = "action",
        viewed: Lenient<Timestamp> = "viewed",
        signed: Lenient<Timestamp> = "signed",
        rejected: Lenient<Timestamp> = "rejected",
        reason: Lenient<Pii<Box<str>>> = "reason",
        biometric_unapproved: Lenient<Timestamp> = "biometric_unapproved",
        biometric_approved: Lenient<Timestamp> = "biometric_approved",
        biometric_rejected: Lenient<Timestamp> = "biometric_rejected",
        validation_unapproved: Lenient<Timestamp> = "validation_unapproved",
        validation_approved: Lenient<Timestamp> = "validation_approved",
        validation_rejected: Lenient<Timestamp> = "validation_rejected",
        mail: Lenient<Box<Mail>> = "mail",
        events: Lenient<LazyJson<List<SignatureEvent>>> = "events",
        created_at: Lenient<Timestamp> = "created_at",
        archived_at: Lenient<Timestamp> = "archived_at",
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let wire = <Wire as Deserialize>::deserialize(input)?;
        let older = OlderSignature {
            signer: Person {
                name: wire.name,
                company: wire.company,
                email: wire.email,
                phone: wire.phone,
                cpf: wire.cpf,
                cnpj: Lenient::default(),
                birthday: wire.birthday,
            },
            validation_unapproved: wire.validation_unapproved,
            validation_approved: wire.validation_approved,
            validation_rejected: wire.validation_rejected,
        };
        Ok(Self {
            public_id: wire.public_id,
            object: wire.payload,
            user: wire.user,
            document: wire.document,
            action: wire.action,
            viewed: wire.viewed,
            signed: wire.signed,
            rejected: wire.rejected,
            reason: wire.reason,
            biometric_unapproved: wire.biometric_unapproved,
            biometric_approved: wire.biometric_approved,
            biometric_rejected: wire.biometric_rejected,
            mail: wire.mail,
            events: wire.events,
            created_at: wire.created_at,
            archived_at: wire.archived_at,
            older: older.is_there().then(|| Box::new(older)),
        })
    }
}

impl OlderSignature {
    fn is_there(&self) -> bool {
        let Person { name, company, email, phone, cpf, cnpj, birthday } = &self.signer;
        let texts = [name, company, email, phone, cpf, cnpj, birthday];
        let times = [&self.validation_unapproved, &self.validation_approved, &self.validation_rejected];
        texts.iter().any(|text| !text.is_absent()) || times.iter().any(|time| !time.is_absent())
    }

    fn write<S: SerializeStruct>(&self, out: &mut S) -> Result<(), S::Error> {
        put(out, "name", &self.signer.name)?;
        put(out, "company", &self.signer.company)?;
        put(out, "email", &self.signer.email)?;
        put(out, "phone", &self.signer.phone)?;
        put(out, "cpf", &self.signer.cpf)?;
        put(out, "birthday", &self.signer.birthday)?;
        put(out, "validation_unapproved", &self.validation_unapproved)?;
        put(out, "validation_approved", &self.validation_approved)?;
        put(out, "validation_rejected", &self.validation_rejected)
    }
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut signature = out.serialize_struct("Signature", 25)?;
        signature.serialize_field("public_id", &self.public_id)?;
        put(&mut signature, "object", &self.object)?;
        put(&mut signature, "user", &self.user)?;
        put(&mut signature, "document", &self.document)?;
        if let Some(older) = &self.older {
            older.write(&mut signature)?;
        }
        put(&mut signature, "events", &self.events)?;
        put(&mut signature, "mail", &self.mail)?;
        put(&mut signature, "action", &self.action)?;
        put(&mut signature, "viewed", &self.viewed)?;
        put(&mut signature, "signed", &self.signed)?;
        put(&mut signature, "rejected", &self.rejected)?;
        put(&mut signature, "reason", &self.reason)?;
        put(&mut signature, "biometric_unapproved", &self.biometric_unapproved)?;
        put(&mut signature, "biometric_approved", &self.biometric_approved)?;
        put(&mut signature, "biometric_rejected", &self.biometric_rejected)?;
        put(&mut signature, "created_at", &self.created_at)?;
        put(&mut signature, "archived_at", &self.archived_at)?;
        signature.end()
    }
}
