//! One route for many tenants, whose secrets are looked up at run time.

use std::{
    any::type_name,
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{header::HOST, request::Parts};
use idhooks_core::{Expected, Verify, VerifyError};
use quick_cache::sync::Cache;

/// A longer key is unknown without a lookup.
const MAX_KEY: usize = 256;

type Found<V> = Option<Arc<V>>;
type Lookup<V> = Pin<Box<dyn Future<Output = Result<Option<V>, &'static str>> + Send>>;
type KeyOf = dyn Fn(&Parts) -> Option<String> + Send + Sync;

/// A verifier for each tenant, found by the path or the host of the request.
///
/// The lookup is a function of yours, such as a query. Results are cached, also for unknown tenants; the cache is bounded; and
/// requests that arrive together share one lookup. An unknown tenant is a wrong signature for the sender: 401. A lookup that
/// fails is 503, so that the vendor retries.
///
/// Name the endpoint of each verifier after the tenant, so that deliveries of two tenants never have the same key.
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
        Self { key_of: Arc::new(key_of), lookup: Arc::new(lookup), cache, ttl: Duration::from_secs(60) }
    }

    /// Sets how many tenants the cache holds. Defaults to 10 000.
    #[must_use]
    pub fn capacity(mut self, tenants: usize) -> Self {
        self.cache = Arc::new(Cache::new(tenants));
        self
    }

    /// Sets how long a result is good: a secret that changed, or a tenant that was removed, counts after that time. Defaults to
    /// one minute.
    #[must_use]
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// Forgets the cached result for a tenant, such as after its secret changed.
    pub fn forget(&self, key: &str) {
        self.cache.remove(key);
    }

    async fn find(&self, key: String) -> Result<Found<V>, VerifyError> {
        let is_fresh = |at: &Instant| at.elapsed() < self.ttl;
        if let Some((at, found)) = self.cache.get(&key) {
            if is_fresh(&at) {
                return Ok(found);
            }
            // Only this result: another request may have replaced it.
            self.cache.remove_if(&key, |(at, _)| !is_fresh(at));
        }
        let lookup = async { Ok((Instant::now(), (self.lookup)(key.clone()).await?.map(Arc::new))) };
        let found = self.cache.get_or_insert_async(&key, lookup).await.map(|(_, found)| found);
        found.map_err(|error: &'static str| {
            #[cfg(feature = "tracing")]
            tracing::warn!(error, "the lookup of a tenant failed; the response is 503");
            let _ = error;
            VerifyError::Unavailable
        })
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
            Some(key) => self.find(key).await?,
            None => None,
        };
        found.ok_or(VerifyError::Mismatch)?.verify_request(head, body).await
    }

    /// Names a known tenant only, because anyone chooses the path of a request.
    fn endpoint_name(&self, head: &Parts) -> Option<String> {
        let (_, found) = self.cache.get(&self.key(head)?)?;
        found?.endpoint_name(head)
    }

    fn expected(&self, head: &Parts) -> Vec<Expected> {
        let found = self.key(head).and_then(|key| self.cache.get(&key));
        found.and_then(|(_, found)| found).map(|verifier| verifier.expected(head)).unwrap_or_default()
    }
}

impl<V> Clone for Tenants<V> {
    fn clone(&self) -> Self {
        Self {
            key_of: Arc::clone(&self.key_of),
            lookup: Arc::clone(&self.lookup),
            cache: Arc::clone(&self.cache),
            ttl: self.ttl,
        }
    }
}

impl<V> fmt::Debug for Tenants<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenants").field("ttl", &self.ttl).finish_non_exhaustive()
    }
}
