//! Case Keeper's events. Of `data` an event reads the id and no more.
#![allow(dead_code, reason = "read, not used: that is the job")]

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event<'a> {
    pub(crate) key: &'a str,
    pub(crate) data_id: Option<&'a str>,
    #[serde(borrow)]
    pub(crate) data: Named<'a>,
}

#[derive(Deserialize)]
pub(crate) struct Named<'a> {
    pub(crate) id: &'a str,
}
