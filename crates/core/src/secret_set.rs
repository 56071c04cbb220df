//! The set of secrets a verifier accepts, and how it changes while requests are in flight.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
    time::SystemTime,
};

use crate::{Credential, Expected, Secret, SecretError};

const MOST: usize = 16;

/// The secrets a verifier accepts. See [`SecretSet`].
pub type Secrets = SecretSet<Secret>;
/// The credentials a verifier accepts. See [`SecretSet`].
pub type Credentials = SecretSet<Credential>;

/// What a verifier accepts: one to sixteen secrets or credentials, exchangeable at any moment.
///
/// A clone is a handle on the same set: keep one, give the other to the verifier, and what you
/// change through yours holds from the next delivery on, without a restart.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use idhooks_core::{Secret, Secrets};
///
/// let secrets = Secrets::from(Secret::new("first secret")?);
/// // … `Verifier::new(secrets.clone())` …
/// // The vendor's panel shows a new one: accept it at once, and the old one for a day more,
/// // because retries of older deliveries still carry it.
/// secrets.rotate(Secret::new("second secret")?, SystemTime::now() + Duration::from_secs(86_400))?;
/// assert_eq!(secrets.len(), 2);
/// // After a leak, only a new one counts, at once.
/// secrets.replace([Secret::new("third secret")?])?;
/// assert_eq!(secrets.len(), 1);
/// # Ok::<(), idhooks_core::SecretError>(())
/// ```
pub struct SecretSet<T>(Arc<RwLock<Box<[Entry<T>]>>>);

struct Entry<T> {
    item: T,
    until: Option<SystemTime>,
}

impl<T> Entry<T> {
    fn holds_at(&self, now: SystemTime) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

impl<T: Clone> SecretSet<T> {
    /// The most that are accepted side by side. Each one costs a signature check per forged
    /// delivery, so the number is small.
    pub const MOST: usize = MOST;

    /// Accepts each of `items`; order matters only for [`Authentication`](crate::Authentication), which reports the place.
    ///
    /// # Errors
    /// [`SecretError::NoneGiven`] for an empty list, [`SecretError::TooMany`] over [`Self::MOST`].
    pub fn new(items: impl IntoIterator<Item = T>) -> Result<Self, SecretError> {
        let entries = collect(items.into_iter().map(|item| Entry { item, until: None }))?;
        Ok(Self(Arc::new(RwLock::new(entries))))
    }

    /// Accepts `items` and nothing else from now on.
    ///
    /// # Errors
    /// As [`Self::new`]; the old set then stays in force.
    pub fn replace(&self, items: impl IntoIterator<Item = T>) -> Result<(), SecretError> {
        let entries = collect(items.into_iter().map(|item| Entry { item, until: None }))?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = entries;
        Ok(())
    }

    /// Accepts `item` from now on, and what was accepted so far only until `until`.
    /// What has run out already is dropped.
    ///
    /// # Errors
    /// [`SecretError::TooMany`] when more than [`Self::MOST`] would be accepted.
    pub fn rotate(&self, item: T, until: SystemTime) -> Result<(), SecretError> {
        let now = SystemTime::now();
        let mut entries = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let older = entries.iter().filter(|entry| entry.holds_at(now)).map(|entry| Entry {
            item: entry.item.clone(),
            until: Some(entry.until.map_or(until, |sooner| sooner.min(until))),
        });
        *entries = collect(std::iter::once(Entry { item, until: None }).chain(older))?;
        Ok(())
    }

    /// Returns how many are held, those that have run out included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.now().0.len()
    }

    /// Returns `false`, because a set cannot be empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.now().0.is_empty()
    }

    /// What is accepted now. To be held for one check only: a change waits for the checks under way,
    /// which do not wait for each other.
    pub(crate) fn now(&self) -> Now<'_, T> {
        Now(self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A look at what is accepted.
pub(crate) struct Now<'a, T>(RwLockReadGuard<'a, Box<[Entry<T>]>>);

impl<T> Now<'_, T> {
    /// The first item in force at `time` for which `accept` answers `Ok`, with its place and what it
    /// answered; else the refusal that says most. The clock is read only if something runs out.
    pub(crate) fn first<R, E: Ord>(
        &self,
        time: Option<SystemTime>,
        none: E,
        mut accept: impl FnMut(&T) -> Result<R, E>,
    ) -> Result<(usize, &T, R), E> {
        let mut refusal = none;
        for (place, entry) in self.0.iter().enumerate() {
            if entry.until.is_some() && !entry.holds_at(time.unwrap_or_else(SystemTime::now)) {
                continue;
            }
            match accept(&entry.item) {
                Ok(found) => return Ok((place, &entry.item, found)),
                Err(other) => refusal = refusal.max(other),
            }
        }
        Err(refusal)
    }
}

