//! The envelope of a delivery, the event in it, and the 17 types of events.

use idhooks_core::{
    Envelope, Lenient, Pii, Timestamp, WebhookEvent, envelope,
    json::{members, members_of, text},
    open_enum, text_id,
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

envelope! {
    /// One event of Autentique.
    ///
    /// ```
    /// use idhooks_autentique::Event;
    ///
    /// fn line(event: &Event) -> String {
    ///     if let Some(signature) = event.body.signature() {
    ///         let decided = signature.identity_approved().or(signature.identity_rejected());
    ///         let id = signature.public_id.without_dashes();
    ///         return format!("{id}: identity check since {:?}, decided {decided:?}", signature.identity_pending());
    ///     }
    ///     if let Some(member) = event.body.member() {
    ///         return format!("a member of {:?}", member.group);
    ///     }
    ///     let changed = event.previous().map(|previous| previous.names().count());
    ///     let of_document = event.body.document().is_some();
    ///     format!("{of_document}: {:?}, {changed:?} fields changed", event.body.document_id())
    /// }
    /// ```
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
    pub struct Event("type" names "data") {
        /// The body of the event.
        pub body: EventBody,
        /// Unique forever, whichever endpoint it was sent to.
        pub id: EventId = "id",
        /// The vendor's name for this object: `event`.
        pub object: Lenient<ObjectType> = "object",
        /// The organization it happened in.
        pub organization: Lenient<OrganizationId> = "organization",
        /// Former values, where today's layout has them; see [`Event::previous`].
        pub previous_attributes: Lenient<PreviousAttributes> = "previous_attributes",
        /// When it happened, with microseconds.
        pub created_at: Lenient<Timestamp> = "created_at",
    }
    in "event" of webhook:
    /// The object around an event: which of your endpoints it was sent to.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
    pub struct WebhookObject {
        /// Id of the event at this endpoint. The next endpoint has another one, so do not deduplicate by it.
        pub id: Lenient<DeliveryId> = "id",
        /// The vendor's name for this object: `webhook`.
        pub object: Lenient<ObjectType> = "object",
        /// The endpoint's name: free text of your own.
        pub name: Lenient<Pii<Box<str>>> = "name",
        /// Format of the body: `json`.
        pub format: Lenient<Format> = "format",
        /// The endpoint's address as you entered it; it need not be a valid URL. Hidden from `Debug`, because some put
        /// a secret into it.
        pub url: Lenient<Pii<Box<str>>> = "url",
    }

    /// The body of an event, by its `type`.
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
    /// Returns the document, if this is one of the four events about documents.
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

    /// Returns the signature, if this is one of the eleven events about signatures.
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

    /// Returns the member, if this is one of the two events about members.
    #[must_use]
    pub fn member(&self) -> Option<&Resource<Member>> {
        match self {
            Self::MemberCreated(member) | Self::MemberDeleted(member) => Some(member),
            _ => None,
        }
    }

    /// Returns the document this is about, or whose signature it is about. `None` for members, for events
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

impl Event {
    /// Returns the former values, from either place in the event; `None` if it has none.
    #[must_use]
    pub fn previous(&self) -> Option<&PreviousAttributes> {
        let wrapped = self.body.wrapped_previous_attributes().and_then(|previous| previous.as_ref());
        self.previous_attributes.as_ref().into_iter().chain(wrapped).find(|previous| !previous.is_empty())
    }
}

impl WebhookEvent for Event {
    const VENDOR: &'static str = "autentique";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    // 400 signers with four events each are 1.07 MB.
    const MAX_BODY: usize = 4 * 1024 * 1024;

    fn is_known(&self) -> bool {
        self.body.is_known()
    }

    fn envelope(body: &[u8]) -> Envelope {
        let [event] = members(body, ["event"]);
        let [id, kind, time, data] = members_of(event, ["id", "type", "created_at", "data"]);
        let [payload, of_document, of_signature] = members_of(data, ["object", "id", "document"]);
        let [wrapped_document, wrapped_signature, public_id] =
            members_of(payload, ["id", "document", "public_id"]).map(text);
        // The older layout, as `Resource` tells it: an `object` that is a resource itself.
        let wrapped_signature = wrapped_signature.filter(|_| public_id.is_some());
        let of_document = of_document.filter(|id| id.get() != "null");
        let two_documents =
            wrapped_document.is_some() && of_document.is_some() && wrapped_document != text(of_document);
        let kind = text(kind);
        let family = kind.as_deref().and_then(|kind| kind.split_once('.')).map(|(family, _)| family);
        let subject = match family {
            Some("document") if two_documents => None, // as `decode`, which rejects it
            Some("document") => wrapped_document.or_else(|| text(of_document)),
            Some("signature") => wrapped_signature.or_else(|| text(of_signature)),
            _ => None,
        };
        // One event comes to several endpoints under as many envelope ids, so only its own id counts.
        Envelope::new().with_event(kind).with_subject(subject).with_time(text(time)).with_identity([text(id)])
    }

    /// Returns the JSON of the member `event`. Each endpoint sends the same event in an envelope of its own (inferred from
    /// seven samples).
    fn content(body: &[u8]) -> &[u8] {
        let [event] = members(body, ["event"]);
        event.map_or(body, |event| event.get().as_bytes())
    }
}
