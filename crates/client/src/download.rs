//! Downloads that do not trust the link.

mod address;
mod resolver;

pub use resolver::Resolve;

use std::{error::Error as _, fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, header};
use reqwest::Client;
use url::{Host, Url};

use crate::{
    BuildError, Error, ErrorKind, SecretText, VendorError,
    content_encoding::{IDENTITY, UnexpectedEncoding},
    http_transport::{client, failed, finish, read},
    sensitive::sensitive,
    settings::is_loopback,
};
use resolver::{NotPublic, OnlyPublic, System};

/// Downloads files from links in responses and webhooks, which are untrusted input.
///
/// It follows a link only by `https`, on the standard port, to an allowed host, if all addresses of the host are
/// public. It uses no proxy, follows no redirects, and limits time and size. A bearer token goes to one host only.
///
/// ```no_run
/// # async fn fetch(link: &str) -> Result<(), Box<dyn std::error::Error>> {
/// use idhooks_client::Downloader;
///
/// let downloader = Downloader::builder(&["files.example.com", "*.store.example.com"]).build()?;
/// let file = downloader.download(link).await?;
/// std::fs::write("report.pdf", file.body())?;
/// println!("{:?}", file.content_type());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Downloader(Arc<Inner>);

const INVALID_LINK: &str = "the link is not a valid URL";
const NOT_PUBLIC: &str = "the address of the link is not public";

struct Inner {
    client: Client,
    gate: OnlyPublic,
    hosts: Vec<Box<str>>,
    bearer: Option<(Box<str>, HeaderValue)>,
    max_bytes: usize,
    timeout: Duration,
}

/// Builds a [`Downloader`]. Vendor clients pass theirs to `ClientBuilder::downloader`.
///
/// ```
/// use idhooks_client::{Downloader, SecretText};
///
/// let downloader = Downloader::builder(&["api.example.com"])
///     .allow_host("*.store.example.com")
///     .bearer_for("api.example.com", SecretText::new("token", "the token")?)
///     .allow_loopback() // in tests
///     .build()?;
/// # let _ = downloader;
/// # Ok::<(), idhooks_client::BuildError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct DownloaderBuilder {
    hosts: Vec<Box<str>>,
    bearer: Option<(Box<str>, SecretText)>,
    max_bytes: usize,
    timeout: Duration,
    resolver: Arc<dyn Resolve>,
    loopback: bool,
}

/// A downloaded file. `Debug` shows its type and size.
#[derive(Clone)]
pub struct Download {
    body: Bytes,
    content_type: Option<Box<str>>,
}

impl Download {
    /// Returns the content.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns the type that the server claims. Nothing checks it.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("content_type", &self.content_type).field("bytes", &self.body.len()).finish()
    }
}

impl Downloader {
    /// Allows these hosts only: `files.example.com` for one host, `*.example.com` for all below it.
    pub fn builder(hosts: &[&str]) -> DownloaderBuilder {
        DownloaderBuilder {
            hosts: hosts.iter().map(|host| host.to_ascii_lowercase().into()).collect(),
            bearer: None,
            max_bytes: 32 * 1024 * 1024,
            timeout: Duration::from_secs(60),
            resolver: Arc::new(System),
            loopback: false,
        }
    }

    /// Downloads the file. Never retries, because a link may work only once.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if the link is rejected, and nothing was sent. Otherwise as any call. The error
    /// never shows the link, because the link may open the file for anyone.
    pub async fn download(&self, link: &str) -> Result<Download, Error> {
        let url = Url::parse(link).map_err(|_| Error::invalid_request(INVALID_LINK))?;
        self.0.check(&url)?;
        let request = self.0.client.get(url.clone()).timeout(self.0.timeout).header(header::ACCEPT_ENCODING, IDENTITY);
        let request = match self.0.bearer.as_ref().filter(|(host, _)| url.host_str() == Some(host)) {
            Some((_, token)) => request.header(header::AUTHORIZATION, token.clone()),
            None => request,
        };
        let response = request.send().await.map_err(send_error)?;
        let status = response.status();
        if !status.is_success() {
            return Err(Error::vendor(status, VendorError::default(), None, &Bytes::new()));
        }
        UnexpectedEncoding::check(response.headers()).map_err(|why| {
            Error::new(ErrorKind::InvalidResponse, "invalid response").with_source(why).with_status(status, None)
        })?;
        let whole = read(response, self.0.max_bytes).await.map_err(Error::transport)?;
        let content_type = whole.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        Ok(Download { content_type: content_type.map(Into::into), body: whole.into_body() })
    }
}

