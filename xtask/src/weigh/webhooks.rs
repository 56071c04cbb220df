//! Each vendor's webhook half against its bare dependencies: a bound of the project's own.

use super::{build_from_nothing, fetch};
use crate::{ci::count_crates, vendors::vendors};

/// The dependencies without any crate of ours.
const BARE: &str = "bare-webhook";

/// All a vendor's crate adds to its dependencies: itself, core and payload.
const OURS: usize = 3;
/// The build of a webhook half may take this many times that of its bare dependencies.
const BOUND: f64 = 1.5;
const ROUNDS: usize = 3;

/// In rounds, so that a slow moment of the machine hits all of them. A bound that does not hold is
/// said, and is no failure: the figure depends on what else the machine does.
pub(crate) fn weigh() -> Result<(), String> {
    fetch("Cargo.toml")?;
    // The package that is asked is not one of them.
    let bare_crates = crates(BARE)? - 1;
    let mut lines = Vec::new();
    let vendors = vendors()?;
    for vendor in &vendors {
        let vendor = &vendor.name;
        let crates = crates(&format!("idhooks-{vendor}"))?;
        if crates != bare_crates + OURS {
            return Err(format!(
                "{vendor} has {crates} crates and the bare dependencies {bare_crates}: bring xtask/bare/Cargo.toml up to date"
            ));
        }
        lines.push((vendor, crates, Vec::new(), Vec::new()));
    }
    let mut bare = Vec::new();
    for _ in 0..ROUNDS {
        let least = seconds(BARE)?;
        bare.push(least);
        for (vendor, _, took, ratios) in &mut lines {
            let seconds = seconds(&format!("idhooks-{vendor}"))?;
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

fn crates(package: &str) -> Result<usize, String> {
    count_crates(&["--locked", "--package", package, "--no-default-features"])
}

fn seconds(package: &str) -> Result<f64, String> {
    let (_, seconds) = build_from_nothing("webhooks", &["--package", package, "--no-default-features"])?;
    Ok(seconds)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
