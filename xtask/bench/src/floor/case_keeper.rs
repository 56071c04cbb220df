//! Case Keeper's events.
#![allow(dead_code, reason = "read, not used: that is the job")]

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event<'a> {
    pub(crate) key: &'a str,
    pub(crate) data_id: Option<&'a str>,
    #[serde(borrow)]
    pub(crate) data: Verification<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Verification<'a> {
    pub(crate) id: &'a str,
    pub(crate) status: Option<&'a str>,
    #[serde(borrow)]
    pub(crate) bankruptcy_result: Option<Bankruptcy<'a>>,
    #[serde(borrow, default)]
    pub(crate) bankruptcy_results: Vec<Bankruptcy<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Bankruptcy<'a> {
    pub(crate) id: &'a str,
    pub(crate) created_at: &'a str,
    pub(crate) updated_at: &'a str,
    pub(crate) verification_id: &'a str,
    pub(crate) verified: bool,
    pub(crate) confirmed: bool,
    #[serde(borrow)]
    pub(crate) errors: Vec<&'a str>,
    #[serde(borrow)]
    pub(crate) failed_reasons: Vec<&'a str>,
    pub(crate) found_record: bool,
}
