//! Which handler takes which kind of delivery.

use std::{borrow::Cow, collections::BTreeMap, error, fmt, future::Future, pin::Pin, sync::Arc};

use idhooks_core::{__stored::Restore, WebhookEvent};

use crate::{
    Job, Outcome,
    job::JobContext,
    observe::{self, Logged},
    store::{DeliveryKind, DeliveryRecord},
};

/// The handlers of a worker, one for each kind of delivery.
///
/// ```
/// use idhooks_capa as capa;
/// use idhooks_core::Verified;
/// use idhooks_inbox::{HandlerError, Handlers, Job, Outcome};
///
/// async fn transfer(job: Job<Verified<capa::Event>>) -> Result<Outcome, HandlerError> {
///     if job.possible_replay() {
///         return Ok(Outcome::dead_letter("a replay of an old delivery"));
///     }
///     if let capa::Event::Transaction(transaction) = job.event() {
///         println!("{}", transaction.event);
///     }
///     Ok(Outcome::Done)
/// }
///
/// let handlers = Handlers::new().on(transfer);
/// # let _ = handlers;
/// ```
#[derive(Clone, Default)]
pub struct Handlers {
    handlers: BTreeMap<DeliveryKind, Arc<dyn Handle>>,
    /// Kinds with more than one handler.
    repeated: Vec<DeliveryKind>,
    elsewhere: Vec<Cow<'static, str>>,
}

impl Handlers {
    /// Creates an empty set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the handler of one kind of delivery: a function or closure from a [`Job`] to a future whose output converts
    /// into an [`Outcome`]. With a second handler of the same kind, the worker does not start.
    ///
    /// A kind that cannot exist does not compile, such as a verified delivery of a vendor that proves nothing:
    ///
    /// ```compile_fail,E0277
    /// use idhooks_case_keeper as case_keeper;
    /// use idhooks_core::Verified;
    /// use idhooks_inbox::{Handlers, Job};
    ///
    /// let handlers = Handlers::new().on(|job: Job<Verified<case_keeper::Event>>| async {});
    /// ```
    #[must_use]
    pub fn on<D, H, F>(mut self, handler: H) -> Self
    where
        D: Restore,
        H: Fn(Job<D>) -> F + Send + Sync + 'static,
        F: Future<Output: Into<Outcome>> + Send + 'static,
    {
        let typed: Typed<D, H> = Typed { handler: Arc::new(handler), delivery: std::marker::PhantomData };
        let kind = DeliveryKind::of::<D>();
        if self.handlers.insert(kind.clone(), Arc::new(typed)).is_some() {
            self.repeated.push(kind);
        }
        self
    }

    /// Leaves the deliveries of a vendor to other workers on the same store.
    ///
    /// ```
    /// use idhooks_inbox::Handlers;
    ///
    /// let handlers = Handlers::new().handled_elsewhere("unico");
    /// # let _ = handlers;
    /// ```
    #[must_use]
    pub fn handled_elsewhere(mut self, vendor: impl Into<Cow<'static, str>>) -> Self {
        self.elsewhere.push(vendor.into());
        self
    }

    /// Returns the kinds that have a handler, with the version of their decoder.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = (&DeliveryKind, i64)> {
        self.handlers.iter().map(|(kind, handler)| (kind, handler.decoder_version()))
    }

    /// Returns those of `kinds` that no worker handles, as far as this one knows.
    pub(crate) fn missing(&self, kinds: impl IntoIterator<Item = DeliveryKind>) -> Vec<DeliveryKind> {
        let missing = |kind: &DeliveryKind| !self.handlers.contains_key(kind) && !self.elsewhere.contains(&kind.vendor);
        let mut kinds: Vec<_> = kinds.into_iter().filter(missing).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    }

    /// Checks that each of `sources` has a handler, and that no kind has two.
    pub(crate) fn check(&self, sources: impl IntoIterator<Item = DeliveryKind>) -> Result<(), InvalidHandlers> {
        let invalid = InvalidHandlers { missing: self.missing(sources), repeated: self.repeated.clone() };
        if invalid.missing.is_empty() && invalid.repeated.is_empty() { Ok(()) } else { Err(invalid) }
    }

    pub(crate) fn get(&self, kind: &DeliveryKind) -> Option<&Arc<dyn Handle>> {
        self.handlers.get(kind)
    }
}

