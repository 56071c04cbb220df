//! The envelope of a delivery, the event in it, and the 17 types of events.

use idhooks_core::{
    DecodeError, Envelope, Lenient, Pii, Timestamp, WebhookEvent, event_bodies,
    json::{self, Once, Tagged, members, members_of, put, read_tagged, text},
    open_enum, payload, text_id,
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, MapAccess},
    ser::SerializeStruct as _,
};

use crate::{Document, DocumentId, Member, ObjectType, OrganizationId, PreviousAttributes, Resource, Signature};

text_id! {
    /// Autentique's id of an event, a UUID. The same for every endpoint that gets the event and, it
    /// is said, for every repeat (observed in public code): the one to deduplicate by.
    pub struct EventId;
}

text_id! {
    /// Id of an event at one endpoint: base64 of the endpoint's number, `|`, and the event's id
    /// (inferred from seven samples). Two endpoints get the same event under two of these.
    pub struct DeliveryId;
}

open_enum! {
    /// How a body is written. Endpoints can also be made to send forms; no such delivery was ever
    /// published and this crate does not read them.
    pub enum Format {
        /// JSON.
        Json = "json",
    }
}

event_bodies! {
    /// What happened, by the event's `type`.
    pub enum EventBody {
        /// A document was made.
        DocumentCreated(Resource<Document>) = "document.created",
        /// A document or its settings changed; also sent around its creation.
        DocumentUpdated(Resource<Document>) = "document.updated",
        /// A document was deleted for good.
        DocumentDeleted(Resource<Document>) = "document.deleted",
        /// Every signature, or every step, is complete.
        DocumentFinished(Resource<Document>) = "document.finished",
        /// Somebody was asked to sign.
        SignatureCreated(Resource<Signature>) = "signature.created",
        /// The request to sign changed.
        SignatureUpdated(Resource<Signature>) = "signature.updated",
        /// Somebody who had not signed yet was removed.
        SignatureDeleted(Resource<Signature>) = "signature.deleted",
        /// The signer opened the document for the first time.
        SignatureViewed(Resource<Signature>) = "signature.viewed",
        /// The signer signed.
        SignatureAccepted(Resource<Signature>) = "signature.accepted",
        /// The signer declined; see `reason`.
        SignatureRejected(Resource<Signature>) = "signature.rejected",
        /// The identity check was passed, by the author's word or automatically.
        SignatureBiometricApproved(Resource<Signature>) = "signature.biometric_approved",
        /// The identity check waits for a decision, for instance the author's. May follow any kind of check.
        SignatureBiometricUnapproved(Resource<Signature>) = "signature.biometric_unapproved",
        /// The author refused the identity check and asks for a new one.
        SignatureBiometricReset(Resource<Signature>) = "signature.biometric_reset",
        /// The identity check was refused.
        SignatureBiometricRejected(Resource<Signature>) = "signature.biometric_rejected",
        /// The e-mail to the signer could not be sent; see `refused` and `reason` of `mail` (inferred).
        SignatureDeliveryFailed(Resource<Signature>) = "signature.delivery_failed",
        /// Somebody joined the organisation.
        MemberCreated(Resource<Member>) = "member.created",
        /// Somebody was removed from the organisation.
        MemberDeleted(Resource<Member>) = "member.deleted",
    }
}

impl EventBody {
    /// The document, if this is one of the four events about documents.
    #[must_use]
    pub fn document(&self) -> Option<&Resource<Document>> {
        match self {
            Self::DocumentCreated(document)
            | Self::DocumentUpdated(document)
            | Self::DocumentDeleted(document)
            | Self::DocumentFinished(document) => Some(document),
            _ => None,
        }
    }

