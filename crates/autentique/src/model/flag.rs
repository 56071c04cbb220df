//! Yes or no, in two spellings.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use idhooks_core::{DecodeError, json::FromJson};
use serde::Serialize;

/// Yes or no, sent as `true`/`false` in newer samples and as 1/0 in an older one (documented).
///
/// Equal by meaning; written back in the spelling it came in.
///
/// ```
/// use idhooks_autentique::Flag;
///
/// let number: Flag = serde_json::from_str("1")?;
/// let word: Flag = serde_json::from_str("true")?;
/// assert!(number.is_set());
/// assert_eq!(number, word);
/// assert_eq!(serde_json::to_string(&number)?, "1");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Serialize)]
#[serde(transparent)]
pub struct Flag(Spelling);

#[derive(Clone, Copy, Serialize)]
#[serde(untagged)]
enum Spelling {
    Bool(bool),
    Number(u8),
}

impl Flag {
    /// Returns whether it says yes.
    #[must_use]
    pub fn is_set(self) -> bool {
        match self.0 {
            Spelling::Bool(set) => set,
            Spelling::Number(number) => number == 1,
        }
    }
}

impl From<bool> for Flag {
    fn from(set: bool) -> Self {
        Self(Spelling::Bool(set))
    }
}

impl From<Flag> for bool {
    fn from(flag: Flag) -> Self {
        flag.is_set()
    }
}

impl PartialEq for Flag {
    fn eq(&self, other: &Self) -> bool {
        self.is_set() == other.is_set()
    }
}

impl Eq for Flag {}

impl Hash for Flag {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.is_set().hash(state);
    }
}

impl fmt::Debug for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.is_set().fmt(f)
    }
}

impl FromJson<'_> for Flag {
    fn from_bool(set: bool) -> Result<Self, DecodeError> {
        Ok(Self(Spelling::Bool(set)))
    }

    fn from_integer(number: i128) -> Result<Self, DecodeError> {
        match u8::try_from(number) {
            Ok(number @ (0 | 1)) => Ok(Self(Spelling::Number(number))),
            _ => Err(DecodeError::new("", "is neither 0 nor 1")),
        }
    }
}

idhooks_core::impl_deserialize!(Flag);
