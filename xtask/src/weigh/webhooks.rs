//! Each vendor's webhook half against its bare dependencies: a bound of the project's own.

use idhooks_fixtures::VENDORS;

use super::{MANIFEST, build_from_nothing, fetch};
use crate::ci::count_crates;

/// All a vendor's crate adds to its dependencies: itself and core.
const OURS: usize = 2;
/// The build of a webhook half may take this many times that of its bare dependencies.
const BOUND: f64 = 1.5;
const ROUNDS: usize = 3;

/// In rounds, so that a slow moment of the machine hits all of them. A bound that does not hold is
/// said, and is no failure: the figure depends on what else the machine does.
pub(crate) fn weigh() -> Result<(), String> {
    fetch()?;
    let bare_crates = crates("bare")?;
    let mut lines = Vec::new();
    for vendor in VENDORS.iter().map(|vendor| vendor.name) {
        let crates = crates(vendor)?;
        if crates != bare_crates + OURS {
            return Err(format!(
                "{vendor} has {crates} crates and the bare dependencies {bare_crates}: bring xtask/weigh/webhooks up to date"
            ));
        }
        lines.push((vendor, crates, Vec::new(), Vec::new()));
    }
    let mut bare = Vec::new();
    for _ in 0..ROUNDS {
        let least = seconds("bare")?;
        bare.push(least);
        for (vendor, _, took, ratios) in &mut lines {
            let seconds = seconds(vendor)?;
            took.push(seconds);
            ratios.push(seconds / least);
        }
    }
    eprintln!("\nclean debug build, medians of {ROUNDS} rounds; ratios are round by round");
    eprintln!("{:<14} {:>6} {:>10} {:>8} {:>8}", "webhook half", "crates", "seconds", "/bare", "bound");
    eprintln!("{:<14} {:>6} {:>8.1} s", "(bare)", bare_crates, median(bare));
    for (vendor, crates, took, ratios) in lines {
        let (seconds, ratio) = (median(took), median(ratios));
        let said = if ratio <= BOUND { "holds" } else { "DOES NOT HOLD" };
        eprintln!("{vendor:<14} {crates:>6} {seconds:>8.1} s {ratio:>7.2}x {:>8}  {said}", format!("≤ {BOUND:.2}"));
    }
    Ok(())
}

/// The package that is asked is none of them.
fn crates(feature: &str) -> Result<usize, String> {
    let arguments = ["--manifest-path", MANIFEST, "--locked", "--package", "weigh-webhooks", "--features", feature];
    Ok(count_crates(&arguments)? - 1)
}

fn seconds(feature: &str) -> Result<f64, String> {
    let (_, seconds) = build_from_nothing("webhooks", &["--package", "weigh-webhooks", "--features", feature])?;
    Ok(seconds)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
