//! Writes the crate of a new vendor, and all that goes with it.

mod templates;

use std::{fs, io, path::Path};

use crate::{
    metadata::{Metadata, Scheme},
    run::{at, cargo, root, run},
    vendors,
};

/// Words that cannot be a module of the umbrella.
const RESERVED: &[&str] = &[
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "guide",
    "http-client",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

/// The longest keyword that the registry takes.
const LONGEST_NAME: usize = 20;

/// The arguments of the command.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// In lower case with hyphens.
    name: String,
    /// As it is written in prose.
    title: String,
    scheme: Scheme,
}

impl Options {
    /// Reads `NAME --scheme hmac|credential|none [--title TEXT]`.
    pub(crate) fn parse(words: &[String]) -> Result<Self, String> {
        let (mut name, mut title, mut scheme) = (None, None, None);
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--scheme" => scheme = Some(parse_scheme(words.next())?),
                "--title" => title = Some(words.next().ok_or("--title needs a text")?.clone()),
                flag if flag.starts_with('-') => return Err(format!("unknown option {flag}")),
                _ if name.is_some() => return Err(format!("one name only, not also {word}")),
                _ => name = Some(word.clone()),
            }
        }
        let name = name.ok_or("new-vendor needs a name: `cargo xtask new-vendor acme --scheme hmac`")?;
        check_name(&name)?;
        let title = title.unwrap_or_else(|| capitalized(&name));
        check_title(&title)?;
        Ok(Self { name, title, scheme: scheme.ok_or("new-vendor needs --scheme hmac, credential or none")? })
    }

    fn module(&self) -> String {
        self.name.replace('-', "_")
    }
}

fn parse_scheme(word: Option<&String>) -> Result<Scheme, String> {
    match word.map(String::as_str) {
        Some("hmac") => Ok(Scheme::Hmac),
        Some("credential") => Ok(Scheme::Credential),
        Some("none") => Ok(Scheme::None),
        other => Err(format!("--scheme needs hmac, credential or none, not {}", other.unwrap_or("nothing"))),
    }
}

fn check_name(name: &str) -> Result<(), String> {
    let is_word = |word: &str| word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) && !word.is_empty();
    let starts_well = name.starts_with(|first: char| first.is_ascii_lowercase());
    if !starts_well || !name.split('-').all(is_word) || name.len() > LONGEST_NAME {
        return Err(format!(
            "bad name {name:?}: use lower-case letters, digits and single hyphens, a letter first, at most \
             {LONGEST_NAME} in all"
        ));
    }
    if RESERVED.contains(&name) {
        return Err(format!("bad name {name:?}: it is a word of Rust or of the umbrella crate"));
    }
    Ok(())
}

fn check_title(title: &str) -> Result<(), String> {
    let is_plain = |letter: char| letter.is_alphanumeric() || " .&-".contains(letter);
    if title.trim() != title || title.is_empty() || !title.chars().all(is_plain) {
        return Err(format!("bad title {title:?}: use letters, digits, spaces and . & -"));
    }
    Ok(())
}

/// `case-keeper` → `Case Keeper`
fn capitalized(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Writes the vendor, unless its name is taken or a list is out of date already.
pub(crate) fn new_vendor(options: &Options) -> Result<(), String> {
    check_free(options)?;
    vendors::check().map_err(|error| format!("the lists of vendors are out of date: {error}"))?;
    let files = templates::files(options);
    for (path, text) in &files {
        write(&root().join(path), text)?;
    }
    let folder = root().join("crates").join(&options.name);
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        let place = folder.join(licence);
        link_licence(licence, &place).map_err(|error| at(&place, &error))?;
    }
    let changelog = root().join("CHANGELOG.md");
    let text = fs::read_to_string(&changelog).map_err(|error| at(&changelog, &error))?;
    write(&changelog, &with_entry(&text, &options.name, &options.title))?;
    let mut changed = vendors::write()?;
    changed.push("CHANGELOG.md");
    let name = &options.name;
    let packages = ["--package", &format!("idhooks-{name}"), "--package", &format!("example-{name}-webhook")];
    run(cargo(&["fmt"]).args(packages))?;
    vendors::settle()?;
    vendors::check()?;
    let written = files.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>().join("\n  ");
    eprintln!("\nwrote\n  {written}\nchanged {}\n", changed.join(", "));
    eprintln!(
        "1. run `cargo test -p idhooks-{name}`: it passes\n\
         2. replace fixtures/{name} with the vendor's own samples, and edit crates/{name}/src/event.rs to fit\n\
         3. write the texts that `grep -rn TODO crates/{name} examples` finds; docs/adding-a-vendor.md has every step"
    );
    Ok(())
}

/// Nothing of that name is there yet.
fn check_free(options: &Options) -> Result<(), String> {
    let (name, module) = (&options.name, options.module());
    for path in [
        format!("crates/{name}"),
        format!("fixtures/{name}"),
        format!("fixtures/src/{module}.rs"),
        format!("examples/{module}_webhook"),
    ] {
        if root().join(&path).exists() {
            return Err(format!("the name {name} is taken: there is {path}"));
        }
    }
    let metadata = Metadata::of_workspace()?;
    for package in &metadata.packages {
        let is_feature = package.name == "idhooks" && package.features.contains_key(name);
        if is_feature || package.name == format!("idhooks-{name}") {
            return Err(format!("the name {name} is taken by the package {} or a feature of it", package.name));
        }
    }
    match vendors::vendors()?.iter().find(|vendor| vendor.title == options.title) {
        Some(vendor) => Err(format!("the title {} is taken by {}", vendor.title, vendor.name)),
        None => Ok(()),
    }
}