    /// The signature, if this is one of the eleven events about signatures.
    #[must_use]
    pub fn signature(&self) -> Option<&Resource<Signature>> {
        match self {
            Self::SignatureCreated(signature)
            | Self::SignatureUpdated(signature)
            | Self::SignatureDeleted(signature)
            | Self::SignatureViewed(signature)
            | Self::SignatureAccepted(signature)
            | Self::SignatureRejected(signature)
            | Self::SignatureBiometricApproved(signature)
            | Self::SignatureBiometricUnapproved(signature)
            | Self::SignatureBiometricReset(signature)
            | Self::SignatureBiometricRejected(signature)
            | Self::SignatureDeliveryFailed(signature) => Some(signature),
            _ => None,
        }
    }

    /// The member, if this is one of the two events about members.
    #[must_use]
    pub fn member(&self) -> Option<&Resource<Member>> {
        match self {
            Self::MemberCreated(member) | Self::MemberDeleted(member) => Some(member),
            _ => None,
        }
    }

    /// The document this is about, or whose signature it is about. `None` for members, for events
    /// this release does not know, and for a signature of the older layout.
    #[must_use]
    pub fn document_id(&self) -> Option<&DocumentId> {
        let of_signature = || self.signature()?.document.as_ref();
        self.document().map(|document| &document.id).or_else(of_signature)
    }

    /// What the older shape says about former values.
    fn wrapped_previous_attributes(&self) -> Option<&Lenient<PreviousAttributes>> {
        None.or_else(|| self.document()?.wrapped_previous_attributes())
            .or_else(|| self.signature()?.wrapped_previous_attributes())
            .or_else(|| self.member()?.wrapped_previous_attributes())
    }
}

/// One event of Autentique, with the envelope it came in.
///
/// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// Unique for ever, whichever endpoint it came to.
    pub id: EventId,
    /// What happened, typed.
    pub body: EventBody,
    /// What the vendor calls this object: `event`.
    pub object: Lenient<ObjectType>,
    /// The organisation it happened in.
    pub organization: Lenient<OrganizationId>,
    /// Former values, where today's layout has them; see [`Event::previous`].
    pub previous_attributes: Lenient<PreviousAttributes>,
    /// When it happened, with microseconds.
    pub created_at: Lenient<Timestamp>,
    /// What is around the event: which endpoint it came to.
    pub envelope: Envelope,
}

/// What is around an event: which of your endpoints it came to.
///
/// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Envelope {
    /// Id of the event at this endpoint; another one at the next. Not the one to deduplicate by.
    pub id: Lenient<DeliveryId>,
    /// What the vendor calls this object: `webhook`.
    pub object: Lenient<ObjectType>,
    /// The endpoint's name: free text of your own.
    pub name: Lenient<Pii<Box<str>>>,
    /// How the body is written: `json`.
    pub format: Lenient<Format>,
    /// The endpoint's address as you entered it: text that need not be a valid URL. Hidden from
    /// `Debug`, because some put a secret into it.
    pub url: Lenient<Pii<Box<str>>>,
}

impl Event {
    /// What changed, wherever the event says it; `None` if it says nothing.
    #[must_use]
    pub fn previous(&self) -> Option<&PreviousAttributes> {
        let wrapped = self.body.wrapped_previous_attributes().and_then(|previous| previous.as_ref());
        self.previous_attributes.as_ref().into_iter().chain(wrapped).find(|previous| !previous.is_empty())
    }
}

/// The members of `event`.
#[derive(Default)]
struct Inner {
    body: Option<EventBody>,
    id: Once<EventId>,
    object: Once<Lenient<ObjectType>>,
    organization: Once<Lenient<OrganizationId>>,
    previous_attributes: Once<Lenient<PreviousAttributes>>,
    created_at: Once<Lenient<Timestamp>>,
}

impl<'de> Tagged<'de> for Inner {
    const NAME: &'static str = "type";
    const BODY: &'static str = "data";
    const FIELDS: &'static [&'static str] =
        &["id", "object", "organization", "type", "data", "previous_attributes", "created_at"];

    fn read_body<D: Deserializer<'de>>(&mut self, name: &str, input: D) -> Result<(), D::Error> {
        EventBody::read_into(&mut self.body, name, input)
    }

    fn read_member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "id" => self.id.read("id", map),
            "object" => self.object.read("object", map),
            "organization" => self.organization.read("organization", map),
            "previous_attributes" => self.previous_attributes.read("previous_attributes", map),
            "created_at" => self.created_at.read("created_at", map),
            _ => Ok(false),
        }
    }
}

