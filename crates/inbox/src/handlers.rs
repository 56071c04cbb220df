//! Who handles what.

use std::{borrow::Cow, collections::BTreeMap, error, fmt, future::Future, pin::Pin, sync::Arc};

use idhooks_core::{__stored::Restore, Delivery, WebhookEvent};

use crate::{
    Job, Outcome,
    job::About,
    store::{Leased, Route, Verdict},
};

/// The handlers of a worker, one for each kind of delivery.
///
/// ```
/// use idhooks_capa as capa;
/// use idhooks_core::Verified;
/// use idhooks_inbox::{Failed, Handlers, Job, Outcome};
///
/// async fn transfer(job: Job<Verified<capa::Event>>) -> Result<Outcome, Failed> {
///     if job.possible_replay() {
///         return Ok(Outcome::give_up("looks like an old one sent again"));
///     }
///     if let capa::Event::Transaction(transaction) = job.event() {
///         println!("{}", transaction.event);
///     }
///     Ok(Outcome::done())
/// }
///
/// let handlers = Handlers::new().on(transfer);
/// # let _ = handlers;
/// ```
#[derive(Clone, Default)]
pub struct Handlers {
    here: BTreeMap<Route, Arc<dyn Handle>>,
    elsewhere: Vec<Cow<'static, str>>,
}

impl Handlers {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Has deliveries of one kind handled by `handler`: a function or closure from a [`Job`] to a future of what
    /// [`Outcome`] can be made of. A second handler of the same kind takes the first one's place.
    #[must_use]
    pub fn on<D, H, F>(mut self, handler: H) -> Self
    where
        D: Restore,
        H: Fn(Job<D>) -> F + Send + Sync + 'static,
        F: Future<Output: Into<Outcome>> + Send + 'static,
    {
        let typed: Typed<D, H> = Typed { handler: Arc::new(handler), delivery: std::marker::PhantomData };
        self.here.insert(route_of::<D>(), Arc::new(typed));
        self
    }

    /// Leaves what comes from that vendor to other workers on the same store.
    #[must_use]
    pub fn elsewhere(mut self, vendor: impl Into<Cow<'static, str>>) -> Self {
        self.elsewhere.push(vendor.into());
        self
    }

    /// What is handled here, by the number of the release that reads it. The crates of events of one release are asked for
    /// together; one that is ahead of the others must not make theirs look as if they had been read by a later one.
    pub(crate) fn releases(&self) -> BTreeMap<i64, Vec<Route>> {
        let mut releases = BTreeMap::<i64, Vec<Route>>::new();
        for (route, handler) in &self.here {
            releases.entry(handler.reader()).or_default().push(route.clone());
        }
        releases
    }

    /// Those of `wanted` that nobody handles.
    pub(crate) fn missing(&self, wanted: impl IntoIterator<Item = Route>) -> Result<(), NoHandler> {
        let missing = |route: &Route| !self.here.contains_key(route) && !self.elsewhere.contains(&route.vendor);
        let mut routes: Vec<Route> = wanted.into_iter().filter(missing).collect();
        routes.sort();
        routes.dedup();
        if routes.is_empty() { Ok(()) } else { Err(NoHandler { routes }) }
    }

    pub(crate) fn of(&self, route: &Route) -> Option<&Arc<dyn Handle>> {
        self.here.get(route)
    }
}

impl fmt::Debug for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handlers").field("here", &self.here.keys()).field("elsewhere", &self.elsewhere).finish()
    }
}

/// Deliveries are kept, or expected, that no handler takes. They would pile up in silence. `Debug` says it in words, as a
/// `main` that fails prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct NoHandler {
    routes: Vec<Route>,
}

impl NoHandler {
    /// What has no handler.
    #[must_use]
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    pub(crate) fn into_routes(self) -> impl Iterator<Item = Route> {
        self.routes.into_iter()
    }
}

impl fmt::Display for NoHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no handler for")?;
        for (place, route) in self.routes.iter().enumerate() {
            write!(f, "{} {route}", if place == 0 { "" } else { "," })?;
        }
        f.write_str("; add one with `on`, or say `elsewhere` if another worker has it")
    }
}

impl fmt::Debug for NoHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for NoHandler {}

/// 1.2.3 is 1 002 003; what comes after a hyphen does not count.
fn number(version: &str) -> i64 {
    let mut parts = version.split(['.', '-', '+']).map(|part| part.parse::<i64>().unwrap_or_default().min(999));
    let mut next = || parts.next().unwrap_or_default();
    (next() * 1000 + next()) * 1000 + next()
}

pub(crate) fn route_of<D: Delivery>() -> Route {
    Route { vendor: Cow::Borrowed(<D::Event as WebhookEvent>::VENDOR), verified: D::IS_VERIFIED }
}

type Running = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// A handler, whatever its type of delivery.
pub(crate) trait Handle: Send + Sync {
    /// Number of the release that reads the events.
    fn reader(&self) -> i64;

    /// Starts it, or says that the delivery cannot be read.
    fn start(&self, leased: Leased, about: About) -> Result<Running, Verdict>;
}

struct Typed<D, H> {
    handler: Arc<H>,
    delivery: std::marker::PhantomData<fn(D)>,
}

impl<D, H, F> Handle for Typed<D, H>
where
    D: Restore,
    H: Fn(Job<D>) -> F + Send + Sync + 'static,
    F: Future<Output: Into<Outcome>> + Send + 'static,
{
    fn reader(&self) -> i64 {
        number(<D::Event as WebhookEvent>::VERSION)
    }

    fn start(&self, leased: Leased, about: About) -> Result<Running, Verdict> {
        let unreadable = |reason| Verdict::Unreadable { reader: self.reader(), reason };
        let unknown = || unreadable("it was authenticated by a method that this release does not know".into());
        let delivery = leased.stored.and_then(D::restore).ok_or_else(unknown)?;
        let event = delivery.decode().map_err(|error| unreadable(error.to_string().into()))?;
        let handler = Arc::clone(&self.handler);
        // The handler itself is called inside the future, so that a panic of its is caught with the future's.
        Ok(Box::pin(async move { handler(Job { delivery, event, about }).await.into() }))
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn versions_are_numbers_in_their_order() {
        let versions = ["", "0.0.0", "0.1.0", "0.1.1-rc.1", "0.1.2", "0.10.0", "1.0.0", "1.0.999", "1.1"];
        let numbers = versions.map(number);
        assert!(numbers.is_sorted(), "{numbers:?}");
        assert_eq!(number("1.2.3"), 1_002_003);
    }
}
