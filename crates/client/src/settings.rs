//! What every client's builder can set.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use http::{HeaderName, HeaderValue};
use url::{Host, Url};

use crate::{ApiClient, Auth, BuildError, Error, Response, Retry, TokenAge, Transport, VendorError, api_client};

/// The half that all clients' builders have in common. A vendor's builder holds one and gets its setters
/// from [`settings!`](crate::settings).
#[derive(Clone)]
pub struct Settings {
    pub(crate) vendor: &'static str,
    agent: &'static str,
    base: Option<Url>,
    transport: Option<Arc<dyn Transport>>,
    /// The one that is made if none is given: clones share it, so that a login and the calls after it do.
    made: Arc<Made>,
    timeout: Duration,
    deadline: Duration,
    retry: Retry,
    max_response_bytes: usize,
    concurrency: usize,
    danger_allow_http: Vec<Box<str>>,
    request_id: Option<HeaderName>,
    problems: fn(&Response) -> VendorError,
    token_refused: fn(&Error, TokenAge) -> bool,
}

/// The transports made for want of one that was given.
#[derive(Default)]
struct Made {
    https: OnceLock<Arc<dyn Transport>>,
    plain: OnceLock<Arc<dyn Transport>>,
}

/// Longer than any call; clocks can count it.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl Settings {
    /// The defaults. `agent` is the `User-Agent`, made of the crate's name and version; `base` is the
    /// vendor's production API, `None` if it must be given.
    ///
    /// 30 s an attempt, 90 s a call, three attempts, answers of 8 MiB, 64 calls at a time.
    #[must_use]
    pub fn new(vendor: &'static str, agent: &'static str, base: Option<&'static str>) -> Self {
        Self {
            vendor,
            agent,
            base: base.and_then(|base| Url::parse(base).ok()),
            transport: None,
            made: Arc::default(),
            timeout: Duration::from_secs(30),
            deadline: Duration::from_secs(90),
            retry: Retry::new(),
            max_response_bytes: 8 * 1024 * 1024,
            concurrency: 64,
            danger_allow_http: Vec::new(),
            request_id: None,
            problems: |answer| VendorError::read(answer.body()),
            token_refused: |error, _| error.status() == Some(401),
        }
    }

    /// The base in use.
    #[must_use]
    pub fn base(&self) -> Option<&Url> {
        self.base.as_ref()
    }

    /// The same settings for another host, such as the one that gives tokens.
    #[must_use]
    pub fn at(&self, base: Url) -> Self {
        Self { base: Some(base), ..self.clone() }
    }

    /// Sets the base.
    #[must_use]
    pub fn base_url(self, base: Url) -> Self {
        Self { base: Some(base), ..self }
    }

    /// Sets the transport.
    #[must_use]
    pub fn transport(self, transport: impl Transport) -> Self {
        Self { transport: Some(Arc::new(transport)), ..self }
    }

    /// Sets the time of one attempt.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Sets the time of a call.
    #[must_use]
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// Sets how calls are repeated.
    #[must_use]
    pub fn retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    /// Sets the largest answer.
    #[must_use]
    pub fn max_response_bytes(self, bytes: usize) -> Self {
        Self { max_response_bytes: bytes, ..self }
    }

    /// Sets how many calls run at a time.
    #[must_use]
    pub fn concurrency(self, calls: usize) -> Self {
        Self { concurrency: calls, ..self }
    }

    /// Allows plain HTTP to that host.
    #[must_use]
    pub fn danger_allow_http(mut self, host: &str) -> Self {
        self.danger_allow_http.push(host.into());
        self
    }

    /// The header under which this vendor gives the id of a request.
    #[must_use]
    pub fn request_id(self, header: HeaderName) -> Self {
        Self { request_id: Some(header), ..self }
    }

    /// How this vendor's error answers are read, if [`VendorError::read`] is not enough.
    #[must_use]
    pub fn problems(self, read: fn(&Response) -> VendorError) -> Self {
        Self { problems: read, ..self }
    }

    /// When an answer means that the token is no longer good, if it is not 401 alone.
    #[must_use]
    pub fn token_refused(self, decide: fn(&Error, TokenAge) -> bool) -> Self {
        Self { token_refused: decide, ..self }
    }

    /// The client's engine.
    ///
    /// # Errors
    /// When there is no base or transport, the base may not be used, or a limit is zero.
    pub fn api(&self, access: Auth) -> Result<ApiClient, BuildError> {
        let base = self.base.as_ref().ok_or(BuildError::said("no base URL was given, and there is no default"))?;
        let prefix = self.check(base)?;
        if self.timeout.is_zero() || self.deadline.is_zero() {
            return Err(BuildError::said("a timeout or deadline of zero leaves no time for a call"));
        }
        if self.concurrency == 0 || self.max_response_bytes == 0 {
            return Err(BuildError::said("a concurrency or largest answer of zero allows no call"));
        }
        let is_plain = base.scheme() == "http";
        let made = if is_plain { &self.made.plain } else { &self.made.https };
        let transport = match self.transport.as_ref().or(made.get()) {
            Some(transport) => Arc::clone(transport),
            None => {
                let transport = default_transport(is_plain)?;
                Arc::clone(made.get_or_init(|| transport))
            }
        };
        let agent = HeaderValue::from_str(self.agent)
            .map_err(|_| BuildError::unusable("user agent", "can not stand in a header"))?;
        Ok(ApiClient::new(api_client::Parts {
            vendor: self.vendor,
            prefix,
            agent,
            transport,
            timeout: self.timeout.min(LONGEST),
            deadline: self.deadline.min(LONGEST),
            retry: self.retry,
            max_response_bytes: self.max_response_bytes,
            concurrency: self.concurrency,
            request_id: self.request_id.clone(),
            problems: self.problems,
            token_refused: self.token_refused,
            access,
        }))
    }

    /// The base as text to put a path behind.
    fn check(&self, base: &Url) -> Result<String, BuildError> {
        let unusable = |why| Err(BuildError::unusable("base URL", why));
        if !base.username().is_empty() || base.password().is_some() {
            return unusable("holds a user or password");
        }
        if base.query().is_some() || base.fragment().is_some() {
            return unusable("has a query or fragment");
        }
        match base.scheme() {
            "https" => {}
            "http" if is_loopback(base) => {}
            "http" if self.may_be_plain(base) => {}
            "http" => return unusable("is plain http, which would show the credentials to anyone on the way"),
            _ => return unusable("is not https"),
        }
        Ok(base.as_str().trim_end_matches('/').to_owned())
    }

    fn may_be_plain(&self, base: &Url) -> bool {
        base.host_str()
            .is_some_and(|host| self.danger_allow_http.iter().any(|allowed| allowed.eq_ignore_ascii_case(host)))
    }
}

