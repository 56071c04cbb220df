//! An event as the vendor keeps it, and a page of them.

use idhooks_client::{Count, Fetched};
use idhooks_core::{DecodeError, Lenient, List, RawJson, Timestamp, json, payload};

use crate::{EventId, EventKey, UserId, Verification, VerificationId};

payload! {
    /// An event as the vendor keeps it: authenticated, unlike the delivery it once sent.
    ///
    /// A record need not be about a verification: those of the background-check product (`flow.created`,
    /// `flow.notification.sent`) are in the same list. Every field may be absent.
    ///
    /// The vendor says that a record also has the response of your endpoint, but not under which name
    /// ([documented](https://case-keeper-core.readme.io/docs/handling-case-keeper-webhook-events)). `Fetched::raw` has the
    /// whole record.
    ///
    /// Source: names of the fields observed in public code, 2024-03; no response was recorded.
    pub struct EventRecord {
        /// Id of the record.
        pub id: Lenient<EventId> = "id",
        /// The name of the event.
        pub key: Lenient<EventKey> = "key",
        /// Id of the object of the event: a verification if the key says so.
        pub data_id: Lenient<VerificationId> = "dataId",
        /// That object as it was then, as sent.
        pub data: Lenient<RawJson> = "data",
        /// Id of the user who caused the event.
        pub user_id: Lenient<UserId> = "userId",
        /// The user who caused the event, in full and as sent.
        pub user: Lenient<RawJson> = "user",
        /// When the record was made; RFC 3339, UTC, with milliseconds.
        pub created_at: Lenient<Timestamp> = "createdAt",
        /// When the record last changed.
        pub updated_at: Lenient<Timestamp> = "updatedAt",
        /// When the record was deleted; `null` unless it was.
        pub deleted_at: Lenient<Timestamp> = "deletedAt",
    }
}

impl EventRecord {
    /// Returns the verification as it was then, if the record is about one and has it. It may be partial, and older
    /// than what [`Client::get_verification`](crate::Client::get_verification) reads.
    #[must_use]
    pub fn verification(&self) -> Option<Verification> {
        let key = self.key.as_ref()?;
        if !key.as_str().starts_with("verification.") {
            return None;
        }
        self.data.as_ref()?.decode().ok()
    }
}

/// One page of the list.
///
/// The vendor's pages print lists as bare arrays, public code of 2024-03 reads `{meta, data}`: both are read.
#[derive(Debug)]
pub(crate) struct EventPage {
    pub(crate) records: Vec<Fetched<EventRecord>>,
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
        let records = records.iter().map(|record| Fetched::decode(record.get().as_bytes())).collect::<Result<_, _>>();
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