impl fmt::Debug for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handlers").field("on", &self.handlers.keys()).field("elsewhere", &self.elsewhere).finish()
    }
}

/// The handlers of a worker do not fit its program: a delivery that the program receives has no handler, or one kind has two.
/// `Debug` prints a sentence, because that is what a `main` that fails shows.
#[derive(Clone, PartialEq, Eq)]
pub struct InvalidHandlers {
    missing: Vec<DeliveryKind>,
    repeated: Vec<DeliveryKind>,
}

impl InvalidHandlers {
    /// Returns the kinds without a handler.
    #[must_use]
    pub fn missing(&self) -> &[DeliveryKind] {
        &self.missing
    }

    /// Returns the kinds with more than one handler.
    #[must_use]
    pub fn repeated(&self) -> &[DeliveryKind] {
        &self.repeated
    }
}

impl fmt::Display for InvalidHandlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |kinds: &[DeliveryKind]| kinds.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        if !self.missing.is_empty() {
            write!(f, "no handler for {}: add one with `Handlers::on`", list(&self.missing))?;
            f.write_str(", or call `Handlers::handled_elsewhere` if another worker has it")?;
        }
        if !self.repeated.is_empty() {
            let separator = if self.missing.is_empty() { "" } else { "; " };
            write!(f, "{separator}more than one handler for {}: call `Handlers::on` once", list(&self.repeated))?;
        }
        Ok(())
    }
}

impl fmt::Debug for InvalidHandlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for InvalidHandlers {}

/// Turns a version into a number that compares alike: 1.2.3 is 1 002 003. A pre-release counts as its release.
fn version_number(version: &str) -> i64 {
    let mut parts = version.split(['.', '-', '+']).map(|part| part.parse::<i64>().unwrap_or_default().min(999));
    let mut next = || parts.next().unwrap_or_default();
    (next() * 1000 + next()) * 1000 + next()
}

pub(crate) type Handling = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// A handler without its type of delivery.
pub(crate) trait Handle: Send + Sync {
    fn decoder_version(&self) -> i64;

    /// Creates the future of the handler. Returns the outcome instead if the delivery cannot be decoded.
    fn start(&self, record: &DeliveryRecord, context: JobContext) -> Result<Handling, Outcome>;
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
    fn decoder_version(&self) -> i64 {
        version_number(<D::Event as WebhookEvent>::VERSION)
    }

    fn start(&self, record: &DeliveryRecord, context: JobContext) -> Result<Handling, Outcome> {
        let undecodable = |reason| Outcome::Undecodable { decoder_version: self.decoder_version(), reason };
        let unknown = || undecodable("unknown authentication: this release does not know the method".into());
        let delivery: D = record.restore().ok_or_else(unknown)?;
        let event = delivery.decode().map_err(|error| undecodable(error.to_string().into()))?;
        if !event.is_known() {
            observe::unknown_event(&Logged {
                id: record.id.get(),
                vendor: &record.kind.vendor,
                endpoint: record.endpoint.as_deref(),
                event: record.event.as_deref(),
                attempt: record.attempt(),
            });
        }
        let handler = Arc::clone(&self.handler);
        // Inside the future, so that the worker also catches a panic of the handler's first line.
        Ok(Box::pin(async move { handler(Job { delivery, event, context }).await.into() }))
    }
}

#[cfg(test)]
mod tests {
    use super::version_number;

    #[test]
    fn version_numbers_keep_the_order_of_versions() {
        let versions = ["", "0.0.0", "0.1.0", "0.1.1-rc.1", "0.1.2", "0.10.0", "1.0.0", "1.0.999", "1.1"];
        let numbers = versions.map(version_number);
        assert!(numbers.is_sorted(), "{numbers:?}");
        assert_eq!(version_number("1.2.3"), 1_002_003);
    }
}
