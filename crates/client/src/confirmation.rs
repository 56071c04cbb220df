//! What asking the vendor made of a hint.

/// What asking the vendor made of a hint. Everything in it comes from the vendor's answer to an
/// authenticated call, nothing from the hint.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "each case needs a decision of the caller's")]
#[must_use = "a hint that is not confirmed must not be acted on"]
pub enum Confirmation<T> {
    /// The vendor's state bears the hint out, or has moved on from it.
    Confirmed(T),
    /// The thing exists and its state says otherwise. The vendor's word counts: go by what is in
    /// here, and report that somebody sent a hint that is not true, or not true yet.
    Contradicted(T),
    /// The vendor has no such thing: deleted, or an id that somebody made up.
    Gone,
    /// It is not yours to see: another tenant's, or beyond your credential's rights.
    NotYours,
}

impl<T> Confirmation<T> {
    /// What the vendor answered, if the hint was borne out.
    #[must_use]
    pub fn confirmed(self) -> Option<T> {
        match self {
            Self::Confirmed(state) => Some(state),
            Self::Contradicted(_) | Self::Gone | Self::NotYours => None,
        }
    }

    /// A word for logs and metrics: `confirmed`, `contradicted`, `gone` or `not_yours`.
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
