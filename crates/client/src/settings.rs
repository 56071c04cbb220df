//! The settings that all clients share.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use http::{HeaderName, HeaderValue};
use tokio::sync::Semaphore;
use url::{Host, Url};

use crate::{ApiClient, Auth, BuildError, Error, Response, Retry, TokenAge, Transport, VendorError, api_client::Inner};

/// The settings that all clients share.
///
/// A vendor's builder holds one, and gets its setters from [`settings!`](crate::settings).
///
/// ```
/// use idhooks_client::Settings;
///
/// let settings = Settings::new("example", "example/1.0")
///     .base_url_str("http://gateway.internal/example")
///     .danger_allow_http("gateway.internal");
/// # let _ = settings;
/// ```
#[derive(Clone)]
pub struct Settings {
    pub(crate) vendor: &'static str,
    agent: &'static str,
    #[doc(hidden)]
    pub base: Result<Url, BuildError>,
    #[doc(hidden)]
    pub transport: Option<Arc<dyn Transport>>,
    /// The default transports for `https` and `http`. Clones share them, so that a login and the calls after it share
    /// connections.
    default: Arc<[OnceLock<Arc<dyn Transport>>; 2]>,
    #[doc(hidden)]
    pub timeout: Duration,
    #[doc(hidden)]
    pub deadline: Duration,
    #[doc(hidden)]
    pub retry: Retry,
    #[doc(hidden)]
    pub max_response_bytes: usize,
    #[doc(hidden)]
    pub concurrency: usize,
    #[doc(hidden)]
    pub danger_allow_http: Vec<Box<str>>,
    pub(crate) request_id: Option<HeaderName>,
    pub(crate) vendor_errors: fn(&Response) -> VendorError,
    pub(crate) token_rejected: fn(&Error, TokenAge) -> bool,
}

/// The longest duration, so that adding it to a time cannot overflow.
const MAX_DURATION: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl Settings {
    /// Makes the defaults. `agent` is the `User-Agent`: the crate's name and version.
    ///
    /// 30 seconds an attempt, 90 seconds a call, three attempts, responses of 8 MiB, 64 calls at a time.
    #[must_use]
    pub fn new(vendor: &'static str, agent: &'static str) -> Self {
        Self {
            vendor,
            agent,
            base: Err(BuildError::new("the base URL is missing: this client has no default")),
            transport: None,
            default: Arc::default(),
            timeout: Duration::from_secs(30),
            deadline: Duration::from_secs(90),
            retry: Retry::new(),
            max_response_bytes: 8 * 1024 * 1024,
            concurrency: 64,
            danger_allow_http: Vec::new(),
            request_id: None,
            vendor_errors: |response| VendorError::read(response.body()),
            token_rejected: |error, _| error.status().is_some_and(|status| status == 401),
        }
    }

    /// Returns the base URL, if a valid one is set.
    #[must_use]
    pub fn base(&self) -> Option<&Url> {
        self.base.as_ref().ok()
    }

    crate::settings!();

    /// Sets the base URL from text, which [`build`](Self::build) checks. Defaults to none.
    #[must_use]
    pub fn base_url_str(self, base: &str) -> Self {
        let base = Url::parse(base).map_err(|_| BuildError::invalid("base URL", "is not a URL"));
        Self { base, ..self }
    }

    /// Sets the header that has the vendor's id of a request. Defaults to none.
    #[must_use]
    pub fn request_id(self, header: HeaderName) -> Self {
        Self { request_id: Some(header), ..self }
    }

    /// Sets how the vendor's error responses are read. Defaults to [`VendorError::read`].
    #[must_use]
    pub fn vendor_errors(self, read: fn(&Response) -> VendorError) -> Self {
        Self { vendor_errors: read, ..self }
    }

    /// Sets which errors mean that the vendor rejected the token. Defaults to status 401.
    #[must_use]
    pub fn token_rejected(self, decide: fn(&Error, TokenAge) -> bool) -> Self {
        Self { token_rejected: decide, ..self }
    }

    /// Builds the API client.
    ///
    /// # Errors
    /// When the base URL or the transport is missing, the base URL is not allowed, or a limit is zero.
    pub fn build(&self, auth: Auth) -> Result<ApiClient, BuildError> {
        let base = self.base.as_ref().map_err(Clone::clone)?;
        let prefix = self.check(base)?;
        if self.timeout.is_zero() || self.deadline.is_zero() {
            return Err(BuildError::invalid("timeout or deadline", "is zero"));
        }
        if self.concurrency == 0 || self.max_response_bytes == 0 {
            return Err(BuildError::invalid("concurrency or response limit", "is zero"));
        }
        let is_plain = base.scheme() == "http";
        let [https, plain] = &*self.default;
        let default = if is_plain { plain } else { https };
        let transport = match self.transport.as_ref().or(default.get()) {
            Some(transport) => Arc::clone(transport),
            None => {
                let transport = default_transport(is_plain)?;
                Arc::clone(default.get_or_init(|| transport))
            }
        };
        let agent = HeaderValue::from_str(self.agent)
            .map_err(|_| BuildError::invalid("user agent", "cannot be sent in a header"))?;
        let mut settings = self.clone();
        settings.timeout = settings.timeout.min(MAX_DURATION);
        settings.deadline = settings.deadline.min(MAX_DURATION);
        let permits = Semaphore::new(self.concurrency.min(Semaphore::MAX_PERMITS));
        Ok(ApiClient::new(Inner { settings, prefix, agent, transport, auth, permits }))
    }

    /// Checks the base URL. Returns it as text that a path can follow.
    fn check(&self, base: &Url) -> Result<String, BuildError> {
        let invalid = |why| Err(BuildError::invalid("base URL", why));
        if !base.username().is_empty() || base.password().is_some() {
            return invalid("holds a user or password");
        }
        if base.query().is_some() || base.fragment().is_some() {
            return invalid("has a query or fragment");
        }
        match base.scheme() {
            "https" => {}
            "http" if is_loopback(base) || self.allows_http(base) => {}
            "http" => return invalid("is plain http, which would expose the credentials"),
            _ => return invalid("is not https"),
        }
        Ok(base.as_str().trim_end_matches('/').to_owned())
    }

    fn allows_http(&self, base: &Url) -> bool {
        base.host_str()
            .is_some_and(|host| self.danger_allow_http.iter().any(|allowed| allowed.eq_ignore_ascii_case(host)))
    }
}

