//! Reading a body of an unknown sender.

use std::{future::poll_fn, pin::pin};

use bytes::{Buf as _, Bytes};
use http_body::Body;

use crate::{Rejection, budget::Share};

/// Reads the whole body, up to `cap` bytes. Allocates nothing for a length that was only declared.
///
/// The caller returns the share of the memory once the sender is known.
pub(crate) async fn read<B: Body>(body: B, cap: usize, share: &mut Share<'_>) -> Result<Bytes, Rejection> {
    let declared = body.size_hint().lower();
    if usize::try_from(declared).map_or(true, |declared| declared > cap) {
        return Err(Rejection::TooLarge);
    }
    let mut body = pin!(body);
    // Copied out of the connection's buffer, which is larger than a webhook and needed again.
    let mut read: Vec<u8> = Vec::new();
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        let Ok(mut data) = frame.map_err(|_| Rejection::Interrupted)?.into_data() else {
            continue; // trailers
        };
        let len = read.len().saturating_add(data.remaining());
        if len > cap {
            return Err(Rejection::TooLarge);
        }
        if len > read.capacity() {
            // Growing by half: the old and the new block exist side by side while one is copied.
            let capacity = len.max(read.capacity() / 2 * 3).min(cap);
            if !share.cover(capacity) {
                return Err(Rejection::Busy);
            }
            read.reserve_exact(capacity - read.len());
        }
        while data.has_remaining() {
            let chunk = data.chunk();
            read.extend_from_slice(chunk);
            let taken = chunk.len();
            data.advance(taken);
        }
    }
    read.shrink_to_fit();
    Ok(read.into())
}
