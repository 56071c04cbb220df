//! Reading a body of an unknown sender.

use std::{future::poll_fn, pin::pin};

use axum_core::body::Body;
use bytes::Bytes;
use http_body::Body as _;

use crate::{Rejection, budget::Budget};

/// Reads the whole body, up to `cap` bytes. Nothing is set aside for a length that was only declared.
pub(crate) async fn read(body: Body, cap: usize, budget: &Budget) -> Result<Bytes, Rejection> {
    let declared = body.size_hint().lower();
    if usize::try_from(declared).map_or(true, |declared| declared > cap) {
        return Err(Rejection::TooLarge);
    }
    let mut body = pin!(body);
    let mut share = budget.share();
    // Copied out of the connection's buffer, which is larger than a webhook and wanted back.
    let mut read = Vec::new();
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        let Ok(data) = frame.map_err(|_| Rejection::Interrupted)?.into_data() else {
            continue; // trailers
        };
        let len = read.len().saturating_add(data.len());
        if len > cap {
            return Err(Rejection::TooLarge);
        }
        if !share.cover(len) {
            return Err(Rejection::Busy);
        }
        read.extend_from_slice(&data);
    }
    Ok(read.into())
}
