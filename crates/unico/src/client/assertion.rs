//! The signed statement that a token is given for.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;

/// Exactly this; Unico's pages name no other member
/// ([documented](https://developer.unico.io/developers/api-reference/authentication)).
const HEADER: &str = r#"{"alg":"RS256","typ":"JWT"}"#;

/// The longest life Unico takes, in seconds.
const LONGEST: u64 = 3600;

/// How many assertions in a row differ, whatever the clock does.
const SPREAD: u64 = 1800;

/// By how many seconds `iat` is set back, because Unico refuses an assertion from the future, and a refusal counts
/// towards the lock of the account. So this clock may run a minute ahead of Unico's.
const SET_BACK: u64 = 60;

/// The claims: these five and no other, or Unico refuses them (1.2.22).
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    scope: &'static str,
    iat: u64,
    exp: u64,
}

impl<'a> Claims<'a> {
    /// For the account, at `now` (seconds since 1970), to the token host with the origin `audience`.
    ///
    /// An assertion is good for one token. RS256 always gives the same signature and `jti` is refused, so two that were
    /// made within a second would be the same bytes. `counter` says how many were made before: each lives a second
    /// less than the one before it, between half an hour and an hour, so that they differ also when the clock stands
    /// still or goes backwards.
    pub(super) fn new(account: &'a str, audience: &'a str, now: u64, counter: u64) -> Self {
        let (iat, life) = (now.saturating_sub(SET_BACK), LONGEST - counter % SPREAD);
        Self { iss: account, aud: audience, scope: "*", iat, exp: iat.saturating_add(life) }
    }

    /// What is signed: header and claims.
    pub(super) fn to_signing_input(&self) -> Result<String, serde_json::Error> {
        let claims = serde_json::to_vec(self)?;
        Ok(format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(claims)))
    }
}

/// The whole assertion.
pub(super) fn sealed(signing_input: &str, signature: &[u8]) -> String {
    format!("{signing_input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const ACCOUNT: &str = "service_account_name@tenant_id.iam.acesso.io";
    const SANDBOX: &str = "https://identityhomolog.acesso.io";

    /// The vendor's own sample, as a value.
    #[test]
    fn claims_are_those_of_the_sample() {
        let sample = idhooks_fixtures::rest::sample("unico", "oauth-assertion-claims");
        let sample: serde_json::Value = serde_json::from_slice(sample.body).expect("JSON");
        let claims = Claims::new(ACCOUNT, SANDBOX, 1_626_293_376 + SET_BACK, 0);
        assert_eq!(serde_json::to_value(&claims).expect("JSON"), sample);
        let names: Vec<_> = sample.as_object().expect("an object").keys().cloned().collect();
        assert_eq!(names.len(), 5);
    }

    #[test]
    fn the_table() {
        for (now, counter, iat, exp) in [
            (1_626_293_436, 0, 1_626_293_376, 1_626_296_976),
            (1_626_293_436, 1, 1_626_293_376, 1_626_296_975),
            (1_626_293_436, 1799, 1_626_293_376, 1_626_295_177),
            (1_626_293_436, 1800, 1_626_293_376, 1_626_296_976),
            (1_626_293_436, u64::MAX, 1_626_293_376, 1_626_293_376 + 3600 - u64::MAX % 1800),
            (0, 7, 0, 3593),
            (u64::MAX, 0, u64::MAX - 60, u64::MAX),
        ] {
            let claims = Claims::new(ACCOUNT, SANDBOX, now, counter);
            assert_eq!((claims.iat, claims.exp), (iat, exp), "{now} {counter}");
            assert!(claims.exp - claims.iat <= 3600, "{now} {counter}");
        }
    }

    /// A clock that stands still, and one that goes back a second with each assertion.
    #[test]
    fn none_is_made_twice_whatever_the_clock_does() {
        for step in [0, 1] {
            let made: HashSet<_> = (0..SPREAD)
                .map(|n| Claims::new(ACCOUNT, SANDBOX, 2_000_000_000 - n * step, 41 + n))
                .map(|claims| claims.to_signing_input().expect("JSON"))
                .collect();
            assert_eq!(made.len(), usize::try_from(SPREAD).expect("small"), "step {step}");
        }
    }

    #[test]
    fn the_parts_are_base64url_without_padding() {
        let input = Claims::new("a@t.iam.acesso.io", SANDBOX, 1 + SET_BACK, 0).to_signing_input().expect("JSON");
        let (header, claims) = input.split_once('.').expect("two parts");
        assert_eq!(header, "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9");
        let claims = URL_SAFE_NO_PAD.decode(claims).expect("base64url");
        let expected =
            r#"{"iss":"a@t.iam.acesso.io","aud":"https://identityhomolog.acesso.io","scope":"*","iat":1,"exp":3601}"#;
        assert_eq!(String::from_utf8(claims).expect("text"), expected);
        assert_eq!(sealed(&input, &[0xfb, 0xff]), format!("{input}.-_8"));
    }
}
