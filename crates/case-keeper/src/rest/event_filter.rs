//! The filter of event records.

use crate::{Event, EventKey, VerificationId};

/// A filter of event records, with their order and page size.
///
/// An empty one lists every record your token may see. Filters, paging and order are those of the vendor's
/// [query language](https://case-keeper-core.readme.io/docs/query-params-and-operators); that `/events` takes them
/// was observed in public code, 2024-03.
///
/// ```
/// use idhooks_case_keeper::rest::{EventFilter, EventOrder};
///
/// let oldest = EventFilter::new()
///     .key("verification.verified")
///     .data_id("v-1".into())
///     .order(EventOrder::OldestFirst)
///     .limit(20)
///     .most_pages(5);
/// # assert_eq!(oldest.limit, 20);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventFilter {
    /// Records with one of these keys; with any if empty.
    pub keys: Vec<EventKey>,
    /// Records about this verification.
    pub data_id: Option<VerificationId>,
    /// In this order.
    pub order: EventOrder,
    /// Records on one page.
    pub limit: u32,
    /// Pages after which listing ends in an error rather than going on.
    pub most_pages: u32,
}

/// The order of event records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventOrder {
    /// `createdAt-DESC`. Records made while you list push others to a later page, where you see them again.
    #[default]
    NewestFirst,
    /// `createdAt-ASC`; the vendor's pages show the other direction only (inferred).
    OldestFirst,
}

impl EventOrder {
    /// Returns the vendor's own spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NewestFirst => "createdAt-DESC",
            Self::OldestFirst => "createdAt-ASC",
        }
    }
}

impl Default for EventFilter {
    fn default() -> Self {
        Self {
            keys: Vec::new(),
            data_id: None,
            order: EventOrder::default(),
            limit: Self::LIMIT,
            most_pages: Self::MOST_PAGES,
        }
    }
}

impl EventFilter {
    /// Records on one page, unless you say otherwise. The vendor's own default and most are not documented, so a
    /// number is always sent.
    pub const LIMIT: u32 = 50;
    /// Pages of one listing, unless you say otherwise.
    pub const MOST_PAGES: u32 = 1_000;

    /// Selects every record.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Selects the records of an event: those with its key, about what it names. If there is none, the vendor knows
    /// of no such event, as after a forged delivery.
    ///
    /// ```
    /// use idhooks_case_keeper::{Event, rest::EventFilter};
    ///
    /// let event: Event = serde_json::from_str(r#"{"key":"verification.deleted","data":{"id":"v-1"}}"#)?;
    /// let filter = EventFilter::of(&event);
    /// assert_eq!(filter.keys, [event.key]);
    /// assert_eq!(filter.data_id.as_ref().map(|id| id.as_str()), Some("v-1"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn of(event: &Event) -> Self {
        let filter = Self::new().key(event.key.clone());
        event.subject_id().cloned().into_iter().fold(filter, Self::data_id)
    }

    /// Adds a key: records with any of those that were added.
    #[must_use]
    pub fn key(mut self, key: impl Into<EventKey>) -> Self {
        self.keys.push(key.into());
        self
    }

    /// Selects records about this verification.
    #[must_use]
    pub fn data_id(self, id: VerificationId) -> Self {
        Self { data_id: Some(id), ..self }
    }

    /// Sets the order. Defaults to the newest first.
    #[must_use]
    pub fn order(self, order: EventOrder) -> Self {
        Self { order, ..self }
    }

    /// Sets how many records are on a page. Defaults to [`LIMIT`](Self::LIMIT).
    #[must_use]
    pub fn limit(self, limit: u32) -> Self {
        Self { limit, ..self }
    }

    /// Sets how many pages are listed. Defaults to [`MOST_PAGES`](Self::MOST_PAGES).
    #[must_use]
    pub fn most_pages(self, most_pages: u32) -> Self {
        Self { most_pages, ..self }
    }
}
