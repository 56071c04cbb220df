//! Calls to the store that the loop waits for beside everything else.

use std::{
    future::{Future, pending},
    pin::Pin,
    time::Duration,
};

use tokio::time::timeout;

use crate::Error;

/// How long to wait for the store.
const STORE_TIMEOUT: Duration = Duration::from_secs(10);

/// At most one call under way, and what the loop knew when it made it.
pub(super) struct InFlight<T, C = ()>(Option<(Call<T>, C)>);

type Call<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

impl<T: 'static, C> InFlight<T, C> {
    pub(super) fn none() -> Self {
        Self(None)
    }

    pub(super) fn is_none(&self) -> bool {
        self.0.is_none()
    }

    pub(super) fn start(&mut self, call: impl Future<Output = Result<T, Error>> + Send + 'static, context: C) {
        let late = |_| Err(Error::unavailable("the store did not respond in time"));
        self.0 = Some((Box::pin(async move { timeout(STORE_TIMEOUT, call).await.unwrap_or_else(late) }), context));
    }

    /// Waits for the call, and forever if there is none. A caller that stops waiting can wait again.
    pub(super) async fn result(&mut self) -> (Result<T, Error>, C) {
        let result = match &mut self.0 {
            Some((call, _)) => call.await,
            None => pending().await,
        };
        match self.0.take() {
            Some((_, context)) => (result, context),
            None => pending().await,
        }
    }
}
