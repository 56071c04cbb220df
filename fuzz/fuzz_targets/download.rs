//! Any link to the downloads, and any addresses its host might have. Nothing may be sent: each name is given an
//! address of this machine among the others, and each address on the list of hosts is a private one. So every link
//! must be refused, and a name is only asked for if the list, read slowly, has it.
//!
//! The input's first line is the link; the lines behind it are addresses.

#![no_main]

use std::{
    io,
    net::{IpAddr, Ipv4Addr},
    sync::{LazyLock, Mutex},
};

use idhooks_client::{Downloader, ErrorKind, Resolve, SecretText, async_trait};
use idhooks_fuzz::{assert_plain, canned, seeds};
use libfuzzer_sys::fuzz_target;
use url::{Host, Url};

const HOSTS: &[&str] = &[
    "files.example.com",
    "*.store.example.com",
    "10.1.2.3",
    "127.0.0.1",
    "169.254.169.254",
    "[::1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
];

/// What the names lead to, and which were asked for.
static ADDRESSES: Mutex<Vec<IpAddr>> = Mutex::new(Vec::new());
static ASKED: Mutex<Vec<String>> = Mutex::new(Vec::new());

static DOWNLOADER: LazyLock<Downloader> = LazyLock::new(|| {
    rustls::crypto::ring::default_provider().install_default().expect("the first one");
    let token = SecretText::new("token", "a token").expect("a token");
    let downloader = Downloader::builder(HOSTS).bearer_for("files.example.com", token).resolver(Names);
    downloader.build().expect("a downloader")
});

struct Names;

#[async_trait]
impl Resolve for Names {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        ASKED.lock().expect("one thread").push(host.to_owned());
        Ok(ADDRESSES.lock().expect("one thread").clone())
    }
}

fuzz_target!(init: seeds::plant(SEEDS.iter().copied()), |input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let mut lines = text.split('\n');
    let link = lines.next().unwrap_or_default();
    let mut addresses: Vec<IpAddr> = lines.filter_map(|line| line.parse().ok()).take(8).collect();
    addresses.push(Ipv4Addr::LOCALHOST.into());
    *ADDRESSES.lock().expect("one thread") = addresses;
    ASKED.lock().expect("one thread").clear();

    let error = canned::run(DOWNLOADER.download(link)).expect_err("nothing may be fetched");
    assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{link}: {error:?}");
    assert_plain(&error.to_string());
    let asked = ASKED.lock().expect("one thread").clone();
    assert_eq!(asked, name_to_ask_for(link).into_iter().collect::<Vec<_>>(), "{link}");
});

/// The host of a link that may be followed, if it is a name.
fn name_to_ask_for(link: &str) -> Option<String> {
    let url = Url::parse(link).ok()?;
    let Some(Host::Domain(name)) = url.host() else { return None };
    let labels: Vec<_> = name.split('.').collect();
    let is_listed = match &labels[..] {
        ["files", "example", "com"] => true,
        [below @ .., "store", "example", "com"] => !below.is_empty() && name.len() <= 253 && below.iter().all(is_label),
        _ => false,
    };
    let is_bare = url.username().is_empty() && url.password().is_none();
    (is_listed && is_bare && url.scheme() == "https" && url.port().is_none()).then(|| name.to_owned())
}

/// Letters, digits and underscores, up to 63, with hyphens between them only.
fn is_label(label: &&str) -> bool {
    let edges = [label.chars().next(), label.chars().next_back()];
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '_';
    label.len() < 64 && edges.iter().all(|c| c.is_some_and(is_inner)) && label.chars().all(|c| is_inner(c) || c == '-')
}

const SEEDS: &[&str] = &[
    "https://files.example.com/a.pdf?X-Amz-Signature=0\n1.1.1.1\n2606:4700::1111",
    "https://a.b.store.example.com/\n10.0.0.1",
    "https://store.example.com/",
    "https://.store.example.com/",
    "https://files.example.com.evil.test/\n::ffff:1.1.1.1",
    "https://files.example.com:443/a\n64:ff9b::101:101",
    "https://files.example.com:8443/a",
    "https://user:password@files.example.com/a",
    "https://files.example.com@evil.test/a",
    "http://files.example.com/a",
    "HTTPS://FILES.EXAMPLE.COM\\a\n2002:7f00:1::",
    "https:files.example.com",
    "https://f\u{ed}les.example.com/",
    "https://\u{ff46}iles.example.com/",
    "https://files.example.com./",
    "https://127.0.0.1/",
    "https://0x7f.1/",
    "https://2130706433/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::127.0.0.1]/",
    "https://169.254.169.254/latest/meta-data",
    "file:///etc/passwd",
    "data:text/plain,a",
    "//files.example.com/a",
];
