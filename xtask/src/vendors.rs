//! The vendors, and every list that names each of them.
//!
//! The manifests are the one list of vendors: a crate with `vendor` under `[package.metadata.idhooks]` is a vendor's.
//! [`places`] says what other files must hold for it. `cargo xtask vendors` and a test check that, and `--write` inserts what is
//! missing.

use std::fs;

use crate::{
    metadata::{Metadata, Scheme},
    run::{at, cargo, root, run},
};

/// A vendor, as its manifest has it.
pub(crate) struct Vendor {
    /// In lower case with hyphens: the folder in `crates/`, and the crate's name behind `idhooks-`.
    pub(crate) name: String,
    /// As it is written in prose.
    pub(crate) title: String,
    pub(crate) scheme: Scheme,
    version: String,
    has_client: bool,
}

impl Vendor {
    /// The name in Rust.
    pub(crate) fn module(&self) -> String {
        self.name.replace('-', "_")
    }
}

/// Features of a vendor crate with a client that the umbrella passes on.
const PASSED_ON: [&str; 5] = ["client", "client-rustls", "client-rustls-no-provider", "client-native-tls", "tracing"];

/// Reads the vendors from the manifests.
pub(crate) fn vendors() -> Result<Vec<Vendor>, String> {
    let metadata = Metadata::of_workspace()?;
    let vendors = metadata.published().filter_map(|package| {
        let title = package.own().vendor.clone()?;
        let scheme = package.own().scheme.ok_or_else(|| format!("{}: no scheme beside vendor", package.name));
        Some(scheme.map(|scheme| Vendor {
            name: package.name.trim_start_matches("idhooks-").to_owned(),
            title,
            scheme,
            version: package.version.clone(),
            has_client: package.features.contains_key("client"),
        }))
    });
    vendors.collect()
}

/// The line that a file must hold for each vendor.
struct Place {
    file: &'static str,
    /// Where the list begins, for files with several; it ends before an empty line or a line with `]` alone.
    list: String,
    /// The text that shows that the vendor is there.
    key: String,
    /// The text that is inserted after the last vendor.
    line: String,
}

