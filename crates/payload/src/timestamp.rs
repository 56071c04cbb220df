//! Times, as sent.

#[cfg(any(feature = "jiff-02", feature = "time-03", feature = "chrono-04"))]
use std::{error, fmt};

crate::text_id! {
    /// A time as the vendor wrote it. It is parsed on demand, so an invalid time does not fail the event.
    ///
    /// Most vendors write RFC 3339 with an offset: convert those with `to_jiff`, `to_time` or `to_chrono` (features
    /// `jiff-02`, `time-03`, `chrono-04`). Some write a local time without an offset: convert those with
    /// `to_jiff_local`, `to_time_local` or `to_chrono_local`, and add the offset you know.
    ///
    /// ```
    /// use idhooks_payload::Timestamp;
    ///
    /// let time = Timestamp::from("2030-01-01T00:00:00Z");
    /// assert!(time.has_offset());
    /// # #[cfg(feature = "jiff-02")]
    /// assert_eq!(time.to_jiff()?.as_second(), 1_893_456_000);
    /// # #[cfg(feature = "time-03")]
    /// assert_eq!(time.to_time()?.unix_timestamp(), 1_893_456_000);
    /// # #[cfg(feature = "chrono-04")]
    /// assert_eq!(time.to_chrono()?.timestamp(), 1_893_456_000);
    ///
    /// let local = Timestamp::from("2030-01-01T07:00:00");
    /// # #[cfg(feature = "jiff-02")]
    /// assert_eq!(local.to_jiff_local()?.hour(), 7);
    /// # #[cfg(feature = "time-03")]
    /// assert_eq!(local.to_time_local()?.hour(), 7);
    /// # #[cfg(feature = "chrono-04")]
    /// assert_eq!(local.to_chrono_local()?.to_string(), "2030-01-01 07:00:00");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct Timestamp;
}

impl Timestamp {
    /// Returns whether the text has an offset (`Z`, `+07:00`), and so names one instant.
    #[must_use]
    pub fn has_offset(&self) -> bool {
        let time = self.0.get(10..).unwrap_or_default();
        time.ends_with(['Z', 'z']) || time.contains(['+', '-'])
    }
}

/// The text is not a time of the kind asked for.
#[cfg(any(feature = "jiff-02", feature = "time-03", feature = "chrono-04"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimestampError {
    /// A local time without an offset, where an instant was asked for.
    NoOffset,
    /// A time with an offset, where a local time was asked for.
    HasOffset,
    /// No time that can be read.
    Unreadable,
}

#[cfg(any(feature = "jiff-02", feature = "time-03", feature = "chrono-04"))]
impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoOffset => "the vendor sent a local time without an offset",
            Self::HasOffset => "the vendor sent a time with an offset",
            Self::Unreadable => "the vendor sent a time that cannot be read",
        })
    }
}

#[cfg(any(feature = "jiff-02", feature = "time-03", feature = "chrono-04"))]
impl error::Error for TimestampError {}

#[cfg(any(feature = "jiff-02", feature = "time-03", feature = "chrono-04"))]
impl Timestamp {
    fn unreadable<E>(&self, _: E) -> TimestampError {
        if self.has_offset() { TimestampError::Unreadable } else { TimestampError::NoOffset }
    }

    /// The text, if it is of a local time: some of the libraries would drop an offset without a word.
    fn local(&self) -> Result<&str, TimestampError> {
        if self.has_offset() { Err(TimestampError::HasOffset) } else { Ok(self.as_str()) }
    }
}

#[cfg(feature = "jiff-02")]
impl Timestamp {
    /// Returns the instant, for `jiff` 0.2.
    ///
    /// # Errors
    /// When the text has no offset, or is no RFC 3339 time.
    pub fn to_jiff(&self) -> Result<jiff::Timestamp, TimestampError> {
        self.as_str().parse().map_err(|error: jiff::Error| self.unreadable(error))
    }

    /// Returns the local date and time, for `jiff` 0.2.
    ///
    /// # Errors
    /// When the text has an offset, or is no date and time.
    pub fn to_jiff_local(&self) -> Result<jiff::civil::DateTime, TimestampError> {
        self.local()?.parse().map_err(|_: jiff::Error| TimestampError::Unreadable)
    }
}

