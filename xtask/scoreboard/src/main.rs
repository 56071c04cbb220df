//! Gives every contestant every case and prints what it did. Each pair is run in a process of its own, with bounds on
//! time and memory, so that a panic, an abort and a hang are seen as what they are.

mod cases;
mod judge;
mod peers;
mod scheme;

use std::process::ExitCode;

use cases::Case;
use judge::Verdict;
use peers::PEERS;

const NAME: usize = 31;
const COLUMN: usize = 17;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let cases = cases::all();
    if let [peer, case] = arguments.as_slice() {
        return judge::child(&cases, peer, case);
    }
    println!("{:>3}  {:<NAME$}  {:<8}{}", "row", "case", "wanted", names());
    let mut totals = [[0; 4]; PEERS.len()];
    for (at, case) in cases.iter().enumerate() {
        let verdicts = PEERS.each_ref().map(|peer| judge::judge(peer, case, at));
        println!("{}", line(case, &verdicts));
        for (total, verdict) in totals.iter_mut().zip(&verdicts) {
            total[verdict.place()] += 1;
        }
    }
    println!();
    for (place, what) in ["ok", "wrong", "died", "n/a"].into_iter().enumerate() {
        let counts: String = totals.iter().map(|total| format!("{:>COLUMN$}", total[place])).collect();
        println!("     {what:<NAME$}  {:<8}{counts}", "");
    }
    println!("\n{}", judge::NOTES);
    let ours = totals[0];
    if ours[1] + ours[2] > 0 {
        eprintln!("idhooks does not do what it should");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn names() -> String {
    PEERS.iter().map(|peer| format!("{:>COLUMN$}", peer.name)).collect()
}

fn line(case: &Case, verdicts: &[Verdict]) -> String {
    let shown: String = verdicts.iter().map(|verdict| format!("{:>COLUMN$}", verdict.to_string())).collect();
    format!("{:>3}  {:<NAME$}  {:<8}{shown}", case.row, case.name, case.wanted.to_string())
}
