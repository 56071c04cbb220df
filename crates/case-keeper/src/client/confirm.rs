//! From a hint to a fact.

use idhooks_client::{Error, Fetched, http::StatusCode};
use idhooks_core::Unverified;

use super::{Client, is_of_vendor, own_id};
use crate::{Event, Verification, rest::supports};

/// What asking the vendor made of a hint.
pub type Confirmation = idhooks_client::Confirmation<Fetched<Verification>>;

impl Client {
    /// Asks the vendor whether a hint is true: reads the verification it names again, and looks whether its state
    /// fits the event. What comes back was all read by this call; nothing of the webhook is merged into it.
    ///
    /// | the vendor says | you get |
    /// |---|---|
    /// | a verification whose state fits the event, or is past it: [`supports`] has the table | `Confirmed` |
    /// | a verification whose state does not fit, or of another id than the hint's | `Contradicted` |
    /// | 404 | `Gone`: deleted, or an id that somebody made up |
    /// | 403, also with a new token if the old one was about to run out | `NotYours` |
    ///
    /// **What it proves:** that the vendor has this verification, in this state, for you. Not that this event
    /// happened just now: whoever knows an id (it stands in the end user's link) can send you a hint that is true.
    /// So act on the state, and such that a second time does no harm. A `Contradicted` may also be a hint that came
    /// before the state did; the vendor promises no order. After `Gone` for `verification.deleted`, the event's
    /// record may tell: `list_events(&EventFilter::of(&event))`.
    ///
    /// On [`ApiVersion::V3`](crate::rest::ApiVersion::V3) a verification holds no background checks, so events of
    /// those are contradicted there: ask v2, or the event's record.
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
    /// - The hint can not be read: it is never going to be.
    /// - The id can stand in no path (it is `.` or `..`): nothing was sent.
    /// - As [`Client::get_verification`], but for the 403 and 404 above. Those without the vendor's `errors` in
    ///   them are errors here, too: they come from something in between, such as a wrong base URL.
    ///
    /// Source: that a receiver must read again is
    /// [documented](https://case-keeper-core.readme.io/docs/handling-case-keeper-webhook-events); which state fits
    /// which event is inferred.
    pub async fn confirm(&self, hint: &Unverified<Event>) -> Result<Confirmation, Error> {
        let event = hint.decode().map_err(|why| Error::other("decoding the delivery failed", why))?;
        self.confirm_event(&event).await
    }

    /// As [`Client::confirm`], for an event that was read already.
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
    /// As there.
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
        let own = own_id(&verification).map_err(|why| answer.invalid(why))?;
        if own == asked && supports(&event.key, &verification) {
            Ok(Confirmation::Confirmed(verification))
        } else {
            Ok(Confirmation::Contradicted(verification))
        }
    }
}
