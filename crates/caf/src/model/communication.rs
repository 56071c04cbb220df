//! Messages sent to the person being onboarded.

use idhooks_core::{Lenient, Pii, Timestamp, open_enum, payload, text_id};

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

payload! {
    /// A message to the person: created, sent to its destination, then delivered, not delivered, or
    /// rejected (which comes before sending). Deliveries may arrive in any order.
    ///
    /// Source: [documented](https://docs.caf.io/caf-api/caf-connect/webhook/events).
    pub struct Communication {
        /// Caf's id of the message.
        pub notification_id: NotificationId = "notificationId",
        /// Your account at Caf.
        pub tenant_id: Lenient<TenantId> = "tenantId",
        /// The way it went.
        pub channel: Lenient<Channel> = "channel",
        /// Your own id of the message.
        pub external_id: Lenient<Box<str>> = "externalId",
        /// The part of Caf that sent it.
        pub system: Lenient<System> = "system",
        /// When it happened; may be later than the event's own time.
        pub occurred_on: Lenient<Timestamp> = "occurredOn",
        /// Why it was rejected or not delivered: prose without a code, for people to read.
        /// Only in those two events.
        pub reason: Lenient<Pii<Box<str>>> = "reason",
    }
}
