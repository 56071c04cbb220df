//! Reads of an object that a webhook has just announced.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, sleep, timeout_at};

use crate::{ApiClient, Error};

/// How long to wait before each further read.
const WAITS: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];

impl ApiClient {
    /// Runs `read`, and again after one, two and four seconds while it fails with 404.
    ///
    /// A webhook can overtake the vendor's own database: the replica that responds does not have the object yet. Only
    /// the last 404 is to be believed. `is_vendors` tells a 404 of the vendor from one of a gateway, which is final at
    /// once. All reads together end at the client's deadline.
    ///
    /// ```no_run
    /// # async fn read(api: &idhooks_client::ApiClient) -> Result<(), idhooks_client::Error> {
    /// use idhooks_client::Request;
    ///
    /// let read = || api.send(Request::get("/orders/{id}").with("id", "o-1"));
    /// let response = api.eventually(read, |error| error.code().is_some()).await?;
    /// println!("{}", response.status());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The last one of `read`, or that the deadline has passed.
    pub async fn eventually<T, F: Future<Output = Result<T, Error>>>(
        &self,
        read: impl Fn() -> F,
        is_vendors: impl Fn(&Error) -> bool,
    ) -> Result<T, Error> {
        let deadline = Instant::now() + self.deadline();
        let is_missing = |error: &Error| error.status().is_some_and(|status| status == 404) && is_vendors(error);
        let mut waits = WAITS.into_iter();
        loop {
            let outcome = timeout_at(deadline, read()).await.unwrap_or_else(|_| Err(Error::deadline()));
            match (outcome, waits.next()) {
                (Err(error), Some(wait)) if is_missing(&error) && Instant::now() + wait < deadline => sleep(wait).await,
                (outcome, _) => return outcome,
            }
        }
    }
}
