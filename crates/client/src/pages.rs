//! Lists that come in pages.

use std::{
    collections::HashSet,
    fmt,
    future::Future,
    hash::{DefaultHasher, Hash, Hasher},
    pin::Pin,
};

use idhooks_core::{DecodeError, RawJson, json};

use crate::Error;

/// The last resort against a list that never ends.
const MAX_PAGES: u64 = 100_000;

/// Where in a list to continue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Position {
    /// The number of the page, from 0.
    pub number: u64,
    /// How many items the pages before it had.
    pub offset: u64,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items, in the vendor's order.
    pub items: Vec<T>,
    /// How many items all pages have together, if the vendor says so.
    pub total: Option<u64>,
    /// The JSON of the page as the vendor sent it. `Debug` shows its length only: it may hold personal data.
    pub raw: RawJson,
    is_last: bool,
    list: &'static str,
}

impl<T> Page<T> {
    /// Makes a page of the items that the JSON has under `list`. `is_last` means that no page follows.
    ///
    /// [`Pages`] compares that part of the JSON with earlier pages, because some servers send the same page again and
    /// again.
    #[must_use]
    pub fn new(raw: RawJson, list: &'static str, items: Vec<T>, total: Option<u64>, is_last: bool) -> Self {
        Self { items, total, raw, is_last, list }
    }

    /// A hash of the items as sent, because what stands beside them, such as a time, may differ each time.
    fn fingerprint(&self) -> u64 {
        let raw = self.raw.get();
        let [items] = json::members(raw.as_bytes(), [self.list]);
        let mut hasher = DefaultHasher::new();
        items.map_or(raw, |items| items.get()).hash(&mut hasher);
        hasher.finish()
    }
}

type Fetch<T> = dyn Fn(Position) -> Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>> + Send + Sync;

/// A list, page by page.
///
/// Each call of [`next`](Self::next) fetches one page. After an error it fetches the same page again. The list ends
/// after the page that the vendor marks as the last one, and after an empty page. A page that was there before ends it
/// too: without an error if the stated total has been reached, with one otherwise.
///
/// An item that is added or removed between two pages can shift another one past you, because vendors page by
/// position.
///
/// ```no_run
/// # async fn print(mut pages: idhooks_client::Pages<String>) -> Result<(), idhooks_client::Error> {
/// while let Some(page) = pages.next().await? {
///     println!("{} of {:?}", page.items.len(), page.total);
/// }
/// # Ok(())
/// # }
/// ```
pub struct Pages<T> {
    fetch: Box<Fetch<T>>,
    next: Position,
    seen: HashSet<u64>,
    done: bool,
}

