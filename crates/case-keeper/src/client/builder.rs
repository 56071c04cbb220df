//! What a client is made of.

use std::time::Duration;

use idhooks_client::{
    Auth, BuildError, ClientCredentials, Error, SecretText, Settings, TokenAge, TokenCache, Url, env, http::HeaderName,
};

use super::Client;
use crate::rest::{ApiMode, ApiVersion};

/// The vendor's Keycloak ([documented](https://case-keeper-core.readme.io/docs/authentication)).
const TOKEN_URL: &str = "https://mac-portal.appmanteam.com/auth/realms/mac-portal/protocol/openid-connect/token";
/// How every Keycloak's token URL ends.
const TOKEN_ROUTE: &str = "/protocol/openid-connect/token";

/// Builds a [`Client`]. `Debug` hides the secret.
#[derive(Clone, Debug)]
pub struct ClientBuilder {
    settings: Settings,
    client_id: Box<str>,
    client_secret: Result<SecretText, BuildError>,
    token_url: Option<Url>,
    version: Option<ApiVersion>,
    mode: Option<ApiMode>,
    #[cfg(feature = "__tls")]
    downloads: Option<idhooks_client::Downloader>,
}

impl ClientBuilder {
    pub(super) fn new(client_id: &str, client_secret: &str, base_url: Url) -> Self {
        let agent = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
        Self {
            settings: Settings::new("case-keeper", agent, None).base_url(base_url).token_refused(is_token_refused),
            client_id: client_id.into(),
            client_secret: SecretText::new("client secret", client_secret),
            token_url: None,
            version: None,
            mode: None,
            #[cfg(feature = "__tls")]
            downloads: None,
        }
    }

    /// From `CASE_KEEPER_CLIENT_ID`, `CASE_KEEPER_CLIENT_SECRET` and `CASE_KEEPER_BASE_URL`; if they are set, also
    /// `CASE_KEEPER_TOKEN_URL` and `CASE_KEEPER_API_VERSION` (`v2` or `v3`).
    ///
    /// # Errors
    /// When a variable is missing or can not be used.
    pub fn from_env() -> Result<Self, BuildError> {
        const BASE: &str = "CASE_KEEPER_BASE_URL";
        const VERSION: &str = "CASE_KEEPER_API_VERSION";
        let id = env::required("CASE_KEEPER_CLIENT_ID")?;
        let secret = env::secret("CASE_KEEPER_CLIENT_SECRET")?;
        let base = env::url(BASE)?.ok_or_else(|| BuildError::missing_variable(BASE))?;
        let mut builder = Self::new(&id, secret.expose(), base);
        builder.token_url = env::url("CASE_KEEPER_TOKEN_URL")?;
        if let Some(text) = env::optional(VERSION)? {
            let version = text.parse().map_err(|_| BuildError::bad_variable(VERSION, "is neither v2 nor v3"))?;
            builder.version = Some(version);
        }
        Ok(builder)
    }

    idhooks_client::settings!(settings);

    /// The vendor's API version: [`ApiVersion::V3`] if not set. Its path is put behind a base URL that is a mere host.
    ///
    /// A base URL with a path of its own, such as that of a gateway of yours, is taken whole, and nothing is put
    /// behind it but the calls: `https://gateway.example.com/kyc` leads to
    /// `https://gateway.example.com/kyc/verifications/…`.
    #[must_use]
    pub fn version(self, version: ApiVersion) -> Self {
        Self { version: Some(version), ..self }
    }

    /// Where tokens come from, in full. If not set, the vendor's Keycloak, which gives them for production
    /// ([documented](https://case-keeper-core.readme.io/docs/authentication)); other environments have their own, at
    /// the same path on their host (observed in public recordings, 2024-04).
    #[must_use]
    pub fn token_url(self, url: Url) -> Self {
        Self { token_url: Some(url), ..self }
    }

    /// Sends `X-Api-Mode`; without this, nothing is sent.
    #[must_use]
    pub fn api_mode(self, mode: ApiMode) -> Self {
        Self { mode: Some(mode), ..self }
    }

    /// How files are fetched, instead of from `*.s3.ap-southeast-1.amazonaws.com` with the usual limits. Give it no
    /// bearer token: a presigned link needs none.
    #[cfg(feature = "__tls")]
    #[cfg_attr(
        docsrs,
        doc(cfg(any(
            feature = "client-rustls",
            feature = "client-rustls-no-provider",
            feature = "client-native-tls"
        )))
    )]
    #[must_use]
    pub fn downloads(self, downloads: idhooks_client::Downloader) -> Self {
        Self { downloads: Some(downloads), ..self }
    }

    /// The client. Nothing is sent yet.
    ///
    /// # Errors
    /// When a credential is empty or has a blank at an end, a URL may not be used, there is no transport, or a
    /// version was chosen for a base URL that has a path of its own.
    pub fn build(self) -> Result<Client, BuildError> {
        let secret = self.client_secret?;
        let id = SecretText::new("client id", &self.client_id)?;
        let token_api = match &self.token_url {
            Some(url) => url.clone(),
            None => Url::parse(TOKEN_URL).map_err(|_| BuildError::unusable("token URL", "is none"))?,
        };
        let (realm, route) = token_base(token_api);
        let token_api = self.settings.at(realm).api(Auth::none());
        let token_api = token_api.map_err(|why| BuildError::unusable("token URL", "can not be used").because(why))?;
        let tokens = TokenCache::new(ClientCredentials::new(token_api, route, id.expose(), secret));
        let mut access = Auth::tokens(tokens);
        if let Some(mode) = self.mode {
            access = access.and_header(HeaderName::from_static("x-api-mode"), mode.as_str())?;
        }
        let base = self.settings.base().map(|base| with_version(base, self.version)).transpose()?;
        let settings = base.into_iter().fold(self.settings, |settings, base| settings.base_url(base));
        Ok(Client {
            api: settings.api(access)?,
            #[cfg(feature = "__tls")]
            downloads: match self.downloads {
                Some(downloads) => downloads,
                None => idhooks_client::Downloader::builder(&[super::files::STORE]).build()?,
            },
        })
    }
}

/// The API's prefix.
fn with_version(base: &Url, version: Option<ApiVersion>) -> Result<Url, BuildError> {
    let own = base.path().trim_end_matches('/');
    match version {
        None if !own.is_empty() => Ok(base.clone()),
        Some(version) if !own.is_empty() && own != version.path() => {
            Err(BuildError::said("the base URL has a path of its own, so the API version has no place"))
        }
        _ => {
            let mut base = base.clone();
            base.set_path(version.unwrap_or_default().path());
            Ok(base)
        }
    }
}

/// The token URL, parted such that errors name the end of it.
fn token_base(mut url: Url) -> (Url, &'static str) {
    match url.path().strip_suffix(TOKEN_ROUTE).map(str::to_owned) {
        Some(realm) => {
            url.set_path(&realm);
            (url, TOKEN_ROUTE)
        }
        None => (url, ""),
    }
}

/// A missing token was recorded to give 403, and a 401 was never seen. To ask again after every 403 would double each
/// true one, so only a token that is almost over is suspected.
fn is_token_refused(error: &Error, age: TokenAge) -> bool {
    const ALMOST_OVER: Duration = Duration::from_secs(300);
    match error.status() {
        Some(401) => true,
        Some(403) => age.left() <= ALMOST_OVER && age.left() < age.age(),
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
        let refused = Err("the base URL has a path of its own, so the API version has no place".to_owned());
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
