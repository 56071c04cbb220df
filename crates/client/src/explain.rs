//! An error with everything that led to it, in one line.

use std::{error::Error, fmt};

/// Writes the error's sentence and those of its causes, parted by colons: what a program shows that returns
/// the error from `main`, where only `Debug` is asked.
pub(crate) fn with_causes(error: &dyn Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{error}")?;
    let mut cause = error.source();
    while let Some(error) = cause {
        write!(f, ": {error}")?;
        cause = error.source();
    }
    Ok(())
}
