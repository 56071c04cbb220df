//! Tokens that run out: fetched once for everyone, renewed early, given up when refused.

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

use crate::{Error, Response, sensitive::sensitive, trace};

/// How long a token is taken to be good whose issuer does not say.
const UNSAID: Duration = Duration::from_secs(300);

/// Longer lifetimes are cut to this: a clock must be able to count them.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// After an early renewal has failed, how long the old token is used before the next try.
const PAUSE: Duration = Duration::from_secs(30);

/// A refresh that takes longer than this does not come.
const LIMIT: Duration = Duration::from_secs(120);

/// A token that is refused sooner after the last one was is not replaced: it is not the token.
const AGAIN: Duration = Duration::from_secs(5);

/// A bearer token as its issuer gave it. `Debug` hides it.
#[derive(Clone)]
pub struct AccessToken {
    header: HeaderValue,
    lifetime: Duration,
}

impl AccessToken {
    /// Takes the token's text and how long it is good from now on; five minutes if the issuer does not
    /// say.
    ///
    /// # Errors
    /// When the text is empty or can not stand in a header.
    pub fn new(text: &str, expires_in: Option<Duration>) -> Result<Self, Error> {
        if text.is_empty() {
            return Err(Error::argument("the token is empty"));
        }
        let unusable = || Error::argument("the token can not stand in a header");
        let header = sensitive(&format!("Bearer {text}")).ok_or_else(unusable)?;
        Ok(Self { header, lifetime: expires_in.unwrap_or(UNSAID).min(LONGEST) })
    }

    /// Reads the answer of an OAuth2 token endpoint: `access_token` and `expires_in`, in seconds, as a
    /// number or as text.
    ///
    /// # Errors
    /// When there is no token in it.
    pub fn read(answer: &Response) -> Result<Self, Error> {
        let read: TokenAnswer = answer.decode()?;
        let seconds = read.expires_in.as_ref().and_then(|seconds| seconds.as_str().parse::<f64>().ok());
        let expires_in = seconds.map(|seconds| Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(LONGEST));
        Self::new(read.access_token.expose(), expires_in)
            .map_err(|_| Error::decode(answer.status(), DecodeError::new("access_token", "is not a token")))
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

/// Gets a token from its issuer. [`ClientCredentials`](crate::ClientCredentials) is one.
#[async_trait::async_trait]
pub trait TokenSource: Send + Sync + 'static {
    /// Asks for a new token. One call runs at a time, in a task of its own, and is ended after two minutes.
    ///
    /// # Errors
    /// Whatever the issuer said. It is given to every caller that was waiting, and not kept.
    async fn fetch(&self) -> Result<AccessToken, Error>;
}

/// How old a token is and how long it is still good, by the issuer's own word.
#[derive(Clone, Copy, Debug)]
pub struct TokenAge {
    age: Duration,
    left: Duration,
}

impl TokenAge {
    /// Since when it is used.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.age
    }

    /// How long it is still good; zero once it has run out.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.left
    }
}

/// One token for all callers of a client and its clones.
///
/// One refresh is in flight at a time, in a task of its own: callers wait for it, and one that goes away or runs out of
/// time harms no other. A token is renewed before it runs out, while it is used on. A failed refresh is told to those
/// who waited for it and then forgotten. A token the vendor refuses is replaced, but no more often than every five
/// seconds: a credential that is refused for good must not become a login for every call.
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
    refused: Option<Instant>,
}

/// A refresh in flight; what came of it, once it is over.
type Refresh = watch::Receiver<Option<Result<Kept, Error>>>;

/// The token in use.
#[derive(Clone)]
pub(crate) struct Kept {
    pub(crate) header: HeaderValue,
    fetched: Instant,
    renew: Instant,
    end: Instant,
    /// The same by the calendar: a machine that slept has not counted the time.
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
    /// Tokens of that source, renewed a minute before they run out.
    #[must_use]
    pub fn new(source: impl TokenSource) -> Self {
        Self::with(Box::new(source), Duration::from_secs(60))
    }

    fn with(source: Box<dyn TokenSource>, renew_before: Duration) -> Self {
        Self(Arc::new(Shared { source, renew_before, state: Mutex::default() }))
    }

    /// How long before its end a token is renewed, but at most half its life before. To be set before
    /// the tokens are shared; later it does nothing.
    #[must_use]
    pub fn renew_before(self, margin: Duration) -> Self {
        match Arc::try_unwrap(self.0) {
            Ok(shared) => Self::with(shared.source, margin),
            Err(shared) => Self(shared),
        }
    }

    /// A token that is good now.
    pub(crate) async fn get(&self) -> Result<Kept, Error> {
        // A refresh ends without a word only if the runtime it ran on has; then it is started once more, here.
        for _ in 0..2 {
            let mut refresh = match self.0.good_or_coming() {
                Ok(kept) => return Ok(kept),
                Err(refresh) => refresh,
            };
            if let Ok(over) = refresh.wait_for(Option::is_some).await {
                return over.clone().unwrap_or_else(|| Err(Error::argument("the refresh gave nothing")));
            }
            self.0.give_up(&refresh);
        }
        Err(Error::argument("the refresh of the token was cut off"))
    }

    /// Forgets `refused`, unless another token is in use already. Whether it is worth asking for a token again: not if
    /// one was refused a moment ago, because then it is not the token.
    pub(crate) fn forget(&self, refused: &Kept) -> bool {
        let mut state = self.0.state();
        if state.kept.as_ref().is_none_or(|kept| !kept.is_same(refused)) {
            return true;
        }
        if state.refused.is_some_and(|last| last.elapsed() < AGAIN) {
            return false;
        }
        state.refused = Some(Instant::now());
        state.kept = None;
        true
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The token in use, if it is good; else the refresh that brings one.
    fn good_or_coming(self: &Arc<Self>) -> Result<Kept, Refresh> {
        let mut state = self.state();
        if let Some(kept) = state.kept.clone().filter(|kept| !kept.age().left.is_zero()) {
            if Instant::now() >= kept.renew && state.refresh.is_none() {
                state.refresh = Some(self.refresh());
            }
            return Ok(kept);
        }
        Err(state.refresh.get_or_insert_with(|| self.refresh()).clone())
    }

    /// Starts a refresh in a task of its own, so that no caller's deadline ends it for the others.
    fn refresh(self: &Arc<Self>) -> Refresh {
        let (done, refresh) = watch::channel(None);
        let shared = Arc::clone(self);
        tokio::spawn(async move {
            // Counted from before the question: the issuer's clock started somewhere in between.
            let (fetched, date) = (Instant::now(), SystemTime::now());
            let answered = timeout(LIMIT, shared.source.fetch()).await.unwrap_or_else(|_| Err(Error::deadline()));
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
                trace::renewal_failed(error);
                old.renew = (Instant::now() + PAUSE).min(old.end);
            }
            (Err(_), None) => {}
        }
    }

    /// Makes room for another refresh, if that one is still thought to run.
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
        f.debug_struct("Tokens").field("left", &left).finish_non_exhaustive()
    }
}

payload! {
    /// RFC 6749, section 5.1. `token_type` is not read: there is no other than bearer here.
    struct TokenAnswer {
        access_token: Pii<Box<str>> = "access_token",
        expires_in: Lenient<Decimal> = "expires_in",
    }
}
