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
    {
        let (vendor, endpoint, reason) = (refusal.vendor(), refusal.endpoint(), refusal.rejection().as_str());
        let peer = refusal.peer().map(tracing::field::display);
        if matches!(refusal.rejection(), crate::Rejection::NotStored) {
            // The inbox reports its outage once, so this is not for every request.
            tracing::debug!(vendor, endpoint, reason, peer, "{refusal}");
        } else {
            tracing::warn!(vendor, endpoint, reason, peer, "{refusal}");
        }
    }
    let _ = refusal;
}

#[cfg_attr(not(feature = "inbox"), expect(dead_code, reason = "only the inbox service responds by itself"))]
pub(crate) fn acknowledged(vendor: &'static str, took: Duration) {
    #[cfg(feature = "metrics")]
    metrics::histogram!("idhooks_ack_seconds", "vendor" => vendor).record(took.as_secs_f64());
    let _ = (vendor, took);
}
