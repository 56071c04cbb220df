//! Where deliveries go.

use idhooks_core::{Lenient, Pii, Timestamp, payload, text_id};

text_id! {
    /// Capa's id of the webhook settings, a UUID in the samples.
    pub struct WebhookSettingsId ignoring case;
}

text_id! {
    /// Capa's id of you, a UUID in the samples.
    pub struct PartnerId ignoring case;
}

payload! {
    /// Where deliveries go. The secret they are signed with is not among it; no call returns it.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/webhook-settings), the same in
    /// [v1](https://docs.capa.fi/v1.0/reference/partnerwebhooksettingscontroller_update).
    pub struct WebhookSettings {
        /// Capa's id of the settings.
        pub id: WebhookSettingsId = "id",
        /// Capa's id of you.
        pub partner_id: Lenient<PartnerId> = "partnerId",
        /// Your URL; `None` when deliveries are switched off. Hidden from `Debug`, because such a URL often
        /// carries a secret.
        pub url: Lenient<Pii<Box<str>>> = "url",
        /// When they were made. The samples have `2024-04-05 13:45:27.063`, without an offset, though the schema
        /// promises RFC 3339.
        pub created_at: Lenient<Timestamp> = "createdAt",
        /// When they were changed last, in the same form.
        pub updated_at: Lenient<Timestamp> = "updatedAt",
    }
}
