//! Confirms unverified events.

use idhooks_client::{Error, Fetched, http::StatusCode};
use idhooks_core::Unverified;

use super::{Client, is_of_vendor};
use crate::{Action, Event, Verification, rest::supports};

/// Case Keeper's word on an unverified event.
pub type Confirmation = idhooks_client::Confirmation<Fetched<Verification>>;

impl Client {
    /// Confirms an unverified event: fetches the verification that it names, and checks whether the state fits the
    /// event. Everything in the result comes from the vendor's response, nothing from the webhook.
    ///
    /// | the vendor responds with | result |
    /// |---|---|
    /// | a verification whose state fits the event, or is past it: [`supports`] has the table | `Confirmed` |
    /// | a verification whose state does not fit | `Contradicted` |
    /// | 404 | `Gone`: deleted, or an id that somebody made up |
    /// | 403, also with a new token if the old one was about to expire | `NotYours` |
    ///
    /// A webhook can overtake the vendor's own database. So after a 404 the client reads again, after one, two and four
    /// seconds as far as its deadline allows, and believes the last response. For `verification.deleted` it believes
    /// the first one.
    ///
    /// **What it proves:** that the vendor has this verification, in this state, for you. Not that this event
    /// happened just now: anyone who knows an id (it is part of the end user's link) can send you a true event.
    /// So act on the state, and make a second time harmless. `Contradicted` may also mean that the event came before
    /// the state did; the vendor promises no order. After `Gone` for `verification.deleted`, the event's record may
    /// tell which it was: `list_events(&EventFilter::of(&event))`.
    ///
    /// On [`ApiVersion::V3`](crate::rest::ApiVersion::V3) a verification holds no background checks, so events about
    /// them are contradicted there: ask v2, or the event's record.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_case_keeper::Client, delivery: &idhooks_case_keeper::core::Unverified<idhooks_case_keeper::Event>) -> Result<(), idhooks_case_keeper::Error> {
    /// if let Some(verification) = client.confirm(delivery).await?.confirmed() {
    ///     println!("{:?}", verification.status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// - The event does not decode, is not about a verification ([`Event::verification_id`]), or its id is `.` or `..`,
    ///   which cannot be part of a path. Nothing is sent, and a retry fails again.
    /// - The response is about another verification.
    /// - Same errors as [`Client::get_verification`], except the 403 and 404 above. A 403 or 404 without the vendor's
    ///   `errors` in it is an error here too: it comes from something in between, such as a wrong base URL.
    ///
    /// Source: that a receiver must read again is
    /// [documented](https://case-keeper-core.readme.io/docs/handling-case-keeper-webhook-events); which state matches
    /// which event is inferred.
    pub async fn confirm(&self, event: &Unverified<Event>) -> Result<Confirmation, Error> {
        let event = event.decode().map_err(|why| Error::other("decoding the delivery failed", why))?;
        self.confirm_event(&event).await
    }

    /// Confirms an event that is decoded already, such as one of a queue of yours.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_case_keeper::Client, event: &idhooks_case_keeper::Event) -> Result<(), idhooks_case_keeper::Error> {
    /// if let Some(verification) = client.confirm_event(event).await?.confirmed() {
    ///     println!("{:?}", verification.status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Same errors as [`Client::confirm`].
    pub async fn confirm_event(&self, event: &Event) -> Result<Confirmation, Error> {
        let Some(asked) = event.verification_id() else {
            return Err(Error::invalid_request("the event is not about a verification"));
        };
        let is_deleted = event.key.target().is_none() && event.key.action() == Some(Action::Deleted);
        let read = || self.read_checked(asked, None);
        let verification = match self.api.eventually(read, |error| is_of_vendor(error) && !is_deleted).await {
            Ok(verification) => verification,
            Err(error) if is_of_vendor(&error) && error.is_not_found() => return Ok(Confirmation::Gone),
            Err(error) if is_of_vendor(&error) && error.status() == Some(StatusCode::FORBIDDEN) => {
                return Ok(Confirmation::NotYours);
            }
            Err(error) => return Err(error),
        };
        Ok(match supports(&event.key, &verification) {
            true => Confirmation::Confirmed(verification),
            false => Confirmation::Contradicted(verification),
        })
    }
}
