//! What the events are about, one file a noun.

pub(crate) mod bool_map;
pub(crate) mod document;
pub(crate) mod files;
pub(crate) mod flag;
pub(crate) mod geolocation;
pub(crate) mod locale;
pub(crate) mod mail;
pub(crate) mod member;
pub(crate) mod object_type;
pub(crate) mod organization;
pub(crate) mod person;
pub(crate) mod previous_attributes;
pub(crate) mod resource;
pub(crate) mod signature;
pub(crate) mod signature_event;

pub(crate) mod raw_members;
