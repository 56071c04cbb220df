//! Confirms unverified deliveries.

use idhooks_client::{Error, Fetched, http::StatusCode};
use idhooks_core::Unverified;

use super::{Client, check_id, is_of_vendor};
use crate::{Event, Verification, rest::supports};

/// What the vendor says about an unverified delivery.
pub type Confirmation = idhooks_client::Confirmation<Fetched<Verification>>;

impl Client {
    /// Asks the vendor whether a delivery is true: reads its verification and checks whether the state matches the
    /// event. The result holds what this call read, and nothing of the delivery.
    ///
    /// | the vendor responds with | result |
    /// |---|---|
    /// | the verification in a state that matches the event, or is past it ([`supports`] has the table) | `Confirmed` |
    /// | the verification in another state | `Contradicted` |
    /// | 404 | `Gone`: deleted, or an id that somebody made up |
    /// | 403, also with a new token if the old one was about to expire | `NotYours` |
    ///
    /// **What it proves:** that the vendor has this verification, in this state, for you. Not that this event just
    /// happened: anyone who knows an id (the end user's link has it) can send you a true delivery. So act on the state,
    /// and so that a second time does no harm. `Contradicted` may also mean that the delivery came before the state,
    /// because the vendor promises no order. After `Gone` for `verification.deleted`, look for the event's record:
    /// `list_events(&EventFilter::of(&event))`.
    ///
    /// On [`ApiVersion::V3`](crate::rest::ApiVersion::V3) a verification has no background checks, so their events are
    /// contradicted there: use v2, or the event's record.
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
    /// - The delivery cannot be decoded. It never will be.
    /// - The event is not about a verification, or its id is empty, `.` or `..`. Nothing was sent.
    /// - The response is another verification.
    /// - As [`Client::get_verification`], but for the 403 and 404 above. Without the vendor's `errors` in the body they
    ///   are errors as well, because they come from a gateway or a wrong base URL.
    ///
    /// Source: that a receiver must read again is
    /// [documented](https://case-keeper-core.readme.io/docs/handling-case-keeper-webhook-events); which state matches
    /// which event is inferred.
    pub async fn confirm(&self, hint: &Unverified<Event>) -> Result<Confirmation, Error> {
        let event = hint.decode().map_err(|why| Error::other("decoding the delivery failed", why))?;
        self.confirm_event(&event).await
    }

    /// Asks the vendor whether a decoded event is true. See [`Client::confirm`].
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
    /// As [`Client::confirm`].
    pub async fn confirm_event(&self, event: &Event) -> Result<Confirmation, Error> {
        let Some(asked) = event.verification_id() else {
            return Err(Error::invalid_request("the event is not about a verification"));
        };
        let answer = match self.read(asked, None).await {
            Ok(answer) => answer,
            Err(error) if is_of_vendor(&error) && error.is_not_found() => return Ok(Confirmation::Gone),
            Err(error) if is_of_vendor(&error) && error.status() == Some(StatusCode::FORBIDDEN) => {
                return Ok(Confirmation::NotYours);
            }
            Err(error) => return Err(error),
        };
        let verification: Fetched<Verification> = answer.fetched(&[])?;
        // Another verification says nothing about this one.
        check_id(&verification, asked).map_err(|why| answer.invalid(why))?;
        Ok(match supports(&event.key, &verification) {
            true => Confirmation::Confirmed(verification),
            false => Confirmation::Contradicted(verification),
        })
    }
}
