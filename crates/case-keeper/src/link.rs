//! Links to files: valid for minutes, and enough to get the file.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

mod date;
mod walk;

pub use walk::{FoundLink, links_in};

/// A link to a file in the vendor's store, signed for five minutes (`X-Amz-Expires=300`).
///
/// It is a key as much as an address, so `Debug` hides it. Read the verification again for a fresh
/// one ([documented](https://case-keeper-core.readme.io/docs/handling-case-keeper-webhook-events)),
/// and keep the sibling `…Key` if you need a name that stays.
///
/// Before you follow it: a link in a webhook was written by anyone. Take it from a verification you
/// read yourself, follow `https` to hosts you expect only, and never send them your bearer token.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use idhooks_case_keeper::{LinkState, PresignedLink};
///
/// let link = PresignedLink::from("https://example.com/a.jpg?X-Amz-Date=20300101T000000Z&X-Amz-Expires=300");
/// let signed = UNIX_EPOCH + Duration::from_secs(1_893_456_000);
/// assert_eq!(link.expires_at(), Some(signed + Duration::from_secs(300)));
/// assert_eq!(link.state_at(signed), LinkState::Valid);
/// assert_eq!(link.state_at(signed + Duration::from_secs(270)), LinkState::Expired);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PresignedLink(Box<str>);

/// Whether a link can still be followed. A link without readable times is neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "there is no fourth state")]
pub enum LinkState {
    /// By its own times it still holds. The vendor's store has the last word: the session the link
    /// was signed with may end earlier (inferred).
    Valid,
    /// Its time is over, or about to be.
    Expired,
    /// It carries no times, or none that can be read: try it, and read the verification again if it
    /// fails. The vendor's own pages take such a link for valid (observed in public code, 2024-03).
    Unknown,
}

impl PresignedLink {
    /// How long before its end a link counts as expired: clocks differ, and a download takes time.
    pub const MARGIN: Duration = Duration::from_secs(30);

    /// Returns the address, exactly as sent. Look at where it goes next.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether it can be followed at `now`, with a margin of [`Self::MARGIN`].
    #[must_use]
    pub fn state_at(&self, now: SystemTime) -> LinkState {
        self.state_with_margin(now, Self::MARGIN)
    }

    /// Does the same as [`Self::state_at`] with another margin; with none, a link holds up to its very last
    /// moment and is expired at its end.
    #[must_use]
    pub fn state_with_margin(&self, now: SystemTime, margin: Duration) -> LinkState {
        let Some(end) = self.end() else { return LinkState::Unknown };
        let now = match now.duration_since(UNIX_EPOCH) {
            Ok(since) => nanos(since),
            Err(before) => -nanos(before.duration()),
        };
        let end = i128::from(end) * nanos(Duration::from_secs(1));
        if now.saturating_add(nanos(margin)) >= end { LinkState::Expired } else { LinkState::Valid }
    }

    /// Returns when it expires by its own times; `None` if they are missing or cannot be read.
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        let end = self.end()?;
        let distance = Duration::from_secs(end.unsigned_abs());
        if end < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) }
    }

    /// `X-Amz-Date` + `X-Amz-Expires`, in seconds since 1970.
    fn end(&self) -> Option<i64> {
        /// A week, the longest the store signs for; more is a made-up link.
        const LONGEST: i64 = 604_800;
        let (_, query) = self.0.split_once('?')?;
        let query = query.split('#').next()?;
        let lasts = parameter(query, "X-Amz-Expires")?;
        // `parse` would take a sign.
        if !lasts.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let lasts = lasts.parse().ok().filter(|lasts| *lasts <= LONGEST)?;
        date::seconds(parameter(query, "X-Amz-Date")?)?.checked_add(lasts)
    }
}

/// The value under `name`, if it is there exactly once.
fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut values = query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(key, _)| *key == name);
    let (_, value) = values.next()?;
    values.next().is_none().then_some(value)
}

fn nanos(duration: Duration) -> i128 {
    i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX)
}

impl From<&str> for PresignedLink {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for PresignedLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PresignedLink([redacted])")
    }
}

