#![cfg_attr(all(doc, not(doctest)), doc = include_str!("../guide/links.md"))]
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

pub use idhooks_core::{
    self as core, AuthMethod, Authentication, Credential, Credentials, DecodeError, DedupKey, Delivery, EnvError,
    EnvErrors, Envelope, Headers, Lenient, List, Pii, RawJson, Secret, SecretError, Secrets, Timestamp, Unverified,
    Verified, Verify, VerifyError, WebhookEvent, read_all,
};

// Its code is tested where every feature it shows is on.
#[cfg(all(
    doc,
    any(
        not(doctest),
        all(feature = "all-vendors", feature = "inbox-sqlite", feature = "client-rustls", feature = "testing")
    )
))]
pub mod guide;

#[cfg(feature = "actix")]
#[cfg_attr(docsrs, doc(cfg(feature = "actix")))]
pub use idhooks_actix as actix;
#[cfg(feature = "autentique")]
#[cfg_attr(docsrs, doc(cfg(feature = "autentique")))]
pub use idhooks_autentique as autentique;
#[cfg(feature = "axum")]
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
pub use idhooks_axum as axum;
#[cfg(feature = "caf")]
#[cfg_attr(docsrs, doc(cfg(feature = "caf")))]
pub use idhooks_caf as caf;
#[cfg(feature = "capa")]
#[cfg_attr(docsrs, doc(cfg(feature = "capa")))]
pub use idhooks_capa as capa;
#[cfg(feature = "case-keeper")]
#[cfg_attr(docsrs, doc(cfg(feature = "case-keeper")))]
pub use idhooks_case_keeper as case_keeper;
#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub use idhooks_client as http_client;
#[cfg(any(feature = "inbox-sqlite", feature = "inbox-postgres"))]
#[cfg_attr(docsrs, doc(cfg(any(feature = "inbox-sqlite", feature = "inbox-postgres"))))]
pub use idhooks_inbox as inbox;
#[cfg(feature = "tower")]
#[cfg_attr(docsrs, doc(cfg(feature = "tower")))]
pub use idhooks_tower as tower;
#[cfg(feature = "unico")]
#[cfg_attr(docsrs, doc(cfg(feature = "unico")))]
pub use idhooks_unico as unico;
