//! Tokens that expire: fetched once for all callers, renewed early, replaced when rejected.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use http::HeaderValue;
use idhooks_core::{Decimal, DecodeError, Lenient, Pii, payload};
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};

use crate::{Error, ErrorKind, Response, sensitive::sensitive, trace};

/// The lifetime of a token whose issuer does not say.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(300);

/// The longest lifetime, so that adding it to a time cannot overflow.
const MAX_LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The pause between a failed early renewal and the next one.
const RENEWAL_PAUSE: Duration = Duration::from_secs(30);

/// The timeout of a refresh.
const REFRESH_TIMEOUT: Duration = Duration::from_secs(120);

/// The shortest time between two rejected tokens that are replaced. If the next one is rejected sooner, the token is
/// not the reason.
const MIN_REJECTION_INTERVAL: Duration = Duration::from_secs(5);

/// A bearer token and its lifetime. `Debug` hides the token.
#[derive(Clone)]
pub struct AccessToken {
    header: HeaderValue,
    lifetime: Duration,
}

impl AccessToken {
    /// Takes the token's text and its lifetime from now on: five minutes if the issuer does not say.
    ///
    /// # Errors
    /// When the text is empty or cannot be sent in a header.
    pub fn new(text: &str, expires_in: Option<Duration>) -> Result<Self, Error> {
        if text.is_empty() {
            return Err(Error::new(ErrorKind::Other, "invalid token: it is empty"));
        }
        let unusable = || Error::new(ErrorKind::Other, "invalid token: it cannot be sent in a header");
        let header = sensitive(&format!("Bearer {text}")).ok_or_else(unusable)?;
        Ok(Self { header, lifetime: expires_in.unwrap_or(DEFAULT_LIFETIME).min(MAX_LIFETIME) })
    }

    /// Reads the response of an OAuth2 token endpoint: `access_token`, and `expires_in` in seconds, as a number or as
    /// text.
    ///
    /// # Errors
    /// When it holds no token.
    pub fn read(response: &Response) -> Result<Self, Error> {
        let read: TokenResponse = response.decode()?;
        let seconds = read.expires_in.as_ref().and_then(|seconds| seconds.as_str().parse::<f64>().ok());
        let expires_in = seconds.map(|seconds| Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(MAX_LIFETIME));
        Self::new(read.access_token.expose(), expires_in)
            .map_err(|_| response.invalid(DecodeError::new("access_token", "is not a token")))
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

/// Gets tokens from their issuer. [`TokenCache::client_credentials`] brings its own.
#[async_trait::async_trait]
pub trait TokenSource: Send + Sync + 'static {
    /// Gets a new token. The cache runs one call at a time, in a task of its own, for at most two minutes.
    ///
    /// # Errors
    /// When the issuer gives no token. Every caller that is waiting gets the error. The cache does not store it.
    async fn fetch(&self) -> Result<AccessToken, Error>;
}

/// The age of a token and the lifetime that is left.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct TokenAge {
    /// How long the token has been in use.
    pub age: Duration,
    /// The lifetime that is left: zero once the token has expired.
    pub left: Duration,
}

/// One token for all callers of a client and its clones.
///
/// One refresh runs at a time, in a task of its own: callers wait for it, and a caller that is cancelled does not
/// cancel it. The token is renewed before it expires, and stays in use meanwhile. Callers that wait for a failed
/// refresh get its error, and the next caller starts another one. A rejected token is replaced at most every five
/// seconds, so that rejected credentials do not cause a login with every call.
#[derive(Clone)]
pub struct TokenCache(Arc<Shared>);

struct Shared {
    source: Box<dyn TokenSource>,
    renew_before: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    kept: Option<Kept>,
    refresh: Option<Refresh>,
    rejected: Option<Instant>,
}

/// A refresh that is running, and its result once it is done.
type Refresh = watch::Receiver<Option<Result<Kept, Error>>>;

/// The token in use.
#[derive(Clone)]
pub(crate) struct Kept {
    pub(crate) header: HeaderValue,
    fetched: Instant,
    renew: Instant,
    end: Instant,
    /// The same by the system time, because a suspended machine does not advance the other.
    end_by_date: SystemTime,
}

impl Kept {
    fn new(token: AccessToken, fetched: Instant, date: SystemTime, renew_before: Duration) -> Self {
        let AccessToken { header, lifetime } = token;
        let margin = renew_before.min(lifetime / 2);
        let end = fetched + lifetime;
        Self { header, fetched, renew: end - margin, end, end_by_date: date + lifetime }
    }

