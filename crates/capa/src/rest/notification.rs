//! Deliveries, as Capa remembers them.

use idhooks_core::{DecodeError, Lenient, RawJson, Timestamp, WebhookEvent as _, open_enum, payload, text_id};

use crate::Event;

text_id! {
    /// Capa's id of a webhook notification, a UUID in the samples. The delivery itself does not carry it.
    pub struct NotificationId ignoring case;
}

open_enum! {
    /// How far a delivery got.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/webhooknotificationpartnerv2controller_getnotification).
    pub enum NotificationStatus {
        /// Queued, or between two attempts.
        Pending = "PENDING",
        /// Your endpoint took it.
        Sent = "SENT",
        /// Every automatic attempt failed. The only status from which it can be retried by hand.
        Failed = "FAILED",
        /// There was no URL when it happened; it cannot be retried.
        NotSent = "NOT_SENT",
    }
}

payload! {
    /// A delivery, as the list shows it.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/webhooknotificationpartnerv2controller_listnotifications).
    pub struct WebhookNotificationSummary {
        /// Capa's id of it.
        pub id: NotificationId = "id",
        /// How far it got.
        pub status: Lenient<NotificationStatus> = "status",
        /// Name of the event (`CREATED_ON_RAMP`): of a [`TransactionEvent`](crate::TransactionEvent) or a
        /// [`KycEvent`](crate::KycEvent).
        pub event_type: Lenient<Box<str>> = "eventType",
        /// Automatic attempts in this round; five when it failed.
        pub retry_attempts: Lenient<u32> = "retryAttempts",
        /// How often it was retried by hand; three at most.
        pub manual_retry_count: Lenient<u32> = "manualRetryCount",
        /// When it was made.
        pub created_at: Lenient<Timestamp> = "createdAt",
        /// When it changed last.
        pub updated_at: Lenient<Timestamp> = "updatedAt",
    }
}

payload! {
    /// A delivery and what became of it.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/webhooknotificationpartnerv2controller_getnotification).
    pub struct WebhookNotification {
        /// Capa's id of it.
        pub id: NotificationId = "id",
        /// How far it got.
        pub status: Lenient<NotificationStatus> = "status",
        /// Automatic attempts in this round; five when it failed, 0 again after a manual retry.
        pub retry_attempts: Lenient<u32> = "retryAttempts",
        /// How often it was retried by hand; three at most.
        pub manual_retry_count: Lenient<u32> = "manualRetryCount",
        /// The webhook body; [`Self::event`] reads it.
        pub payload: Lenient<RawJson> = "payload",
        /// What your endpoint answered the last failed attempt with: any JSON (that plain text comes as a JSON
        /// string is inferred). `None` before the first failure and after a manual retry.
        pub latest_error_payload: Lenient<RawJson> = "latestErrorPayload",
        /// When it was retried by hand last; `None` if never (inferred).
        pub last_manual_retry_at: Lenient<Timestamp> = "lastManualRetryAt",
        /// Counts changes, as the samples show it (inferred).
        pub version: Lenient<u64> = "version",
        /// When it was made.
        pub created_at: Lenient<Timestamp> = "createdAt",
        /// When it changed last.
        pub updated_at: Lenient<Timestamp> = "updatedAt",
    }
}

impl WebhookNotification {
    /// Returns the event of the payload, read as a delivery's is.
    ///
    /// It comes from Capa's own API, so it is as authentic as the answer; but it is no
    /// [`Verified`](crate::core::Verified) delivery, and it says what happened then, not what is so now.
    ///
    /// # Errors
    /// When there is no payload, or a known event does not fit its type.
    pub fn event(&self) -> Result<Event, DecodeError> {
        let payload = self.payload.as_ref().ok_or_else(|| DecodeError::missing("payload"))?;
        Event::decode(payload.get().as_bytes()).map_err(|error| error.inside("payload"))
    }
}
