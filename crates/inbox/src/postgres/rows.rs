//! Rows, and what statements share.

use std::time::{Duration, SystemTime};

use tokio_postgres::{
    Row,
    types::{FromSql, Type},
};

use super::errors::failed;
use crate::{Error, row, store::KindRequest};

/// Longer than any retry may be delayed; what is scheduled later than that was scheduled before the clock was set back.
const MAX_DELAY: Duration = Duration::from_secs(30 * 24 * 3600);

/// A row of the server for the mapper of both engines.
pub(super) struct Mapped<'r>(pub(super) &'r Row);

impl row::Row for Mapped<'_> {
    type Error = Error;

    fn int(&self, column: &str) -> Result<Option<i64>, Error> {
        Ok(self.0.try_get::<_, Option<Int>>(column).map_err(failed)?.map(|int| int.0))
    }

    fn text(&self, column: &str) -> Result<Option<String>, Error> {
        self.0.try_get(column).map_err(failed)
    }

    fn bytes(&self, column: &str) -> Result<Option<Vec<u8>>, Error> {
        self.0.try_get(column).map_err(failed)
    }

    fn time(&self, column: &str) -> Result<Option<SystemTime>, Error> {
        self.0.try_get(column).map_err(failed)
    }

    fn unexpected(column: &str) -> Error {
        Error::unavailable(format!("column {column} of the store holds something that no release writes"))
    }
}

/// An integer of any size, or a boolean.
struct Int(i64);

impl<'a> FromSql<'a> for Int {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(match *kind {
            Type::BOOL => bool::from_sql(kind, raw)?.into(),
            Type::INT2 => i16::from_sql(kind, raw)?.into(),
            Type::INT4 => i32::from_sql(kind, raw)?.into(),
            _ => i64::from_sql(kind, raw)?,
        }))
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::BOOL | Type::INT2 | Type::INT4 | Type::INT8)
    }
}

/// Returns subject keys in the order in which every transaction locks them.
pub(super) fn lock_order(keys: impl IntoIterator<Item = Option<i64>>) -> Vec<i64> {
    let mut keys: Vec<i64> = keys.into_iter().flatten().collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Returns a delay in seconds.
pub(super) fn delay(delay: Duration) -> f64 {
    delay.min(MAX_DELAY).as_secs_f64()
}

/// Returns an age in seconds that fits into a time of PostgreSQL.
pub(super) fn age(age: Duration) -> f64 {
    const LONGEST: Duration = Duration::from_secs(1000 * 365 * 24 * 3600);
    age.min(LONGEST).as_secs_f64()
}

/// The kinds of a request as columns.
pub(super) struct Kinds<'a> {
    pub(super) vendor: Vec<&'a str>,
    pub(super) verified: Vec<bool>,
    pub(super) decoder_version: Vec<i64>,
}

impl<'a> Kinds<'a> {
    pub(super) fn of(kinds: &'a [KindRequest]) -> Self {
        Self {
            vendor: kinds.iter().map(|request| &*request.kind.vendor).collect(),
            verified: kinds.iter().map(|request| request.kind.verified).collect(),
            decoder_version: kinds.iter().map(|request| request.decoder_version).collect(),
        }
    }
}
