//! Capa's events.
#![allow(dead_code, reason = "read, not used: that is the job")]

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Transaction<'a> {
    pub(crate) r#type: &'a str,
    pub(crate) event: &'a str,
    pub(crate) transaction_id: &'a str,
    pub(crate) external_user_id: Option<&'a str>,
    pub(crate) first_name: Option<&'a str>,
    pub(crate) last_name: Option<&'a str>,
    pub(crate) blockchain: Option<&'a str>,
    pub(crate) crypto_currency: Option<&'a str>,
    pub(crate) fiat_currency: Option<&'a str>,
    pub(crate) fiat_amount: Option<&'a str>,
    pub(crate) crypto_amount: Option<&'a str>,
    pub(crate) exchange_rate: Option<&'a str>,
}
