//! Yes or no, in two spellings.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Unexpected, Visitor},
};

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
#[derive(Clone, Copy)]
pub struct Flag {
    set: bool,
    as_number: bool,
}

impl Flag {
    /// Whether it says yes.
    #[must_use]
    pub fn is_set(self) -> bool {
        self.set
    }
}

impl From<bool> for Flag {
    fn from(set: bool) -> Self {
        Self { set, as_number: false }
    }
}

impl From<Flag> for bool {
    fn from(flag: Flag) -> Self {
        flag.set
    }
}

impl PartialEq for Flag {
    fn eq(&self, other: &Self) -> bool {
        self.set == other.set
    }
}

impl Eq for Flag {}

impl Hash for Flag {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.set.hash(state);
    }
}

impl fmt::Debug for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.set.fmt(f)
    }
}

impl Serialize for Flag {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        if self.as_number { out.serialize_u8(self.set.into()) } else { out.serialize_bool(self.set) }
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct BoolOrBit;

        impl Visitor<'_> for BoolOrBit {
            type Value = Flag;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a boolean, 0 or 1")
            }

            fn visit_bool<E>(self, set: bool) -> Result<Flag, E> {
                Ok(Flag::from(set))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Flag, E> {
                match number {
                    0 | 1 => Ok(Flag { set: number == 1, as_number: true }),
                    _ => Err(E::invalid_value(Unexpected::Unsigned(number), &self)),
                }
            }
        }

        input.deserialize_any(BoolOrBit)
    }
}
