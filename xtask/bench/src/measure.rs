//! Times contestants in turn, so that a slow moment of the machine hits all of them.

use std::{hint::black_box, time::Duration};

use crate::{Effort, clock};

/// One figure a round.
#[derive(Default)]
pub(crate) struct Rounds(Vec<f64>);

impl Rounds {
    pub(crate) fn push(&mut self, figure: f64) {
        self.0.push(figure);
    }

    pub(crate) fn median(&self) -> f64 {
        median(self.0.clone())
    }

    /// The median of what each round says, not the quotient of two medians.
    pub(crate) fn ratio(&self, to: &Self) -> f64 {
        median(self.0.iter().zip(&to.0).map(|(a, b)| a / b).collect())
    }

    pub(crate) fn scaled(&self, by: f64) -> Self {
        Self(self.0.iter().map(|figure| figure * by).collect())
    }
}

pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// How often calls are timed, and for how long each time.
#[derive(Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) rounds: usize,
    pub(crate) slice: Duration,
}

impl Pace {
    pub(crate) fn of(effort: Effort) -> Self {
        effort.pick(
            Self { rounds: 61, slice: Duration::from_millis(2) },
            Self { rounds: 3, slice: Duration::from_micros(300) },
        )
    }

    /// Nanoseconds on the processor for a call of each of `calls`, round by round.
    pub(crate) fn interleaved<const N: usize>(self, calls: [&dyn Fn() -> usize; N]) -> [Rounds; N] {
        let times = calls.map(|call| self.calls_in_a_slice(call));
        let mut rounds = calls.map(|_| Rounds::default());
        for round in 0..self.rounds {
            for turn in 0..N {
                // Another one begins each time: whoever comes second finds the machine warmer.
                let who = (round + turn) % N;
                let started = clock::now();
                for _ in 0..times[who] {
                    black_box(calls[who]());
                }
                rounds[who].push((clock::now() - started).as_nanos() as f64 / f64::from(times[who]));
            }
        }
        rounds
    }

    fn calls_in_a_slice(self, call: &dyn Fn() -> usize) -> u32 {
        let (started, mut times) = (clock::now(), 0);
        while clock::now() - started < 4 * self.slice {
            black_box(call());
            times += 1;
        }
        times / 4 + 1
    }
}
