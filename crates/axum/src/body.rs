//! Reading a body of an unknown sender.

use std::{future::poll_fn, pin::pin};

use axum_core::body::Body;
use bytes::Bytes;
use http_body::Body as _;

use crate::{Rejection, budget::Share};

/// Reads the whole body, up to `cap` bytes. Nothing is set aside for a length that was only declared.
///
/// The share of the memory it takes is given back by its caller, once the sender is known.
pub(crate) async fn read(body: Body, cap: usize, share: &mut Share<'_>) -> Result<Bytes, Rejection> {
    let declared = body.size_hint().lower();
    if usize::try_from(declared).map_or(true, |declared| declared > cap) {
        return Err(Rejection::TooLarge);
    }
    let mut body = pin!(body);
    // Copied out of the connection's buffer, which is larger than a webhook and wanted back.
    let mut read: Vec<u8> = Vec::new();
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        let Ok(data) = frame.map_err(|_| Rejection::Interrupted)?.into_data() else {
            continue; // trailers
        };
        let len = read.len().saturating_add(data.len());
        if len > cap {
            return Err(Rejection::TooLarge);
        }
        if len > read.capacity() {
            // Growing by half; the old block and the new one exist side by side while it is copied.
            let capacity = len.max(read.capacity() / 2 * 3).min(cap);
            if !share.cover(capacity) {
                return Err(Rejection::Busy);
            }
            read.reserve_exact(capacity - read.len());
        }
        read.extend_from_slice(&data);
    }
    read.shrink_to_fit();
    Ok(read.into())
}
