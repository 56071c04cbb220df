//! The settings of a client.

use std::time::Duration;

use idhooks_client::{
    Auth, BuildError, Credentials, Error, Settings, TokenAge, TokenCache, Url, env, http::HeaderName,
};

use super::{Client, error};
use crate::rest::{ApiMode, ApiVersion};

/// The vendor's Keycloak ([documented](https://case-keeper-core.readme.io/docs/authentication)).
const TOKEN_URL: &str = "https://mac-portal.appmanteam.com/auth/realms/mac-portal/protocol/openid-connect/token";
/// How every Keycloak's token URL ends.
const TOKEN_ROUTE: &str = "/protocol/openid-connect/token";

/// Builds a [`Client`]. `Debug` hides the secret.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use idhooks_case_keeper::{Client, Credentials, http_client::{Retry, Url}, rest::{ApiMode, ApiVersion}};
///
/// let credentials = Credentials::new("tenant-case-keeper-service-account", "the secret");
/// let client = Client::builder(credentials, Url::parse("https://portal.mac.appmanteam.com")?)
///     .version(ApiVersion::V2)
///     .timeout(Duration::from_secs(10))
///     .deadline(Duration::from_secs(20))
///     .retry(Retry::new().attempts(2))
///     .max_response_bytes(1024 * 1024)
///     .concurrency(8)
///     .build()?;
/// # let _ = client;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ClientBuilder {
    settings: Settings,
    credentials: Credentials,
    token_url: Result<Url, BuildError>,
    version: Option<ApiVersion>,
    mode: Option<ApiMode>,
    #[cfg(feature = "__tls")]
    downloader: idhooks_client::DownloaderBuilder,
}

impl ClientBuilder {
    pub(super) fn new(credentials: Credentials, base_url: Url) -> Self {
        let agent = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
        let settings = Settings::new("case-keeper", agent).base_url(base_url);
        Self {
            settings: settings.vendor_errors(error::read).token_rejected(is_token_rejected),
            credentials,
            token_url: Url::parse(TOKEN_URL).map_err(|_| BuildError::invalid("token URL", "is not a URL")),
            version: None,
            mode: None,
            #[cfg(feature = "__tls")]
            downloader: idhooks_client::Downloader::builder(&[super::files::STORE]),
        }
    }

    /// Reads `CASE_KEEPER_CLIENT_ID`, `CASE_KEEPER_CLIENT_SECRET` and `CASE_KEEPER_BASE_URL`, and if they are set,
    /// `CASE_KEEPER_TOKEN_URL` and `CASE_KEEPER_API_VERSION` (`v2` or `v3`).
    ///
    /// ```no_run
    /// let client = idhooks_case_keeper::ClientBuilder::from_env()?.concurrency(8).build()?;
    /// # Ok::<(), idhooks_case_keeper::BuildError>(())
    /// ```
    ///
    /// # Errors
    /// When a variable is missing or invalid. The error names every such variable, never its text.
    pub fn from_env() -> Result<Self, BuildError> {
        const BASE: &str = "CASE_KEEPER_BASE_URL";
        const VERSION: &str = "CASE_KEEPER_API_VERSION";
        let credentials = Credentials::from_env("CASE_KEEPER_CLIENT_ID", "CASE_KEEPER_CLIENT_SECRET");
        let base = env::url(BASE).and_then(|base| base.ok_or_else(|| BuildError::missing_variable(BASE)));
        let (credentials, base) = env::both(credentials, base)?;
        let mut builder = Self::new(credentials, base);
        if let Some(url) = env::url("CASE_KEEPER_TOKEN_URL")? {
            builder = builder.token_url(url);
        }
        if let Some(text) = env::optional(VERSION)? {
            let version = text.parse().map_err(|_| BuildError::invalid_variable(VERSION, "is neither v2 nor v3"))?;
            builder = builder.version(version);
        }
        Ok(builder)
    }

    idhooks_client::settings!(settings);

    #[cfg(feature = "__tls")]
    idhooks_client::downloader!(downloader);

    /// Sets the version of the API, whose path the client adds to a base URL without a path.
    ///
    /// A base URL with a path, such as that of your own gateway, stays as it is: calls to
    /// `https://gateway.example.com/kyc` go to `https://gateway.example.com/kyc/verifications/…`. Defaults to
    /// [`ApiVersion::V3`].
    #[must_use]
    pub fn version(self, version: ApiVersion) -> Self {
        Self { version: Some(version), ..self }
    }

    /// Sets the whole URL of the token endpoint. Environments other than production have their own, at the same path on
    /// their host (observed in public recordings, 2024-04). Defaults to the vendor's Keycloak for production
    /// ([documented](https://case-keeper-core.readme.io/docs/authentication)).
    #[must_use]
    pub fn token_url(self, url: Url) -> Self {
        Self { token_url: Ok(url), ..self }
    }

