//! An event as the vendor keeps it, and a page of them.

use idhooks_client::Count;
use idhooks_core::{DecodeError, Lenient, List, RawJson, Timestamp, json, payload};
use serde::{Serialize, Serializer};

use crate::{EventId, EventKey, UserId, Verification, VerificationId};

/// An event as the vendor keeps it: authenticated, unlike the delivery it once sent.
///
/// Not an [`Event`](crate::Event), because a record may name no verification: those of the background-check product
/// (`flow.created`, `flow.notification.sent`) lie in the same list. Every field may be absent.
///
/// The vendor says that a record also holds what your endpoint answered, and not under which name
/// ([documented](https://case-keeper-core.readme.io/docs/handling-case-keeper-webhook-events)); all that came is in
/// [`EventRecord::raw`].
///
/// Source: names of the fields observed in public code, 2024-03; no answer was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventRecord {
    /// Id of the record.
    pub id: Lenient<EventId>,
    /// What happened.
    pub key: Lenient<EventKey>,
    /// What it happened to: a verification if the key says so.
    pub data_id: Lenient<VerificationId>,
    /// That thing as it was then, as sent.
    pub data: Lenient<RawJson>,
    /// Who caused it.
    pub user_id: Lenient<UserId>,
    /// Who caused it, in full and as sent.
    pub user: Lenient<RawJson>,
    /// When the record was made; RFC 3339, UTC, with milliseconds.
    pub created_at: Lenient<Timestamp>,
    /// When the record last changed.
    pub updated_at: Lenient<Timestamp>,
    /// When the record was deleted; `null` unless it was.
    pub deleted_at: Lenient<Timestamp>,
    /// The whole record as sent, with the members nobody has a name for.
    pub raw: RawJson,
}

payload! {
    struct Wire {
        id: Lenient<EventId> = "id",
        key: Lenient<EventKey> = "key",
        data_id: Lenient<VerificationId> = "dataId",
        data: Lenient<RawJson> = "data",
        user_id: Lenient<UserId> = "userId",
        user: Lenient<RawJson> = "user",
        created_at: Lenient<Timestamp> = "createdAt",
        updated_at: Lenient<Timestamp> = "updatedAt",
        deleted_at: Lenient<Timestamp> = "deletedAt",
    }
}

impl EventRecord {
    /// Reads one record, such as one you stored.
    ///
    /// # Errors
    /// When it is not a JSON object, or names a member twice.
    pub fn read(raw: RawJson) -> Result<Self, DecodeError> {
        let Wire { id, key, data_id, data, user_id, user, created_at, updated_at, deleted_at } = raw.decode()?;
        Ok(Self { id, key, data_id, data, user_id, user, created_at, updated_at, deleted_at, raw })
    }

    /// The verification as it was then, if the record is about one and holds it. It may be partial, and older than
    /// what [`Client::get_verification`](crate::Client::get_verification) reads.
    #[must_use]
    pub fn verification(&self) -> Option<Verification> {
        let key = self.key.as_ref()?;
        if !key.as_str().starts_with("verification.") {
            return None;
        }
        self.data.as_ref()?.decode().ok()
    }
}

/// The record as it was sent.
impl Serialize for EventRecord {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.raw.serialize(out)
    }
}

/// One page of the list.
///
/// The vendor's pages print lists as bare arrays, public code of 2024-03 reads `{meta, data}`: both are read.
#[derive(Debug)]
pub(crate) struct EventPage {
    pub(crate) records: Vec<EventRecord>,
    /// How many records there are, by the vendor's count.
    pub(crate) count: Option<u64>,
    /// How many the vendor puts on a page.
    limit: Option<u64>,
}

payload! {
    struct Envelope {
        data: List<RawJson> = "data",
        meta: Lenient<Meta> = "meta",
    }
}

payload! {
    struct Meta {
        count: Lenient<Count> = "count",
        limit: Lenient<Count> = "limit",
    }
}

impl EventPage {
    pub(crate) fn read(body: &[u8]) -> Result<Self, DecodeError> {
        let (records, meta) = if body.trim_ascii_start().starts_with(b"[") {
            (json::decode::<List<RawJson>>(body)?, None)
        } else {
            let Envelope { data, meta } = json::decode(body)?;
            (data, meta.into_option())
        };
        let records = records.into_iter().map(EventRecord::read).collect::<Result<_, _>>();
        Ok(Self {
            records: records.map_err(|error| error.inside("data"))?,
            count: meta.as_ref().and_then(|meta| meta.count.as_ref()).map(|count| count.get()),
            limit: meta.as_ref().and_then(|meta| meta.limit.as_ref()).map(|limit| limit.get()),
        })
    }

    /// Whether no page follows. `asked` is the limit that was sent, `before` the number of records on earlier pages.
    ///
    /// A count no larger than the page may be that of the page alone. It says nothing about the list, so a full page
    /// is then followed by another one. The vendor may put fewer on a page than it was asked for.
    pub(crate) fn is_last(&self, asked: u32, before: u64) -> bool {
        let here = self.records.len() as u64;
        match self.count {
            _ if here == 0 => true,
            Some(count) if count > here => count <= before.saturating_add(here),
            _ => {
                let limit = self.limit.filter(|limit| *limit > 0).unwrap_or(u64::MAX);
                here < limit.min(asked.into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(records: usize, meta: &str) -> EventPage {
        let list = vec!["{}"; records].join(",");
        let body = if meta.is_empty() { format!(" [{list}]") } else { format!(r#"{{"meta":{meta},"data":[{list}]}}"#) };
        EventPage::read(body.as_bytes()).unwrap()
    }

    #[test]
    fn the_last_page_is_short_or_empty() {
        for (records, meta, asked, before, last) in [
            (0, "", 50, 0, true),
            (0, r#"{"count":99}"#, 50, 0, true),
            (50, "", 50, 0, false),
            (49, "", 50, 0, true),
            (50, r#"{"count":50}"#, 50, 0, false),
            (10, r#"{"count":30,"limit":10}"#, 50, 0, false),
            (10, r#"{"count":30,"limit":10}"#, 50, 20, true),
            (9, r#"{"count":29,"limit":10}"#, 50, 20, true),
            (10, r#"{"count":30}"#, 50, 0, false),
            (10, r#"{"count":30}"#, 50, 20, true),
            (10, r#"{"count":"30"}"#, 50, 0, false),
            (10, r#"{"count":"30","limit":"10"}"#, 50, 20, true),
            (10, r#"{"limit":0}"#, 50, 0, true),
            (10, r#"{"limit":100}"#, 10, 0, false),
            (3, r#"{"count":18446744073709551615}"#, 50, u64::MAX, true),
            (3, "7", 50, 0, true),
        ] {
            assert_eq!(page(records, meta).is_last(asked, before), last, "{records} {meta} {asked} {before}");
        }
    }

    #[test]
    fn what_is_no_list_of_objects_is_an_error() {
        for (body, why) in [
            ("{}", "data is missing"),
            (r#"{"data":{}}"#, "data is of another type than documented"),
            ("[7]", "data is of another type than documented"),
            ("[[]]", "data is of another type than documented"),
            (r#"[{"id":"a","id":"b"}]"#, "data.id is there more than once"),
            ("", "the body is empty"),
        ] {
            assert_eq!(EventPage::read(body.as_bytes()).unwrap_err().to_string(), why, "{body}");
        }
        assert!(EventPage::read(b"<html>").unwrap_err().is_syntax());
        assert!(EventPage::read(b"[{}").unwrap_err().is_syntax());
    }
}
