//! What happened to an exchange of money.

use idhooks_core::{Decimal, Lenient, Pii, open_enum, payload, text_id};

use crate::{EventFamily, ExternalUserId};

text_id! {
    /// Capa's id of a transaction, a UUID in the samples; the same as in REST (inferred).
    pub struct TransactionId ignoring case;
}

open_enum! {
    /// What happened to a transaction. An *on-ramp* turns money into crypto, an *off-ramp* crypto
    /// into money, a *cross-ramp* one currency into another.
    ///
    /// The vendor renames events. Old and new names are variants of their own, so that what is
    /// written back is what was sent; the predicates see them as one.
    ///
    /// Source: [documented](https://docs.capa.fi/docs/transaction-events), in several editions, none
    /// of which is known to its end: other names are likely.
    pub enum TransactionEvent {
        /// An on-ramp was opened.
        CreatedOnRamp = "CREATED_ON_RAMP",
        /// The money arrived, the crypto is not sent yet.
        FiatReceivedOnRamp = "FIAT_RECEIVED_ON_RAMP",
        /// The crypto is in the wallet, confirmed on chain.
        CompletedOnRamp = "COMPLETED_ON_RAMP",
        /// An on-ramp was cancelled. Older edition only.
        CancelledOnRamp = "CANCELLED_ON_RAMP",
        /// An off-ramp was opened. Older edition only.
        CreatedOffRamp = "CREATED_OFF_RAMP",
        /// The user's crypto reached Capa, the payout starts. Older name.
        ReceivedUserCrypto = "RECEIVED_USER_CRYPTO",
        /// The user's crypto reached Capa, the payout starts. Newer name.
        CryptoReceivedOffRamp = "CRYPTO_RECEIVED_OFF_RAMP",
        /// The money was paid out.
        CompletedOffRamp = "COMPLETED_OFF_RAMP",
        /// A cross-ramp was opened. Named only as an example of the REST list.
        CreatedCrossRamp = "CREATED_CROSS_RAMP",
    }
}

impl TransactionEvent {
    /// Returns whether the user's crypto reached Capa, under the older or the newer name.
    #[must_use]
    pub fn is_crypto_received(&self) -> bool {
        matches!(self, Self::ReceivedUserCrypto | Self::CryptoReceivedOffRamp)
    }
}

payload! {
    /// A transaction moved on.
    ///
    /// Which of the optional fields come depends on the event and the edition: amounts stand in
    /// completed ones only, and not all three in the older samples.
    pub struct Transaction {
        /// Always `TRANSACTION`.
        pub family: EventFamily = "type",
        /// The name of the event.
        pub event: TransactionEvent = "event",
        /// Capa's id of the transaction.
        pub transaction_id: TransactionId = "transactionId",
        /// Your own id of the user; absent if you gave none when you created them (inferred).
        pub external_user_id: Lenient<ExternalUserId> = "externalUserId",
        /// The user's given name.
        pub first_name: Lenient<Pii<Box<str>>> = "firstName",
        /// The user's family name.
        pub last_name: Lenient<Pii<Box<str>>> = "lastName",
        /// Display name of the chain (`Polygon PoS`), not the symbol REST uses (`POL`).
        pub blockchain: Lenient<Box<str>> = "blockchain",
        /// Symbol of the token (`USDC`).
        pub crypto_currency: Lenient<Box<str>> = "cryptoCurrency",
        /// ISO 4217 code (`MXN`).
        pub fiat_currency: Lenient<Box<str>> = "fiatCurrency",
        /// Amount of money, in units of `fiat_currency`; sent as text.
        pub fiat_amount: Lenient<Decimal> = "fiatAmount",
        /// Amount of crypto, in units of `crypto_currency`; sent as text.
        pub crypto_amount: Lenient<Decimal> = "cryptoAmount",
        /// Units of `fiat_currency` for one of `crypto_currency`, as the newer sample's three
        /// figures agree (inferred).
        pub exchange_rate: Lenient<Decimal> = "exchangeRate",
    }
}
