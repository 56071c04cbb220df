//! An exchange of money, as REST shows it.

use idhooks_core::{Decimal, Pii, Timestamp, open_enum, record, text_id};

use super::{BankAccount, Invoice};
use crate::TransactionId;

text_id! {
    /// Capa's own id of a user, a UUID in the samples. Webhooks carry your id of them instead
    /// ([`ExternalUserId`](crate::ExternalUserId)): keep both when you create a user.
    pub struct UserId;
}

open_enum! {
    /// Which way the money goes.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/transactionpartnerv2controller_listpartnerusertransactions).
    pub enum TransactionType {
        /// Money into crypto.
        OnRamp = "ON_RAMP",
        /// Crypto into money.
        OffRamp = "OFF_RAMP",
        /// One currency into another.
        CrossRamp = "CROSS_RAMP",
    }
}

open_enum! {
    /// How far a transaction got. The vendor gives the names alone; what they mean is read off them.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/transactionpartnerv2controller_listpartnerusertransactions).
    pub enum TransactionStatus {
        /// Started.
        Pending = "PENDING",
        /// Waits for the user's money.
        PendingPayment = "PENDING_PAYMENT",
        /// Being worked on.
        InProgress = "IN_PROGRESS",
        /// The user's money arrived.
        FiatPaymentReceived = "FIAT_PAYMENT_RECEIVED",
        /// The user's money arrived; a second name.
        FiatReceived = "FIAT_RECEIVED",
        /// The user's crypto arrived.
        CryptoReceived = "CRYPTO_RECEIVED",
        /// The user's crypto did not arrive.
        CryptoNotReceived = "CRYPTO_NOT_RECEIVED",
        /// The user's crypto arrived in full.
        CompletedCryptoReceival = "COMPLETED_CRYPTO_RECEIVAL",
        /// Waits for a bank transfer.
        BankTransferPending = "BANK_TRANSFER_PENDING",
        /// The bank transfer can be made.
        ReadyBankTransfer = "READY_BANK_TRANSFER",
        /// Waits until somebody sends the crypto by hand.
        AwaitingManualCryptoTransfer = "AWAITING_MANUAL_CRYPTO_TRANSFER",
        /// Waits until somebody sends the money by hand.
        AwaitingManualFiatTransfer = "AWAITING_MANUAL_FIAT_TRANSFER",
        /// Done.
        Completed = "COMPLETED",
        /// Went wrong.
        Failed = "FAILED",
        /// Took too long.
        Expired = "EXPIRED",
        /// Called off.
        Cancelled = "CANCELLED",
    }
}

impl TransactionStatus {
    /// Whether it stays so: completed, failed, expired or cancelled (inferred from the names). A status this release
    /// does not name counts as one that may still change.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Expired | Self::Cancelled)
    }
}

record! {
    /// A transaction.
    ///
    /// Which members come depends on its type and on the call: a cancellation answers with id, user and status alone,
    /// in its older sample with nearly all. In a cross-ramp the crypto members mean nothing (inferred).
    ///
    /// Amounts are JSON numbers in most samples and texts in one; [`Decimal`] takes both.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/transactionpartnerv2controller_listpartnerusertransactions).
    #[serde(rename_all = "camelCase")]
    pub struct Transaction {
        required {
            /// Capa's id of it.
            pub id: TransactionId,
        }
        optional {
            /// Capa's id of the user.
            pub user_id: UserId,
            /// How far it got.
            pub status: TransactionStatus,
            /// Which way the money goes.
            #[serde(rename = "type")]
            pub transaction_type: TransactionType,
            /// Units of `fiat_currency` for one of `token_symbol` (inferred).
            pub exchange_rate: Decimal,
            /// Spread on the rate that is yours, as a part of one: `0.01` is one in a hundred (inferred).
            pub premium_spread: Decimal,
            /// Symbol of the token (`USDC`).
            pub token_symbol: Box<str>,
            /// Symbol of the chain (`POL`), not the display name webhooks carry.
            pub blockchain_symbol: Box<str>,
            /// Amount of crypto, in units of `token_symbol`.
            pub crypto_amount: Decimal,
            /// ISO 4217 code (`MXN`).
            pub fiat_currency: Box<str>,
            /// Amount of money, in units of `fiat_currency`.
            pub fiat_amount: Decimal,
            /// When it was made.
            pub created_at: Timestamp,
            /// When it was completed; absent before.
            pub completed_at: Timestamp,
            /// Where the crypto goes.
            pub destination_wallet_address: Pii<Box<str>>,
            /// Where the money goes to or comes from.
            pub bank_account: Box<BankAccount>,
            /// What shows that it was paid, or where to pay it.
            pub invoice: Box<Invoice>,
            /// Why it was cancelled, in free text.
            pub cancellation_reason: Pii<Box<str>>,
            /// Cross-ramp: currency of `cross_fiat_amount`.
            pub cross_fiat_currency: Box<str>,
            /// Cross-ramp: amount in `cross_fiat_currency`.
            pub cross_fiat_amount: Decimal,
            /// Cross-ramp: currency that is given.
            pub source_currency: Box<str>,
            /// Cross-ramp: currency that is received.
            pub target_currency: Box<str>,
            /// Cross-ramp: amount that is given, in units of `source_currency`.
            pub source_amount: Decimal,
            /// Cross-ramp: amount that is received, in units of `target_currency`.
            pub target_amount: Decimal,
            /// Cross-ramp: where the money comes from.
            pub source_bank_account: Box<BankAccount>,
            /// Cross-ramp: where the money goes.
            pub target_bank_account: Box<BankAccount>,
            /// OTC: days until settlement that were agreed on (inferred).
            pub forwarding_days: u32,
            /// OTC: days until settlement as it turns out (inferred).
            pub effective_forwarding_days: u32,
            /// OTC: when it is settled.
            pub forwarding_settlement_date: Timestamp,
        }
    }
}