/// Every list that names each vendor.
fn places(vendor: &Vendor) -> Vec<Place> {
    let Vendor { name, title, version, .. } = vendor;
    let module = vendor.module();
    let in_list = |file, list: &str, key: String, line: String| Place { file, list: list.to_owned(), key, line };
    let place = |file, key: String, line: String| in_list(file, "", key, line);
    let (delivery, carries, proves, not_proven) = match vendor.scheme {
        Scheme::Hmac => (
            "Verified",
            "HMAC-SHA256 of the body",
            "who sent it, and every bit of the body",
            "that it is new, the latest, or that none is missing",
        ),
        Scheme::Credential => (
            "Verified",
            "a credential of your choice",
            "that the sender knows it; nothing about the body",
            "anything about the body",
        ),
        Scheme::None => ("Unverified", "nothing", "nothing", "everything"),
    };
    let env = module.to_uppercase();
    let variables = match vendor.scheme {
        Scheme::Hmac => format!("`{env}_WEBHOOK_SECRET`"),
        Scheme::Credential => format!("`{env}_WEBHOOK_BASIC` or `…_API_KEY`"),
        Scheme::None => format!("`{env}_WEBHOOK_PATH`"),
    };
    let event = format!("`{delivery}<{module}::Event>`");
    let docs = format!("https://docs.rs/idhooks-{name}");
    let dependency = format!("idhooks-{name} = {{ path = \"crates/{name}\", version = \"{version}\" }}");
    let umbrella = "crates/idhooks/Cargo.toml";
    let (guide, readme, fuzz) = ("crates/idhooks/guide/vendors.md", "crates/idhooks/README.md", "fuzz/Cargo.toml");
    let mut places = vec![
        place("Cargo.toml", format!("\nidhooks-{name} = {{ path = "), dependency),
        place(
            umbrella,
            format!("\n{name} = [\"dep:idhooks-{name}\"]"),
            format!("## {title}.\n{name} = [\"dep:idhooks-{name}\"]"),
        ),
        in_list(umbrella, "\nall-vendors = [", format!("\"{name}\","), format!("    \"{name}\",")),
        in_list(
            umbrella,
            "\n[dependencies]",
            format!("\nidhooks-{name} = "),
            format!("idhooks-{name} = {{ workspace = true, optional = true }}"),
        ),
        place(
            "crates/idhooks/src/lib.rs",
            format!("pub use idhooks_{module} as {module};"),
            format!(
                "#[cfg(feature = \"{name}\")]\n#[cfg_attr(docsrs, doc(cfg(feature = \"{name}\")))]\n\
                 pub use idhooks_{module} as {module};"
            ),
        ),
        place("fixtures/src/lib.rs", format!("\nmod {module};"), format!("mod {module};")),
        place("fixtures/src/lib.rs", format!("\npub use {module}::"), {
            format!("pub use {module}::{};", module.to_uppercase())
        }),
        in_list(
            "fixtures/src/lib.rs",
            "\npub const VENDORS:",
            format!(" {module}::VENDOR,"),
            format!("    {module}::VENDOR,"),
        ),
        place(
            fuzz,
            format!("\"event_{module}\""),
            format!("    {{ name = \"event_{module}\", path = \"fuzz_targets/event_{module}.rs\" }},"),
        ),
        place(fuzz, format!("\nidhooks-{name} = "), format!("idhooks-{name} = {{ path = \"../crates/{name}\" }}")),
        place(readme, format!("\n| `{name}` |"), format!("| `{name}` | [{title}]({docs}) | {event} | {proves} | 29 |")),
        in_list(
            "README.md",
            "\n## What each vendor's webhook proves",
            format!("(crates/{name}/README.md)"),
            format!("| [{title}](crates/{name}/README.md) | {carries} | {event} | {proves} |"),
        ),
        in_list(
            guide,
            "\n| vendor | a delivery carries |",
            format!("\n| [{title}] |"),
            format!("| [{title}] | {carries} | {event} | {proves} | {not_proven} |"),
        ),
        in_list(
            guide,
            "\n| vendor | where the webhook is set up |",
            format!("\n| [{title}] |"),
            format!("| [{title}] | see its page | {variables} | see its page | see its page |"),
        ),
        place(guide, format!("\n[{title}]: "), format!("[{title}]: ../../{name}/README.md")),
        place("crates/idhooks/guide/links.md", format!("\n[{title}]: "), format!("[{title}]: {docs}")),
    ];
    for feature in PASSED_ON.into_iter().filter(|_| vendor.has_client) {
        let entry = format!("\"idhooks-{name}?/{feature}\",");
        places.push(in_list(umbrella, &format!("\n{feature} = ["), entry.clone(), format!("    {entry}")));
    }
    places
}

/// Files that each vendor has.
fn files(vendor: &Vendor) -> Vec<String> {
    let (name, module) = (&vendor.name, vendor.module());
    vec![
        format!("crates/{name}/LICENSE-APACHE"),
        format!("crates/{name}/LICENSE-MIT"),
        format!("crates/{name}/README.md"),
        format!("crates/{name}/tests/payload.rs"),
        format!("examples/{module}_webhook/main.rs"),
        format!("fixtures/{name}/SOURCES.md"),
        format!("fuzz/fuzz_targets/event_{module}.rs"),
    ]
}

/// Fails, and names all that is missing, unless each vendor stands in every list.
pub(crate) fn check() -> Result<(), String> {
    let vendors = vendors()?;
    let mut missing = Vec::new();
    for vendor in &vendors {
        missing.extend(files(vendor).into_iter().filter(|file| !root().join(file).exists()));
        for place in places(vendor) {
            if !place.list_in(&read(place.file)?)?.contains(&place.key) {
                missing.push(format!("{}: {}", place.file, place.line.trim_start()));
            }
        }
        if !read("CHANGELOG.md")?.contains(&format!("`idhooks-{}`", vendor.name)) {
            missing.push(format!("CHANGELOG.md: a line about `idhooks-{}`", vendor.name));
        }
    }
    let hint = "`cargo xtask vendors --write` inserts lines";
    if missing.is_empty() { Ok(()) } else { Err(format!("missing ({hint}):\n  {}", missing.join("\n  "))) }
}

/// Inserts the lines that are missing, and returns the files that changed.
pub(crate) fn write() -> Result<Vec<&'static str>, String> {
    let vendors = vendors()?;
    let mut changed = Vec::new();
    for vendor in &vendors {
        for (index, place) in places(vendor).iter().enumerate() {
            let text = read(place.file)?;
            if place.list_in(&text)?.contains(&place.key) {
                continue;
            }
            // The same place of the others shows where the line belongs.
            let keys = vendors.iter().filter_map(|other| Some(places(other).into_iter().nth(index)?.key));
            let text = place.insert(&text, keys)?;
            let path = root().join(place.file);
            fs::write(&path, text).map_err(|error| at(&path, &error))?;
            changed.push(place.file);
        }
    }
    changed.sort_unstable();
    changed.dedup();
    Ok(changed)
}

