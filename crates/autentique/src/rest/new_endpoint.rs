//! Webhook endpoints to be made.

use idhooks_core::{Pii, open_enum};
use serde::Serialize;

use super::endpoint::{EndpointEvent, EndpointKind};
use crate::{FolderId, OrganizationId};

open_enum! {
    /// How deliveries are written.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/corporate/mutations/gestao-de-endpoints-de-webhooks/criando-endpoint-para-receber-webhooks).
    pub enum EndpointFormat {
        /// As JSON, which this crate reads.
        Json = "JSON",
        /// As forms. No delivery of that kind was ever published; this crate does not read them.
        UrlEncoded = "URLENCODED",
    }
}

/// A webhook endpoint to be made for a child organisation.
///
/// ```
/// use idhooks_autentique::{OrganizationId, rest::{EndpointEvent, EndpointKind, NewEndpoint}};
///
/// let endpoint = NewEndpoint::new(
///     OrganizationId::from(179),
///     "https://hooks.example.com/autentique",
///     EndpointKind::Signature,
///     "Signatures",
///     &[EndpointEvent::SignatureAccepted, EndpointEvent::SignatureRejected],
/// );
/// # assert_eq!(endpoint.events.len(), 2);
/// ```
///
/// Source: [documented](https://docs.autentique.com.br/api/corporate/mutations/gestao-de-endpoints-de-webhooks/criando-endpoint-para-receber-webhooks).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NewEndpoint {
    /// The child organisation whose events are to be sent.
    pub organization_id: OrganizationId,
    /// Your address. Hidden from `Debug`, because some put a secret into it.
    pub url: Pii<Box<str>>,
    /// How deliveries are written: as JSON, unless set.
    pub format: EndpointFormat,
    /// The one kind of events it gets.
    #[serde(rename = "type")]
    pub kind: EndpointKind,
    /// A name of your own, which every delivery carries.
    pub name: Pii<Box<str>>,
    /// Which events it gets. **Those of another kind are dropped without an error.**
    pub events: Vec<EndpointEvent>,
    /// Selects documents of this folder only (inferred from the name).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder_id: Option<FolderId>,
}

impl NewEndpoint {
    /// Returns an endpoint for JSON deliveries of one kind.
    ///
    /// Events of another kind are dropped by Autentique without an error;
    /// [`WebhookEndpoint::events`](super::WebhookEndpoint::events) shows what is left.
    #[must_use]
    pub fn new(
        organization: OrganizationId,
        url: &str,
        kind: EndpointKind,
        name: &str,
        events: &[EndpointEvent],
    ) -> Self {
        Self {
            organization_id: organization,
            url: Pii::from(Box::from(url)),
            format: EndpointFormat::Json,
            kind,
            name: Pii::from(Box::from(name)),
            events: events.to_vec(),
            folder_id: None,
        }
    }

    /// Sets another format than JSON. This crate does not read the other one.
    #[must_use]
    pub fn format(self, format: EndpointFormat) -> Self {
        Self { format, ..self }
    }

    /// Selects documents of this folder only (inferred from the name).
    #[must_use]
    pub fn folder_id(self, id: &FolderId) -> Self {
        Self { folder_id: Some(id.clone()), ..self }
    }
}