    /// Sets the header `X-Api-Mode`. Defaults to no header.
    #[must_use]
    pub fn api_mode(self, mode: ApiMode) -> Self {
        Self { mode: Some(mode), ..self }
    }

    /// Builds the client. Sends nothing, so wrong credentials show at the first call.
    ///
    /// # Errors
    /// When the id or the secret is empty or has leading or trailing whitespace, a setting is invalid, the transport is
    /// missing, or a version is set for a base URL with a path of its own.
    pub fn build(self) -> Result<Client, BuildError> {
        let (realm, route) = token_base(self.token_url?);
        let token_api = self.settings.clone().base_url(realm).build(Auth::none());
        let invalid = |why| BuildError::invalid("token URL", "cannot be used").with_source(why);
        let tokens = TokenCache::client_credentials(token_api.map_err(invalid)?, route, &self.credentials)?;
        let mut auth = Auth::tokens(tokens);
        if let Some(mode) = self.mode {
            auth = auth.and_header(HeaderName::from_static("x-api-mode"), mode.as_str())?;
        }
        let base = self.settings.base().map(|base| with_version(base, self.version)).transpose()?;
        let settings = base.into_iter().fold(self.settings, Settings::base_url);
        Ok(Client {
            api: settings.build(auth)?,
            #[cfg(feature = "__tls")]
            downloader: self.downloader.build()?,
        })
    }
}

/// Returns the base URL with the path of the API version.
fn with_version(base: &Url, version: Option<ApiVersion>) -> Result<Url, BuildError> {
    let own = base.path().trim_end_matches('/');
    match version {
        None if !own.is_empty() => Ok(base.clone()),
        Some(version) if !own.is_empty() && own != version.path() => {
            Err(BuildError::new("the base URL has a path of its own: it cannot take an API version"))
        }
        _ => {
            let mut base = base.clone();
            base.set_path(version.unwrap_or_default().path());
            Ok(base)
        }
    }
}

/// Splits the token URL, so that errors name its end.
fn token_base(mut url: Url) -> (Url, &'static str) {
    match url.path().strip_suffix(TOKEN_ROUTE).map(str::to_owned) {
        Some(realm) => {
            url.set_path(&realm);
            (url, TOKEN_ROUTE)
        }
        None => (url, ""),
    }
}

/// A missing token was recorded to give 403, and a 401 was never seen. A login after every 403 would double each real
/// one, so only a token that is about to expire is suspected.
fn is_token_rejected(error: &Error, token: TokenAge) -> bool {
    const ALMOST_EXPIRED: Duration = Duration::from_secs(300);
    match error.status().map(|status| status.as_u16()) {
        Some(401) => true,
        Some(403) => token.left <= ALMOST_EXPIRED && token.left < token.age,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_gets_the_version_and_a_path_is_left_alone() {
        let base = |text: &str, version| {
            let url = Url::parse(text).unwrap();
            with_version(&url, version).map(|url| url.to_string()).map_err(|error| error.to_string())
        };
        let v3 = Ok("https://a.example/api/v3/case-keeper".to_owned());
        let refused = Err("the base URL has a path of its own: it cannot take an API version".to_owned());
        assert_eq!(base("https://a.example", None), v3);
        assert_eq!(base("https://a.example/", None), v3);
        assert_eq!(base("https://a.example", Some(ApiVersion::V3)), v3);
        assert_eq!(base("https://a.example/", Some(ApiVersion::V2)), Ok("https://a.example/api/v2/case-keeper".into()));
        assert_eq!(base("https://a.example/kyc", None), Ok("https://a.example/kyc".into()));
        assert_eq!(base("https://a.example/api/v3/case-keeper/", Some(ApiVersion::V3)), v3);
        assert_eq!(
            base("https://a.example/api/v2/case-keeper", None),
            Ok("https://a.example/api/v2/case-keeper".into())
        );
        assert_eq!(base("https://a.example/api/v2/case-keeper", Some(ApiVersion::V3)), refused);
        assert_eq!(base("https://a.example/kyc", Some(ApiVersion::V2)), refused);
    }

    #[test]
    fn a_token_url_keeps_its_meaning() {
        for (text, realm, route) in [
            (TOKEN_URL, "https://mac-portal.appmanteam.com/auth/realms/mac-portal", TOKEN_ROUTE),
            ("https://a.example/token", "https://a.example/token", ""),
            ("https://a.example/protocol/openid-connect/token", "https://a.example/", TOKEN_ROUTE),
        ] {
            let (base, end) = token_base(Url::parse(text).unwrap());
            assert_eq!((base.as_str(), end), (realm, route));
            assert_eq!(format!("{}{end}", base.as_str().trim_end_matches('/')), text);
        }
    }
}
