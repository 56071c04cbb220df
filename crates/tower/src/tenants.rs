//! One route for many tenants, whose secrets are looked up at run time.

use std::{
    any::type_name,
    fmt,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{Arc, OnceLock},
    task::Poll,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{header::HOST, request::Parts};
use idhooks_core::{Expected, Verify, VerifyError};
use quick_cache::sync::Cache;
use tokio::sync::Semaphore;

/// A longer key is unknown without a lookup.
const MAX_KEY: usize = 256;

/// Lookups at the same time, so that requests for made-up tenants do not flood a database.
const LOOKUPS: usize = 16;

/// How long a tenant stays unknown, so that a new one is accepted soon.
const UNKNOWN_FOR: Duration = Duration::from_secs(5);

type Found<V> = Option<Arc<V>>;
type Lookup<V> = Pin<Box<dyn Future<Output = Result<Option<V>, &'static str>> + Send>>;
type KeyOf = dyn Fn(&Parts) -> Option<String> + Send + Sync;

/// A verifier for each tenant, found by the path or the host of the request.
///
/// The lookup is a function of yours, such as a query. Results are cached, also for unknown tenants; the cache is bounded; and
/// requests that arrive together share one lookup. An unknown tenant is a wrong signature for the sender: 401. A lookup that
/// fails or panics is 503, so that the vendor retries. At most 16 lookups run at the same time.
///
/// Name the endpoint of each verifier after the tenant, so that deliveries of two tenants never have the same key. The response
/// is 503 for a verifier without an endpoint.
///
/// ```
/// use idhooks_caf as caf;
/// use idhooks_core::Secret;
/// use idhooks_tower::Tenants;
///
/// # async fn secret_of(tenant: &str) -> Result<Option<String>, std::io::Error> { Ok(Some(tenant.repeat(9))) }
/// // POST /hooks/caf/acme
/// let verifier = Tenants::by_path("/hooks/caf/", |tenant: String| async move {
///     let Some(secret) = secret_of(&tenant).await? else { return Ok(None) }; // SELECT secret FROM tenants WHERE name = $1
///     let secret = Secret::new(secret).map_err(std::io::Error::other)?;
///     Ok::<_, std::io::Error>(Some(caf::Verifier::new(secret).endpoint(&tenant)))
/// });
/// # let _ = verifier;
/// ```
pub struct Tenants<V> {
    key_of: Arc<KeyOf>,
    lookup: Arc<dyn Fn(String) -> Lookup<V> + Send + Sync>,
    cache: Arc<Cache<String, (Instant, Found<V>)>>,
    ttl: Duration,
    lookups: Arc<Semaphore>,
    /// The first verifier that was found. It stands in for that of an unknown tenant.
    first: Arc<OnceLock<Arc<V>>>,
}

impl<V: Verify + 'static> Tenants<V> {
    /// Finds the tenant by the segment of the path that follows `prefix`, which ends with a slash.
    pub fn by_path<F, E>(prefix: &'static str, lookup: impl Fn(String) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Option<V>, E>> + Send + 'static,
    {
        let key_of = move |head: &Parts| {
            let segment = head.uri.path().strip_prefix(prefix)?.split('/').next()?;
            Some(segment.to_owned())
        };
        Self::new(key_of, lookup)
    }

    /// Finds the tenant by the host of the request, without a port and in lower case.
    pub fn by_host<F, E>(lookup: impl Fn(String) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Option<V>, E>> + Send + 'static,
    {
        let key_of = |head: &Parts| {
            // HTTP/2 has the host in the URI.
            let header = head.headers.get(HOST).and_then(|host| host.to_str().ok());
            let host = head.uri.host().or_else(|| header?.rsplit_once(':').map_or(header, |(host, _)| Some(host)))?;
            Some(host.to_ascii_lowercase())
        };
        Self::new(key_of, lookup)
    }

    /// Finds the tenant by the key that `key_of` returns; `None` is an unknown tenant.
    pub fn new<F, E>(
        key_of: impl Fn(&Parts) -> Option<String> + Send + Sync + 'static,
        lookup: impl Fn(String) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Option<V>, E>> + Send + 'static,
    {
        let lookup = move |key| -> Lookup<V> {
            let found = lookup(key);
            // The name of the type, because the text is the program's own and may quote a secret.
            Box::pin(async move { found.await.map_err(|_| type_name::<E>()) })
        };
        let cache = Arc::new(Cache::new(10_000));
        Self {
            key_of: Arc::new(key_of),
            lookup: Arc::new(lookup),
            cache,
            ttl: Duration::from_secs(60),
            lookups: Arc::new(Semaphore::new(LOOKUPS)),
            first: Arc::default(),
        }
    }

    /// Sets how many tenants the cache holds. Defaults to 10 000.
    #[must_use]
    pub fn capacity(mut self, tenants: usize) -> Self {
        self.cache = Arc::new(Cache::new(tenants));
        self
    }

    /// Sets how long a result is good: a secret that changed, or a tenant that was removed, counts after that time. An unknown
    /// tenant is looked up again after 5 seconds at the latest. Defaults to one minute.
    #[must_use]
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// Forgets the cached result for a tenant, such as after its secret changed.
    pub fn forget(&self, key: &str) {
        self.cache.remove(key);
    }

    async fn find(&self, key: String, head: &Parts) -> Result<Found<V>, VerifyError> {
        let is_fresh = |at: &Instant, found: &Found<V>| {
            at.elapsed() < if found.is_some() { self.ttl } else { self.ttl.min(UNKNOWN_FOR) }
        };
        if let Some((at, found)) = self.cache.get(&key) {
            if is_fresh(&at, &found) {
                return Ok(found);
            }
            // Only this result: another request may have replaced it.
            self.cache.remove_if(&key, |(at, found)| !is_fresh(at, found));
        }
        let lookup = async {
            let _permit = self.lookups.acquire().await.map_err(|_| "shut down")?;
            let found = no_panic(|| (self.lookup)(key.clone())).await?.map(Arc::new);
            if let Some(verifier) = &found {
                if verifier.endpoint_name(head).is_none() {
                    return Err("the verifier has no endpoint: call its `endpoint(..)`");
                }
                let _ = self.first.set(Arc::clone(verifier));
            }
            Ok((Instant::now(), found))
        };
        let found = self.cache.get_or_insert_async(&key, lookup).await.map(|(_, found)| found);
        found.map_err(|error: &'static str| {
            #[cfg(feature = "tracing")]
            tracing::warn!(error, "the lookup of a tenant failed; the response is 503");
            let _ = error;
            VerifyError::Unavailable
        })
    }

    fn key_is_last(&self, head: &Parts) -> bool {
        let path = head.uri.path().trim_end_matches('/');
        self.key(head).is_some_and(|key| path.rsplit('/').next() == Some(&*key))
    }

    fn key(&self, head: &Parts) -> Option<String> {
        (self.key_of)(head).filter(|key| !key.is_empty() && key.len() <= MAX_KEY)
    }
}

impl<V: Verify + 'static> Verify for Tenants<V> {
    type Delivery = V::Delivery;
    const MAX_BODY: usize = V::MAX_BODY;

    async fn verify_request(&self, head: &Parts, body: Bytes) -> Result<V::Delivery, VerifyError> {
        let found = match self.key(head) {
            Some(key) => self.find(key, head).await?,
            None => None,
        };
        if let Some(verifier) = found {
            return verifier.verify_request(head, body).await;
        }
        // Takes as long as a wrong signature.
        if let Some(verifier) = self.first.get() {
            let _ = verifier.verify_request(head, body).await;
        }
        Err(VerifyError::UnknownTenant)
    }

    /// Names a known tenant only, because anyone chooses the path of a request.
    fn endpoint_name(&self, head: &Parts) -> Option<String> {
        let (_, found) = self.cache.get(&self.key(head)?)?;
        found?.endpoint_name(head)
    }

    fn expected(&self, head: &Parts) -> Vec<Expected> {
        let found = self.key(head).and_then(|key| self.cache.get(&key));
        match found.and_then(|(_, found)| found) {
            Some(verifier) => verifier.expected(head),
            // Nothing says where this tenant's secret is. The last segment may be it, unless it is the key.
            None if !self.key_is_last(head) => vec![Expected::Path],
            None => self.first.get().map(|verifier| verifier.expected(head)).unwrap_or_default(),
        }
    }
}

/// Turns a panic of the lookup into an error, because the sender needs a response.
async fn no_panic<V>(start: impl FnOnce() -> Lookup<V>) -> Result<Option<V>, &'static str> {
    const PANIC: &str = "the lookup panicked";
    let mut lookup = catch_unwind(AssertUnwindSafe(start)).map_err(|_| PANIC)?;
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| lookup.as_mut().poll(context))).unwrap_or(Poll::Ready(Err(PANIC)))
    })
    .await
}

impl<V> Clone for Tenants<V> {
    fn clone(&self) -> Self {
        Self {
            key_of: Arc::clone(&self.key_of),
            lookup: Arc::clone(&self.lookup),
            cache: Arc::clone(&self.cache),
            ttl: self.ttl,
            lookups: Arc::clone(&self.lookups),
            first: Arc::clone(&self.first),
        }
    }
}

impl<V> fmt::Debug for Tenants<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenants").field("ttl", &self.ttl).finish_non_exhaustive()
    }
}
