//! The links of every Markdown file, as far as they can be followed without a network.
//!
//! Written here because `lychee`, which would do as much, takes minutes to compile, and knows neither that
//! most pages are shown by rustdoc too, where a relative link leads nowhere, nor which addresses are this
//! repository's own.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Component, Path, PathBuf},
};

use crate::run::root;

/// Addresses that lead back into this repository.
const OURS: [&str; 2] =
    ["https://github.com/idhooks/idhooks/blob/main/", "https://github.com/idhooks/idhooks/tree/main/"];

/// What rustdoc is given before each page of the guide, and what wins over the page's own definitions.
const FOR_RUSTDOC: &str = "crates/idhooks/guide/links.md";

/// Every relative link, anchor and path must lead somewhere; addresses elsewhere are counted.
pub(crate) fn links() -> Result<(), String> {
    let mut files = Vec::new();
    collect(root(), &mut files)?;
    let mut pages = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        pages.insert(relative(&file), Page::read(&text));
    }
    let mut broken = Vec::new();
    let mut elsewhere = BTreeSet::new();
    let mut followed = 0_usize;
    for (file, page) in &pages {
        for link in &page.links {
            match check(&pages, file, link) {
                Ok(true) => followed += 1,
                Ok(false) => _ = elsewhere.insert(&link.target),
                Err(why) => broken.push(format!("{file}:{}: {} {why}", link.line, link.target)),
            }
        }
    }
    eprintln!("\nlinks: {} files, {followed} links followed, {} broken", pages.len(), broken.len());
    eprintln!(
        "skipped: {} addresses elsewhere, looked at for their form alone: that needs the internet",
        elsewhere.len()
    );
    if broken.is_empty() { Ok(()) } else { Err(format!("broken links\n  {}", broken.join("\n  "))) }
}

/// Whether it was followed; a good address elsewhere is not.
fn check(pages: &BTreeMap<String, Page>, file: &str, link: &Link) -> Result<bool, String> {
    let target = link.target.as_str();
    let (path, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    let own = OURS.iter().find_map(|ours| path.strip_prefix(ours));
    let place = match own {
        Some(path) => path.to_owned(),
        None if path.contains("://") => return is_address(path).then_some(false).ok_or("is no address".to_owned()),
        None if path.is_empty() => file.to_owned(),
        None => normal(Path::new(file).parent().unwrap_or(Path::new("")).join(path)),
    };
    let is_shown_by_rustdoc = file.starts_with("crates/") && !path.is_empty();
    if !root().join(&place).exists() {
        // A path of Rust; rustdoc's own warnings are errors in `cargo xtask checks`.
        let is_rust = |byte: u8| byte.is_ascii_alphanumeric() || b"_:!".contains(&byte);
        let is_left_to_rustdoc = is_shown_by_rustdoc && own.is_none() && path.bytes().all(is_rust);
        return if is_left_to_rustdoc { Ok(false) } else { Err("leads nowhere".to_owned()) };
    }
    let known = pages.get(FOR_RUSTDOC).is_some_and(|page| page.labels.contains(&link.label));
    if is_shown_by_rustdoc && own.is_none() && !(known && file.starts_with("crates/idhooks/")) {
        return Err(format!(
            "is relative, which rustdoc and docs.rs cannot follow: define [{}] in {FOR_RUSTDOC}, or give the whole address",
            link.label
        ));
    }
    match (anchor, pages.get(&place)) {
        (Some(anchor), Some(page)) if !page.anchors.contains(anchor) => Err(format!("has no heading for #{anchor}")),
        _ => Ok(true),
    }
}

fn is_address(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let host = host.split('/').next().unwrap_or_default();
    host.contains('.') && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"`".contains(&byte))
}

/// Markdown files, but for those of builds and tools.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            let is_hidden = name.starts_with('.') && name != ".github";
            if !is_hidden && !matches!(&*name, "target" | "corpus" | "artifacts" | "node_modules") {
                collect(&path, found)?;
            }
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
    Ok(())
}

/// From the root, with `/`.
fn relative(path: &Path) -> String {
    normal(path.strip_prefix(root()).unwrap_or(path).to_owned())
}

/// Without `.` and `..`; one that leads out of the repository keeps its `..` and so leads nowhere.
fn normal(path: PathBuf) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if parts.last().is_some_and(|last| last != "..") => _ = parts.pop(),
            other => parts.push(other.as_os_str().to_string_lossy().into_owned()),
        }
    }
    parts.join("/")
}

