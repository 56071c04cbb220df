//! How a transaction is paid.

use idhooks_core::{Pii, record, text_id};

text_id! {
    /// Hash of a transaction on its chain, as that chain writes it.
    pub struct TransactionHash;
}

record! {
    /// A bank account.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/transactionpartnerv2controller_listpartnerusertransactions);
    /// `document_type` only in the answers to
    /// [a new off-ramp](https://docs.capa.fi/reference/offramppartnerv2controller_createpartnerofframp) and on-ramp.
    #[serde(rename_all = "camelCase")]
    pub struct BankAccount {
        required {}
        optional {
            /// ISO 3166 code (`MX`).
            pub country: Box<str>,
            /// Number of the account, in the country's own form (a CLABE in Mexico).
            pub account_identifier: Pii<Box<str>>,
            /// Whether Capa has verified it.
            pub is_verified: bool,
            /// Name of the bank.
            pub bank_name: Box<str>,
            /// Kind of account (`SAVINGS`).
            pub account_type: Box<str>,
            /// Number of the holder's document.
            pub document_identifier: Pii<Box<str>>,
            /// Kind of the holder's document (`RNC`).
            pub document_type: Box<str>,
            /// International number of the account.
            pub iban: Pii<Box<str>>,
            /// International code of the bank.
            pub bic: Box<str>,
            /// Code of the bank within the United States.
            pub routing_number: Box<str>,
        }
    }
}

record! {
    /// What shows that a transaction was paid, or where to pay it.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/transactionpartnerv2controller_listpartnerusertransactions).
    #[serde(rename_all = "camelCase")]
    pub struct Invoice {
        required {}
        optional {
            /// Hash of the transfer on its chain. Personal, because a chain is public and shows whose wallet it was.
            pub transaction_hash: Pii<TransactionHash>,
            /// Link to the invoice; whoever has it may open it.
            pub payment_url: Pii<Box<str>>,
        }
    }
}
