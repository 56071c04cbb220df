//! Runs the crash proof of the inbox, which is a program of its own: it is killed, and this is not.

use crate::run::{cargo, run};

const QUICK: &str = "--quick";

/// Whether these can be asked for; the program says what they mean.
pub(crate) fn knows(words: &[String]) -> bool {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let known = match word.as_str() {
            QUICK | "sqlite" | "postgres" => true,
            "--seed" => words.next().is_some_and(|seed| seed.parse::<u64>().is_ok()),
            _ => false,
        };
        if !known {
            return false;
        }
    }
    true
}

pub(crate) fn crash(words: &[String]) -> Result<(), String> {
    let program = ["run", "--quiet", "--locked", "--package", "idhooks-crash", "--", "drive"];
    run(cargo(&program).args(words))
}

/// For CI: a tenth of the deliveries.
pub(crate) fn quick() -> Result<(), String> {
    crash(&[QUICK.to_owned()])
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_are_known_or_not() {
        let knows = |words: &[&str]| super::knows(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert!(knows(&[]) && knows(&["--quick", "postgres", "--seed", "7"]));
        for bad in [&["--seed"][..], &["--seed", "x"], &["--fast"], &["mysql"]] {
            assert!(!knows(bad), "{bad:?}");
        }
    }
}