impl SecretSet<Credential> {
    /// Returns where the credentials are presented, each place once.
    pub(crate) fn expected(&self) -> Vec<Expected> {
        let mut places = Vec::new();
        for entry in &*self.now().0 {
            let place = entry.item.expected();
            if !places.contains(&place) {
                places.push(place);
            }
        }
        places
    }
}

fn collect<T>(entries: impl Iterator<Item = Entry<T>>) -> Result<Box<[Entry<T>]>, SecretError> {
    let entries: Box<[Entry<T>]> = entries.take(MOST + 1).collect();
    match entries.len() {
        0 => Err(SecretError::NoneGiven),
        1..=MOST => Ok(entries),
        _ => Err(SecretError::TooMany),
    }
}

impl<T> From<T> for SecretSet<T> {
    fn from(item: T) -> Self {
        Self(Arc::new(RwLock::new(Box::new([Entry { item, until: None }]))))
    }
}

impl<T> Clone for SecretSet<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Clone + fmt::Debug> fmt::Debug for SecretSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.now().0.iter().map(|entry| &entry.item)).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn holds(set: &SecretSet<u8>, now: SystemTime) -> Vec<u8> {
        let mut seen = Vec::new();
        let _ = set.now().first(Some(now), 0, |item| {
            seen.push(*item);
            Err::<(), _>(0)
        });
        seen
    }

    /// Row 5: a small cap, and an empty set is none at all.
    #[test]
    fn row_05_takes_one_to_sixteen() {
        assert_eq!(SecretSet::<u8>::new([]).err(), Some(SecretError::NoneGiven));
        assert!(SecretSet::new(0..16_u8).is_ok());
        assert_eq!(SecretSet::new(0..17_u8).err(), Some(SecretError::TooMany));
        let full = SecretSet::new(0..16_u8).unwrap();
        assert_eq!(full.rotate(16, SystemTime::now() + Duration::from_secs(9)), Err(SecretError::TooMany));
        assert_eq!(full.replace([]), Err(SecretError::NoneGiven));
        assert_eq!(full.len(), 16, "a refused change leaves the set as it was");
    }

    /// Rows 6, 11 and 12: the edge of the window, one second in, one out, and odd clocks.
    #[test]
    fn row_06_row_12_the_old_one_stops_at_its_expiry() {
        let edge = SystemTime::now() + Duration::from_secs(3600);
        let second = Duration::from_secs(1);
        let set = SecretSet::from(1_u8);
        set.rotate(2, edge).unwrap();
        assert_eq!(holds(&set, edge - second), [2, 1]);
        assert_eq!(holds(&set, edge), [2]);
        assert_eq!(holds(&set, edge + second), [2]);
        assert_eq!(holds(&set, UNIX_EPOCH - second), [2, 1], "a clock before 1970 is an early clock");
    }

    /// Row 11: a time is compared and never computed with, so no time is too much.
    #[test]
    fn row_11_extreme_times_are_survived() {
        let most = Duration::from_secs(i64::MAX as u64);
        let extremes = [UNIX_EPOCH.checked_sub(most), UNIX_EPOCH.checked_add(most), Some(UNIX_EPOCH)];
        for until in extremes.into_iter().flatten() {
            let set = SecretSet::from(1_u8);
            set.rotate(2, until).unwrap();
            for now in extremes.into_iter().flatten() {
                assert_eq!(holds(&set, now).contains(&1), now < until, "{now:?} {until:?}");
            }
        }
    }

    #[test]
    fn a_second_rotation_never_prolongs_the_first() {
        let soon = SystemTime::now() + Duration::from_secs(60);
        let later = soon + Duration::from_secs(60);
        let set = SecretSet::from(1_u8);
        set.rotate(2, soon).unwrap();
        set.rotate(3, later).unwrap();
        assert_eq!(holds(&set, soon), [3, 2]);
        set.rotate(4, UNIX_EPOCH).unwrap();
        assert_eq!(holds(&set, SystemTime::now()), [4]);
    }

    /// Row 6: swapped while others read.
    #[test]
    fn row_06_swaps_under_load() {
        let set = SecretSet::from(0_u8);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..2_000 {
                        assert_eq!(holds(&set, SystemTime::now()).len(), 1);
                    }
                });
            }
            for item in 0..200 {
                set.replace([item]).unwrap();
            }
        });
    }
}
