//! The command line, read into a delivery and what to check it with.

use std::{
    env::{self, VarError},
    fs,
    io::{Read as _, stdin},
    path::{Path, PathBuf},
};

use clap::{Parser, ValueEnum};
use idhooks::core::http::HeaderName;

/// Looks into one captured delivery, offline, and prints one line of JSON about it.
///
/// Exit status: 0 verified or unverified, and readable; 1 rejected; 2 wrong usage; 3 verified or
/// unverified, but not readable.
#[derive(Parser)]
pub(crate) struct Arguments {
    /// Who sent it.
    vendor: Vendor,
    /// A secret the signature may be made with; repeat for several.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    secret: Vec<String>,
    /// The same, from an environment variable.
    #[arg(long, value_name = "NAME")]
    secret_env: Vec<String>,
    /// A Basic credential the vendor presents.
    #[arg(long, value_name = "USER:PASS", allow_hyphen_values = true)]
    basic: Vec<String>,
    /// An API key the vendor presents: a header and its value, or a bare value sent as Authorization.
    #[arg(long, value_name = "HEADER:VALUE", allow_hyphen_values = true)]
    api_key: Vec<String>,
    /// A bearer token to accept.
    #[arg(long, value_name = "TOKEN", allow_hyphen_values = true)]
    bearer: Option<String>,
    /// A header of the delivery; repeat for several.
    #[arg(long, value_name = "NAME: VALUE", allow_hyphen_values = true)]
    header: Vec<String>,
    /// The body; standard input if it is left out or `-`.
    file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Vendor {
    Caf,
    Unico,
    Autentique,
    CaseKeeper,
    Capa,
}

/// A captured delivery, and what to check it with.
pub(crate) struct Captured {
    pub(crate) vendor: Vendor,
    pub(crate) secrets: Vec<String>,
    pub(crate) basic: Vec<String>,
    pub(crate) api_keys: Vec<String>,
    pub(crate) bearer: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Arguments {
    /// Reads what the arguments point to, and rejects what does not fit the vendor.
    pub(crate) fn read(self) -> Result<Captured, String> {
        let mut secrets = self.secret;
        for name in self.secret_env {
            // The error's own text would show what the variable holds.
            secrets.push(env::var(&name).map_err(|why| match why {
                VarError::NotPresent => format!("--secret-env {name}: the variable is not set"),
                VarError::NotUnicode(_) => format!("--secret-env {name}: the variable is not UTF-8"),
            })?);
        }
        let headers = self.header.iter().map(|header| split(header)).collect::<Result<_, _>>()?;
        let captured = Captured {
            vendor: self.vendor,
            secrets: usable_first(secrets),
            basic: usable_first(self.basic),
            api_keys: usable_first(self.api_key),
            bearer: self.bearer,
            headers,
            body: Vec::new(),
        };
        captured.check_options()?;
        Ok(Captured { body: read(self.file.as_deref())?, ..captured })
    }
}

impl Captured {
    /// An option that would be passed over in silence is worse than none.
    fn check_options(&self) -> Result<(), String> {
        let vendor = self.vendor.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        let no = |option: &str, why: &str| Err(format!("{option} does not fit {vendor}: {why}"));
        let (signs, presents) = match self.vendor {
            Vendor::Autentique | Vendor::Capa => (true, false),
            Vendor::Caf => (true, true),
            Vendor::Unico | Vendor::CaseKeeper => (false, true),
        };
        if !self.secrets.is_empty() && !signs {
            return no("--secret", "it signs nothing");
        }
        let credentials_given = !self.basic.is_empty() || !self.api_keys.is_empty();
        if !presents && credentials_given {
            return no("--basic or --api-key", "it presents no credential");
        }
        match (&self.bearer, self.vendor) {
            (Some(_), Vendor::Unico) if !credentials_given => Ok(()),
            (Some(_), Vendor::Unico) => no("--bearer", "give it alone, without --basic and --api-key"),
            (Some(_), _) => no("--bearer", "it presents no token"),
            (None, _) => Ok(()),
        }
    }
}

/// A text with blanks around it is only there to be advised on, so the others are tried before it.
fn usable_first(mut texts: Vec<String>) -> Vec<String> {
    texts.sort_by_key(|text| text.trim_ascii() != text);
    texts
}

fn split(header: &str) -> Result<(String, String), String> {
    let wanted = || "--header wants 'Name: value'".to_owned();
    let (name, value) = header.split_once(':').ok_or_else(wanted)?;
    HeaderName::from_bytes(name.trim().as_bytes()).map_err(|_| wanted())?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn read(file: Option<&Path>) -> Result<Vec<u8>, String> {
    match file.filter(|file| *file != Path::new("-")) {
        Some(file) => fs::read(file).map_err(|error| format!("{}: {error}", file.display())),
        None => {
            let mut body = Vec::new();
            stdin().read_to_end(&mut body).map_err(|error| format!("standard input: {error}"))?;
            Ok(body)
        }
    }
}
