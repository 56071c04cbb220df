//! What the events are about, one file a noun.

pub(crate) mod communication;
pub(crate) mod face_authentication;
pub(crate) mod profile;
pub(crate) mod transaction;
