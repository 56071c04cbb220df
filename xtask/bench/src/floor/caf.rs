//! Caf's events.
#![allow(dead_code, reason = "read, not used: that is the job")]

use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Event<'a, T> {
    pub(crate) specversion: &'a str,
    pub(crate) r#type: &'a str,
    pub(crate) source: &'a str,
    pub(crate) id: &'a str,
    pub(crate) time: &'a str,
    pub(crate) datacontenttype: Option<&'a str>,
    pub(crate) data: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Transaction<'a> {
    pub(crate) id: &'a str,
    pub(crate) tenant_id: Option<&'a str>,
    pub(crate) report: Option<&'a str>,
    pub(crate) status: Option<&'a str>,
    pub(crate) date: Option<&'a str>,
    pub(crate) onboarding_id: Option<&'a str>,
    pub(crate) template_id: Option<&'a str>,
    pub(crate) custom_status: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Communication<'a> {
    pub(crate) tenant_id: Option<&'a str>,
    pub(crate) channel: &'a str,
    pub(crate) external_id: Option<&'a str>,
    pub(crate) notification_id: &'a str,
    pub(crate) system: Option<&'a str>,
    pub(crate) occurred_on: Option<&'a str>,
}
