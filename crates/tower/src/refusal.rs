//! A rejected request, for operators.

use std::{borrow::Cow, fmt, net::SocketAddr};

use bytes::Bytes;
use http::request::Parts;
use idhooks_core::{Delivery, Expected, Verify, WebhookEvent};

use crate::Rejection;

/// A rejected request, as the hook of [`Receiver::on_rejected`](crate::Receiver::on_rejected) gets it.
///
/// `Display` and `Debug` show no value of a header and nothing of the body.
pub struct Refusal<'a> {
    vendor: &'static str,
    endpoint: Option<String>,
    rejection: &'a Rejection,
    expected: Vec<Expected>,
    peer: Option<SocketAddr>,
    head: &'a Parts,
    body: Option<&'a Bytes>,
}

impl<'a> Refusal<'a> {
    pub(crate) fn new<V: Verify>(
        verifier: &'a V,
        rejection: &'a Rejection,
        head: &'a Parts,
        body: Option<&'a Bytes>,
        peer: Option<SocketAddr>,
    ) -> Self {
        let vendor = <V::Delivery as Delivery>::Event::VENDOR;
        let (endpoint, expected) = (verifier.endpoint_name(head), verifier.expected(head));
        Self { vendor, endpoint, rejection, expected, peer, head, body }
    }

    /// Returns the vendor whose delivery the request claims to be.
    #[must_use]
    pub fn vendor(&self) -> &'static str {
        self.vendor
    }

    /// Returns the name of the verifier's endpoint, such as a tenant.
    #[must_use]
    pub fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }

    /// Returns the reason.
    #[must_use]
    pub fn rejection(&self) -> &Rejection {
        self.rejection
    }

    /// Returns where the verifier looked for the proof of the sender.
    #[must_use]
    pub fn expected(&self) -> &[Expected] {
        &self.expected
    }

    /// Returns the address of the client, if the receiver knows it: see
    /// [`Receiver::peer_from`](crate::Receiver::peer_from). Behind a proxy it is the proxy's.
    #[must_use]
    pub fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// Returns the path without the query. If the last segment should be a secret, `…` stands for it.
    #[must_use]
    pub fn path(&self) -> Cow<'_, str> {
        let path = self.head.uri.path();
        match path.trim_end_matches('/').rsplit_once('/') {
            Some((parent, _)) if self.expected.contains(&Expected::Path) => format!("{parent}/…").into(),
            _ => path.into(),
        }
    }

    /// Returns the names of the headers that the request has.
    pub fn header_names(&self) -> impl Iterator<Item = &str> {
        self.head.headers.keys().map(http::HeaderName::as_str)
    }

    /// Returns the head of the request. Its headers may hold credentials.
    #[must_use]
    pub fn head(&self) -> &Parts {
        self.head
    }

    /// Returns the body, if the receiver had read it. It holds personal data.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.body
    }
}

/// Joins with commas.
fn list<T: fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} delivery rejected", self.vendor)?;
        if let Some(endpoint) = &self.endpoint {
            write!(f, " at endpoint {}", idhooks_core::Escaped(endpoint))?;
        }
        write!(f, ": {}; path {}", self.rejection, idhooks_core::Escaped(&self.path()))?;
        if let Some(peer) = self.peer {
            write!(f, "; peer {peer}")?;
        }
        if !self.expected.is_empty() {
            write!(f, "; expected {}", list(&self.expected))?;
        }
        write!(f, "; headers {}", list(self.header_names()))
    }
}

impl fmt::Debug for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Refusal({self})")
    }
}
