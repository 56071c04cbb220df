//! Counts that some vendors send as text.

use idhooks_core::{
    DecodeError,
    json::{self, FromJson},
};
use serde::{Deserialize, Deserializer, Serialize};

/// A count that comes as a number or as text: `5` or `"5"`.
///
/// ```
/// use idhooks_client::Count;
///
/// let count: Count = serde_json::from_str(r#""5""#)?;
/// assert_eq!(count.get(), 5);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Count(u64);

impl Count {
    /// Returns the number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl FromJson<'_> for Count {
    fn from_text(text: &str) -> Result<Self, DecodeError> {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|_| is_number);
        number.map(Self).ok_or_else(|| DecodeError::new("", "is not a count"))
    }

    fn from_integer(number: i128) -> Result<Self, DecodeError> {
        number.try_into().map(Self).map_err(|_| DecodeError::new("", "is not a count"))
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        json::deserialize(input)
    }
}

#[cfg(test)]
mod tests {
    use idhooks_core::{Lenient, payload};

    use super::*;

    payload! {
        struct List {
            count: Lenient<Count> = "count",
        }
    }

    #[test]
    fn row_60_reads_a_total_that_is_sent_as_text() {
        for (count, wanted) in [
            ("5", Some(5)),
            (r#""5""#, Some(5)),
            ("0", Some(0)),
            ("-5", None),
            (r#""-5""#, None),
            (r#""+5""#, None),
            (r#""""#, None),
            (r#""many""#, None),
            ("5.5", None),
            ("[]", None),
            ("null", None),
            ("99999999999999999999", None),
        ] {
            let list: List = json::decode(format!(r#"{{"count":{count}}}"#).as_bytes()).unwrap();
            assert_eq!(list.count.as_ref().map(|count| count.get()), wanted, "{count}");
        }
    }
}
