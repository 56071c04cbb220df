//! Spans and events show enough, and no secret.

#![allow(clippy::unwrap_used, reason = "test code: a panic is the finding")]
#![cfg(feature = "tracing")]

use std::{
    fmt::{self, Write as _},
    sync::{Arc, Mutex},
    time::Duration,
};

use idhooks_client::{
    Auth, Bytes, Limits, Request, Retry, RetrySafety, Settings, Transport, TransportError, async_trait,
    http::{self, StatusCode},
};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

/// Writes down every field of every span and event.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Visit for &Log {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0.lock().unwrap(), "{}={value:?};", field.name());
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("idhooks")
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        span.record(&mut &*self);
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut &*self);
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut &*self);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// Busy once, then refusing, with a body full of somebody's data.
struct Vendor(Mutex<u16>);

#[async_trait]
impl Transport for Vendor {
    async fn send(&self, _: http::Request<Bytes>, _: Limits) -> Result<http::Response<Bytes>, TransportError> {
        let mut response = http::Response::new(Bytes::from_static(br#"{"code":"NOT_YOURS","message":"CANARY"}"#));
        let status = std::mem::replace(&mut *self.0.lock().unwrap(), 403);
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        Ok(response)
    }
}

#[tokio::test(start_paused = true)]
async fn row_49_spans_hold_routes_and_codes_only() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let api = Settings::new("test", "idhooks-test/1")
        .base_url_str("https://api.example.com")
        .transport(Vendor(Mutex::new(503)))
        .retry(Retry::new().base(Duration::from_millis(1)))
        .build(Auth::bearer("CANARY").unwrap())
        .unwrap();
    let call = Request::put("/people/{cpf}", RetrySafety::Idempotent)
        .with("cpf", "CANARY")
        .query("name", "CANARY")
        .json("CANARY");
    assert!(api.send(call).await.is_err());

    let said = log.0.lock().unwrap().clone();
    for part in [
        r#"vendor="test";method="PUT";route="/people/{cpf}";"#,
        "attempt=1;error=PUT /people/{cpf}: the vendor returned 503 (code NOT_YOURS);",
        "message=retrying;",
        r#"status=403;code="NOT_YOURS";"#,
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(!said.contains("CANARY"), "{said}");
}
