//! Verifying, decoding, and both, event by event.

use crate::{
    Effort, Outcome, Verdict,
    contestants::{Contestant, Contestants},
    measure::{Pace, Rounds},
    sample::{Proof, Sample, Size},
    vendors,
};

pub(crate) fn run(effort: Effort, verdict: &mut Verdict) -> Outcome<()> {
    let (pace, samples) = (Pace::of(effort), vendors::samples()?);
    println!(
        "\n## Receive: time on the processor, medians of {} interleaved rounds; ratios are round by round\n",
        pace.rounds
    );
    println!("{:<20} {:>7}  body", "", "asked");
    for sample in &samples {
        println!("{} {:>7}  {}", title(sample), sample.size.as_str(), sample.about);
    }

    heading("verify", true);
    for sample in samples.iter().filter(|sample| sample.proof != Proof::Nothing) {
        print_row(sample, &five(&sample.contestants, pace, |contestant| &contestant.verify));
    }
    println!("(Case Keeper proves nothing, so there is nothing to verify; Unico's proof is a credential in a header)");

    heading("decode", false);
    for sample in &samples {
        let Contestants { floor, ours, by_hand, .. } = &sample.contestants;
        print_row(sample, &pace.interleaved([&floor.decode, &ours.decode, &by_hand.decode]));
    }

    heading("verify + decode", true);
    for sample in &samples {
        let rounds = five(&sample.contestants, pace, |contestant| &contestant.both);
        print_row(sample, &rounds);
        if sample.proof == Proof::Signature {
            judge(sample, &rounds, verdict)?;
        }
    }
    println!("(the peers check their own scheme, which also covers an id and a time, and read a `Value`)");
    Ok(())
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
    format!("{:<11} {:>6} B", sample.vendor, sample.bytes)
}

fn heading(job: &str, peers: bool) {
    print!("\n{job:<20} {:>9} {:>9} {:>6}", "floor", "idhooks", "/floor");
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

fn judge(sample: &Sample, rounds: &[Rounds; 5], verdict: &mut Verdict) -> Outcome<()> {
    let [floor, ours, by_hand, standardwebhooks, svix] = rounds;
    let (large, usual) = (sample.size == Size::Kb10, matches!(sample.size, Size::B400 | Size::Kb2));
    if !usual && !matches!(sample.size, Size::B200 | Size::Kb10) {
        return Ok(());
    }
    let what = |to: &str| format!("verify + decode {to}, {} {}", sample.vendor, sample.size.as_str());
    if usual {
        verdict.at_most(what("against the floor"), ours.ratio(floor), 1.4, Some(1.2))?;
    }
    let by_hand = by_hand.ratio(ours);
    verdict.at_least(what("faster than by hand"), by_hand, if large { 2.3 } else { 1.8 }, usual.then_some(2.1))?;
    let peer = standardwebhooks.ratio(ours).min(svix.ratio(ours));
    let aim = (sample.size == Size::B400).then_some(4.0);
    verdict.at_least(what("faster than the nearer peer"), peer, 3.3, aim)
}
