//! Where deliveries go.

use idhooks_core::{Pii, Timestamp, record, text_id};

text_id! {
    /// Capa's id of the webhook settings, a UUID in the samples.
    pub struct WebhookSettingsId;
}

text_id! {
    /// Capa's id of you, a UUID in the samples.
    pub struct PartnerId;
}

record! {
    /// Where deliveries go. The secret they are signed with is not among it; no call returns it.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/webhook-settings), the same in
    /// [v1](https://docs.capa.fi/v1.0/reference/partnerwebhooksettingscontroller_update).
    #[serde(rename_all = "camelCase")]
    pub struct WebhookSettings {
        required {
            /// Capa's id of the settings.
            pub id: WebhookSettingsId,
        }
        optional {
            /// Capa's id of you.
            pub partner_id: PartnerId,
            /// Your URL; `None` when deliveries are switched off. Hidden from `Debug`, because such a URL often
            /// carries a secret.
            pub url: Pii<Box<str>>,
            /// When they were made. The samples have `2024-04-05 13:45:27.063`, without an offset, though the schema
            /// promises RFC 3339.
            pub created_at: Timestamp,
            /// When they were changed last, in the same form.
            pub updated_at: Timestamp,
        }
    }
}
