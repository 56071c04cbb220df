//! The command line of `drive`.

use crate::engine::Engine;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) quick: bool,
    pub(crate) seed: u64,
    pub(crate) engines: Vec<Engine>,
}

impl Options {
    /// `[--quick] [--seed N] [sqlite|postgres]…`; every engine if none is named, a random seed if none is given.
    pub(crate) fn parse(words: &[&str]) -> Result<Self, String> {
        let mut options = Self { quick: false, seed: fastrand::u64(..), engines: Vec::new() };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--quick" => options.quick = true,
                "--seed" => {
                    let seed = words.next().and_then(|text| text.parse().ok());
                    options.seed = seed.ok_or("--seed wants a whole number")?;
                }
                "sqlite" => options.engines.push(Engine::Sqlite),
                "postgres" => options.engines.push(Engine::Postgres),
                flag if flag.starts_with('-') => return Err(format!("{flag}: not an option of `cargo xtask crash`")),
                other => return Err(format!("there is no engine {other}; there are sqlite and postgres")),
            }
        }
        if options.engines.is_empty() {
            options.engines = vec![Engine::Sqlite, Engine::Postgres];
        }
        options.engines.dedup();
        Ok(options)
    }

    pub(crate) fn deliveries(&self) -> u32 {
        if self.quick { 1_000 } else { 10_000 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_or_named() {
        let read = Options::parse(&["--quick", "postgres", "--seed", "7"]);
        assert_eq!(read, Ok(Options { quick: true, seed: 7, engines: vec![Engine::Postgres] }));
        assert_eq!(Options::parse(&[]).unwrap().engines, [Engine::Sqlite, Engine::Postgres]);
        for (bad, named) in [(&["--seed"][..], "--seed"), (&["--seed", "x"], "--seed"), (&["--fast"], "--fast")] {
            assert!(Options::parse(bad).is_err_and(|why| why.starts_with(named)), "{bad:?}");
        }
        assert!(Options::parse(&["mysql"]).is_err_and(|why| why.contains("mysql")));
    }
}