/// Brings formatting and lock files up to date after `write`.
pub(crate) fn settle() -> Result<(), String> {
    run(&mut cargo(&["fmt", "--package", "idhooks", "--package", "idhooks-fixtures"]))?;
    for manifest in ["Cargo.toml", "fuzz/Cargo.toml"] {
        let mut update = cargo(&["update", "--quiet", "--workspace", "--manifest-path", manifest]);
        // Nothing new is needed from the registry, so a machine without a network can do it.
        if !update.arg("--offline").output().is_ok_and(|done| done.status.success()) {
            run(&mut cargo(&["update", "--quiet", "--workspace", "--manifest-path", manifest]))?;
        }
    }
    Ok(())
}

fn read(file: &str) -> Result<String, String> {
    let path = root().join(file);
    fs::read_to_string(&path).map_err(|error| at(&path, &error))
}

impl Place {
    /// Where the list begins and ends in the text of the file.
    fn range(&self, text: &str) -> Result<std::ops::Range<usize>, String> {
        if self.list.is_empty() {
            return Ok(0..text.len());
        }
        let missing = || format!("{}: no list that begins with {}", self.file, self.list.trim());
        let start = text.find(&self.list).ok_or_else(missing)? + 1;
        let rest = text.get(start..).unwrap_or_default();
        // A heading and the table under it are apart by an empty line.
        let skipped = if self.list.starts_with("\n## ") { rest.find("\n|").unwrap_or_default() } else { 0 };
        let tail = rest.get(skipped..).unwrap_or_default();
        let end = ["\n\n", "\n]"].iter().filter_map(|end| tail.find(end)).min().unwrap_or(tail.len());
        Ok(start..start + skipped + end + 1)
    }

    fn list_in<'a>(&self, text: &'a str) -> Result<&'a str, String> {
        Ok(text.get(self.range(text)?).unwrap_or_default())
    }

    /// The text with the line behind the last of those that hold one of `keys`.
    fn insert(&self, text: &str, keys: impl Iterator<Item = String>) -> Result<String, String> {
        let range = self.range(text)?;
        let list = text.get(range.clone()).unwrap_or_default();
        let last = keys.filter_map(|key| Some(list.rfind(&key)? + key.len())).max();
        let Some(last) = last else {
            return Err(format!("{}: no vendor to stand beside; add {}", self.file, self.line));
        };
        let end = list.get(last..).and_then(|rest| rest.find('\n')).map_or(list.len(), |end| last + end);
        let (before, after) = text.split_at(range.start + end);
        Ok(format!("{before}\n{}{after}", self.line))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use idhooks_fixtures::VENDORS;

    use super::*;

    #[test]
    fn every_vendor_stands_in_every_list() {
        assert_eq!(check(), Ok(()));
    }

    #[test]
    fn the_fixtures_know_the_same_vendors() {
        let manifests: Vec<_> =
            vendors().unwrap().into_iter().map(|it| (it.name, format!("{:?}", it.scheme))).collect();
        let fixtures = VENDORS.iter().map(|it| (it.name.to_owned(), format!("{:?}", it.scheme)));
        assert_eq!(manifests.into_iter().collect::<BTreeSet<_>>(), fixtures.collect::<BTreeSet<_>>());
    }

    #[test]
    fn a_line_goes_behind_the_last_vendor_of_its_list() {
        let place = Place { file: "f", list: "\nb = [".into(), key: "\"c\",".into(), line: "  \"c\",".into() };
        let keys = || ["\"a\",", "\"b\",", "\"c\","].map(str::to_owned).into_iter();
        let text = "a = [\n  \"b\",\n]\nb = [\n  \"b\",\n  \"a\",\n  \"z\",\n]\n";
        let wanted = "a = [\n  \"b\",\n]\nb = [\n  \"b\",\n  \"a\",\n  \"c\",\n  \"z\",\n]\n";
        assert_eq!(place.insert(text, keys()).as_deref(), Ok(wanted));
        assert!(place.insert("\nb = [\n]\n", keys()).is_err());
        assert!(place.insert("c = []\n", keys()).is_err());
    }
}
