//! Answers of the Web & SDK contract ("by Unico"): `WebClient`.

mod authentication;
mod document;
mod file;
mod person;
mod process;

pub use authentication::{
    AuthenticationId, AuthenticationInfo, AuthenticationResult, BioTokenEngineResult, FrictionlessResult, IdAgeResult,
    LivenessResult, ScoreEnabled, ScoreEngineResult, SerproResult, SmartRevalidationResult, TrustResult,
};
pub use document::{Document, DocumentCode};
pub use file::File;
pub use person::{DuiType, Notification, NotificationChannel, Person};
pub use process::{Capacity, Company, CompanyData, Process, ProcessResult, ProcessState, Purpose};
