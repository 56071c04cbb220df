#![doc = include_str!("../README.md")]
#![cfg_attr(feature = "client", doc = include_str!("../CLIENT.md"))]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

#[cfg(feature = "client")]
mod client;
mod event;
mod id;
mod key;
mod link;
mod model;
#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub mod rest;
mod verification;
mod verify;

#[cfg(feature = "__tls")]
pub use client::FileError;
#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub use client::{Client, ClientBuilder, Confirmation};
pub use event::{ClaimedVerification, Event};
pub use id::{EventId, ResultId, UserId, VerificationId};
pub use key::{Action, EventKey, Target};
pub use link::{FoundLink, LinkState, PresignedLink, links_in};
pub use model::{
    appointment::{Appointment, AppointmentStatus},
    back_id_card::{BackIdCardEdits, BackIdCardOcr, BackIdCardResult},
    background::{
        BackgroundCheckStatus, BankruptcyCase, BankruptcyField, BankruptcyResult, CriminalCheckResult,
        EmploymentVerificationResult, Finding, FindingId, SanctionDocument, SanctionPerson, SanctionResult,
    },
    config::{ComparedFields, FaceProvider, ProcessConfig, Validation},
    dip_chip::{DipChipResult, Insight},
    dopa::{ChipDopaResult, DopaResult, ResponseStatus},
    face::{FaceRecognitionResult, FrameMatch, IdFaceRecognitionResult, LivenessResult},
    face_analysis::{AnalysedFace, DetectedFace, FaceAnalysis, FaceAttribute, FaceDetail, FaceFlag, SensetimeAnalysis},
    front_id_card::{
        AuthenticDetails, AuthenticFonts, Authenticity, FrontIdCardEdits, FrontIdCardOcr, FrontIdCardResult,
        ImageFrame, LightDetection, SplitAddress, SplitAddressParts,
    },
    masterdata::{Label, Masterdata, Translation, Translations},
    passport::{PassportEdits, PassportOcr, PassportResult},
    process::{ApprovalStatus, DocumentStatus, NotifyType, Process, VerificationStatus},
    result::{CommonResult, ComparedPair, Comparison, ErrorKey, FailedReasons, ResultError},
};
pub use verification::Verification;
pub use verify::OpenEndpoint;

#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub use idhooks_client as http_client;
#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub use idhooks_client::{BuildError, Credentials, Error};
pub use idhooks_core as core;