/// Returns whether the URL points to this machine, by its name or address.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(feature = "__reqwest")]
fn default_transport(is_plain: bool) -> Result<Arc<dyn Transport>, BuildError> {
    // A proxy could read plain http.
    let transport = crate::HttpTransport::builder();
    let transport = if is_plain { transport.no_proxy() } else { transport };
    Ok(Arc::new(transport.build()?))
}

#[cfg(not(feature = "__reqwest"))]
fn default_transport(_: bool) -> Result<Arc<dyn Transport>, BuildError> {
    Err(BuildError::new(
        "the transport is missing: enable client-rustls, client-rustls-no-provider or client-native-tls, or set your own",
    ))
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("vendor", &self.vendor)
            .field("host", &self.base().and_then(Url::host_str))
            .field("timeout", &self.timeout)
            .field("deadline", &self.deadline)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

/// Writes the setters that every client's builder has, for a builder that holds its [`Settings`] in the given field.
///
/// ```
/// use idhooks_client::Settings;
///
/// pub struct ClientBuilder {
///     settings: Settings,
/// }
///
/// impl ClientBuilder {
///     idhooks_client::settings!(settings);
/// }
/// ```
#[macro_export]
macro_rules! settings {
    ($($field:ident)?) => {
        /// Sets the base URL: `https`, or plain `http` on this machine. Defaults to the vendor's production API, if
        /// this crate knows it.
        #[must_use]
        pub fn base_url(mut self, base: $crate::Url) -> Self {
            self$(.$field)?.base = ::std::result::Result::Ok(base);
            self
        }

        /// Sets the transport, which sends the requests. Defaults to the `HttpTransport` of the enabled TLS feature.
        #[must_use]
        pub fn transport(mut self, transport: impl $crate::Transport) -> Self {
            self$(.$field)?.transport = ::std::option::Option::Some(::std::sync::Arc::new(transport));
            self
        }

        /// Sets the time of one attempt, connecting and reading included. Defaults to 30 seconds.
        #[must_use]
        pub fn timeout(mut self, timeout: ::std::time::Duration) -> Self {
            self$(.$field)?.timeout = timeout;
            self
        }

        /// Sets the time of a whole call, with its login, retries and waits. Defaults to 90 seconds.
        #[must_use]
        pub fn deadline(mut self, deadline: ::std::time::Duration) -> Self {
            self$(.$field)?.deadline = deadline;
            self
        }

        /// Sets how often and how long the client retries. The documentation of each call says whether it is retried.
        /// Defaults to three attempts.
        #[must_use]
        pub fn retry(mut self, retry: $crate::Retry) -> Self {
            self$(.$field)?.retry = retry;
            self
        }

        /// Sets the largest response body, in bytes. Defaults to 8 MiB.
        #[must_use]
        pub fn max_response_bytes(mut self, bytes: usize) -> Self {
            self$(.$field)?.max_response_bytes = bytes;
            self
        }

        /// Sets how many calls run at a time. Further calls wait, within their deadline. Defaults to the number in the
        /// builder's documentation, or else to 64.
        #[must_use]
        pub fn concurrency(mut self, calls: usize) -> Self {
            self$(.$field)?.concurrency = calls;
            self
        }

        /// Allows plain `http` to that host, such as a gateway in your own network. Anyone on the way can read the
        /// credentials and the responses. Defaults to this machine only.
        #[must_use]
        pub fn danger_allow_http(mut self, host: &str) -> Self {
            self$(.$field)?.danger_allow_http.push(host.into());
            self
        }
    };
}
