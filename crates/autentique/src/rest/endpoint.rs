//! Webhook endpoints that were made.

use idhooks_core::{DecodeError, Lenient, List, Pii, Secret, SecretError, json::FromJson, open_enum, payload, text_id};
use serde::Serialize;

text_id! {
    /// Autentique's id of a webhook endpoint.
    pub struct EndpointId;
}

open_enum! {
    /// The one kind of events an endpoint gets.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/corporate/mutations/gestao-de-endpoints-de-webhooks/criando-endpoint-para-receber-webhooks).
    pub enum EndpointKind {
        /// Events of documents.
        Document = "DOCUMENT",
        /// Events of signatures.
        Signature = "SIGNATURE",
        /// Events of members.
        Member = "MEMBER",
    }
}

open_enum! {
    /// An event an endpoint can ask for; what each one means is said at [`EventBody`](crate::EventBody).
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/corporate/mutations/gestao-de-endpoints-de-webhooks/criando-endpoint-para-receber-webhooks),
    /// but for the two that say otherwise.
    pub enum EndpointEvent {
        /// `document.created`.
        DocumentCreated = "DOCUMENT_CREATED",
        /// `document.updated`.
        DocumentUpdated = "DOCUMENT_UPDATED",
        /// `document.deleted`.
        DocumentDeleted = "DOCUMENT_DELETED",
        /// `document.finished`.
        DocumentFinished = "DOCUMENT_FINISHED",
        /// `signature.created`.
        SignatureCreated = "SIGNATURE_CREATED",
        /// `signature.updated`.
        SignatureUpdated = "SIGNATURE_UPDATED",
        /// `signature.deleted`.
        SignatureDeleted = "SIGNATURE_DELETED",
        /// `signature.viewed`.
        SignatureViewed = "SIGNATURE_VIEWED",
        /// `signature.accepted`.
        SignatureAccepted = "SIGNATURE_ACCEPTED",
        /// `signature.rejected`.
        SignatureRejected = "SIGNATURE_REJECTED",
        /// `signature.biometric_approved`.
        SignatureBiometricApproved = "SIGNATURE_BIOMETRIC_APPROVED",
        /// `signature.biometric_unapproved`.
        SignatureBiometricUnapproved = "SIGNATURE_BIOMETRIC_UNAPPROVED",
        /// `signature.biometric_rejected`.
        SignatureBiometricRejected = "SIGNATURE_BIOMETRIC_REJECTED",
        /// `signature.biometric_reset`. Not in the documented list of this call, observed in public code (2026-09):
        /// whether the call takes it is not known.
        SignatureBiometricReset = "SIGNATURE_BIOMETRIC_RESET",
        /// `signature.delivery_failed`. Not in the documented list of this call, observed in public code (2026-09):
        /// whether the call takes it is not known.
        SignatureDeliveryFailed = "SIGNATURE_DELIVERY_FAILED",
        /// `member.created`.
        MemberCreated = "MEMBER_CREATED",
        /// `member.deleted`.
        MemberDeleted = "MEMBER_DELETED",
    }
}

/// The secret of a webhook endpoint, with which Autentique signs what it sends there. Hidden from `Debug`.
///
/// ```
/// use idhooks_autentique::{Verifier, rest::EndpointSecret};
///
/// let secret: EndpointSecret = serde_json::from_str(r#""the endpoint's secret""#)?;
/// let verifier = Verifier::new(secret.to_secret()?.with_label("signatures"));
/// assert_eq!(format!("{secret:?}"), "EndpointSecret([redacted])");
/// # let _ = verifier;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct EndpointSecret(Pii<Box<str>>);

impl EndpointSecret {
    /// Returns the text, to be stored where secrets are stored.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Converts it for a [`Verifier`](crate::Verifier).
    ///
    /// # Errors
    /// When it is empty, padded or too short to be one.
    pub fn to_secret(&self) -> Result<Secret, SecretError> {
        Secret::new(self.expose())
    }
}

impl FromJson<'_> for EndpointSecret {
    fn from_text(text: &str) -> Result<Self, DecodeError> {
        Ok(Self(Pii::from(Box::from(text))))
    }
}

idhooks_core::impl_deserialize!(EndpointSecret);

payload! {
    /// A webhook endpoint that was made, with its secret.
    ///
    /// **Store the secret now:** the API shows it in this answer and never again, and it has no call to list or delete
    /// endpoints.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/corporate/mutations/gestao-de-endpoints-de-webhooks/criando-endpoint-para-receber-webhooks).
    pub struct CreatedEndpoint {
        /// The secret that signs its deliveries.
        pub secret: EndpointSecret = "secret",
        /// The new endpoint.
        pub webhook_endpoint: Lenient<WebhookEndpoint> = "webhook_endpoint",
    }
}

payload! {
    /// A webhook endpoint.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/corporate/mutations/gestao-de-endpoints-de-webhooks/criando-endpoint-para-receber-webhooks).
    pub struct WebhookEndpoint {
        /// Autentique's id of it. Not required, so that an odd one does not cost you the secret beside it.
        pub id: Lenient<EndpointId> = "id",
        /// Your address. Hidden from `Debug`, because some put a secret into it.
        pub url: Lenient<Pii<Box<str>>> = "url",
        /// Whether it is sent to.
        pub active: Lenient<bool> = "active",
        /// The events it gets: the vendor drops events of another kind.
        pub events: Lenient<List<EndpointEvent>> = "events",
    }
}
