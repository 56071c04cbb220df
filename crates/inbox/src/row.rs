//! The one mapping from a row of either engine to a [`DeliveryRecord`].

use std::time::SystemTime;

use idhooks_core::Pii;

use crate::{
    Conflict, DeliveryId, DeliveryKind, DeliverySummary, FailedAttempt, FencingToken, State, record::DeliveryRecord,
};

/// A row whose columns are read by name. `None` stands for NULL.
pub(crate) trait Row {
    type Error;

    fn int(&self, column: &str) -> Result<Option<i64>, Self::Error>;
    fn text(&self, column: &str) -> Result<Option<String>, Self::Error>;
    fn bytes(&self, column: &str) -> Result<Option<Vec<u8>>, Self::Error>;
    fn time(&self, column: &str) -> Result<Option<SystemTime>, Self::Error>;

    /// The error for a column that is NULL or holds something that no release writes.
    fn unexpected(column: &str) -> Self::Error;

    fn required<T>(column: &str, value: Option<T>) -> Result<T, Self::Error> {
        value.ok_or_else(|| Self::unexpected(column))
    }

    fn number(&self, column: &str) -> Result<i64, Self::Error> {
        Self::required(column, self.int(column)?)
    }

    fn count(&self, column: &str) -> Result<u32, Self::Error> {
        u32::try_from(self.number(column)?).map_err(|_| Self::unexpected(column))
    }

    fn flag(&self, column: &str) -> Result<bool, Self::Error> {
        Ok(self.number(column)? != 0)
    }

    fn at(&self, column: &str) -> Result<SystemTime, Self::Error> {
        Self::required(column, self.time(column)?)
    }

    fn digest(&self, column: &str) -> Result<Option<[u8; 32]>, Self::Error> {
        let bytes = self.bytes(column)?.map(<[u8; 32]>::try_from);
        bytes.transpose().map_err(|_| Self::unexpected(column))
    }
}

/// Maps all columns of `idhooks_deliveries`, without the body.
pub(crate) fn record<R: Row>(row: &R) -> Result<DeliveryRecord, R::Error> {
    let text = |column| row.text(column);
    let code = i16::try_from(row.number("state")?).ok().and_then(State::from_code);
    Ok(DeliveryRecord {
        id: DeliveryId::new(row.number("id")?),
        dedup: row.digest("dedup")?,
        dedup_until: row.time("dedup_until")?,
        body_digest: R::required("body_digest", row.digest("body_digest")?)?,
        kind: DeliveryKind { vendor: R::required("vendor", text("vendor")?)?.into(), verified: row.flag("verified")? },
        endpoint: text("endpoint")?.map(Into::into),
        event: text("event")?.map(Into::into),
        subject: text("subject")?.map(|subject| Pii::from(subject.into_boxed_str())),
        subject_key: row.int("subject_key")?,
        auth: R::required("auth", text("auth")?)?.into(),
        label: text("label")?.map(Into::into),
        received_at: row.at("received_at")?,
        possible_replay: row.flag("possible_replay")?,
        state: R::required("state", code)?,
        due_at: row.at("due_at")?,
        attempts: row.count("attempts")?,
        lost_leases: row.count("lost_leases")?,
        token: row.int("token")?.map(FencingToken::new),
        finished_at: row.time("finished_at")?,
        reason: text("reason")?.map(Into::into),
        decoder_version: row.int("decoder_version")?,
        body: None,
        permit: None,
    })
}

/// Maps a claimed delivery: all columns and `body`.
pub(crate) fn record_with_body<R: Row>(row: &R) -> Result<DeliveryRecord, R::Error> {
    Ok(DeliveryRecord { body: row.bytes("body")?.map(Into::into), ..record(row)? })
}

/// Maps a listed delivery: all columns, `conflicts` and `has_body`.
pub(crate) fn summary<R: Row>(row: &R) -> Result<DeliverySummary, R::Error> {
    Ok(DeliverySummary::new(record(row)?, row.count("conflicts")?, row.flag("has_body")?))
}

/// Maps a row of `idhooks_attempts`.
pub(crate) fn failed_attempt<R: Row>(row: &R) -> Result<FailedAttempt, R::Error> {
    let reason = R::required("reason", row.text("reason")?)?;
    Ok(FailedAttempt::new(row.count("number")?, row.at("ended_at")?, reason))
}

/// Maps a row of `idhooks_conflicts`.
pub(crate) fn conflict<R: Row>(row: &R) -> Result<Conflict, R::Error> {
    Ok(Conflict::new(row.at("received_at")?, row.bytes("body")?.map(Into::into)))
}
