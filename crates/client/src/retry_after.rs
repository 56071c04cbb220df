//! `Retry-After`, in both forms.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};

/// Returns how long the response asks to wait at `now`: zero for a date in the past, `None` for anything but a number
/// of seconds or an HTTP date.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if text.is_empty() {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number that does not fit is still a number, and too long a wait.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    // By the vendor's clock if the response has its time, because ours may be wrong.
    let now =
        headers.get(header::DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok()).unwrap_or(now);
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: &str = "Sun, 22 Nov 2026 10:00:00 GMT";

    fn asked(value: &str, date: Option<&str>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, value.parse().unwrap());
        if let Some(date) = date {
            headers.insert(header::DATE, date.parse().unwrap());
        }
        retry_after(&headers, httpdate::parse_http_date(NOW).unwrap())
    }

    #[test]
    fn row_45_seconds_and_dates() {
        let seconds = |n| Some(Duration::from_secs(n));
        for (value, wanted) in [
            ("3", seconds(3)),
            (" 3 ", seconds(3)),
            ("0", seconds(0)),
            ("99999999999999999999999", seconds(u64::MAX)),
            ("Sun, 22 Nov 2026 10:00:30 GMT", seconds(30)),
            ("Sun, 22 Nov 2026 09:59:59 GMT", seconds(0)),
            ("Sunday, 22-Nov-26 10:01:00 GMT", seconds(60)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", seconds(251_606_959_199)),
            ("-3", None),
            ("3.5", None),
            ("soon", None),
            ("", None),
            ("2026-11-22T10:00:30Z", None),
        ] {
            assert_eq!(asked(value, None), wanted, "{value:?}");
        }
    }

    #[test]
    fn row_45_the_vendors_clock_counts() {
        let date = "Sun, 22 Nov 2026 12:00:30 GMT";
        assert_eq!(asked(date, Some("Sun, 22 Nov 2026 12:00:00 GMT")), Some(Duration::from_secs(30)));
        assert_eq!(asked(date, Some("rubbish")), Some(Duration::from_secs(7230)));
    }

    #[test]
    fn absent_is_absent() {
        assert_eq!(retry_after(&HeaderMap::new(), SystemTime::now()), None);
    }

    proptest! {
        #[test]
        fn any_header_is_survived(value in proptest::collection::vec(any::<u8>(), 0..64)) {
            let mut headers = HeaderMap::new();
            if let Ok(value) = http::HeaderValue::from_bytes(&value) {
                headers.insert(header::RETRY_AFTER, value.clone());
                headers.insert(header::DATE, value);
            }
            let _ = retry_after(&headers, SystemTime::UNIX_EPOCH);
        }
    }
}
