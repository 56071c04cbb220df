//! Files behind links, fetched without trusting the link.

mod address;
mod error;
mod resolver;

pub use error::DownloadError;
pub use resolver::Resolve;

use std::{error::Error as _, fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, header};
use reqwest::Client;
use url::{Host, Url};

use crate::{
    BuildError, SecretText,
    http_transport::{client, failed, finish, read},
    sensitive::sensitive,
    settings::is_loopback,
};
use error::Kind;
use resolver::{NotPublic, OnlyPublic, System};

/// Fetches files behind links that came in an answer or a webhook.
///
/// A link is a stranger's text, so it is followed only by `https`, on the standard port, to a host on
/// the list, whose every address is public, in a bounded time and size, through no proxy. A redirect
/// is not followed. A bearer token goes to the one host it was given for.
///
/// ```no_run
/// # async fn fetch(link: &str) -> Result<(), Box<dyn std::error::Error>> {
/// use idhooks_client::Downloader;
///
/// let downloads = Downloader::builder(&["files.example.com", "*.store.example.com"]).build()?;
/// let file = downloads.get(link).await?;
/// std::fs::write("report.pdf", file.body())?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Downloader(Arc<Inner>);

struct Inner {
    client: Client,
    gate: OnlyPublic,
    hosts: Vec<Box<str>>,
    bearer: Option<(Box<str>, HeaderValue)>,
    max_bytes: usize,
    timeout: Duration,
}

/// Builds [`Downloader`].
pub struct DownloaderBuilder {
    hosts: Vec<Box<str>>,
    bearer: Option<(Box<str>, SecretText)>,
    max_bytes: usize,
    timeout: Duration,
    resolver: Arc<dyn Resolve>,
    loopback: bool,
}

/// A file. `Debug` shows its type and size.
#[derive(Clone)]
pub struct Download {
    body: Bytes,
    content_type: Option<Box<str>>,
}

impl Download {
    /// Its bytes.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The type the server says it has; nobody checked it.
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
    /// Downloader from these hosts alone: `files.example.com` for one, `*.example.com` for all below it.
    /// 32 MiB and 60 s a file unless set.
    #[must_use]
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

    /// Fetches the file behind `link`. Nothing is repeated: a link may be good once.
    ///
    /// # Errors
    /// When the link may not be followed, or the file did not come. The error never shows the link,
    /// which may open the file for anyone.
    pub async fn get(&self, link: &str) -> Result<Download, DownloadError> {
        let url = Url::parse(link).map_err(|_| Kind::NotALink)?;
        self.0.check(&url)?;
        let mut request = self.0.client.get(url.clone()).timeout(self.0.timeout);
        if let Some((_, token)) = self.0.bearer.as_ref().filter(|(host, _)| url.host_str() == Some(host)) {
            request = request.header(header::AUTHORIZATION, token.clone());
        }
        let response = request.send().await.map_err(refused)?;
        let status = response.status();
        if status.is_redirection() {
            return Err(Kind::Redirected(status).into());
        }
        if !status.is_success() {
            return Err(Kind::Status(status).into());
        }
        let whole = read(response, self.0.max_bytes).await.map_err(Kind::Transport)?;
        let content_type = whole.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        Ok(Download { content_type: content_type.map(Into::into), body: whole.into_body() })
    }
}

impl Inner {
    fn check(&self, url: &Url) -> Result<(), DownloadError> {
        let on_this_machine = self.gate.loopback_too && is_loopback(url);
        if url.scheme() != "https" && !(on_this_machine && url.scheme() == "http") {
            return Err(Kind::NotHttps.into());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Kind::NotALink.into());
        }
        let host = url.host_str().unwrap_or_default();
        let port_is_usual = url.port().is_none() || on_this_machine;
        if !port_is_usual || !self.hosts.iter().any(|allowed| covers(allowed, host)) {
            return Err(Kind::HostNotAllowed.into());
        }
        // Below a name on the list anything may stand. What can be no name has no address, now or later.
        if url.domain().is_some_and(|name| !is_dns_name(name)) {
            return Err(Kind::NotALink.into());
        }
        // An address needs no resolver, so the gate has to look here.
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(address.into()),
            Some(Host::Ipv6(address)) => Some(address.into()),
            Some(Host::Domain(_)) | None => None,
        };
        match address {
            Some(address) if !self.gate.allows(address) => Err(Kind::NotPublic.into()),
            _ => Ok(()),
        }
    }
}

