//! The flat body: `type`, `event`, and fields beside them.

use std::time::Duration;

use idhooks_core::{
    Decimal, DecodeError, Envelope, Lenient, Pii, WebhookEvent, envelope,
    json::{self, FromJson, members, text},
    open_enum, payload, text_id,
};
use serde::Serialize;

use crate::{Kyc, KycEvent, Transaction, TransactionEvent, TransactionId, stringify::stringify};

text_id! {
    /// Your own id of a user: free text, as you gave it when you created them.
    pub struct ExternalUserId;
}

open_enum! {
    /// What an event is about. Documented as "currently" these two.
    pub enum EventFamily {
        /// Identity checks.
        Kyc = "KYC",
        /// Exchanges of money.
        Transaction = "TRANSACTION",
    }
}

envelope! {
    /// One event of Capa.
    ///
    /// Source: [documented](https://docs.capa.fi/docs/webhook-events-overview).
    pub enum Event from Wire {
        /// An identity check moved on.
        Kyc(Kyc) by event,
        /// A transaction moved on.
        Transaction(Transaction) by event,
    }
    or {
        /// The vendor's `type`.
        family: EventFamily,
    }
}

/// The vendor's `event`, among whose names it is; one nobody knows counts as a transaction's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Name {
    Kyc(KycEvent),
    Transaction(TransactionEvent),
}

impl Name {
    fn as_str(&self) -> &str {
        match self {
            Self::Kyc(event) => event.as_str(),
            Self::Transaction(event) => event.as_str(),
        }
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        if KycEvent::KNOWN.contains(&text) { Self::Kyc(text.into()) } else { Self::Transaction(text.into()) }
    }
}

impl FromJson<'_> for Name {
    fn from_text(text: &str) -> Result<Self, DecodeError> {
        Ok(text.into())
    }
}

payload! {
    /// Every field any event has, so that one pass reads them all.
    struct Wire {
        family: EventFamily = "type",
        event: Name = "event",
        external_user_id: Lenient<ExternalUserId> = "externalUserId",
        transaction_id: Lenient<TransactionId> = "transactionId",
        first_name: Lenient<Pii<Box<str>>> = "firstName",
        last_name: Lenient<Pii<Box<str>>> = "lastName",
        blockchain: Lenient<Box<str>> = "blockchain",
        crypto_currency: Lenient<Box<str>> = "cryptoCurrency",
        fiat_currency: Lenient<Box<str>> = "fiatCurrency",
        fiat_amount: Lenient<Decimal> = "fiatAmount",
        crypto_amount: Lenient<Decimal> = "cryptoAmount",
        exchange_rate: Lenient<Decimal> = "exchangeRate",
    }
}

impl WebhookEvent for Event {
    const VENDOR: &'static str = "capa";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    /// One hour. The last automatic retry comes 31 minutes after the first delivery
    /// ([documented](https://docs.capa.fi/docs/how-our-webhooks-work), newer edition: at once and after 1, 5, 10 and 15
    /// minutes). The rest is for timeouts, whose length is not documented. A rejected user who files again causes two
    /// KYC events with the same bytes (inferred), so a longer window loses events.
    const DEDUP_WINDOW: Duration = Duration::from_secs(60 * 60);

    fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        json::decode_flat(body, Self::from_wire)
    }

    fn is_known(&self) -> bool {
        Self::is_known(self)
    }

    fn envelope(body: &[u8]) -> Envelope {
        let names = ["event", "transactionId", "externalUserId"];
        let [event, transaction, user] = members(body, names);
        // The user stands in for a transaction that is not there, not for one that cannot be read.
        let transaction = transaction.filter(|id| id.get() != "null");
        Envelope::new().with_event(text(event)).with_subject(text(transaction.or(user)))
    }

    fn reserialize(body: &[u8]) -> Option<String> {
        stringify(body)
    }
}

impl Event {
    fn from_wire(wire: Wire, body: &str) -> Result<Self, DecodeError> {
        match (&wire.family, wire.event) {
            (EventFamily::Kyc, Name::Kyc(event)) => {
                Ok(Self::Kyc(Kyc { family: wire.family, event, external_user_id: wire.external_user_id }))
            }
            (EventFamily::Transaction, Name::Transaction(event)) if event.is_known() => {
                Ok(Self::Transaction(Transaction {
                    family: wire.family,
                    event,
                    transaction_id: wire.transaction_id.require("transactionId")?,
                    external_user_id: wire.external_user_id,
                    first_name: wire.first_name,
                    last_name: wire.last_name,
                    blockchain: wire.blockchain,
                    crypto_currency: wire.crypto_currency,
                    fiat_currency: wire.fiat_currency,
                    fiat_amount: wire.fiat_amount,
                    crypto_amount: wire.crypto_amount,
                    exchange_rate: wire.exchange_rate,
                }))
            }
            (_, name) => {
                let body = json::decode(body.as_bytes())?;
                Ok(Self::Other { name: name.as_str().into(), body, family: wire.family })
            }
        }
    }
}