/// An event as it stands inside the envelope, which is then put around it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bare(Event);

impl<'de> Deserialize<'de> for Bare {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let mut inner = Inner::default();
        let name = read_tagged(input, &mut inner)?;
        let body = match inner.body {
            Some(body) => body,
            None => EventBody::absent(&name, "data")?,
        };
        Ok(Self(Event {
            id: inner.id.into_option().ok_or_else(|| D::Error::missing_field("id"))?,
            body,
            object: inner.object.into_option().unwrap_or_default(),
            organization: inner.organization.into_option().unwrap_or_default(),
            previous_attributes: inner.previous_attributes.into_option().unwrap_or_default(),
            created_at: inner.created_at.into_option().unwrap_or_default(),
            envelope: Envelope::default(),
        }))
    }
}

impl Serialize for Bare {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        BareRef(&self.0).serialize(out)
    }
}

struct BareRef<'a>(&'a Event);

impl Serialize for BareRef<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let Self(inner) = self;
        let mut event = out.serialize_struct("Event", 7)?;
        event.serialize_field("id", &inner.id)?;
        put(&mut event, "object", &inner.object)?;
        put(&mut event, "organization", &inner.organization)?;
        event.serialize_field("type", inner.body.name())?;
        event.serialize_field("data", &inner.body)?;
        put(&mut event, "previous_attributes", &inner.previous_attributes)?;
        put(&mut event, "created_at", &inner.created_at)?;
        event.end()
    }
}

payload! {
    /// The whole body.
    struct Delivered {
        event: Bare = "event",
        id: Lenient<DeliveryId> = "id",
        object: Lenient<ObjectType> = "object",
        name: Lenient<Pii<Box<str>>> = "name",
        format: Lenient<Format> = "format",
        url: Lenient<Pii<Box<str>>> = "url",
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let Delivered { event: Bare(event), id, payload, name, format, url } =
            <Delivered as Deserialize>::deserialize(input)?;
        Ok(Self { envelope: Envelope { id, payload, name, format, url }, ..event })
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let Envelope { id, payload, name, format, url } = &self.envelope;
        let mut webhook = out.serialize_struct("Webhook", 6)?;
        put(&mut webhook, "id", id)?;
        put(&mut webhook, "object", object)?;
        put(&mut webhook, "name", name)?;
        put(&mut webhook, "format", format)?;
        put(&mut webhook, "url", url)?;
        webhook.serialize_field("event", &BareRef(self))?;
        webhook.end()
    }
}

impl WebhookEvent for Event {
    const VENDOR: &'static str = "autentique";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        json::decode(body)
    }

    fn envelope(body: &[u8]) -> Envelope<'_> {
        let [event] = members(body, ["event"]);
        let [id, kind, time, data] = members_of(event, ["id", "type", "created_at", "data"]);
        let [payload, of_document, of_signature] = members_of(data, ["object", "id", "document"]);
        let [wrapped_document, wrapped_signature, public_id] = members_of(payload, ["id", "document", "public_id"]);
        // The older layout, as `Resource` tells it: an `object` that is a resource itself.
        let wrapped_signature = wrapped_signature.filter(|_| public_id.is_some());
        let two_documents =
            wrapped_document.is_some() && of_document.is_some() && text(wrapped_document) != text(of_document);
        let kind = text(kind);
        let family = kind.as_deref().and_then(|kind| kind.split_once('.')).map(|(family, _)| family);
        let subject = match family {
            Some("document") if two_documents => None, // as `decode`, which refuses it
            Some("document") => text(wrapped_document.or(of_document)),
            Some("signature") => text(wrapped_signature.or(of_signature)),
            _ => None,
        };
        // One event comes to several endpoints under as many envelope ids, so only its own id counts.
        Envelope::new().with_event(kind).with_subject(subject).with_time(text(time)).with_identity([text(id)])
    }
}
