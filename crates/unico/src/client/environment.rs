//! Which of Unico's two worlds.

/// Where the calls go: token host and API hosts together, because accounts and keys are made for one of the two and
/// never work in the other, where they look like a wrong token (401).
///
/// ```
/// use idhooks_unico::Environment;
///
/// let sandbox = Environment::Sandbox;
/// println!("{} {} {}", sandbox.token_host(), sandbox.web_host(), sandbox.api_host());
/// ```
///
/// Source: [documented](https://developer.unico.io/developers/api-reference/environments/index.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Environment {
    /// For tests ("UAT"): lower limits, data reset from time to time, webhooks really delivered.
    Sandbox,
    /// For real people.
    Production,
}

impl Environment {
    /// Returns the host that gives tokens.
    #[must_use]
    pub fn token_host(self) -> &'static str {
        match self {
            Self::Sandbox => "https://identityhomolog.acesso.io",
            Self::Production => "https://identity.acesso.io",
        }
    }

    /// Returns the host of the Web & SDK contract. An older one, `api.cadastro.unico.app` with `uat.` before `unico` in
    /// the sandbox, has the same paths: give it as `base_url` if your account is at home there.
    #[must_use]
    pub fn web_host(self) -> &'static str {
        match self {
            Self::Sandbox => "https://api.idcloud.uat.unico.app",
            Self::Production => "https://api.idcloud.unico.app",
        }
    }

    /// Returns the host of the API contract.
    #[must_use]
    pub fn api_host(self) -> &'static str {
        match self {
            Self::Sandbox => "https://api.id.uat.unico.app",
            Self::Production => "https://api.id.unico.app",
        }
    }

    /// By its name in an environment variable.
    #[cfg(feature = "aws-lc-rs")]
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "sandbox" => Some(Self::Sandbox),
            "production" => Some(Self::Production),
            _ => None,
        }
    }
}
