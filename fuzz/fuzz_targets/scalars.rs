//! Any two lines to `Decimal`, against arithmetic on digits written out, and to `Timestamp` by three libraries.

#![no_main]

use std::{
    cmp::Ordering,
    hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher},
};

use idhooks_core::{Decimal, Timestamp};
use idhooks_fuzz::seeds;
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: seeds::plant(SEEDS.iter().copied()), |input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (one, other) = text.split_once('\n').unwrap_or((text, "0"));
    timestamp(one);
    let (Some(a), Some(b)) = (decimal(one), decimal(other)) else { return };
    assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
    assert_eq!(a == b, a.cmp(&b) == Ordering::Equal);
    let hash = |value: &Decimal| BuildHasherDefault::<DefaultHasher>::default().hash_one(value);
    assert!(a != b || hash(&a) == hash(&b), "{a} and {b} are equal and hash differently");
    if let (Some(wide_a), Some(wide_b)) = (wide(one), wide(other)) {
        assert_eq!(a.cmp(&b), wide_a.compare(&wide_b), "{a} and {b}");
    }
});

/// The number, read from text, from a JSON string and, where JSON has it so, from a JSON number.
fn decimal(text: &str) -> Option<Decimal> {
    let parsed = text.parse::<Decimal>().ok();
    let json = serde_json::to_string(text).expect("a text");
    let quoted = serde_json::from_str::<Decimal>(&json).ok();
    assert_eq!(parsed, quoted);
    if let Some(quoted) = &quoted {
        assert_eq!(quoted.as_str(), text);
        assert_eq!(serde_json::to_string(quoted).expect("writes"), json);
    }
    if let Ok(number) = serde_json::from_str::<Decimal>(text)
        && !text.trim_ascii().starts_with('"')
    {
        assert_eq!(serde_json::to_string(&number).expect("writes"), text.trim_ascii());
        assert!(text != text.trim_ascii() || parsed.as_ref() == Some(&number));
    }
    parsed
}

/// A number with all its digits, `EXPONENTS` before the point and as many behind it.
struct Wide {
    is_negative: bool,
    digits: Vec<u8>,
}

const EXPONENTS: i32 = 600;

/// `None` for a number that needs more room than that.
fn wide(text: &str) -> Option<Wide> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().ok()?;
    let (is_negative, mantissa) = mantissa.strip_prefix('-').map_or((false, mantissa), |rest| (true, rest));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits = vec![b'0'; 2 * EXPONENTS as usize];
    let first = EXPONENTS.checked_sub(exponent)?.checked_sub(i32::try_from(whole.len()).ok()?)?;
    for (at, digit) in whole.bytes().chain(fraction.bytes()).enumerate() {
        let place = first.checked_add(i32::try_from(at).ok()?)?;
        match usize::try_from(place).ok().and_then(|place| digits.get_mut(place)) {
            Some(place) => *place = digit,
            None if digit == b'0' => {}
            None => return None,
        }
    }
    let is_zero = digits.iter().all(|digit| *digit == b'0');
    Some(Wide { is_negative: is_negative && !is_zero, digits })
}

impl Wide {
    fn compare(&self, other: &Self) -> Ordering {
        match (self.is_negative, other.is_negative) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self.digits.cmp(&other.digits),
            (true, true) => other.digits.cmp(&self.digits),
        }
    }
}

/// Libraries differ in what they take, never in what it means.
fn timestamp(text: &str) {
    let time = Timestamp::from(text);
    let instants = [
        time.to_jiff().ok().map(|time| time.as_nanosecond()),
        time.to_time().ok().map(|time| time.unix_timestamp_nanos()),
        time.to_chrono()
            .ok()
            .map(|time| i128::from(time.timestamp()) * 1_000_000_000 + i128::from(time.timestamp_subsec_nanos())),
    ];
    let mut known = instants.into_iter().flatten();
    if let Some(first) = known.next() {
        assert!(time.has_offset(), "{text:?} names an instant");
        assert!(known.all(|other| other == first) || text.contains(":60"), "{text:?}: {instants:?}");
    }
    let _ = (time.to_jiff_local(), time.to_time_local(), time.to_chrono_local());
    drop(format!("{time} {time:?}"));
}

const SEEDS: &[&str] = &[
    "18500.10\n1.85001e4",
    "-0.0e-7\n0",
    "9007199254740993\n9007199254740992",
    "1234567890123456789012345678901234567890.5\n-15e-1",
    "1e2147483647\n1e-2147483648",
    "00012.300\n-00012.300",
    "2025-07-08T18:01:19.622Z",
    "2023-04-19T13:10:00.0000000Z",
    "2025-07-08T18:01:19+07:00",
    "2025-11-08 16:33:15",
    "2016-12-31T23:59:60Z",
];
