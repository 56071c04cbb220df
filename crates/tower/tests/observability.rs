//! The dashboard and the alert rules in `observability/` name the metrics that exist, and all of them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use std::{
    collections::BTreeSet,
    fs,
    io::{Write as _, stderr},
    path::{Path, PathBuf},
    process::Command,
};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The names of metrics in a text, without what Prometheus appends to histograms.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_lowercase() || c == '_'));
    let metrics = words.filter(|word| {
        word.starts_with("idhooks_")
            && ["_total", "_seconds", "_bytes", "_up", "_handler", "_deliveries", "_sum", "_count"]
                .iter()
                .any(|end| word.ends_with(end))
    });
    metrics.map(|name| name.trim_end_matches("_sum").trim_end_matches("_count").to_owned()).collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap()
}

#[test]
fn dashboard_and_alerts_name_the_metrics_that_exist() {
    let exist = names(&(read("crates/inbox/src/observe.rs") + &read("crates/tower/src/observe.rs")));
    assert!(exist.len() >= 15, "{exist:?}");
    let (dashboard, alerts) = (names(&read("observability/dashboard.json")), names(&read("observability/alerts.yml")));
    assert_eq!(dashboard, exist, "the dashboard shows every metric");
    assert!(alerts.is_subset(&exist), "{:?}", alerts.difference(&exist));
    serde_json::from_str::<serde_json::Value>(&read("observability/dashboard.json")).unwrap();
}

#[test]
fn promtool_accepts_the_alerts() {
    let rules = repository().join("observability/alerts.yml");
    match Command::new("promtool").args(["check", "rules"]).arg(rules).output() {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => drop(writeln!(stderr(), "skipped: promtool is not installed (apt-get install prometheus)")),
    }
}
