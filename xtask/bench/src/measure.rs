//! Times contestants in turn, so that a slow moment of the machine hits all of them.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

pub const ROUNDS: usize = 31;

/// Nanoseconds a call, one figure a round.
#[derive(Default)]
pub struct Rounds(Vec<f64>);

impl Rounds {
    pub fn push(&mut self, nanoseconds: f64) {
        self.0.push(nanoseconds);
    }

    pub fn median(&self) -> f64 {
        median(self.0.clone())
    }

    pub fn ratio(&self, to: &Self) -> f64 {
        median(self.0.iter().zip(&to.0).map(|(a, b)| a / b).collect())
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

pub fn medians<const N: usize>(calls: [&dyn Fn() -> usize; N]) -> [Rounds; N] {
    let times = calls.map(|call| {
        let started = Instant::now();
        let mut times = 0_u32;
        while started.elapsed() < Duration::from_millis(50) {
            black_box(call());
            times += 1;
        }
        times / 5 + 1 // so that a round takes about ten milliseconds each
    });
    let mut rounds = calls.map(|_| Rounds(Vec::new()));
    for _ in 0..ROUNDS {
        for ((call, times), rounds) in calls.iter().zip(times).zip(&mut rounds) {
            let started = Instant::now();
            for _ in 0..times {
                black_box(call());
            }
            rounds.0.push(started.elapsed().as_nanos() as f64 / f64::from(times));
        }
    }
    rounds
}
