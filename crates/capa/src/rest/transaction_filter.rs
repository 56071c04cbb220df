//! The filter of transactions.

use super::{PartnerId, SortOrder, TransactionStatus, TransactionType, UserId};

/// A filter of transactions. Selects all of yours if nothing is set. One transaction by its id is
/// [`Client::get_transaction`](crate::Client::get_transaction).
///
/// ```
/// use idhooks_capa::rest::{SortOrder, TransactionFilter, TransactionStatus};
///
/// let newest = TransactionFilter::new().status(TransactionStatus::Completed).sort("createdAt", SortOrder::Descending);
/// # assert_eq!(newest.sort_by.as_deref(), Some("createdAt"));
/// let of_one_user = TransactionFilter::new().user_id(&"u-1".into()).partner_id(&"p-1".into()).fiat_currency("MXN");
/// # assert_ne!(newest, of_one_user);
/// ```
///
/// Source: [documented](https://docs.capa.fi/reference/transactionpartnerv2controller_listpartnerusertransactions).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransactionFilter {
    /// Of this status only.
    pub status: Option<TransactionStatus>,
    /// Of this type only.
    pub transaction_type: Option<TransactionType>,
    /// In this currency only, as an ISO 4217 code (`MXN`).
    pub fiat_currency: Option<Box<str>>,
    /// Of this user only.
    pub user_id: Option<UserId>,
    /// Of this partner only.
    pub partner_id: Option<PartnerId>,
    /// How many on a page: 20 unless set, 100 at most.
    pub limit: Option<u32>,
    /// The member to sort by.
    pub sort_by: Option<Box<str>>,
    /// In which order.
    pub sort_order: Option<SortOrder>,
}

impl TransactionFilter {
    /// Selects all of them.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Selects those of one status.
    #[must_use]
    pub fn status(self, status: TransactionStatus) -> Self {
        Self { status: Some(status), ..self }
    }

    /// Selects those of one type.
    #[must_use]
    pub fn transaction_type(self, transaction_type: TransactionType) -> Self {
        Self { transaction_type: Some(transaction_type), ..self }
    }

    /// Selects those in one currency, an ISO 4217 code (`MXN`).
    #[must_use]
    pub fn fiat_currency(self, code: &str) -> Self {
        Self { fiat_currency: Some(code.into()), ..self }
    }

    /// Selects those of one user.
    #[must_use]
    pub fn user_id(self, id: &UserId) -> Self {
        Self { user_id: Some(id.clone()), ..self }
    }

    /// Selects those of one partner.
    #[must_use]
    pub fn partner_id(self, id: &PartnerId) -> Self {
        Self { partner_id: Some(id.clone()), ..self }
    }

    /// Sets how many are on a page, at most 100. Defaults to 20.
    #[must_use]
    pub fn limit(self, limit: u32) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// Sorts by that member. The pages do not say which members can be sorted by.
    #[must_use]
    pub fn sort(self, by: &str, order: SortOrder) -> Self {
        Self { sort_by: Some(by.into()), sort_order: Some(order), ..self }
    }
}