/// What one file says.
#[derive(Debug, Default)]
struct Page {
    links: Vec<Link>,
    /// Of the definitions, in lower case.
    labels: BTreeSet<String>,
    /// Of the headings, as GitHub makes them.
    anchors: BTreeSet<String>,
}

#[derive(Debug, PartialEq)]
struct Link {
    line: usize,
    /// What stands in the brackets, in lower case.
    label: String,
    target: String,
}

impl Page {
    fn read(text: &str) -> Self {
        let mut page = Self::default();
        let mut fence: Option<&str> = None;
        for (line, text) in (1..).zip(text.lines()) {
            let trimmed = text.trim_start();
            let marker = ["```", "~~~"].into_iter().find(|marker| trimmed.starts_with(marker));
            match (fence, marker) {
                (None, Some(marker)) => fence = Some(marker),
                (Some(open), Some(marker)) if open == marker => fence = None,
                (Some(_), _) => {}
                (None, None) => page.read_line(line, text),
            }
        }
        page
    }

    fn read_line(&mut self, line: usize, text: &str) {
        if let Some(heading) = text.strip_prefix('#') {
            let slug = slug(heading.trim_start_matches('#'));
            let mut anchor = slug.clone();
            for again in 1.. {
                if self.anchors.insert(anchor) {
                    break;
                }
                anchor = format!("{slug}-{again}");
            }
        }
        if let Some((label, target)) = text.strip_prefix('[').and_then(|rest| rest.split_once("]: ")) {
            let label = label.to_lowercase();
            self.labels.insert(label.clone());
            let target = target.trim().trim_start_matches('<').trim_end_matches('>').to_owned();
            self.links.push(Link { line, label, target });
            return;
        }
        let text = without_code(text);
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("](") {
            let label = before.rsplit('[').next().unwrap_or_default().to_lowercase();
            let Some((target, after)) = after.split_once(')') else { break };
            self.links.push(Link { line, label, target: target.to_owned() });
            rest = after;
        }
        for part in text.split('<').skip(1).filter(|part| part.starts_with("http")) {
            let target = part.split('>').next().unwrap_or_default().to_owned();
            self.links.push(Link { line, label: String::new(), target });
        }
    }
}

/// Code in a line shows links and is none. The label of a link may be code, so only the text in it goes.
fn without_code(text: &str) -> String {
    text.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

fn slug(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_where_a_reader_sees_them() {
        let page = Page::read(
            "# One `two`: three\n# One two three\n[a](b.md#c) and [`d`](e) `[no](f)`\n```\n[no](g)\n```\n[H]: ../i.md\n<https://j.k/l>\n",
        );
        let found: Vec<_> = page.links.iter().map(|link| (link.line, &*link.label, &*link.target)).collect();
        assert_eq!(found, [(3, "a", "b.md#c"), (3, "`", "e"), (7, "h", "../i.md"), (8, "", "https://j.k/l")]);
        assert_eq!(page.anchors.iter().collect::<Vec<_>>(), ["one-two-three", "one-two-three-1"]);
        assert!(page.labels.contains("h"));
    }

    #[test]
    fn each_kind_of_link_is_told_apart() {
        let page = |text| Page::read(text);
        let pages = BTreeMap::from([
            ("README.md".to_owned(), page("## Here\n")),
            (FOR_RUSTDOC.to_owned(), page("[page]: crate::guide\n")),
        ]);
        let checked = |file, target: &str, label: &str| {
            check(&pages, file, &Link { line: 1, label: label.to_owned(), target: target.to_owned() })
        };
        for good in ["#here", "README.md#here", "crates", "https://github.com/idhooks/idhooks/blob/main/README.md"] {
            assert_eq!(checked("README.md", good, ""), Ok(true), "{good}");
        }
        assert_eq!(checked("README.md", "https://example.com/x", ""), Ok(false));
        assert_eq!(checked("crates/capa/README.md", "core::Envelope", ""), Ok(false), "rustdoc's");
        assert_eq!(checked("crates/idhooks/guide/links.md", "../README.md", "page"), Ok(true));
        for (file, bad) in [
            ("README.md", "#there"),
            ("README.md", "core::Envelope"),
            ("README.md", "no/such/file.md"),
            ("README.md", "../outside.md"),
            ("README.md", "https://nowhere"),
            ("README.md", "https://github.com/idhooks/idhooks/blob/main/gone.md"),
            ("crates/capa/README.md", "CLIENT.md"),
            ("crates/idhooks/README.md", "guide/links.md"),
        ] {
            assert!(checked(file, bad, "").is_err(), "{file} {bad}");
        }
    }
}
