//! Clients without sockets.

use std::cell::OnceCell;

use bytes::Bytes;
use http::{Request, Response};
use idhooks_http::{Limits, Transport, TransportError, async_trait};
use tokio::runtime::{Builder, Runtime};

/// Answers every request by a closure.
pub struct Canned<F>(pub F);

#[async_trait]
impl<F: Fn(&Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static> Transport for Canned<F> {
    async fn send(&self, request: Request<Bytes>, _: Limits) -> Result<Response<Bytes>, TransportError> {
        Ok((self.0)(&request))
    }
}

/// Answers every request with `answer`.
pub fn always(answer: &Response<Bytes>) -> impl Transport + use<> {
    let answer = answer.clone();
    Canned(move |_: &Request<Bytes>| answer.clone())
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
