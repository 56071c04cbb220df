//! How a transaction is paid.

use idhooks_core::{Lenient, Pii, payload, text_id};

text_id! {
    /// Hash of a transaction on its chain, as that chain writes it.
    pub struct TransactionHash;
}

payload! {
    /// A bank account.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/transactionpartnerv2controller_listpartnerusertransactions);
    /// `document_type` only in the answers to
    /// [a new off-ramp](https://docs.capa.fi/reference/offramppartnerv2controller_createpartnerofframp) and on-ramp.
    pub struct BankAccount {
        /// ISO 3166 code (`MX`).
        pub country: Lenient<Box<str>> = "country",
        /// Number of the account, in the country's own form (a CLABE in Mexico).
        pub account_identifier: Lenient<Pii<Box<str>>> = "accountIdentifier",
        /// Whether Capa has verified it.
        pub is_verified: Lenient<bool> = "isVerified",
        /// Name of the bank.
        pub bank_name: Lenient<Box<str>> = "bankName",
        /// Kind of account (`SAVINGS`).
        pub account_type: Lenient<Box<str>> = "accountType",
        /// Number of the holder's document.
        pub document_identifier: Lenient<Pii<Box<str>>> = "documentIdentifier",
        /// Kind of the holder's document (`RNC`).
        pub document_type: Lenient<Box<str>> = "documentType",
        /// International number of the account.
        pub iban: Lenient<Pii<Box<str>>> = "iban",
        /// International code of the bank.
        pub bic: Lenient<Box<str>> = "bic",
        /// Code of the bank within the United States.
        pub routing_number: Lenient<Box<str>> = "routingNumber",
    }
}

payload! {
    /// What shows that a transaction was paid, or where to pay it.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/transactionpartnerv2controller_listpartnerusertransactions).
    pub struct Invoice {
        /// Hash of the transfer on its chain. Personal, because a chain is public and shows whose wallet it was.
        pub transaction_hash: Lenient<Pii<TransactionHash>> = "transactionHash",
        /// Link to the invoice; anyone who has it may open it.
        pub payment_url: Lenient<Pii<Box<str>>> = "paymentUrl",
    }
}
