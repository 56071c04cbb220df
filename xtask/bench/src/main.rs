//! `cargo xtask bench [--quick] [SECTION…]`.

use std::{env, process::ExitCode, time::Instant};

use idhooks_bench::{Effort, Outcome, Verdict, client, inbox, machine, memory, receiver, section};

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words[..] {
        // What this program calls itself for.
        [client::SERVE] => client::serve(),
        [receiver::SERVE, kind] => receiver::serve(kind),
        [inbox::SERVE, url, worker] => inbox::serve(url, worker),
        [inbox::ACCEPT, url, series, count] => inbox::accept_in_process(url, series, count),
        [inbox::WORK, url, concurrency] => inbox::work_in_process(url, concurrency),
        [memory::PEAK, case, bytes] => memory::print_peak(case, bytes),
        _ => match asked(&words) {
            Some((effort, sections)) => measure(effort, &sections),
            None => {
                let names = section::ALL.map(|(name, _)| name).join("|");
                eprintln!("usage: cargo xtask bench [--quick] [{names}]...");
                return ExitCode::from(2);
            }
        },
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("bench: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// All sections if none is named; `None` if one is unknown.
fn asked<'a>(words: &[&'a str]) -> Option<(Effort, Vec<&'a str>)> {
    let (flags, named): (Vec<&str>, Vec<&str>) = words.iter().partition(|word| word.starts_with('-'));
    let effort = match flags[..] {
        [] => Effort::Full,
        ["--quick"] => Effort::Quick,
        _ => return None,
    };
    let known = |name: &&str| section::ALL.iter().any(|(section, _)| section == name);
    named.iter().all(known).then_some((effort, named))
}

fn measure(effort: Effort, named: &[&str]) -> Outcome<()> {
    let started = Instant::now();
    machine::print();
    if effort == Effort::Quick {
        println!("a quick run: it shows that everything can be measured, and its figures mean nothing");
    }
    let mut verdict = Verdict::default();
    for (name, run) in section::ALL {
        if named.is_empty() || named.contains(&name) {
            run(effort, &mut verdict).map_err(|problem| format!("{name}: {problem}"))?;
        }
    }
    verdict.print(effort);
    println!("{:.0} s in all", started.elapsed().as_secs_f64());
    Ok(())
}
