//! `YYYYMMDDTHHMMSSZ`, the one form of date a signed link has.

/// Seconds since 1970, UTC, by the Gregorian calendar.
pub(super) fn seconds(text: &str) -> Option<i64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (year, date) = date.split_at_checked(4)?;
    let (month, day) = date.split_at_checked(2)?;
    let (hour, time) = time.split_at_checked(2)?;
    let (minute, second) = time.split_at_checked(2)?;
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let (hour, minute, second) = (number(hour, 2)?, number(minute, 2)?, number(second, 2)?);
    let in_range = (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    in_range.then(|| days_before(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// Exactly `len` digits; at most four, so nothing below can overflow.
fn number(text: &str, len: usize) -> Option<i64> {
    let is_number = text.len() == len && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to the date: Howard Hinnant's `days_from_civil`. Years begin in March, so
/// that the leap day is the last of its year.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From `date -u -d … +%s`.
    #[test]
    fn agrees_with_another_clock() {
        for (text, expected) in [
            ("19700101T000000Z", 0),
            ("19691231T235959Z", -1),
            ("19700228T120000Z", 5_054_400),
            ("20000229T235959Z", 951_868_799),
            ("20000301T000000Z", 951_868_800),
            ("20240229T000000Z", 1_709_164_800),
            ("20380119T031408Z", 2_147_483_648),
            ("20261121T153045Z", 1_795_275_045),
            ("21000228T235959Z", 4_107_542_399),
            ("21000301T000000Z", 4_107_542_400),
            ("19000301T000000Z", -2_203_891_200),
            ("99991231T235959Z", 253_402_300_799),
            ("00010101T000000Z", -62_135_596_800),
            ("00000101T000000Z", -62_167_219_200),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "Z",
            "T",
            "20300101",
            "20300101T000000",
            "20300101T000000z",
            "20300101t000000Z",
            "20300101T000000ZZ",
            "020300101T000000Z",
            "2030101T000000Z",
            "20300001T000000Z",
            "20301301T000000Z",
            "20300100T000000Z",
            "20300132T000000Z",
            "20300431T000000Z",
            "20300229T000000Z",
            "21000229T000000Z",
            "20300101T240000Z",
            "20300101T006000Z",
            "20300101T000060Z",
            "-2030101T000000Z",
            "+2030101T000000Z",
            "203001 1T000000Z",
            "ทด0300101T00000Z",
            "20300101Tทด0000Z",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
