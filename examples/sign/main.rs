//! A body in, the header a vendor would send with it out; or a whole `curl` line.
//!
//! ```text
//! cargo run -q --example sign -- capa --secret s3cret-text body.json
//! cargo run -q --example sign -- capa --secret s3cret-text --curl http://127.0.0.1:3000/hooks/capa body.json
//! ```
//! Without arguments it signs a small sample with a demo secret, to show what it prints.

use std::{
    fs,
    io::{Read as _, Write as _, stdin, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, ValueEnum};
use idhooks::{Credential, Secret, autentique, caf, capa};

/// A body in, the header a vendor would send with it out; or a whole curl line.
#[derive(Parser)]
struct Arguments {
    /// Who to sign as; Case Keeper is not among them, because it proves nothing.
    vendor: Option<Vendor>,
    /// The secret of a vendor that signs.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    secret: Option<String>,
    /// The Basic credential that Unico presents.
    #[arg(long, value_name = "USER:PASS", allow_hyphen_values = true)]
    basic: Option<String>,
    /// The API key that Unico presents, as `header:value` or a bare value.
    #[arg(long, value_name = "HEADER:VALUE", allow_hyphen_values = true)]
    api_key: Option<String>,
    /// Print a curl line that delivers the body there.
    #[arg(long, value_name = "URL")]
    curl: Option<String>,
    /// The body; standard input if it is left out or `-`.
    file: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Vendor {
    Caf,
    Unico,
    Autentique,
    Capa,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(line) => {
            stdout().write_all(line.as_bytes()).unwrap_or_default();
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("sign: {problem}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<String, String> {
    let Some(vendor) = arguments.vendor else { return demo() };
    let body = read(arguments.file.as_deref())?;
    let (name, value) = header(vendor, arguments, &body)?;
    let Some(url) = &arguments.curl else { return Ok(format!("{name}: {value}\n")) };
    let file = arguments.file.as_deref().map_or_else(|| "-".to_owned(), |file| file.display().to_string());
    Ok(format!(
        "curl -i {} -H {} -H 'content-type: application/json' --data-binary {}\n",
        quote(url),
        quote(&format!("{name}: {value}")),
        quote(&format!("@{file}")),
    ))
}

fn demo() -> Result<String, String> {
    let body = r#"{"type":"KYC","event":"VERIFIED_USER","externalUserId":"customer-1"}"#;
    let secret = Secret::new("demo-secret-of-the-sign-example").map_err(|why| why.to_string())?;
    let (name, value) = capa::sign(&secret, body.as_bytes());
    Ok(format!("Capa would send this body\n  {body}\nwith this header\n  {name}: {value}\nTry --help for your own.\n"))
}

fn header(vendor: Vendor, arguments: &Arguments, body: &[u8]) -> Result<(String, String), String> {
    if let Vendor::Unico = vendor {
        let credential = match (&arguments.basic, &arguments.api_key) {
            (Some(pair), None) => Credential::basic_pair(pair),
            (None, Some(key)) => Credential::api_key(key),
            _ => {
                return Err("Unico signs nothing: give the one credential it presents, --basic or --api-key".to_owned());
            }
        };
        let credential = credential.map_err(|why| why.to_string())?;
        let (name, value) = credential.header().ok_or("that credential is not a header")?;
        return Ok((name.to_owned(), value.to_owned()));
    }
    if arguments.basic.is_some() || arguments.api_key.is_some() {
        return Err("this vendor signs: give its secret with --secret, not --basic or --api-key".to_owned());
    }
    let secret = arguments.secret.as_deref().ok_or("give the vendor's secret with --secret")?;
    let secret = Secret::new(secret).map_err(|why| format!("--secret: {why}"))?;
    let (name, value) = match vendor {
        Vendor::Caf => caf::sign(&secret, body),
        Vendor::Autentique => autentique::sign(&secret, body),
        Vendor::Capa | Vendor::Unico => capa::sign(&secret, body),
    };
    Ok((name.to_owned(), value))
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

/// For a POSIX shell.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
