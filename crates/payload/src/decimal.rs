//! Amounts and scores, digit for digit.

use std::{
    cmp::Ordering,
    error, fmt,
    hash::{Hash, Hasher},
};

use serde::{Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::{
    DecodeError, RawJson,
    json::{self, FromJson, Place},
};

/// A decimal number: every digit kept as sent, equal by value, never a float.
///
/// Reads a JSON number and a JSON string that holds one, and writes back the same kind with the
/// same digits. It can be read and written by `serde_json` from and to text, not by other formats.
///
/// ```
/// use idhooks_payload::Decimal;
///
/// let sent: Decimal = serde_json::from_str(r#""18500.10""#)?;
/// let other: Decimal = serde_json::from_str("18500.1")?;
/// assert_eq!(sent, other);
/// assert_eq!(sent.as_str(), "18500.10");
/// assert_eq!(serde_json::to_string(&sent)?, r#""18500.10""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct Decimal {
    digits: Box<str>,
    quoted: bool,
}

/// Why a conversion of a [`Decimal`] failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecimalError {
    /// The text is not a decimal number.
    NotANumber,
    /// The other library's type cannot hold the number without rounding it.
    OutOfRange,
}

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "not a decimal number",
            Self::OutOfRange => "the number has too many digits for the requested type",
        })
    }
}

impl error::Error for DecimalError {}

impl Decimal {
    /// Returns the digits as sent, fit for the decimal type of your choice.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.digits
    }

    fn read(raw: RawJson) -> Result<Self, DecodeError> {
        let quoted = raw.get().starts_with('"');
        let digits: Option<Box<str>> =
            if quoted { json::text(Some(raw.as_raw())).map(|text| text.as_ref().into()) } else { Some(raw.into()) };
        let digits = digits.filter(|digits| Parts::of(digits).is_some());
        digits.map(|digits| Self { digits, quoted }).ok_or_else(DecodeError::wrong_type)
    }

    fn parts(&self) -> Parts<'_> {
        // The text was checked when it was read.
        Parts::of(&self.digits).unwrap_or(Parts { negative: false, whole: "", fraction: "", exponent: 0 })
    }
}

#[cfg(feature = "rust_decimal-1")]
impl Decimal {
    /// Converts the number for `rust_decimal` 1. Exact: it never rounds.
    ///
    /// ```
    /// # use idhooks_payload::Decimal;
    /// let amount: Decimal = "18500.10".parse()?;
    /// assert_eq!(amount.to_rust_decimal()?, rust_decimal::Decimal::new(18_500_10, 2));
    /// # Ok::<(), idhooks_payload::DecimalError>(())
    /// ```
    ///
    /// # Errors
    /// [`DecimalError::OutOfRange`] for a number of more than 28 digits.
    pub fn to_rust_decimal(&self) -> Result<rust_decimal::Decimal, DecimalError> {
        let parse = rust_decimal::Decimal::from_str_exact;
        let read = parse(&self.digits).or_else(|_| rust_decimal::Decimal::from_scientific(&self.digits));
        // Not every way of reading is exact, so the result is compared.
        let is_same = |read: &rust_decimal::Decimal| read.to_string().parse::<Self>().is_ok_and(|read| read == *self);
        read.ok().filter(is_same).ok_or(DecimalError::OutOfRange)
    }
}

#[cfg(feature = "bigdecimal-04")]
impl Decimal {
    /// Converts the number for `bigdecimal` 0.4. Exact at any size.
    ///
    /// ```
    /// # use idhooks_payload::Decimal;
    /// let amount: Decimal = "18500.10".parse()?;
    /// assert_eq!(amount.to_bigdecimal()?.to_string(), "18500.10");
    /// # Ok::<(), idhooks_payload::DecimalError>(())
    /// ```
    ///
    /// # Errors
    /// [`DecimalError::OutOfRange`] for an exponent that `bigdecimal` cannot hold.
    pub fn to_bigdecimal(&self) -> Result<bigdecimal::BigDecimal, DecimalError> {
        self.digits.parse().map_err(|_| DecimalError::OutOfRange)
    }
}

impl std::str::FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        Parts::of(text).ok_or(DecimalError::NotANumber)?;
        Ok(Self { digits: text.into(), quoted: true })
    }
}

/// A number as JSON spells it, taken apart; leading zeros are let through.
struct Parts<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    exponent: i64,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (negative, size) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, rest) = split_digits(size)?;
        let (fraction, rest) = match rest.strip_prefix('.') {
            Some(rest) => split_digits(rest)?,
            None => ("", rest),
        };
        let exponent = match rest.strip_prefix(['e', 'E']) {
            Some(exponent) => {
                let (_, "") = split_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))? else { return None };
                i64::from(exponent.parse::<i32>().ok()?)
            }
            None if rest.is_empty() => 0,
            None => return None,
        };
        Some(Self { negative, whole, fraction, exponent })
    }

    /// The significant digits, without zeros at either end, and where the point is: the number is
    /// `0.digits × 10^point`. Nothing left means zero.
    fn normal(&self) -> (impl Iterator<Item = u8> + Clone + '_, i64) {
        let all = self.whole.bytes().chain(self.fraction.bytes());
        let len = self.whole.len() + self.fraction.len();
        let leading = all.clone().take_while(|digit| *digit == b'0').count();
        let trailing = all.clone().rev().take_while(|digit| *digit == b'0').count();
        let count = len.saturating_sub(leading + trailing);
        let point = self.exponent + self.whole.len() as i64 - leading as i64;
        (all.skip(leading).take(count), if count == 0 { 0 } else { point })
    }
}

