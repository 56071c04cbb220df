//! Between the types of actix-web, which are of `http` 0.2, and those of `http` 1.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{HttpRequest, HttpResponse, dev::Payload, error::PayloadError, http::StatusCode};
use bytes::Bytes;
use futures_core::Stream as _;
use http::{HeaderName, HeaderValue, Method, Request, Response, Uri};
use http_body::{Frame, SizeHint};

/// The body of a request.
pub(crate) struct Body {
    payload: Payload,
    declared: Option<u64>,
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = PayloadError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, PayloadError>>> {
        Pin::new(&mut self.payload).poll_next(context).map_ok(Frame::data)
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = SizeHint::new();
        hint.set_lower(self.declared.unwrap_or_default());
        hint
    }
}

/// Converts a request. What `http` 1 does not take, such as a header with a name it rejects, is left out.
pub(crate) fn request(from: &HttpRequest, payload: Payload) -> Request<Body> {
    let declared = from.headers().get("content-length").and_then(|length| length.to_str().ok()?.parse().ok());
    let mut request = Request::new(Body { payload, declared });
    *request.method_mut() = Method::from_bytes(from.method().as_str().as_bytes()).unwrap_or_default();
    *request.uri_mut() = from.uri().to_string().parse::<Uri>().unwrap_or_default();
    for (name, value) in from.headers() {
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
            request.headers_mut().append(name, value);
        }
    }
    if let Some(peer) = from.peer_addr() {
        request.extensions_mut().insert(peer);
    }
    request
}

/// Converts a response without a body.
pub(crate) fn response<B>(from: &Response<B>) -> HttpResponse {
    let status = StatusCode::from_u16(from.status().as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    for (name, value) in from.headers() {
        response.insert_header((name.as_str(), value.as_bytes()));
    }
    response.finish()
}
