//! The REST calls.

mod builder;
mod envelope;
mod retry_error;
mod transactions;
mod verification;
mod webhooks;

pub use builder::ClientBuilder;
pub use retry_error::RetryError;

use idhooks_client::{ApiClient, Count, Error, Page, Position, Request};
use idhooks_core::{Lenient, List, json::Payload};

/// Capa's partner API, version 2.
///
/// Cheap to clone; clones share connections. `Debug` shows neither the key nor anything answered. Calls need a Tokio
/// runtime with its timer.
///
/// Every call sends the key under `partner-api-key` and can fail with `UNAUTHORIZED` (401,
/// [`Error::is_auth`]) or `INTERNAL_SERVER_ERROR` (500, [`Error::is_transient`]).
///
/// Source: [documented](https://docs.capa.fi/reference).
#[derive(Clone, Debug)]
pub struct Client {
    api: ApiClient,
}

impl Client {
    /// Where the API is, unless the builder is told otherwise (from the vendor's SDK).
    pub const PRODUCTION: &'static str = "https://production-api.capa.fi";

    /// Where it is tried out. Keys, users and webhook settings are its own; webhooks are delivered.
    pub const STAGING: &'static str = "https://staging-api.capa.fi";

    /// For the API key of a partner, made in the dashboard under Settings, Dev Tools.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), idhooks_capa::BuildError> {
    /// let client = idhooks_capa::Client::builder("the key").staging().build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn builder(api_key: &str) -> ClientBuilder {
        ClientBuilder::new(api_key)
    }

    /// Sends `call` and reads what stands in the envelope of its answer.
    async fn read<T: for<'de> Payload<'de>>(&self, call: Request) -> Result<T, Error> {
        envelope::read(&self.api.send(call).await?)
    }
}

/// What the vendor puts on a page unless told otherwise.
const USUAL_LIMIT: u32 = 20;

/// Asks for the page at that position.
fn paged(call: Request, at: Position, limit: Option<u32>) -> Request {
    let call = call.query("skip", at.offset);
    match limit {
        Some(limit) => call.query("limit", limit),
        None => call,
    }
}

/// The page that came. The list ends at `total`, and without one with a short page.
///
/// A total no larger than the page may be that of the page alone, as the two lists count different things. It says
/// nothing about the list, so a full page is then followed by another one.
fn page<T>(items: List<T>, total: Lenient<Count>, at: Position, limit: Option<u32>) -> Page<T> {
    let (items, total) = (items.into_vec(), total.as_ref().map(|total| total.get()));
    let count = items.len() as u64;
    let is_last = match total {
        Some(total) if total > count => total <= at.offset + count,
        _ => count < u64::from(limit.unwrap_or(USUAL_LIMIT)),
    };
    Page::new(items, total, is_last)
}

/// Refuses an empty id or filter: in a query, Capa might take it for none at all and answer with somebody else's.
fn query_text(text: &str) -> Result<&str, Error> {
    if text.is_empty() { Err(Error::argument("an id or filter is empty")) } else { Ok(text) }
}