/// The digits `text` begins with, of which there must be one, and what follows them.
fn split_digits(text: &str) -> Option<(&str, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at_checked(digits).filter(|_| digits > 0)
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b) = (self.parts(), other.parts());
        let ((a_digits, a_point), (b_digits, b_point)) = (a.normal(), b.normal());
        let sign = |parts: &Parts<'_>, mut digits: Box<dyn Iterator<Item = u8> + '_>| match digits.next() {
            None => 0_i8,
            Some(_) if parts.negative => -1,
            Some(_) => 1,
        };
        let (a_sign, b_sign) = (sign(&a, Box::new(a_digits.clone())), sign(&b, Box::new(b_digits.clone())));
        a_sign.cmp(&b_sign).then_with(|| {
            let size = a_point.cmp(&b_point).then_with(|| a_digits.cmp(b_digits));
            if a_sign < 0 { size.reverse() } else { size }
        })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Decimal {}

impl Hash for Decimal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let parts = self.parts();
        let (digits, point) = parts.normal();
        (parts.negative && digits.clone().next().is_some()).hash(state);
        point.hash(state);
        digits.for_each(|digit| digit.hash(state));
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decimal({})", self.digits)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.digits)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error as _;
        if self.quoted {
            return out.serialize_str(&self.digits);
        }
        let raw: &RawValue = serde_json::from_str(&self.digits).map_err(S::Error::custom)?;
        raw.serialize(out)
    }
}

impl<'de> FromJson<'de> for Decimal {
    fn from_json<D: Deserializer<'de>>(input: D, place: Place<'_, Self>) -> Result<(), D::Error> {
        place.fill(Self::read, |raw| RawJson::from_json(input, raw))
    }

    fn from_text(text: &str) -> Result<Self, DecodeError> {
        text.parse().map_err(|_| DecodeError::wrong_type())
    }
}

crate::impl_deserialize!(Decimal);

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn read(json: &str) -> Option<Decimal> {
        serde_json::from_str(json).ok()
    }

    /// Row 23.
    #[test]
    fn row_23_equal_by_value_and_digits_kept() {
        let same = [
            ["18500.10", "18500.1", "1.85001e4", "185001E-1", "0018500.100", "18500.1e+0"].as_slice(),
            &["0", "-0", "0.00", "0e99", "-0.0e-7"],
            &["9007199254740993", "9007199254740993.0"],
            &["-1.5", "-15e-1"],
        ];
        let mut values = HashSet::new();
        for class in same {
            for text in class {
                let text = format!("\"{text}\"");
                let value = read(&text).unwrap_or_else(|| panic!("{text}"));
                assert_eq!(serde_json::to_string(&value).unwrap(), text);
                values.insert(value);
            }
        }
        assert_eq!(values.len(), same.len());
        assert_ne!(read("9007199254740993"), read("9007199254740992"), "2^53 + 1 is not 2^53");
    }

    #[test]
    fn row_23_forty_digits_and_order() {
        let long = "1234567890123456789012345678901234567890.5";
        assert_eq!(read(long).unwrap().as_str(), long);
        let ordered = ["-1e3", "-999.9", "-1", "-0.1", "0", "1e-9", "0.1", "0.11", "1", "9", "10", "1e3"];
        let values: Vec<_> = ordered.map(|text| text.parse::<Decimal>().unwrap()).into();
        assert!(values.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn refuses_what_is_no_number() {
        for bad in [
            "\"\"",
            "\" 1\"",
            "\"+1\"",
            "\"1,5\"",
            "\".5\"",
            "\"5.\"",
            "\"1e\"",
            "\"1e+-1\"",
            "\"NaN\"",
            "true",
            "null",
            "[1]",
            "1e99999999999",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn reads_digits_written_as_escapes() {
        assert_eq!(read(r#""\u0031\u002e5""#).unwrap().as_str(), "1.5");
        assert_eq!(read(r#""\u0031x""#), None);
    }

    #[cfg(feature = "rust_decimal-1")]
    #[test]
    fn row_23_converts_to_rust_decimal_exactly_or_not_at_all() {
        for text in ["0", "-0.00", "18500.10", "1e3", "1.5E-7", "79228162514264337593543950335"] {
            let number: Decimal = text.parse().unwrap();
            assert_eq!(number.to_rust_decimal().unwrap().to_string().parse::<Decimal>(), Ok(number), "{text}");
        }
        for text in ["79228162514264337593543950336", "0.12345678901234567890123456789", "1e400", "1e-400"] {
            let number: Decimal = text.parse().unwrap();
            assert_eq!(number.to_rust_decimal(), Err(DecimalError::OutOfRange), "{text}");
        }
    }

    #[cfg(feature = "bigdecimal-04")]
    #[test]
    fn row_23_converts_to_bigdecimal_exactly() {
        for text in ["0", "-0.00", "18500.10", "1e3", "1.5E-7", "1234567890123456789012345678901234567890.50"] {
            let number: Decimal = text.parse().unwrap();
            let plain = number.to_bigdecimal().unwrap().to_plain_string();
            assert_eq!(plain.parse::<Decimal>(), Ok(number), "{text}");
        }
        let huge: Decimal = "1e2147483647".parse().unwrap();
        assert!(huge.to_bigdecimal().is_ok(), "an exponent costs no memory");
    }
}
