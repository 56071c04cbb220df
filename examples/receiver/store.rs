//! Where deliveries are kept.

use std::{error::Error, fs, path::Path, time::Duration};

use idhooks::inbox::{Inbox, Stats};
use tokio::time::{Instant, sleep};

use crate::print;

/// How long the demo's deliveries may take to be handled.
const HANDLED_WITHIN: Duration = Duration::from_secs(300);

/// The store that was asked for, or a file in the build's folder: one for the demo, whose secrets everybody knows, and
/// one for real deliveries.
pub(crate) async fn open(url: Option<String>, is_demo: bool) -> Result<Inbox, Box<dyn Error>> {
    let url = url.map_or_else(|| default(is_demo), Ok)?;
    let shown = without_password(&url);
    let inbox = Inbox::open(&url).await.map_err(|error| {
        let causes = std::iter::successors(error.source(), |&cause| cause.source());
        let causes: String = causes.map(|cause| format!("\n  {cause}")).collect();
        format!("the store {shown} cannot be used: {error}{causes}")
    })?;
    print::line(format_args!("What is accepted is kept in {shown}"));
    let stats = inbox.stats().await?;
    if stats.waiting() + stats.running + stats.dead_letters + stats.undecodable > 0 {
        show(&stats);
    }
    Ok(inbox)
}

fn default(is_demo: bool) -> Result<String, String> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("."));
    let folder = workspace.join("target").join("receiver");
    fs::create_dir_all(&folder).map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    let file = folder.join(if is_demo { "demo.db" } else { "inbox.db" });
    Ok(format!("sqlite:{}", file.display()))
}

/// A database's URL may hold a password, before the host or behind the question mark.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once(':').filter(|(scheme, _)| *scheme != "sqlite") else {
        return url.to_owned();
    };
    let before = rest.split('?').next().unwrap_or_default();
    match (rest.starts_with("//"), before.rsplit_once('@')) {
        (true, Some((_, place))) => format!("{scheme}://{place}"),
        (true, None) if !rest.contains('@') => format!("{scheme}:{before}"),
        // A question mark within the password, or no URL at all.
        _ => format!("{scheme}:…"),
    }
}

/// Returns once nothing is left that could be handled now. What waits for its next attempt is not waited for.
pub(crate) async fn handled(inbox: &Inbox) -> Result<Stats, Box<dyn Error>> {
    let until = Instant::now() + HANDLED_WITHIN;
    loop {
        let stats = inbox.stats().await?;
        if stats.running == 0 && stats.oldest_ready.is_none() {
            return Ok(stats);
        }
        if Instant::now() > until {
            return Err(format!("not everything was handled in {} s", HANDLED_WITHIN.as_secs()).into());
        }
        sleep(Duration::from_millis(20)).await;
    }
}

pub(crate) fn show(stats: &Stats) {
    let Stats { running, dead_letters, undecodable, .. } = stats;
    print::line(format_args!(
        "In the store: {} waiting, {running} running, {dead_letters} dead letters, {undecodable} undecodable",
        stats.waiting()
    ));
}