impl Inner {
    fn check(&self, url: &Url) -> Result<(), Error> {
        let on_this_machine = self.gate.loopback_too && is_loopback(url);
        if url.scheme() != "https" && !(on_this_machine && url.scheme() == "http") {
            return Err(Error::invalid_request("the link is not https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::invalid_request(INVALID_LINK));
        }
        let host = url.host_str().unwrap_or_default();
        let port_is_usual = url.port().is_none() || on_this_machine;
        if !port_is_usual || !self.hosts.iter().any(|allowed| covers(allowed, host)) {
            return Err(Error::invalid_request("the host or port of the link is not allowed"));
        }
        // A wildcard covers anything below it, also what cannot be a DNS name and has no address.
        if url.domain().is_some_and(|name| !is_dns_name(name)) {
            return Err(Error::invalid_request(INVALID_LINK));
        }
        // An address needs no resolver, so it is checked here.
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(address.into()),
            Some(Host::Ipv6(address)) => Some(address.into()),
            Some(Host::Domain(_)) | None => None,
        };
        match address {
            Some(address) if !self.gate.allows(address) => Err(Error::invalid_request(NOT_PUBLIC)),
            _ => Ok(()),
        }
    }
}

/// Returns whether this entry of the list allows `host`.
fn covers(allowed: &str, host: &str) -> bool {
    match allowed.strip_prefix('*') {
        Some(suffix) => suffix.starts_with('.') && host.len() > suffix.len() && host.ends_with(suffix),
        None => allowed == host,
    }
}

/// Returns whether it can be a DNS name: `a..example.com` cannot, nor can `a!b.example.com`.
fn is_dns_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

/// Returns whether a URL can have this entry as its host: an ASCII name or an address.
fn can_match(entry: &str) -> bool {
    let host = entry.strip_prefix("*.").unwrap_or(entry);
    Url::parse(&format!("https://{host}/")).is_ok_and(|url| url.host_str() == Some(host) && url.port().is_none())
        && !host.ends_with('.')
        && !host.contains('*')
}

/// Converts the error of a request without a response.
fn send_error(error: reqwest::Error) -> Error {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<NotPublic>() {
            return Error::invalid_request(NOT_PUBLIC);
        }
        cause = error.source();
    }
    Error::transport(failed(error))
}

impl DownloaderBuilder {
    /// Sends this bearer token to that one host, and to no other. Defaults to no token.
    pub fn bearer_for(mut self, host: &str, token: SecretText) -> Self {
        self.bearer = Some((host.to_ascii_lowercase().into(), token));
        self
    }

    /// Allows another host: `files.example.com` for one host, `*.example.com` for all below it. Defaults to the hosts
    /// that the builder started with.
    pub fn allow_host(mut self, host: &str) -> Self {
        self.hosts.push(host.to_ascii_lowercase().into());
        self
    }

    /// Sets the largest file, in bytes. Defaults to 32 MiB.
    pub fn max_bytes(self, bytes: usize) -> Self {
        Self { max_bytes: bytes, ..self }
    }

    /// Sets the time of the whole download. Defaults to 60 seconds.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Sets the DNS resolver. Its addresses must be public as well. Defaults to the system's resolver.
    pub fn resolver(self, resolver: impl Resolve) -> Self {
        Self { resolver: Arc::new(resolver), ..self }
    }

    /// Allows links to this machine, by plain `http` and to any port as well. For tests. Defaults to not allowed.
    pub fn allow_loopback(self) -> Self {
        Self { loopback: true, ..self }
    }

    /// Builds the downloader.
    ///
    /// # Errors
    /// When an allowed host can never match, the token's host is not allowed, the token cannot be sent in a header, or
    /// TLS cannot be set up.
    pub fn build(self) -> Result<Downloader, BuildError> {
        let gate = OnlyPublic { resolver: self.resolver, loopback_too: self.loopback };
        if !self.hosts.iter().all(|host| can_match(host)) {
            return Err(BuildError::invalid("list of hosts", "has an entry that is not a host name"));
        }
        if self.bearer.as_ref().is_some_and(|(host, _)| !self.hosts.iter().any(|allowed| covers(allowed, host))) {
            return Err(BuildError::invalid("token's host", "is not on the list of hosts"));
        }
        // A proxy would resolve names itself, without the check of the addresses.
        let client = finish(client()?.no_proxy().dns_resolver(gate.clone()))?;
        let bearer = match self.bearer {
            None => None,
            Some((host, token)) => {
                let invalid = || BuildError::invalid("token", "cannot be sent in a header");
                Some((host, sensitive(&format!("Bearer {}", token.expose())).ok_or_else(invalid)?))
            }
        };
        let Self { hosts, max_bytes, timeout, .. } = self;
        Ok(Downloader(Arc::new(Inner { client, gate, hosts, bearer, max_bytes, timeout })))
    }
}

