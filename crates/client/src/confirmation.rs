//! The vendor's word on an unverified delivery.

/// The vendor's word on an unverified delivery. Everything in it comes from the vendor's response to an
/// authenticated call, nothing from the delivery.
///
/// ```
/// use idhooks_client::Confirmation;
///
/// fn act(confirmation: Confirmation<String>) {
///     match confirmation {
///         Confirmation::Confirmed(state) => println!("proceed with {state}"),
///         Confirmation::Contradicted(state) => eprintln!("the delivery is not true: {state}"),
///         Confirmation::Gone | Confirmation::NotYours => eprintln!("nothing to act on"),
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "each case needs a decision of the caller")]
#[must_use = "do not act on a delivery that is not confirmed"]
pub enum Confirmation<T> {
    /// The vendor's state matches the delivery, or has moved on from it.
    Confirmed(T),
    /// The object exists, and its state does not match the delivery. Trust this state, and report that someone sent
    /// a delivery that is not true, or not true yet.
    Contradicted(T),
    /// The object does not exist: it was deleted, or the id was made up.
    Gone,
    /// Your credentials may not read the object: it may be another tenant's.
    NotYours,
}

impl<T> Confirmation<T> {
    /// Returns the vendor's state if it matches the delivery.
    #[must_use]
    pub fn confirmed(self) -> Option<T> {
        match self {
            Self::Confirmed(state) => Some(state),
            Self::Contradicted(_) | Self::Gone | Self::NotYours => None,
        }
    }

    /// Returns a label for logs and metrics: `confirmed`, `contradicted`, `gone` or `not_yours`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Confirmed(_) => "confirmed",
            Self::Contradicted(_) => "contradicted",
            Self::Gone => "gone",
            Self::NotYours => "not_yours",
        }
    }
}