/// Whether the URL leads to this very machine, by its name or address.
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
    // Plain http is for this machine and one's own network; a proxy would read along.
    let transport = crate::HttpTransport::builder();
    let transport = if is_plain { transport.no_proxy() } else { transport };
    Ok(Arc::new(transport.build()?))
}

#[cfg(not(feature = "__reqwest"))]
fn default_transport(_: bool) -> Result<Arc<dyn Transport>, BuildError> {
    Err(BuildError::said(
        "there is no transport: switch on the feature rustls, rustls-no-provider or native-tls, or give one of yours",
    ))
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("vendor", &self.vendor)
            .field("base", &self.base.as_ref().map(Url::host_str))
            .field("timeout", &self.timeout)
            .field("deadline", &self.deadline)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

/// Writes the setters every client's builder has, for a builder that keeps its [`Settings`] in the
/// field given.
#[macro_export]
macro_rules! settings {
    ($field:ident) => {
        /// Where the API is. `https`, or plain `http` on this machine.
        #[must_use]
        pub fn base_url(mut self, base: $crate::Url) -> Self {
            self.$field = self.$field.base_url(base);
            self
        }

        /// What sends the requests; without it, what the TLS feature switched on brings.
        #[must_use]
        pub fn transport(mut self, transport: impl $crate::Transport) -> Self {
            self.$field = self.$field.transport(transport);
            self
        }

        /// Time of one attempt, connecting and reading included: 30 s if not set.
        #[must_use]
        pub fn timeout(mut self, timeout: ::std::time::Duration) -> Self {
            self.$field = self.$field.timeout(timeout);
            self
        }

        /// Time of a whole call, with its login, repetitions and waits: 90 s if not set.
        #[must_use]
        pub fn deadline(mut self, deadline: ::std::time::Duration) -> Self {
            self.$field = self.$field.deadline(deadline);
            self
        }

        /// How often and how patiently calls are repeated that may be. Which ones may, each call's
        /// documentation says.
        #[must_use]
        pub fn retry(mut self, retry: $crate::Retry) -> Self {
            self.$field = self.$field.retry(retry);
            self
        }

        /// Largest answer that is read, in bytes: 8 MiB if not set.
        #[must_use]
        pub fn max_response_bytes(mut self, bytes: usize) -> Self {
            self.$field = self.$field.max_response_bytes(bytes);
            self
        }

        /// How many calls run at a time; further ones wait their turn, inside their deadline.
        #[must_use]
        pub fn concurrency(mut self, calls: usize) -> Self {
            self.$field = self.$field.concurrency(calls);
            self
        }

        /// Allows plain `http` to that host, for a gateway of your own inside your own network. Whoever
        /// listens on the way sees the credentials and the answers.
        #[must_use]
        pub fn danger_allow_http(mut self, host: &str) -> Self {
            self.$field = self.$field.danger_allow_http(host);
            self
        }
    };
}