impl<T> Pages<T> {
    /// Makes a list whose pages `fetch` gets.
    #[must_use]
    pub fn new<F>(fetch: impl Fn(Position) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Page<T>, Error>> + Send + 'static,
    {
        let fetch = Box::new(move |at| -> Pin<Box<dyn Future<Output = _> + Send>> { Box::pin(fetch(at)) });
        Self { fetch, next: Position::default(), seen: HashSet::new(), done: false }
    }

    /// Fetches the next page. Returns `None` after the last one.
    ///
    /// # Errors
    /// When the call fails, or the vendor sends an earlier page again.
    pub async fn next(&mut self) -> Result<Option<Page<T>>, Error> {
        if self.done {
            return Ok(None);
        }
        if self.next.number >= MAX_PAGES {
            return Err(Error::invalid_response(DecodeError::new("list", "has more than 100000 pages")));
        }
        let page = (self.fetch)(self.next).await?;
        if page.items.is_empty() {
            self.done = true;
            return Ok(None);
        }
        if !self.seen.insert(page.fingerprint()) {
            if page.total.is_some_and(|total| self.next.offset >= total) {
                self.done = true;
                return Ok(None);
            }
            return Err(Error::invalid_response(DecodeError::new(page.list, "is the same as on an earlier page")));
        }
        self.done = page.is_last;
        self.next.number += 1;
        self.next.offset += page.items.len() as u64;
        Ok(Some(page))
    }

    /// Fetches all pages that are left and returns their items. For lists that you know to be short.
    ///
    /// ```no_run
    /// # async fn print(pages: idhooks_client::Pages<String>) -> Result<(), idhooks_client::Error> {
    /// println!("{} items", pages.all().await?.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When a call fails. The items fetched before it are dropped.
    pub async fn all(mut self) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        while let Some(page) = self.next().await? {
            items.extend(page.items);
        }
        Ok(items)
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("next", &self.next).field("done", &self.done).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page as a vendor would send it, with something beside the items that differs each time.
    fn page(items: Vec<u64>, number: u64, total: Option<u64>, is_last: bool) -> Page<u64> {
        let json = format!(r#"{{"data":{items:?},"page":{number}}}"#);
        Page::new(json::decode(json.as_bytes()).unwrap(), "data", items, total, is_last)
    }

    fn numbers(upto: u64, size: u64) -> Pages<u64> {
        Pages::new(move |at| async move {
            let items: Vec<_> = (at.offset..upto.min(at.offset + size)).collect();
            let is_last = (items.len() as u64) < size;
            Ok(page(items, at.number, Some(upto), is_last))
        })
    }

    #[tokio::test]
    async fn ends_on_a_short_page_and_on_an_empty_one() {
        assert_eq!(numbers(5, 2).all().await.unwrap(), [0, 1, 2, 3, 4]);
        assert_eq!(numbers(4, 2).all().await.unwrap(), [0, 1, 2, 3], "the last page is full, so one more is asked for");
        assert_eq!(numbers(0, 2).all().await.unwrap(), Vec::<u64>::new());
        let mut pages = numbers(1, 2);
        assert!(pages.next().await.unwrap().is_some());
        assert!(pages.next().await.unwrap().is_none());
        assert!(pages.next().await.unwrap().is_none());
    }

    #[tokio::test]
    async fn asks_for_the_same_page_after_an_error() {
        let failed = std::sync::atomic::AtomicBool::new(false);
        let mut pages = Pages::new(move |at: Position| {
            let fail = at.number == 1 && !failed.swap(true, std::sync::atomic::Ordering::Relaxed);
            async move {
                if fail {
                    Err(Error::invalid_request("once"))
                } else {
                    Ok(page(vec![at.number], at.number, None, at.number == 2))
                }
            }
        });
        assert_eq!(pages.next().await.unwrap().unwrap().items, [0]);
        assert!(pages.next().await.is_err());
        assert_eq!(pages.next().await.unwrap().unwrap().items, [1]);
        assert_eq!(pages.next().await.unwrap().unwrap().items, [2]);
        assert!(pages.next().await.unwrap().is_none());
    }

    #[tokio::test]
    async fn row_60_a_page_that_repeats_ends_the_list() {
        use std::error::Error as _;

        // A server that ignores the position.
        let same = |total| Pages::new(move |at: Position| async move { Ok(page(vec![1, 2], at.number, total, false)) });
        for total in [None, Some(3)] {
            let mut pages = same(total);
            assert_eq!(pages.next().await.unwrap().unwrap().items, [1, 2]);
            let error = pages.next().await.unwrap_err();
            assert_eq!(
                (error.kind(), error.to_string().as_str()),
                (crate::ErrorKind::InvalidResponse, "invalid response")
            );
            let source = error.source().unwrap().to_string();
            assert_eq!(source, "data is the same as on an earlier page");
        }
        assert_eq!(same(Some(2)).all().await.unwrap(), [1, 2], "all that the vendor says there is");

        // One that goes round in circles.
        let mut circle =
            Pages::new(|at: Position| async move { Ok(page(vec![at.number % 3], at.number, Some(99), false)) });
        for number in 0..3 {
            assert_eq!(circle.next().await.unwrap().unwrap().items, [number]);
        }
        assert!(circle.next().await.is_err());
    }

    #[tokio::test]
    async fn row_60_a_list_that_never_ends_is_cut_off() {
        let mut pages = Pages::new(|at: Position| async move { Ok(page(vec![at.number], 0, None, false)) });
        pages.next.number = MAX_PAGES - 1;
        assert!(pages.next().await.unwrap().is_some());
        assert_eq!(pages.next().await.unwrap_err().kind(), crate::ErrorKind::InvalidResponse);
    }

    #[test]
    fn unknown_fields_of_a_page_stay_reachable_and_hidden() {
        #[derive(serde::Deserialize)]
        struct Newer {
            cursor: String,
        }
        let raw = json::decode(br#"{"data":[1],"cursor":"CANARY"}"#).unwrap();
        let page = Page::new(raw, "data", vec![1], None, true);
        assert_eq!(page.raw.decode_as::<Newer>().unwrap().cursor, "CANARY");
        assert!(!format!("{page:?}").contains("CANARY"));
    }
}
