//! An exchange of money, as REST shows it.

use idhooks_core::{Decimal, Lenient, Pii, Timestamp, open_enum, payload, text_id};

use super::{BankAccount, Invoice};
use crate::TransactionId;

text_id! {
    /// Capa's own id of a user, a UUID in the samples. Webhooks carry your id of them instead
    /// ([`ExternalUserId`](crate::ExternalUserId)): keep both when you create a user.
    pub struct UserId ignoring case;
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
    /// Returns whether it stays so: completed, failed, expired or cancelled (inferred from the names). A status this
    /// release does not name counts as one that may still change.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Expired | Self::Cancelled)
    }
}

payload! {
    /// A transaction.
    ///
    /// Which members come depends on its type and on the call: a cancellation answers with id, user and status alone,
    /// in its older sample with nearly all. In a cross-ramp the crypto members mean nothing (inferred).
    ///
    /// Amounts are JSON numbers in most samples and texts in one; [`Decimal`] takes both.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/transactionpartnerv2controller_listpartnerusertransactions).
    pub struct Transaction {
        /// Capa's id of it.
        pub id: TransactionId = "id",
        /// Capa's id of the user.
        pub user_id: Lenient<UserId> = "userId",
        /// How far it got.
        pub status: Lenient<TransactionStatus> = "status",
        /// Which way the money goes.
        pub transaction_type: Lenient<TransactionType> = "type",
        /// Units of `fiat_currency` for one of `token_symbol` (inferred).
        pub exchange_rate: Lenient<Decimal> = "exchangeRate",
        /// Spread on the rate that is yours, as a part of one: `0.01` is one in a hundred (inferred).
        pub premium_spread: Lenient<Decimal> = "premiumSpread",
        /// Symbol of the token (`USDC`).
        pub token_symbol: Lenient<Box<str>> = "tokenSymbol",
        /// Symbol of the chain (`POL`), not the display name webhooks carry.
        pub blockchain_symbol: Lenient<Box<str>> = "blockchainSymbol",
        /// Amount of crypto, in units of `token_symbol`.
        pub crypto_amount: Lenient<Decimal> = "cryptoAmount",
        /// ISO 4217 code (`MXN`).
        pub fiat_currency: Lenient<Box<str>> = "fiatCurrency",
        /// Amount of money, in units of `fiat_currency`.
        pub fiat_amount: Lenient<Decimal> = "fiatAmount",
        /// When it was made.
        pub created_at: Lenient<Timestamp> = "createdAt",
        /// When it was completed; absent before.
        pub completed_at: Lenient<Timestamp> = "completedAt",
        /// Where the crypto goes.
        pub destination_wallet_address: Lenient<Pii<Box<str>>> = "destinationWalletAddress",
        /// Where the money goes to or comes from.
        pub bank_account: Lenient<Box<BankAccount>> = "bankAccount",
        /// The proof of payment, or the place to pay.
        pub invoice: Lenient<Box<Invoice>> = "invoice",
        /// Why it was cancelled, in free text.
        pub cancellation_reason: Lenient<Pii<Box<str>>> = "cancellationReason",
        /// Cross-ramp: currency of `cross_fiat_amount`.
        pub cross_fiat_currency: Lenient<Box<str>> = "crossFiatCurrency",
        /// Cross-ramp: amount in `cross_fiat_currency`.
        pub cross_fiat_amount: Lenient<Decimal> = "crossFiatAmount",
        /// Cross-ramp: currency that is given.
        pub source_currency: Lenient<Box<str>> = "sourceCurrency",
        /// Cross-ramp: currency that is received.
        pub target_currency: Lenient<Box<str>> = "targetCurrency",
        /// Cross-ramp: amount that is given, in units of `source_currency`.
        pub source_amount: Lenient<Decimal> = "sourceAmount",
        /// Cross-ramp: amount that is received, in units of `target_currency`.
        pub target_amount: Lenient<Decimal> = "targetAmount",
        /// Cross-ramp: where the money comes from.
        pub source_bank_account: Lenient<Box<BankAccount>> = "sourceBankAccount",
        /// Cross-ramp: where the money goes.
        pub target_bank_account: Lenient<Box<BankAccount>> = "targetBankAccount",
        /// OTC: days until settlement that were agreed on (inferred).
        pub forwarding_days: Lenient<u32> = "forwardingDays",
        /// OTC: days until settlement as it turns out (inferred).
        pub effective_forwarding_days: Lenient<u32> = "effectiveForwardingDays",
        /// OTC: when it is settled.
        pub forwarding_settlement_date: Lenient<Timestamp> = "forwardingSettlementDate",
    }
}
