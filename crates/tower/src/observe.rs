//! Metrics and log events of the receiver. Without the features these functions do nothing.

use std::time::Duration;

use crate::Refusal;

pub(crate) fn rejected(refusal: &Refusal<'_>) {
    #[cfg(feature = "metrics")]
    metrics::counter!(
        "idhooks_rejected_total",
        "vendor" => refusal.vendor(),
        "endpoint" => refusal.endpoint().unwrap_or_default().to_owned(),
        "reason" => refusal.rejection().as_str(),
    )
    .increment(1);
    #[cfg(feature = "tracing")]
    tracing::warn!(
        vendor = refusal.vendor(),
        endpoint = refusal.endpoint(),
        reason = refusal.rejection().as_str(),
        peer = refusal.peer().map(tracing::field::display),
        "{refusal}"
    );
    let _ = refusal;
}

#[cfg_attr(not(feature = "inbox"), expect(dead_code, reason = "only the inbox service responds by itself"))]
pub(crate) fn acknowledged(vendor: &'static str, took: Duration) {
    #[cfg(feature = "metrics")]
    metrics::histogram!("idhooks_ack_seconds", "vendor" => vendor).record(took.as_secs_f64());
    let _ = (vendor, took);
}
