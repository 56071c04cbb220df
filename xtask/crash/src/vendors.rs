//! The vendors, their secrets, and their doors.

use axum::Router;
use idhooks_autentique as autentique;
use idhooks_axum::InboxService;
use idhooks_caf as caf;
use idhooks_capa as capa;
use idhooks_case_keeper as case_keeper;
use idhooks_core::{Secret, SecretError};
use idhooks_inbox::Inbox;

/// Vendors whose deliveries are sent: two with ids of their own, one without, and one that proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Vendor {
    Caf,
    Autentique,
    Capa,
    CaseKeeper,
}

impl Vendor {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 4] = [Self::Caf, Self::Autentique, Self::Capa, Self::CaseKeeper];

    /// As in fixtures; also the path.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Caf => "caf",
            Self::Autentique => "autentique",
            Self::Capa => "capa",
            Self::CaseKeeper => "case-keeper",
        }
    }

    /// The header the vendor would send.
    pub(crate) fn sign(self, body: &[u8]) -> Result<Option<(&'static str, String)>, SecretError> {
        let secret = secret()?;
        Ok(match self {
            Self::Caf => Some(caf::sign(&secret, body)),
            Self::Autentique => Some(autentique::sign(&secret, body)),
            Self::Capa => Some(capa::sign(&secret, body)),
            Self::CaseKeeper => None,
        })
    }
}

/// One for all: who signed is not what is on trial.
fn secret() -> Result<Secret, SecretError> {
    Secret::new("a secret of the crash proof")
}

/// A door for each vendor.
pub(crate) fn router(inbox: &Inbox) -> Result<Router, SecretError> {
    let path = |vendor: Vendor| format!("/{}", vendor.name());
    let secret = secret()?;
    Ok(Router::new()
        .route_service(&path(Vendor::Caf), InboxService::new(inbox.clone(), caf::Verifier::new(secret.clone())))
        .route_service(
            &path(Vendor::Autentique),
            InboxService::new(inbox.clone(), autentique::Verifier::new(secret.clone())),
        )
        .route_service(&path(Vendor::Capa), InboxService::new(inbox.clone(), capa::Verifier::new(secret)))
        .route_service(&path(Vendor::CaseKeeper), InboxService::new(inbox.clone(), case_keeper::OpenEndpoint::new())))
}
