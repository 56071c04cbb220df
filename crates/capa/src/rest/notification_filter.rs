//! The filter of webhook notifications.

use super::NotificationStatus;

/// A filter of webhook notifications. Selects all of them if nothing is set.
///
/// ```
/// use idhooks_capa::rest::{NotificationFilter, NotificationStatus};
///
/// let failed = NotificationFilter::new().status(NotificationStatus::Failed).limit(100);
/// # assert_eq!(format!("{failed:?}"), "NotificationFilter { status: Some(Failed), limit: Some(100) }");
/// ```
///
/// Source: [documented](https://docs.capa.fi/reference/webhooknotificationpartnerv2controller_listnotifications).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotificationFilter {
    /// Of this status only.
    pub status: Option<NotificationStatus>,
    /// How many on a page: 20 unless set, 100 at most.
    pub limit: Option<u32>,
}

impl NotificationFilter {
    /// Selects all of them.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Selects those of one status.
    #[must_use]
    pub fn status(self, status: NotificationStatus) -> Self {
        Self { status: Some(status), ..self }
    }

    /// Sets how many are on a page, at most 100. Defaults to 20.
    #[must_use]
    pub fn limit(self, limit: u32) -> Self {
        Self { limit: Some(limit), ..self }
    }
}