#[cfg(feature = "time-03")]
impl Timestamp {
    /// Returns the instant, for `time` 0.3.
    ///
    /// # Errors
    /// When the text has no offset, or is no RFC 3339 time.
    pub fn to_time(&self) -> Result<time::OffsetDateTime, TimestampError> {
        use time::format_description::well_known::Rfc3339;
        time::OffsetDateTime::parse(self.as_str(), &Rfc3339).map_err(|error| self.unreadable(error))
    }

    /// Returns the local date and time, for `time` 0.3.
    ///
    /// # Errors
    /// When the text has an offset, or is no date and time.
    pub fn to_time_local(&self) -> Result<time::PrimitiveDateTime, TimestampError> {
        use time::format_description::well_known::Iso8601;
        let text = self.local()?.replacen(' ', "T", 1);
        time::PrimitiveDateTime::parse(&text, &Iso8601::DEFAULT).map_err(|_| TimestampError::Unreadable)
    }
}

#[cfg(feature = "chrono-04")]
impl Timestamp {
    /// Returns the instant with its offset, for `chrono` 0.4.
    ///
    /// # Errors
    /// When the text has no offset, or is no RFC 3339 time.
    pub fn to_chrono(&self) -> Result<chrono::DateTime<chrono::FixedOffset>, TimestampError> {
        chrono::DateTime::parse_from_rfc3339(self.as_str()).map_err(|error| self.unreadable(error))
    }

    /// Returns the local date and time, for `chrono` 0.4.
    ///
    /// # Errors
    /// When the text has an offset, or is no date and time.
    pub fn to_chrono_local(&self) -> Result<chrono::NaiveDateTime, TimestampError> {
        let text = self.local()?.replacen(' ', "T", 1);
        text.parse().map_err(|_| TimestampError::Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_offsets() {
        for (text, has) in [
            ("2025-07-08T18:01:19.622Z", true),
            ("2025-07-08T18:01:19+07:00", true),
            ("2025-07-08 18:01:19-03:00", true),
            ("2025-11-08 16:33:15", false),
            ("2025-11-08", false),
            ("", false),
            ("ทดสอบทดสอบ", false),
        ] {
            assert_eq!(Timestamp::from(text).has_offset(), has, "{text}");
        }
    }

    #[cfg(all(feature = "jiff-02", feature = "time-03", feature = "chrono-04"))]
    #[test]
    fn three_libraries_agree() {
        for (text, second) in [
            ("2025-07-08T18:01:19.622Z", Some(1_751_997_679)),
            ("2023-04-19T13:10:00.0000000Z", Some(1_681_909_800)),
            ("2025-07-08T18:01:19+07:00", Some(1_751_972_479)),
            ("2025-11-08 16:33:15", None),
            ("2025-10-35T00:00:00Z", None),
            ("", None),
        ] {
            let time = Timestamp::from(text);
            assert_eq!(time.to_jiff().map(|t| t.as_second()).ok(), second, "jiff {text}");
            assert_eq!(time.to_time().map(time::OffsetDateTime::unix_timestamp).ok(), second, "time {text}");
            assert_eq!(time.to_chrono().map(|t| t.timestamp()).ok(), second, "chrono {text}");
        }
        let local = Timestamp::from("2025-11-08 16:33:15");
        assert_eq!(local.to_jiff(), Err(TimestampError::NoOffset));
        assert_eq!(local.to_jiff_local().unwrap().to_string(), "2025-11-08T16:33:15");
        assert_eq!(local.to_time_local().unwrap().hour(), 16);
        assert_eq!(local.to_chrono_local().unwrap().to_string(), "2025-11-08 16:33:15");
        // Without its offset an instant would be another one as soon as the reader adds their own.
        for text in ["2025-07-08T18:01:19Z", "2025-07-08T18:01:19+07:00", "2025-07-08 18:01:19-03:00"] {
            let instant = Timestamp::from(text);
            assert_eq!(instant.to_jiff_local(), Err(TimestampError::HasOffset), "jiff {text}");
            assert_eq!(instant.to_time_local(), Err(TimestampError::HasOffset), "time {text}");
            assert_eq!(instant.to_chrono_local(), Err(TimestampError::HasOffset), "chrono {text}");
        }
    }
}
