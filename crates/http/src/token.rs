//! Tokens that run out: fetched once for everyone, renewed early, given up when refused.

use std::{
    fmt,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use http::HeaderValue;
use idhooks_core::{Decimal, DecodeError, Pii, record};
use tokio::{
    sync::{Mutex, MutexGuard},
    time::Instant,
};

use crate::{Answer, Error};

/// How long a token is taken to be good whose issuer does not say.
const UNSAID: Duration = Duration::from_secs(300);

/// Longer lifetimes are cut to this: a clock must be able to count them.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// After an early renewal has failed, how long the old token is used before the next try.
const PAUSE: Duration = Duration::from_secs(30);

/// A bearer token as its issuer gave it. `Debug` hides it.
#[derive(Clone)]
pub struct Token {
    header: HeaderValue,
    lifetime: Duration,
}

impl Token {
    /// Takes the token's text and how long it is good from now on; five minutes if the issuer does not
    /// say.
    ///
    /// # Errors
    /// When the text is empty or can not stand in a header.
    pub fn new(text: &str, expires_in: Option<Duration>) -> Result<Self, Error> {
        if text.is_empty() {
            return Err(Error::argument("the token is empty"));
        }
        let mut header = HeaderValue::from_str(&format!("Bearer {text}"))
            .map_err(|_| Error::argument("the token can not stand in a header"))?;
        header.set_sensitive(true);
        Ok(Self { header, lifetime: expires_in.unwrap_or(UNSAID).min(LONGEST) })
    }

    /// Reads the answer of an OAuth2 token endpoint: `access_token` and `expires_in`, in seconds, as a
    /// number or as text.
    ///
    /// # Errors
    /// When there is no token in it.
    pub fn read(answer: &Answer) -> Result<Self, Error> {
        let read: TokenAnswer = answer.decode()?;
        let seconds = read.expires_in.as_ref().and_then(|seconds| seconds.as_str().parse::<f64>().ok());
        let expires_in = seconds.map(|seconds| Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(LONGEST));
        Self::new(read.access_token.expose(), expires_in)
            .map_err(|_| Error::decode(answer.status(), DecodeError::new("access_token", "is not a token")))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

/// Gets a token from its issuer. [`ClientCredentials`](crate::ClientCredentials) is one.
#[async_trait::async_trait]
pub trait TokenSource: Send + Sync + 'static {
    /// Asks for a new token. Called by one caller at a time; it may be dropped half-way, when that
    /// caller goes away, and is then called again for the next one.
    ///
    /// # Errors
    /// Whatever the issuer said. It is given to every caller that was waiting, and not kept.
    async fn fetch(&self) -> Result<Token, Error>;
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
/// One refresh is in flight at a time and everyone who needs it waits for it; a caller that goes away
/// harms no other. A token is renewed before it runs out, and used on if that fails. A failed refresh is
/// told to those who waited for it and then forgotten.
#[derive(Clone)]
pub struct Tokens(Arc<Shared>);

struct Shared {
    source: Box<dyn TokenSource>,
    renew_before: Duration,
    kept: RwLock<Option<Kept>>,
    /// How many refreshes have failed, so that a waiter can tell whether one did while it waited.
    failed: AtomicU64,
    /// Held during a refresh; the last failure.
    refresh: Mutex<Option<Error>>,
}

/// The token in use.
#[derive(Clone)]
pub(crate) struct Kept {
    pub(crate) header: HeaderValue,
    fetched: Instant,
    renew: Instant,
    end: Instant,
}

impl Kept {
    pub(crate) fn age(&self) -> TokenAge {
        let now = Instant::now();
        TokenAge { age: now.saturating_duration_since(self.fetched), left: self.end.saturating_duration_since(now) }
    }
}

impl Tokens {
    /// Tokens of that source, renewed a minute before they run out.
    #[must_use]
    pub fn new(source: impl TokenSource) -> Self {
        Self::with(Box::new(source), Duration::from_secs(60))
    }

    fn with(source: Box<dyn TokenSource>, renew_before: Duration) -> Self {
        Self(Arc::new(Shared {
            source,
            renew_before,
            kept: RwLock::new(None),
            failed: AtomicU64::new(0),
            refresh: Mutex::new(None),
        }))
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
        let now = Instant::now();
        match self.0.kept() {
            Some(kept) if now < kept.renew => return Ok(kept),
            // Good, but not for long: one caller renews it, the others go on with it.
            Some(kept) if now < kept.end => {
                return Ok(match self.0.refresh.try_lock() {
                    Ok(guard) => self.0.renew(guard, kept).await,
                    Err(_) => kept,
                });
            }
            _ => {}
        }
        let failed = self.0.failed.load(Ordering::Acquire);
        let mut last_error = self.0.refresh.lock().await;
        // Somebody else may have fetched it, or failed to, while we waited.
        if let Some(kept) = self.0.kept().filter(|kept| Instant::now() < kept.end) {
            return Ok(kept);
        }
        let failed_meanwhile = self.0.failed.load(Ordering::Acquire) > failed;
        if let Some(error) = last_error.as_ref().filter(|_| failed_meanwhile) {
            return Err(error.clone());
        }
        match self.0.fetch().await {
            Ok(kept) => {
                *last_error = None;
                Ok(kept)
            }
            Err(error) => {
                *last_error = Some(error.clone());
                self.0.failed.fetch_add(1, Ordering::Release);
                Err(error)
            }
        }
    }

    /// Forgets `refused`, unless another token is in use already.
    pub(crate) fn forget(&self, refused: &Kept) {
        let mut kept = self.0.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref().is_some_and(|kept| kept.header == refused.header && kept.fetched == refused.fetched) {
            *kept = None;
        }
    }
}

impl Shared {
    fn kept(&self) -> Option<Kept> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, kept: &Kept) {
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = Some(kept.clone());
    }

    async fn fetch(&self) -> Result<Kept, Error> {
        // Counted from before the question: the issuer's clock started somewhere in between.
        let fetched = Instant::now();
        let Token { header, lifetime } = self.source.fetch().await?;
        let margin = self.renew_before.min(lifetime / 2);
        let kept = Kept { header, fetched, renew: fetched + (lifetime - margin), end: fetched + lifetime };
        self.keep(&kept);
        Ok(kept)
    }

    /// Renews `old`, which is still good, and falls back on it.
    async fn renew(&self, guard: MutexGuard<'_, Option<Error>>, old: Kept) -> Kept {
        // Somebody else may have renewed it before we got the lock.
        if let Some(kept) = self.kept().filter(|kept| Instant::now() < kept.renew) {
            return kept;
        }
        let renewed = self.fetch().await;
        drop(guard);
        renewed.unwrap_or_else(|_| {
            let later = Kept { renew: (Instant::now() + PAUSE).min(old.end), ..old };
            self.keep(&later);
            later
        })
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.0.kept().map(|kept| kept.age().left);
        f.debug_struct("Tokens").field("left", &left).finish_non_exhaustive()
    }
}

record! {
    /// RFC 6749, section 5.1. `token_type` is not read: there is no other than bearer here.
    struct TokenAnswer {
        required {
            access_token: Pii<Box<str>>,
        }
        optional {
            expires_in: Decimal,
        }
    }
}
