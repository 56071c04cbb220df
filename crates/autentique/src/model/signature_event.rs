//! What happened to a signature, step by step.

use idhooks_core::{Lenient, Pii, Timestamp, open_enum, payload};

use super::{document::DocumentId, geolocation::Geolocation, person::Actor};

open_enum! {
    /// What a signer, or whoever checked them, did.
    ///
    /// Signing has two names, the documented and the one that is sent. Both are variants, so that
    /// what is written back is what was sent; [`is_accepted`](Self::is_accepted) sees them as one.
    pub enum SignatureEventKind {
        /// Opened the document.
        Viewed = "viewed",
        /// Signed, as documented.
        Accepted = "accepted",
        /// Signed, as really sent (observed, November 2025 and September 2026).
        Signed = "signed",
        /// Declined.
        Rejected = "rejected",
        /// The identity check was passed.
        BiometricApproved = "biometric_approved",
        /// The identity check was refused.
        BiometricRejected = "biometric_rejected",
        /// The identity check waits for a decision.
        BiometricUnapproved = "biometric_unapproved",
    }
}

impl SignatureEventKind {
    /// Returns whether the signer signed, under either name.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted | Self::Signed)
    }
}

payload! {
    /// One thing that happened to a signature.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
    pub struct SignatureEvent {
        /// The name of the event.
        pub kind: Lenient<SignatureEventKind> = "type",
        /// The document.
        pub document: Lenient<DocumentId> = "document",
        /// Who did it.
        pub user: Lenient<Box<Actor>> = "user",
        /// Where they were.
        pub geolocation: Lenient<Box<Geolocation>> = "geolocation",
        /// The reason they gave for declining.
        pub reason: Lenient<Pii<Box<str>>> = "reason",
        /// Their address on the network.
        pub ip: Lenient<Pii<Box<str>>> = "ip",
        /// The port they came from.
        pub port: Lenient<Pii<u16>> = "port",
        /// When.
        pub created_at: Lenient<Timestamp> = "created_at",
    }
}
