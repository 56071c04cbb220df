//! Messages sent to the person being onboarded.

use idhooks_core::{Pii, Timestamp, open_enum, record, text_id};

use super::transaction::TenantId;

text_id! {
    /// Caf's id of a message. Correlate a message by it and [`Communication::external_id`] together
    /// (documented).
    pub struct NotificationId;
}

open_enum! {
    /// The way a message went (documented as examples, so others may come).
    pub enum Channel {
        /// Text message.
        Sms = "sms",
        /// E-mail.
        Email = "email",
        /// WhatsApp.
        Whatsapp = "whatsapp",
    }
}

open_enum! {
    /// The part of Caf that sent a message.
    pub enum System {
        /// The onboarding; the only one seen (documented).
        Onboarding = "onboarding",
    }
}

record! {
    /// A message to the person: created, sent to its destination, then delivered, not delivered, or
    /// rejected (which comes before sending). Deliveries may arrive in any order.
    ///
    /// Source: [documented](https://docs.caf.io/caf-api/caf-connect/webhook/events).
    #[serde(rename_all = "camelCase")]
    pub struct Communication {
        required {
            /// Caf's id of the message.
            pub notification_id: NotificationId,
        }
        optional {
            /// Your account at Caf.
            pub tenant_id: TenantId,
            /// The way it went.
            pub channel: Channel,
            /// Your own id of the message.
            pub external_id: Box<str>,
            /// The part of Caf that sent it.
            pub system: System,
            /// When it happened; may be later than the event's own time.
            pub occurred_on: Timestamp,
            /// Why it was rejected or not delivered: prose without a code, for people to read.
            /// Only in those two events.
            pub reason: Pii<Box<str>>,
        }
    }
}
