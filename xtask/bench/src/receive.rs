//! Verifying, decoding, and both, event by event.

use crate::{
    Effort, Outcome, Verdict,
    contestants::{Contestant, Contestants},
    measure::{Pace, Rounds, median},
    sample::{Proof, Sample},
    vendors,
};

pub(crate) fn run(effort: Effort, verdict: &mut Verdict) -> Outcome<()> {
    let (pace, samples) = (Pace::of(effort), vendors::samples()?);
    println!(
        "\n## Receive: time on the processor, medians of {} interleaved rounds; ratios are round by round\n",
        pace.rounds
    );
    heading("verify", true);
    for sample in samples.iter().filter(|sample| sample.proof == Proof::Signature) {
        print_row(sample, &five(&sample.contestants, pace, |contestant| &contestant.verify));
    }
    println!("(Case Keeper proves nothing; Unico's proof is a credential in a header)");

    heading("decode", false);
    for sample in &samples {
        let Contestants { floor, ours, by_hand, .. } = &sample.contestants;
        print_row(sample, &pace.interleaved([&floor.decode, &ours.decode, &by_hand.decode]));
    }

    heading("verify + decode", true);
    let mut ratios = Vec::new();
    for sample in &samples {
        let rounds = five(&sample.contestants, pace, |contestant| &contestant.both);
        print_row(sample, &rounds);
        if sample.is_documented {
            ratios.push(judge(sample, &rounds, verdict)?);
        }
    }
    println!("(the peers check their own scheme, which also covers an id and a time, and read a `Value`)");
    let what = "verify + decode against the floor, median of all documented samples".to_owned();
    verdict.at_most(what, median(ratios), 1.4, Some(1.25))
}

fn five(
    contestants: &Contestants,
    pace: Pace,
    job: impl Fn(&Contestant) -> &(dyn Fn() -> usize + 'static),
) -> [Rounds; 5] {
    let Contestants { floor, ours, by_hand, standardwebhooks, svix } = contestants;
    pace.interleaved([job(floor), job(ours), job(by_hand), job(standardwebhooks), job(svix)])
}

fn title(sample: &Sample) -> String {
    format!("{:<11} {:<35} {:>6} B", sample.vendor, sample.name, sample.bytes)
}

fn heading(job: &str, peers: bool) {
    print!("\n{job:<56} {:>9} {:>9} {:>6}", "floor", "idhooks", "/floor");
    let others: &[&str] = if peers { &["by hand", "std.webh.", "svix"] } else { &["by hand"] };
    for name in others {
        print!(" {name:>9} {:>7}", "slower");
    }
    println!();
}

/// The floor, ours, then the others.
fn print_row(sample: &Sample, rounds: &[Rounds]) {
    let [floor, ours, others @ ..] = rounds else { return };
    print!("{} {:>6.0} ns {:>6.0} ns {:>5.2}x", title(sample), floor.median(), ours.median(), ours.ratio(floor));
    for other in others {
        print!(" {:>6.0} ns {:>6.2}x", other.median(), other.ratio(ours));
    }
    println!();
}

/// Returns the ratio to the floor.
fn judge(sample: &Sample, rounds: &[Rounds; 5], verdict: &mut Verdict) -> Outcome<f64> {
    let [floor, ours, by_hand, standardwebhooks, svix] = rounds;
    let what = |to: &str| format!("{to}, {} {}", sample.vendor, sample.name);
    let ratio = ours.ratio(floor);
    verdict.at_most(what("against the floor"), ratio, 1.6, Some(1.35))?;
    verdict.at_least(what("faster than by hand"), by_hand.ratio(ours), 1.6, Some(2.0))?;
    if sample.proof == Proof::Signature {
        let peer = standardwebhooks.ratio(ours).min(svix.ratio(ours));
        verdict.at_least(what("faster than the nearer peer"), peer, 3.0, Some(3.6))?;
    }
    Ok(ratio)
}
