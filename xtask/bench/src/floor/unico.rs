//! Unico's notices.
#![allow(dead_code, reason = "read, not used: that is the job")]

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Finished<'a> {
    pub(crate) process_id: &'a str,
    pub(crate) state: &'a str,
    pub(crate) flow: Option<&'a str>,
    pub(crate) result: Option<&'a str>,
    pub(crate) last_event: Option<&'a str>,
    pub(crate) last_event_description: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Check<'a> {
    pub(crate) event_date: Option<&'a str>,
    pub(crate) event: &'a str,
    #[serde(borrow)]
    pub(crate) data: CheckedProcess<'a>,
}

#[derive(Deserialize)]
pub(crate) struct CheckedProcess<'a> {
    pub(crate) id: &'a str,
    pub(crate) status: Option<u8>,
    pub(crate) score: Option<f64>,
}
