#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod event;
mod model;
mod verify;

pub use event::{DeliveryId, Envelope, Event, EventBody, EventId, Format};
pub use model::{
    bool_map::BoolMap,
    document::{Document, DocumentId, FolderId, Reminder},
    files::Files,
    flag::Flag,
    geolocation::Geolocation,
    locale::Locale,
    mail::Mail,
    member::{Group, GroupId, Member},
    object_type::ObjectType,
    organization::OrganizationId,
    person::{Actor, ActorId, Person},
    previous_attributes::PreviousAttributes,
    resource::Resource,
    signature::{Action, OlderSignature, Signature, SignatureId},
    signature_event::{SignatureEvent, SignatureEventKind},
};
pub use verify::{Verifier, sign};

pub use idhooks_core as core;
