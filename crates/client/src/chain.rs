//! The sources of an error, as text.

use std::{error::Error, fmt};

/// `Debug` shows the sources of an error as one string, separated by colons; `None` without a source.
///
/// By their `Display`, because the `Debug` of a foreign error may show what its `Display` hides.
pub(crate) struct Chain<'a>(Option<&'a (dyn Error + 'static)>);

impl<'a> Chain<'a> {
    pub(crate) fn of(error: &'a dyn Error) -> Self {
        Self(error.source())
    }
}

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut next = self.0;
        while let Some(error) = next {
            next = error.source();
            write!(f, "{error}{}", if next.is_some() { ": " } else { "" })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map(|_| self.to_string()).fmt(f)
    }
}
