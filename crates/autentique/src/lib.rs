#![doc = include_str!("../README.md")]
#![cfg_attr(feature = "client", doc = include_str!("../CLIENT.md"))]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

#[cfg(feature = "client")]
mod client;
mod event;
mod model;
#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub mod rest;
mod verify;

pub use event::{DeliveryId, Event, EventBody, EventId, Format, WebhookObject};
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
    signature::{Action, Signature, SignatureId},
    signature_event::{SignatureEvent, SignatureEventKind},
};
pub use verify::{Verifier, sign};

#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub use client::{Client, ClientBuilder, errors_of};
#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub use idhooks_client::{BuildError, Error};

/// What the clients of all vendors share: [`Retry`](http_client::Retry), [`Pages`](http_client::Pages),
/// [`Transport`](http_client::Transport) and more.
#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub use idhooks_client as http_client;
pub use idhooks_core as core;