/// Whether `host` is on the list by this entry.
fn covers(allowed: &str, host: &str) -> bool {
    match allowed.strip_prefix('*') {
        Some(suffix) => suffix.starts_with('.') && host.len() > suffix.len() && host.ends_with(suffix),
        None => allowed == host,
    }
}

/// Whether the domain name system can have it: `a..example.com` it can not, nor `a!b.example.com`.
fn is_dns_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

/// Whether the entry is written as a URL has its host: a name in ASCII, or an address.
fn can_match(entry: &str) -> bool {
    let host = entry.strip_prefix("*.").unwrap_or(entry);
    Url::parse(&format!("https://{host}/")).is_ok_and(|url| url.host_str() == Some(host) && url.port().is_none())
        && !host.ends_with('.')
        && !host.contains('*')
}

/// Why nothing was answered.
fn refused(error: reqwest::Error) -> DownloadError {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<NotPublic>() {
            return Kind::NotPublic.into();
        }
        cause = error.source();
    }
    Kind::Transport(failed(error)).into()
}

impl DownloaderBuilder {
    /// Sends this bearer token to that one host, and to no other.
    #[must_use]
    pub fn bearer_for(mut self, host: &str, token: SecretText) -> Self {
        self.bearer = Some((host.to_ascii_lowercase().into(), token));
        self
    }

    /// Largest file, in bytes.
    #[must_use]
    pub fn max_bytes(self, bytes: usize) -> Self {
        Self { max_bytes: bytes, ..self }
    }

    /// Time for the whole file.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Looks names up by this resolver. Its answers pass the same gate.
    #[must_use]
    pub fn resolver(self, resolver: impl Resolve) -> Self {
        Self { resolver: Arc::new(resolver), ..self }
    }

    /// Lets links lead to this very machine too, there also by plain `http` and to any port. For tests.
    #[must_use]
    pub fn allow_loopback(self) -> Self {
        Self { loopback: true, ..self }
    }

    /// The downloads.
    ///
    /// # Errors
    /// When an entry of the list can never match, the token's host is not on it, the token can not stand in a header,
    /// or TLS can not be set up.
    pub fn build(self) -> Result<Downloader, BuildError> {
        let gate = OnlyPublic { resolver: self.resolver, loopback_too: self.loopback };
        if !self.hosts.iter().all(|host| can_match(host)) {
            return Err(BuildError::unusable(
                "list of hosts",
                "has an entry that is no host, so that it would match none",
            ));
        }
        if self.bearer.as_ref().is_some_and(|(host, _)| !self.hosts.iter().any(|allowed| covers(allowed, host))) {
            return Err(BuildError::unusable("token's host", "is not on the list of hosts"));
        }
        // A proxy would look names up by itself, past the gate.
        let client = finish(client()?.no_proxy().dns_resolver(gate.clone()))?;
        let bearer = match self.bearer {
            None => None,
            Some((host, token)) => {
                let unusable = || BuildError::unusable("token", "can not stand in a header");
                Some((host, sensitive(&format!("Bearer {}", token.expose())).ok_or_else(unusable)?))
            }
        };
        let Self { hosts, max_bytes, timeout, .. } = self;
        Ok(Downloader(Arc::new(Inner { client, gate, hosts, bearer, max_bytes, timeout })))
    }
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
    fn entries_that_can_never_match_are_refused() {
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
    fn row_43_what_can_be_no_name_is_not_followed() {
        let long = "a".repeat(64);
        let many = "a.".repeat(130);
        for below in ["a.", "a..b", "a!b", "a'", "-a", "a-", "a.-", &long, &many] {
            assert!(!is_dns_name(&format!("{below}.example.com")), "{below}");
        }
        for below in ["a", "a.b-c", "_a", "1.2", "xn--bcher-kva", &long[1..]] {
            assert!(is_dns_name(&format!("{below}.example.com")), "{below}");
        }
        let downloads = Downloader::builder(&["*.example.com"]).build().unwrap();
        for (link, fine) in [("https://a.b.example.com/", true), ("https://a..b.example.com/", false)] {
            let checked = downloads.0.check(&Url::parse(link).unwrap());
            assert_eq!(checked.err().map(|error| error.is_refused()), (!fine).then_some(true), "{link}");
        }
    }

    #[test]
    fn row_43_a_list_entry_covers_what_it_says() {
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
