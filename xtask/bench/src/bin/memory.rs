//! Counts allocations, for the section `memory`: `memory allocations`, `memory peak CASE BYTES`.

use std::{env, hint::black_box};

use allocation_counter::measure;
use idhooks_bench::{Outcome, memory};

fn main() -> Outcome<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [memory::ALLOCATIONS] => allocations(),
        [memory::PEAK, case, bytes] => peak(case, bytes),
        _ => Err("usage: memory allocations | memory peak CASE BYTES".into()),
    }
}

/// A row a body: count and bytes of each contestant.
fn allocations() -> Outcome<()> {
    let mut sample = 0;
    while let Some(contestants) = memory::counted(sample)? {
        let figures = contestants.map(|contestant| {
            let counted = measure(|| {
                black_box(contestant());
            });
            format!("{} {}", counted.count_total, counted.bytes_total)
        });
        println!("{}", figures.join(" "));
        sample += 1;
    }
    Ok(())
}

fn peak(case: &str, bytes: &str) -> Outcome<()> {
    let (decode, body) = memory::body_of(case, bytes)?;
    let counted = measure(|| {
        black_box(decode(&body));
    });
    println!("{}", counted.bytes_max as f64 / body.len() as f64);
    Ok(())
}
