//! Tokens for signed assertions (RFC 7523).

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use idhooks_client::{AccessToken, ApiClient, Error, Request, RetrySafety, TokenSource, async_trait};

use super::{Sign, TokenErrorCode, assertion, token_error};

/// The wait before a second try, unless the token host asks for another one.
const PAUSE: Duration = Duration::from_millis(500);

/// A token host that asks for a longer wait is left alone.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Gets tokens for one account.
pub(super) struct AssertionGrant {
    api: ApiClient,
    account: Arc<str>,
    audience: String,
    signer: Arc<dyn Sign>,
    /// How many assertions were made; see [`assertion::Claims::new`].
    made: AtomicU64,
    refusals: Mutex<Refusals>,
}

/// What the token host has refused lately, so that no crowd of callers gets the account locked.
#[derive(Default)]
struct Refusals {
    in_a_row: u32,
    /// The last one, and until when it is the answer to everyone.
    last: Option<(Error, Instant)>,
}

impl AssertionGrant {
    pub(super) fn new(api: ApiClient, account: Arc<str>, audience: String, signer: Arc<dyn Sign>) -> Self {
        // Not from zero: another process with this account may start in the same second.
        let made = AtomicU64::new(since_1970().subsec_nanos().into());
        Self { api, account, audience, signer, made, refusals: Mutex::default() }
    }

    async fn exchange(&self) -> Result<AccessToken, Error> {
        let counter = self.made.fetch_add(1, Ordering::Relaxed);
        let claims = assertion::Claims::new(&self.account, &self.audience, since_1970().as_secs(), counter);
        let input = claims
            .to_signing_input()
            .map_err(|_| Error::invalid_request("the service account's name cannot be written as JSON"))?;
        let signature = self.signer.sign(input.as_bytes()).await;
        let signature = signature.map_err(|why| Error::other("signing the assertion failed", why))?;
        let assertion = assertion::sealed(&input, &signature);
        // An assertion is good for one try: where it may have arrived, sending it again can only be refused.
        let call = Request::post("/oauth2/token", RetrySafety::IfNotSent)
            .form(&[("grant_type", GRANT), ("assertion", assertion.as_str())]);
        AccessToken::read(&self.api.send(call).await?)
    }

    fn refused_lately(&self) -> Option<Error> {
        let refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        refusals.last.as_ref().filter(|(_, until)| Instant::now() < *until).map(|(error, _)| error.clone())
    }

    fn remember(&self, outcome: &Result<AccessToken, Error>) {
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Ok(_) => *refusals = Refusals::default(),
            Err(error) if is_refusal(error) => {
                refusals.in_a_row = refusals.in_a_row.saturating_add(1);
                let pause = token_error::pause(refusals.in_a_row, TokenErrorCode::of(error).as_ref());
                refusals.last = Some((error.clone(), Instant::now() + pause));
            }
            Err(_) => {}
        }
    }
}

/// Whether the token host said no, rather than nothing or "not now".
fn is_refusal(error: &Error) -> bool {
    error.status().is_some_and(|status| status.is_client_error()) && !error.is_transient()
        || TokenErrorCode::of(error).is_some()
}

/// How long to wait before the one further try, if a fresh assertion may succeed where this one failed.
fn second_try(error: &Error) -> Option<Duration> {
    match TokenErrorCode::of(error) {
        // Another process of this account made the same assertion; the next one differs.
        Some(TokenErrorCode::AssertionUsed) => Some(Duration::ZERO),
        // This assertion may have arrived, so only a fresh one may be sent.
        None if error.is_transient() && error.may_have_taken_effect() => {
            Some(error.retry_after().unwrap_or(PAUSE)).filter(|wait| *wait <= LONGEST_PAUSE)
        }
        _ => None,
    }
}

#[async_trait]
impl TokenSource for AssertionGrant {
    async fn fetch(&self) -> Result<AccessToken, Error> {
        if let Some(error) = self.refused_lately() {
            return Err(error);
        }
        let mut outcome = self.exchange().await;
        if let Some(wait) = outcome.as_ref().err().and_then(second_try) {
            tokio::time::sleep(wait).await;
            outcome = self.exchange().await;
        }
        self.remember(&outcome);
        outcome
    }
}

/// By this machine's clock. One that stands before 1970 makes assertions that are refused, which is all that can be
/// said of it.
fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
