//! Measures this project against bounds it has set itself: the floor, code written by hand, and peers,
//! side by side in one run, because only ratios carry over from one machine to another.

mod child;
pub mod client;
mod clock;
mod contestants;
mod effort;
pub mod growth;
mod hostile;
pub mod inbox;
pub mod machine;
mod measure;
pub mod memory;
mod receive;
pub mod receiver;
mod sample;
pub mod section;
mod vendors;
mod verdict;

pub use effort::Effort;
pub use verdict::Verdict;

/// A measurement that could not be made is an error; a bound that does not hold is not.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
