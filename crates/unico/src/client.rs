//! The REST calls.

mod account;
mod api;
mod assertion;
mod confirm;
mod environment;
mod error;
#[cfg(feature = "aws-lc-rs")]
mod rsa_key;
mod sign;
mod token;
mod token_error;
mod web;

pub use account::{Account, AccountBuilder};
pub use api::{ApiClient, ApiClientBuilder};
pub use environment::Environment;
#[cfg(feature = "aws-lc-rs")]
#[cfg_attr(docsrs, doc(cfg(feature = "aws-lc-rs")))]
pub use rsa_key::{KeyError, RsaKey};
pub use sign::{Sign, SignError};
pub use token_error::TokenErrorCode;
pub use web::{WebClient, WebClientBuilder};

use std::time::Duration;

use idhooks_client::{Error, Settings, TokenAge};

/// Unico allows ten calls a second for each tenant by default. It also limits those at the same time, and does not
/// document the number ([documented](https://developer.unico.io/developers/api-reference/rate-limits)).
const CONCURRENCY: usize = 4;

/// The settings that all builders start with.
fn settings(host: &'static str) -> Settings {
    Settings::new("unico", concat!("idhooks-unico/", env!("CARGO_PKG_VERSION")))
        .base_url_str(host)
        .concurrency(CONCURRENCY)
        .vendor_errors(error::read)
        .token_rejected(token_rejected)
}

/// A token younger than this is not replaced, because another one would be rejected as well: most likely it is the
/// other environment's. A token for every call would use up the tenant's calls.
const YOUNG: Duration = Duration::from_secs(5);

fn token_rejected(error: &Error, token: TokenAge) -> bool {
    token.age >= YOUNG && is_about_the_token(error.status().map(|status| status.as_u16()), error.code())
}

/// Returns whether the response means that the token is no longer valid. The API contract uses 403 and even 500 for it
/// ([documented](https://developers.unico.io/en/docs/IDLive/Integracao/GuiaAPI/responseError)).
fn is_about_the_token(status: Option<u16>, code: Option<&str>) -> bool {
    match status {
        Some(401) => true,
        Some(403) => matches!(code, Some("10501" | "10502")),
        Some(500) => code == Some("10700"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_about_the_token;

    #[test]
    fn what_means_that_the_token_is_no_longer_good() {
        for (status, code, wanted) in [
            (Some(401), None, true),
            (Some(401), Some("anything"), true),
            (Some(403), Some("10501"), true),
            (Some(403), Some("10502"), true),
            (Some(403), Some("10201"), false),
            (Some(403), Some("30017"), false),
            (Some(403), None, false),
            (Some(500), Some("10700"), true),
            (Some(500), Some("510"), false),
            (Some(500), None, false),
            (Some(404), Some("10502"), false),
            (None, None, false),
        ] {
            assert_eq!(is_about_the_token(status, code), wanted, "{status:?} {code:?}");
        }
    }
}
