#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod event;
mod generation;
mod model;
mod verify;

pub use event::{ContentType, Event, EventBody, EventId, Source, SpecVersion};
pub use generation::{CoreBody, Generation};
pub use model::{
    communication::{Channel, Communication, NotificationId, System},
    face_authentication::{AttemptId, FaceAuthentication},
    profile::{Profile, ProfileId, ProfileStatus, ProfileType},
    transaction::{OnboardingId, TemplateId, TenantId, Transaction, TransactionId, TransactionStatus},
};
pub use verify::{Verifier, sign};

pub use idhooks_core as core;