idhooks_core::impl_text!(PresignedLink);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2030-01-01T00:00:00Z.
    const SIGNED: u64 = 1_893_456_000;

    fn link(query: &str) -> PresignedLink {
        PresignedLink::from(&*format!("https://bucket.example.com/a.jpg?{query}"))
    }

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn row_12_expires_at_its_edge() {
        let link = link("X-Amz-Algorithm=A&X-Amz-Date=20300101T000000Z&X-Amz-Expires=300&x-id=GetObject");
        let end = SIGNED + 300;
        for (now, margin, state) in [
            (at(end), 0, LinkState::Expired),
            (at(end) - Duration::from_nanos(1), 0, LinkState::Valid),
            (at(end) + Duration::from_nanos(1), 0, LinkState::Expired),
            (at(end - 30), 30, LinkState::Expired),
            (at(end - 31), 30, LinkState::Valid),
            (at(end + 86_400), 0, LinkState::Expired),
            (UNIX_EPOCH - Duration::from_secs(1), 0, LinkState::Valid),
            (UNIX_EPOCH - Duration::from_secs(u64::from(u32::MAX)), 30, LinkState::Valid),
            (at(0), u64::MAX, LinkState::Expired),
        ] {
            assert_eq!(link.state_with_margin(now, Duration::from_secs(margin)), state, "{now:?} {margin}");
        }
        assert_eq!(link.state_at(at(end - 30)), LinkState::Expired);
        assert_eq!(link.state_at(at(end - 31)), LinkState::Valid);
        assert_eq!(link.expires_at(), Some(at(end)));
    }

    #[test]
    fn row_11_unreadable_times_are_unknown() {
        for query in [
            "",
            "X-Amz-Date=20300101T000000Z",
            "X-Amz-Expires=300",
            "X-Amz-Date=20300101T000000Z&X-Amz-Expires=",
            "X-Amz-Date=20300101T000000Z&X-Amz-Expires=-300",
            "X-Amz-Date=20300101T000000Z&X-Amz-Expires=+300",
            "X-Amz-Date=20300101T000000Z&X-Amz-Expires=300.5",
            "X-Amz-Date=20300101T000000Z&X-Amz-Expires= 300",
            "X-Amz-Date=20300101T000000Z&X-Amz-Expires=604801",
            "X-Amz-Date=20300101T000000Z&X-Amz-Expires=9223372036854775807",
            "X-Amz-Date=20300101T000000Z&X-Amz-Expires=99999999999999999999",
            "X-Amz-Date=20300101T000000Z&X-Amz-Expires=๓๐๐",
            "X-Amz-Date=&X-Amz-Expires=300",
            "X-Amz-Date=20300101T000000&X-Amz-Expires=300",
            "X-Amz-Date=2030-01-01T00:00:00Z&X-Amz-Expires=300",
            "X-Amz-Date=20300101T000000Z&X-Amz-Date=20310101T000000Z&X-Amz-Expires=300",
            "X-Amz-Date=20300101T000000Z&X-Amz-Expires=300&X-Amz-Expires=600",
            "x-amz-date=20300101T000000Z&x-amz-expires=300",
            "a=1#X-Amz-Date=20300101T000000Z&X-Amz-Expires=300",
        ] {
            assert_eq!(link(query).state_at(at(SIGNED)), LinkState::Unknown, "{query}");
            assert_eq!(link(query).expires_at(), None, "{query}");
        }
        assert_eq!(PresignedLink::from("no link").state_at(at(SIGNED)), LinkState::Unknown);
    }

    #[test]
    fn odd_but_readable_times_are_read() {
        let dead = link("X-Amz-Expires=0&X-Amz-Date=20300101T000000Z");
        assert_eq!(dead.state_with_margin(at(SIGNED), Duration::ZERO), LinkState::Expired);
        let old = link("X-Amz-Expires=300&X-Amz-Date=00000101T000000Z");
        assert_eq!(old.state_at(at(0)), LinkState::Expired);
        let week = link("X-Amz-Expires=604800&X-Amz-Date=99991231T235959Z#top");
        assert_eq!(week.state_at(at(SIGNED)), LinkState::Valid);
    }

    #[test]
    fn row_49_debug_hides_it() {
        assert_eq!(format!("{:?}", link("X-Amz-Signature=CANARY")), "PresignedLink([redacted])");
    }

    proptest! {
        #[test]
        fn nothing_panics(text in any::<String>(), date in "[0-9TZ]{0,20}", lasts in "[-+0-9]{0,20}", now: i64, margin: u64) {
            let distance = Duration::from_secs(now.unsigned_abs());
            let now = if now < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) };
            let now = now.unwrap_or(UNIX_EPOCH);
            for link in [PresignedLink::from(&*text), link(&format!("X-Amz-Date={date}&X-Amz-Expires={lasts}&{text}"))] {
                let _ = (link.state_at(now), link.state_with_margin(now, Duration::from_secs(margin)));
                prop_assert_eq!(link.expires_at().is_some(), link.state_at(now) != LinkState::Unknown);
            }
        }
    }
}
