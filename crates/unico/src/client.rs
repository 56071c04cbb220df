//! The REST calls.

mod account;
mod api;
mod assertion;
mod confirm;
mod environment;
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

const AGENT: &str = concat!("idhooks-unico/", env!("CARGO_PKG_VERSION"));

/// Unico allows ten calls a second for each tenant, unless it was agreed otherwise, and caps those at the same time
/// without saying where
/// ([documented](https://developer.unico.io/developers/api-reference/rate-limits)).
const CONCURRENCY: usize = 4;

/// What both contracts' clients start from.
fn settings(host: &'static str) -> Settings {
    Settings::new("unico", AGENT, Some(host)).concurrency(CONCURRENCY).token_refused(token_refused)
}

/// A token that is refused when it is younger than this is not replaced: another would be refused as well (the other
/// environment's, most likely), and a token for every call would use up the tenant's calls.
const YOUNG: Duration = Duration::from_secs(5);

fn token_refused(error: &Error, token: TokenAge) -> bool {
    token.age() >= YOUNG && is_about_the_token(error.status(), error.code())
}

/// Whether an answer means that the token is no longer good. The API contract says so by 403 and even by 500
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
