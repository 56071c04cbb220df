//! The verifiers of every vendor, from the environment or with demo secrets.

use std::error::Error;

use idhooks::{Credential, EnvError, Secret, autentique, caf, capa, case_keeper, unico};

use crate::confirm;

/// Known to everyone who reads this file, so good for nothing but a demo.
pub(crate) const DEMO_SECRET: &str = "demo-secret-of-the-receiver-example";
pub(crate) const DEMO_USER: &str = "unico";
pub(crate) const DEMO_PASSWORD: &str = "demo-password";

/// A verifier, or the variable to set for it.
pub(crate) type Setup<V> = Result<V, String>;

pub(crate) struct Vendors {
    pub(crate) caf: Setup<caf::Verifier>,
    pub(crate) unico: Setup<unico::Verifier>,
    pub(crate) autentique: Setup<autentique::Verifier>,
    pub(crate) case_keeper: Setup<case_keeper::OpenEndpoint>,
    pub(crate) capa: Setup<capa::Verifier>,
    /// To confirm Case Keeper's deliveries.
    pub(crate) case_keeper_client: Option<case_keeper::Client>,
    demo: bool,
}

impl Vendors {
    /// Each vendor whose variables are set; if none is, demo secrets for all.
    pub(crate) fn from_env() -> Result<Self, Box<dyn Error>> {
        let found = Self {
            caf: optional(caf::Verifier::from_env())?,
            unico: optional(unico::Verifier::from_env())?,
            autentique: optional(autentique::Verifier::from_env())?,
            case_keeper: optional(case_keeper::OpenEndpoint::from_env())?,
            capa: optional(capa::Verifier::from_env())?,
            case_keeper_client: confirm::client_from_env()?,
            demo: false,
        };
        let has_shared_secret = found.case_keeper.is_ok();
        if has_shared_secret
            || found.caf.is_ok()
            || found.unico.is_ok()
            || found.autentique.is_ok()
            || found.capa.is_ok()
        {
            return Ok(found);
        }
        let secret = Secret::new(DEMO_SECRET)?;
        Ok(Self {
            caf: Ok(caf::Verifier::new(secret.clone())),
            unico: Ok(unico::Verifier::new(Credential::basic(DEMO_USER, DEMO_PASSWORD)?)),
            autentique: Ok(autentique::Verifier::new(secret.clone())),
            case_keeper: Ok(case_keeper::OpenEndpoint::new()),
            capa: Ok(capa::Verifier::new(secret)),
            case_keeper_client: found.case_keeper_client,
            demo: true,
        })
    }

    pub(crate) fn are_demo(&self) -> bool {
        self.demo
    }

    /// Each vendor and how it is set up, to be printed.
    pub(crate) fn states(&self) -> impl IntoIterator<Item = (&'static str, String)> {
        let state = |missing: Option<&String>| match missing {
            Some(why) => format!("not served: {why}"),
            None if self.demo => "demo secret; set your own in the environment for real deliveries".to_owned(),
            None => "secret from the environment".to_owned(),
        };
        [
            ("caf", state(self.caf.as_ref().err())),
            ("unico", state(self.unico.as_ref().err())),
            ("autentique", state(self.autentique.as_ref().err())),
            (
                "case-keeper",
                match (&self.case_keeper, &self.case_keeper_client) {
                    (Ok(_), Some(_)) => "each delivery is unverified, and its handler confirms it by a call".to_owned(),
                    (Ok(_), None) if self.demo => {
                        "open to anyone: the vendor proves nothing, so each delivery is unverified".to_owned()
                    }
                    (verifier, _) => state(verifier.as_ref().err()),
                },
            ),
            ("capa", state(self.capa.as_ref().err())),
        ]
    }
}

/// A variable that is not set leaves the vendor out; one that cannot be used is an error.
fn optional<V>(built: Result<V, EnvError>) -> Result<Setup<V>, EnvError> {
    match built {
        Ok(verifier) => Ok(Ok(verifier)),
        Err(error) if error.is_missing() => Ok(Err(error.to_string())),
        Err(error) => Err(error),
    }
}
