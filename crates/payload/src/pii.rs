//! Personal data.

use std::fmt;

use serde::{Deserialize, Deserializer, de::Error as _};

/// Personal data. `Debug` hides it, [`Pii::expose`] returns it, and `Serialize` writes it, so that an event can be stored
/// and is not printed by accident.
///
/// ```
/// use idhooks_payload::Pii;
///
/// let name = Pii::from("Ana");
/// assert_eq!(format!("{name:?}"), "[redacted]");
/// assert_eq!(name.expose(), &"Ana");
/// assert_eq!(name.into_exposed(), "Ana");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, serde::Serialize)]
#[serde(transparent)]
pub struct Pii<T>(T);

/// The error does not quote the value, as that of `T` may.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pii<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        T::deserialize(input).map(Self).map_err(|_| D::Error::custom("not of the documented type"))
    }
}

impl<T> Pii<T> {
    /// Returns the value. Look at where it goes next.
    pub fn expose(&self) -> &T {
        &self.0
    }

    /// Returns the value and drops the wrapper.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> From<T> for Pii<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
