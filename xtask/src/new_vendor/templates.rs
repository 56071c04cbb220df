//! The templates in `xtask/templates/vendor`, and what stands in their place.

use super::Options;
use crate::metadata::Scheme;

/// Takes a template from `xtask/templates/vendor`.
macro_rules! template {
    ($name:literal) => {
        include_str!(concat!("../../templates/vendor/", $name))
    };
}

/// Each file to write, from the root, with its text.
pub(super) fn files(options: &Options) -> Vec<(String, String)> {
    let (name, module) = (&options.name, options.module());
    let upper = module.to_uppercase();
    let parts = Parts::of(options.scheme);
    let replacements = [
        ("@example@", parts.readme.trim_end()),
        ("@setup@", parts.example.trim_end()),
        ("@forged@", parts.forged),
        ("@proves@", parts.proves),
        ("@exports@", parts.exports),
        ("@secret_type@", parts.secret_type),
        ("@scheme@", parts.word),
        ("@Scheme@", parts.variant),
        ("@delivery@", parts.delivery),
        ("@header@", "x-@name@-signature"),
        ("@name@", name),
        ("@module@", &module),
        ("@CONST@", &upper),
        ("@ENV@", &upper),
        ("@title@", &options.title),
    ];
    let fill = |text: &str| replacements.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    let files = [
        (format!("crates/{name}/Cargo.toml"), template!("Cargo.toml.in")),
        (format!("crates/{name}/README.md"), template!("README.md.in")),
        (format!("crates/{name}/src/lib.rs"), template!("lib.rs.in")),
        (format!("crates/{name}/src/event.rs"), template!("event.rs.in")),
        (format!("crates/{name}/src/verify.rs"), parts.verify),
        (format!("crates/{name}/tests/payload.rs"), template!("payload_test.rs.in")),
        (format!("crates/{name}/tests/webhook.rs"), template!("webhook_test.rs.in")),
        (format!("crates/{name}/tests/{}.rs", parts.test_name), parts.test),
        (format!("fixtures/{name}/SOURCES.md"), template!("SOURCES.md.in")),
        (format!("fixtures/{name}/document-signed--constructed.json"), template!("document-signed.json")),
        (format!("fixtures/{name}/document-declined--constructed.json"), template!("document-declined.json")),
        (format!("fixtures/src/{module}.rs"), template!("fixtures.rs.in")),
        (format!("examples/{module}_webhook/Cargo.toml"), template!("example.toml.in")),
        (format!("examples/{module}_webhook/main.rs"), template!("example.rs.in")),
        (format!("fuzz/fuzz_targets/event_{module}.rs"), template!("fuzz.rs.in")),
    ];
    files.into_iter().map(|(path, text)| (path, fill(text))).collect()
}

/// The parts that depend on the scheme.
struct Parts {
    word: &'static str,
    variant: &'static str,
    verify: &'static str,
    test: &'static str,
    test_name: &'static str,
    readme: &'static str,
    example: &'static str,
    forged: &'static str,
    exports: &'static str,
    secret_type: &'static str,
    delivery: &'static str,
    proves: &'static str,
}

impl Parts {
    fn of(scheme: Scheme) -> Self {
        match scheme {
            Scheme::Hmac => Self {
                word: "hmac",
                variant: "Hmac",
                verify: template!("hmac/verify.rs.in"),
                test: template!("hmac/test.rs.in"),
                test_name: "signature",
                readme: template!("hmac/readme.md.in"),
                example: template!("hmac/example.rs.in"),
                forged: "[@module@::sign(&Secret::new(\"another-secret\")?, body)]",
                exports: "{Verifier, sign}",
                secret_type: "Secret",
                delivery: "verified",
                proves: "Somebody who knows the secret signed exactly this body. It may be an old delivery, sent again.",
            },
            Scheme::Credential => Self {
                word: "credential",
                variant: "Credential",
                verify: template!("credential/verify.rs.in"),
                test: template!("credential/test.rs.in"),
                test_name: "credential",
                readme: template!("credential/readme.md.in"),
                example: template!("credential/example.rs.in"),
                forged: "[(\"authorization\", \"Basic YTpi\")]",
                exports: "{Verifier, present}",
                secret_type: "Credential",
                delivery: "verified",
                proves: "The sender knows the credential. Nothing about the body: call the vendor's API before you act.",
            },
            Scheme::None => Self {
                word: "none",
                variant: "None",
                verify: template!("none/verify.rs.in"),
                test: template!("none/test.rs.in"),
                test_name: "open",
                readme: template!("none/readme.md.in"),
                example: template!("none/example.rs.in"),
                forged: "[(\"x-gateway\", \"guess\")]",
                exports: "OpenEndpoint",
                secret_type: "Credential",
                delivery: "unverified",
                proves: "Nothing: anyone can send one. Call the vendor's API, and act on that response alone.",
            },
        }
    }
}