    pub(crate) fn age(&self) -> TokenAge {
        let now = Instant::now();
        let by_date = self.end_by_date.duration_since(SystemTime::now()).unwrap_or_default();
        let left = self.end.saturating_duration_since(now).min(by_date);
        TokenAge { age: now.saturating_duration_since(self.fetched), left }
    }

    fn is_same(&self, other: &Self) -> bool {
        self.fetched == other.fetched && self.header == other.header
    }
}

impl TokenCache {
    /// Caches the tokens of `source`. Each is renewed `renew_before` its end, but not before half its lifetime.
    #[must_use]
    pub fn new(source: impl TokenSource, renew_before: Duration) -> Self {
        Self(Arc::new(Shared { source: Box::new(source), renew_before, state: Mutex::default() }))
    }

    /// Returns a token that has not expired.
    pub(crate) async fn get(&self) -> Result<Kept, Error> {
        // A refresh ends without a result if its runtime shuts down. Then this caller starts another one.
        for _ in 0..2 {
            let mut refresh = match self.0.valid_or_refresh() {
                Ok(kept) => return Ok(kept),
                Err(refresh) => refresh,
            };
            if let Ok(over) = refresh.wait_for(Option::is_some).await {
                return over.clone().unwrap_or_else(|| Err(Error::new(ErrorKind::Other, "token refresh cancelled")));
            }
            self.0.give_up(&refresh);
        }
        Err(Error::new(ErrorKind::Other, "token refresh cancelled"))
    }

    /// Drops a rejected token, unless another one is in use already. Returns whether another token may help: not if
    /// one was rejected a moment ago.
    pub(crate) fn forget(&self, rejected: &Kept) -> bool {
        let mut state = self.0.state();
        if state.kept.as_ref().is_none_or(|kept| !kept.is_same(rejected)) {
            return true;
        }
        if state.rejected.is_some_and(|last| last.elapsed() < MIN_REJECTION_INTERVAL) {
            return false;
        }
        state.rejected = Some(Instant::now());
        state.kept = None;
        true
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the token in use if it has not expired, or else the refresh to wait for.
    fn valid_or_refresh(self: &Arc<Self>) -> Result<Kept, Refresh> {
        let mut state = self.state();
        if let Some(kept) = state.kept.clone().filter(|kept| !kept.age().left.is_zero()) {
            if Instant::now() >= kept.renew && state.refresh.is_none() {
                state.refresh = Some(self.refresh());
            }
            return Ok(kept);
        }
        Err(state.refresh.get_or_insert_with(|| self.refresh()).clone())
    }

    /// Starts a refresh in a task of its own, so that the deadline of one caller does not end it for the others.
    fn refresh(self: &Arc<Self>) -> Refresh {
        let (done, refresh) = watch::channel(None);
        let shared = Arc::clone(self);
        tokio::spawn(async move {
            // From before the request, because the lifetime starts before the response arrives.
            let (fetched, date) = (Instant::now(), SystemTime::now());
            let answered =
                timeout(REFRESH_TIMEOUT, shared.source.fetch()).await.unwrap_or_else(|_| Err(Error::deadline()));
            let outcome = answered.map(|token| Kept::new(token, fetched, date, shared.renew_before));
            shared.finish(&outcome);
            done.send_replace(Some(outcome));
        });
        refresh
    }

    fn finish(&self, outcome: &Result<Kept, Error>) {
        let mut state = self.state();
        state.refresh = None;
        match (outcome, &mut state.kept) {
            (Ok(kept), slot) => *slot = Some(kept.clone()),
            (Err(error), Some(old)) => {
                trace::failed("token renewal failed", error);
                old.renew = (Instant::now() + RENEWAL_PAUSE).min(old.end);
            }
            (Err(_), None) => {}
        }
    }

    /// Forgets a refresh that ended without a result.
    fn give_up(&self, refresh: &Refresh) {
        let mut state = self.state();
        if state.refresh.as_ref().is_some_and(|running| running.same_channel(refresh)) {
            state.refresh = None;
        }
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.0.state().kept.as_ref().map(|kept| kept.age().left);
        f.debug_struct("TokenCache").field("left", &left).finish_non_exhaustive()
    }
}

payload! {
    /// RFC 6749, section 5.1. `token_type` is not read: every vendor gives bearer tokens.
    struct TokenResponse {
        access_token: Pii<Box<str>> = "access_token",
        expires_in: Lenient<Decimal> = "expires_in",
    }
}
