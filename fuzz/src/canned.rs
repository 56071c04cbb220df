//! Clients without sockets.

use std::cell::OnceCell;

use bytes::Bytes;
use idhooks_client::{Limits, Transport, TransportError, async_trait};
use tokio::runtime::{Builder, Runtime};

/// Answers every request by a closure.
pub struct Canned<F>(pub F);

#[async_trait]
impl<F: Fn(&http::Request<Bytes>) -> http::Response<Bytes> + Send + Sync + 'static> Transport for Canned<F> {
    async fn send(&self, request: http::Request<Bytes>, _: Limits) -> Result<http::Response<Bytes>, TransportError> {
        Ok((self.0)(&request))
    }
}

/// Answers every request with `answer`.
pub fn always(answer: &http::Response<Bytes>) -> impl Transport + use<> {
    let answer = answer.clone();
    Canned(move |_: &http::Request<Bytes>| answer.clone())
}

/// Runs a call to its end on this thread.
pub fn run<F: Future>(call: F) -> F::Output {
    thread_local! {
        static RUNTIME: OnceCell<Runtime> = const { OnceCell::new() };
    }
    RUNTIME.with(|runtime| {
        let runtime = runtime.get_or_init(|| Builder::new_current_thread().enable_all().build().expect("a runtime"));
        runtime.block_on(call)
    })
}
