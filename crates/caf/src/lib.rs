#![doc = include_str!("../README.md")]
#![cfg_attr(feature = "client", doc = include_str!("../CLIENT.md"))]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

#[cfg(feature = "client")]
mod client;
mod event;
mod generation;
mod model;
#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub mod rest;
mod verify;

#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub use client::{Client, ClientBuilder};
#[cfg(feature = "cloudevents")]
#[cfg_attr(docsrs, doc(cfg(feature = "cloudevents")))]
pub use cloudevents;
#[cfg(feature = "cloudevents")]
#[cfg_attr(docsrs, doc(cfg(feature = "cloudevents")))]
pub use event::CloudEventError;
pub use event::{ContentType, Event, EventBody, EventId, Source, SpecVersion};
pub use generation::{CoreBody, Generation};
pub use model::{
    communication::{Channel, Communication, NotificationId, System},
    face_authentication::{AttemptId, FaceAuthentication},
    profile::{Profile, ProfileId, ProfileStatus, ProfileType},
    transaction::{OnboardingId, TemplateId, TenantId, Transaction, TransactionId, TransactionStatus},
};
pub use verify::{Verifier, sign};

#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub use idhooks_client::{self as http_client, BuildError, Credentials, Error};
pub use idhooks_core as core;