/// Writes the setters for downloads of a client's builder that holds its [`DownloaderBuilder`] in the given field.
#[macro_export]
macro_rules! downloader {
    ($field:ident) => {
        /// Changes how files are downloaded, such as the largest size. Defaults to 32 MiB and 60 seconds a file.
        #[must_use]
        pub fn downloader(
            mut self,
            change: impl ::std::ops::FnOnce($crate::DownloaderBuilder) -> $crate::DownloaderBuilder,
        ) -> Self {
            self.$field = change(self.$field);
            self
        }

        /// Allows downloads from another host: `files.example.com` for one host, `*.example.com` for all below it. It
        /// never gets your credentials. Defaults to the vendor's own hosts.
        #[must_use]
        pub fn extra_download_host(self, host: &str) -> Self {
            self.downloader(|downloader| downloader.allow_host(host))
        }
    };
}

impl fmt::Debug for Downloader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Downloader").field("hosts", &self.0.hosts).finish_non_exhaustive()
    }
}

impl fmt::Debug for DownloaderBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DownloaderBuilder").field("hosts", &self.hosts).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_entries_that_can_never_match() {
        for (entry, fine) in [
            ("files.example.com", true),
            ("*.example.com", true),
            ("127.0.0.1", true),
            ("[::1]", true),
            ("localhost", true),
            ("b\u{fc}cher.example", false),
            ("xn--bcher-kva.example", true),
            ("https://files.example.com", false),
            ("files.example.com:443", false),
            ("files.example.com/", false),
            ("files.example.com.", false),
            ("user@files.example.com", false),
            ("", false),
            ("*", false),
        ] {
            assert_eq!(can_match(entry), fine, "{entry}");
        }
        let token = SecretText::new("token", "t").unwrap();
        let error = Downloader::builder(&["a.example.com"]).bearer_for("b.example.com", token).build().unwrap_err();
        assert_eq!(error.to_string(), "the token's host is not on the list of hosts");
        let error = Downloader::builder(&["https://a.example.com"]).build().unwrap_err();
        assert!(error.to_string().starts_with("the list of hosts has an entry"), "{error}");
    }

    #[test]
    fn row_43_rejects_impossible_names() {
        let long = "a".repeat(64);
        let many = "a.".repeat(130);
        for below in ["a.", "a..b", "a!b", "a'", "-a", "a-", "a.-", &long, &many] {
            assert!(!is_dns_name(&format!("{below}.example.com")), "{below}");
        }
        for below in ["a", "a.b-c", "_a", "1.2", "xn--bcher-kva", &long[1..]] {
            assert!(is_dns_name(&format!("{below}.example.com")), "{below}");
        }
        let downloader = Downloader::builder(&["*.example.com"]).build().unwrap();
        for (link, fine) in [("https://a.b.example.com/", true), ("https://a..b.example.com/", false)] {
            let checked = downloader.0.check(&Url::parse(link).unwrap());
            assert_eq!(checked.err().map(|error| error.kind()), (!fine).then_some(ErrorKind::InvalidRequest), "{link}");
        }
    }

    #[test]
    fn row_43_an_entry_allows_what_it_says() {
        for (allowed, host, covered) in [
            ("files.example.com", "files.example.com", true),
            ("files.example.com", "files.example.com.evil.test", false),
            ("files.example.com", "xfiles.example.com", false),
            ("*.example.com", "a.example.com", true),
            ("*.example.com", "a.b.example.com", true),
            ("*.example.com", "example.com", false),
            ("*.example.com", ".example.com", false),
            ("*.example.com", "aexample.com", false),
            ("*.example.com", "a.example.com.evil.test", false),
            ("*", "anything", false),
            ("*com", "example.com", false),
        ] {
            assert_eq!(covers(allowed, host), covered, "{allowed} {host}");
        }
    }
}
