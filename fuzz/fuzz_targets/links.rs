//! Any JSON to the search for Case Keeper's links, and every link found to the reading of its times; against a plain
//! recursion over values, and another library's calendar.

#![no_main]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use idhooks_case_keeper::{LinkState, PresignedLink, links_in};
use idhooks_fixtures::{CASE_KEEPER, rest};
use idhooks_fuzz::{
    assert_plain,
    reference::{Object, text},
    seeds,
};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;
use time::{Date, Month, PrimitiveDateTime, Time};

fuzz_target!(init: seeds::plant(seeds()), |body: &[u8]| {
    if let Ok(text) = std::str::from_utf8(body) {
        times(&PresignedLink::from(text));
    }
    let found = match links_in(body) {
        Ok(found) => found,
        Err(error) => return assert_plain(&error.to_string()),
    };
    let raw: &RawValue = serde_json::from_slice(body).expect("JSON, as was found");
    let mut wanted = Vec::new();
    let is_plain = walk(raw, String::new(), 0, &mut wanted);
    for link in &found {
        assert!(!format!("{link:?}").contains(link.link.as_str()) || link.path.contains(link.link.as_str()) || link.link.as_str().len() < 12);
        times(&link.link);
    }
    if is_plain {
        let found: Vec<_> = found.iter().map(|found| (found.path.clone(), found.link.as_str().to_owned())).collect();
        assert_eq!(found, wanted);
    }
});

/// Every text under a name that ends in `Url`, with its place. Says whether the reference can follow: a name that is
/// half of a surrogate pair has no text to compare.
fn walk(raw: &RawValue, path: String, depth: usize, found: &mut Vec<(String, String)>) -> bool {
    if depth >= 32 {
        return !raw.get().starts_with(['{', '[']);
    }
    if raw.get().starts_with('[') {
        let elements: Vec<&RawValue> = serde_json::from_str(raw.get()).expect("JSON");
        return elements.into_iter().enumerate().all(|(at, raw)| walk(raw, format!("{path}[{at}]"), depth + 1, found));
    }
    if !raw.get().starts_with('{') {
        return true;
    }
    let Some(object) = Object::inside(raw) else { return false };
    object.members().all(|(name, raw)| {
        let place = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        let link = text(Some(raw)).filter(|link| name.ends_with("Url") && !link.is_empty());
        found.extend(link.map(|link| (place.clone(), link)));
        walk(raw, place, depth + 1, found)
    })
}

/// When a link ends, read in another way.
fn times(link: &PresignedLink) {
    let end = end(link.as_str());
    assert_eq!(link.expires_at(), end, "{}", link.as_str());
    let Some(end) = end else { return assert_eq!(link.state_at(UNIX_EPOCH), LinkState::Unknown) };
    let nano = Duration::from_nanos(1);
    let at = |now: SystemTime| link.state_with_margin(now, Duration::ZERO);
    assert_eq!([at(end - nano), at(end), at(end + nano)], [LinkState::Valid, LinkState::Expired, LinkState::Expired]);
    assert_eq!(link.state_at(end - PresignedLink::MARGIN), LinkState::Expired);
}

fn end(link: &str) -> Option<SystemTime> {
    let query = link.split('?').skip(1).collect::<Vec<_>>().join("?");
    let query = query.split('#').next()?.to_owned();
    let value = |name: &str| {
        let values: Vec<_> = query.split('&').filter_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).collect();
        <[&str; 1]>::try_from(values).ok().map(|[value]| value.to_owned())
    };
    let (date, lasts) = (value("X-Amz-Date")?, value("X-Amz-Expires")?);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let lasts: u64 = Some(lasts).filter(|lasts| is_number(lasts))?.parse().ok().filter(|lasts| *lasts <= 604_800)?;
    let digits: String = date.chars().enumerate().filter(|(at, _)| *at != 8 && *at != 15).map(|(_, c)| c).collect();
    let is_date = date.chars().count() == 16 && date.chars().nth(8) == Some('T') && date.ends_with('Z');
    if !is_date || !is_number(&digits) {
        return None;
    }
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<u16>().ok();
    let small = |from, to| u8::try_from(part(from, to)?).ok();
    let day = Date::from_calendar_date(part(0, 4)?.into(), Month::try_from(small(4, 6)?).ok()?, small(6, 8)?).ok()?;
    let time = Time::from_hms(small(8, 10)?, small(10, 12)?, small(12, 14)?).ok()?;
    let end = PrimitiveDateTime::new(day, time).assume_utc().unix_timestamp() + i64::try_from(lasts).ok()?;
    let distance = Duration::from_secs(end.unsigned_abs());
    if end < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) }
}

fn seeds() -> impl Iterator<Item = Vec<u8>> {
    let spelled = [
        "https://b.example.com/a.jpg?X-Amz-Date=20300101T000000Z&X-Amz-Expires=300",
        "https://b.example.com/a.jpg?X-Amz-Expires=604800&X-Amz-Date=00000229T235959Z#top",
        r#"{"aUrl":"https://b.example.com/a?X-Amz-Date=20240229T000000Z&X-Amz-Expires=0","b":[[],{"c\"Url" : "x\/\u0041"}]}"#,
        r#"[1,[],{"a,]Url":":,\"}","\ud800Url":"y","zUrl":"\ud800"}]"#,
    ];
    let spelled = spelled.into_iter().map(|text| text.as_bytes().to_vec());
    let bodies =
        CASE_KEEPER.iter().map(|fixture| fixture.body).chain(rest::CASE_KEEPER.iter().map(|sample| sample.body));
    spelled.chain(bodies.filter(|body| body.len() < 16 * 1024).map(<[u8]>::to_vec))
}