/// The changelog with a line about the new crate, in the section of what is not released.
fn with_entry(changelog: &str, name: &str, title: &str) -> String {
    let entry = format!("- `idhooks-{name}`: webhooks of {title}.\n");
    let unreleased = "## Unreleased\n\n";
    let Some((before, rest)) = changelog.split_once(unreleased) else {
        let first = changelog.find("## ").unwrap_or(changelog.len());
        let (before, rest) = changelog.split_at(first);
        return format!("{before}{unreleased}### Added\n\n{entry}\n{rest}");
    };
    let section = rest.find("\n## ").unwrap_or(rest.len());
    let added = "### Added\n\n";
    match rest.find(added).filter(|place| *place < section) {
        Some(place) => {
            let (intro, list) = rest.split_at(place + added.len());
            format!("{before}{unreleased}{intro}{entry}{list}")
        }
        None => format!("{before}{unreleased}{added}{entry}\n{rest}"),
    }
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().unwrap_or(root());
    fs::create_dir_all(folder).map_err(|error| at(folder, &error))?;
    fs::write(path, text).map_err(|error| at(path, &error))
}

#[cfg(unix)]
fn link_licence(name: &str, place: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(format!("../../{name}"), place)
}

/// Links need a right that not every user of Windows has.
#[cfg(not(unix))]
fn link_licence(name: &str, place: &Path) -> io::Result<()> {
    fs::copy(root().join(name), place).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &str) -> Result<Options, String> {
        Options::parse(&words.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn reads_name_scheme_and_title() {
        let options = parse("big-bank --scheme none").unwrap();
        assert_eq!((options.module(), &*options.title, options.scheme), ("big_bank".into(), "Big Bank", Scheme::None));
        assert_eq!(parse("acme --title Ács --scheme hmac").unwrap().title, "Ács");
    }

    #[test]
    fn rejects_what_cannot_be_a_vendor() {
        for (words, why) in [
            ("", "needs a name"),
            ("acme", "needs --scheme"),
            ("acme --scheme", "not nothing"),
            ("acme --scheme rsa", "not rsa"),
            ("acme --scheme hmac --force", "unknown option --force"),
            ("acme other --scheme hmac", "one name only"),
            ("Acme --scheme hmac", "bad name \"Acme\""),
            ("7up --scheme hmac", "bad name"),
            ("a--b --scheme hmac", "bad name"),
            ("a- --scheme hmac", "bad name"),
            ("../evil --scheme hmac", "bad name"),
            ("a-name-that-is-too-long --scheme hmac", "bad name"),
            ("match --scheme hmac", "word of Rust"),
            ("acme --scheme hmac --title a|b", "bad title"),
        ] {
            assert!(parse(words).is_err_and(|error| error.contains(why)), "{words}");
        }
    }

    #[test]
    fn a_taken_name_is_rejected() {
        for (words, place) in [
            ("caf --scheme hmac", "crates/caf"),
            ("suite --scheme hmac", "fixtures/src/suite.rs"),
            ("all-vendors --scheme none", "package idhooks"),
            ("crash --scheme none", "package idhooks-crash"),
            ("not-there-yet --scheme none --title Unico", "title Unico is taken by unico"),
        ] {
            let error = check_free(&parse(words).unwrap()).unwrap_err();
            assert!(error.contains(place), "{words}: {error}");
        }
    }

    #[test]
    fn every_placeholder_is_filled() {
        for scheme in ["hmac", "credential", "none"] {
            for (path, text) in templates::files(&parse(&format!("big-bank --scheme {scheme}")).unwrap()) {
                let left: Vec<_> = text.lines().filter(|line| line.contains('@')).collect();
                assert!(left.is_empty(), "{path}: {left:?}");
            }
        }
    }

    #[test]
    fn the_changelog_gets_a_line_where_it_belongs() {
        let entry = "- `idhooks-acme`: webhooks of Acme.\n";
        for (before, after) in [
            (
                "# C\n\n## Unreleased\n\nText.\n\n### Added\n\n- x\n",
                "# C\n\n## Unreleased\n\nText.\n\n### Added\n\n@- x\n",
            ),
            (
                "# C\n\n## Unreleased\n\n### Fixed\n\n- x\n\n## 1.0.0\n\n### Added\n\n- y\n",
                "# C\n\n## Unreleased\n\n### Added\n\n@\n### Fixed\n\n- x\n\n## 1.0.0\n\n### Added\n\n- y\n",
            ),
            ("# C\n\n## 1.0.0\n\n- x\n", "# C\n\n## Unreleased\n\n### Added\n\n@\n## 1.0.0\n\n- x\n"),
        ] {
            assert_eq!(with_entry(before, "acme", "Acme"), after.replace('@', entry));
        }
    }
}
