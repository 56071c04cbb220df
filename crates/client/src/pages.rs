//! Lists that come in pages.

use std::{fmt, future::Future, pin::Pin};

use crate::Error;

/// More pages than this are not a list but a loop: a server that ignores the position, say.
const MOST: u64 = 100_000;

/// Where in a list to go on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Position {
    /// Number of the page, from 0.
    pub number: u64,
    /// How many items the pages before it had.
    pub offset: u64,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on it, in the vendor's order.
    pub items: Vec<T>,
    /// How many items there are in all, if the vendor says so.
    pub total: Option<u64>,
    is_last: bool,
}

impl<T> Page<T> {
    /// One page; `is_last` if none follows.
    #[must_use]
    pub fn new(items: Vec<T>, total: Option<u64>, is_last: bool) -> Self {
        Self { items, total, is_last }
    }
}

type Fetch<T> = dyn Fn(Position) -> Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>> + Send + Sync;

/// A list, page by page: `while let Some(page) = pages.next().await? { … }`.
///
/// A page is asked for when you ask for it. After an error, [`next`](Self::next) asks for the same page
/// again. What is added or removed between two pages can shift an item past you: vendors page by
/// position, not by a snapshot.
pub struct Pages<T> {
    fetch: Box<Fetch<T>>,
    next: Position,
    done: bool,
}

impl<T> Pages<T> {
    /// Pages got by `fetch`.
    #[must_use]
    pub fn new<F>(fetch: impl Fn(Position) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Page<T>, Error>> + Send + 'static,
    {
        Self { fetch: Box::new(move |at| Box::pin(fetch(at))), next: Position::default(), done: false }
    }

    /// The next page, or `None` after the last one. An empty page ends the list.
    ///
    /// # Errors
    /// When the call fails; asking again asks for the same page.
    pub async fn next(&mut self) -> Result<Option<Page<T>>, Error> {
        if self.done {
            return Ok(None);
        }
        if self.next.number >= MOST {
            return Err(Error::argument("the list does not end"));
        }
        let page = (self.fetch)(self.next).await?;
        self.done = page.is_last || page.items.is_empty();
        self.next.number += 1;
        self.next.offset += page.items.len() as u64;
        Ok((!page.items.is_empty()).then_some(page))
    }

    /// Every item of every page that is still to come. For lists you know to be short.
    ///
    /// # Errors
    /// When a call fails; what was read so far is dropped.
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

    fn numbers(upto: u64, size: u64) -> Pages<u64> {
        Pages::new(move |at| async move {
            let items: Vec<_> = (at.offset..upto.min(at.offset + size)).collect();
            let is_last = (items.len() as u64) < size;
            Ok(Page::new(items, Some(upto), is_last))
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
                if fail { Err(Error::argument("once")) } else { Ok(Page::new(vec![at.number], None, at.number == 2)) }
            }
        });
        assert_eq!(pages.next().await.unwrap().unwrap().items, [0]);
        assert!(pages.next().await.is_err());
        assert_eq!(pages.next().await.unwrap().unwrap().items, [1]);
        assert_eq!(pages.next().await.unwrap().unwrap().items, [2]);
        assert!(pages.next().await.unwrap().is_none());
    }
}
