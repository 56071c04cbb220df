//! Organisations.

use idhooks_core::integer;

integer! {
    /// Autentique's number of an organisation (documented).
    pub struct OrganizationId(u64);
}
