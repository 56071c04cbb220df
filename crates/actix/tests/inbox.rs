//! From a request to the inbox, on actix-web.

#![cfg(feature = "inbox")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use actix_web::{App, http::StatusCode, test, web};
use idhooks_actix::{InboxService, Webhook, store};
use idhooks_caf as caf;
use idhooks_core::Secret;
use idhooks_inbox::{Filter, Inbox};

#[actix_web::test]
async fn stores_before_it_responds() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("inbox.db").display());
    let inbox = Inbox::open(&url).await.unwrap();
    let secret = Secret::new("the secret").unwrap();
    let service = web::Data::new(InboxService::new(inbox.clone(), caf::Verifier::new(secret.clone())));
    let app = App::new().app_data(service).route("/", web::to(store::<caf::Verifier>));
    let app = test::init_service(app).await;
    let body = r#"{"specversion":"1.0","type":"PROFILEUPDATEDEVENT","source":"SMARTAUTH","id":"e","data":{}}"#;
    let send = async |signature: (&'static str, String)| {
        let request = test::TestRequest::post().uri("/").insert_header(signature).set_payload(body).to_request();
        test::call_service(&app, request).await.status()
    };
    let signature = caf::sign(&secret, body.as_bytes());
    assert_eq!(send(signature.clone()).await, StatusCode::OK);
    assert_eq!(send(signature.clone()).await, StatusCode::OK, "a duplicate");
    assert_eq!(send((signature.0, "0".repeat(64))).await, StatusCode::UNAUTHORIZED);
    assert_eq!(inbox.list(&Filter::new()).await.unwrap().deliveries.len(), 1);
    inbox.close().await;
    assert_eq!(send(signature).await, StatusCode::SERVICE_UNAVAILABLE);
}

#[actix_web::test]
async fn a_missing_verifier_is_500() {
    let app = test::init_service(App::new().route("/", web::to(|_: Webhook<caf::Verifier>| async { "" }))).await;
    let response = test::call_service(&app, test::TestRequest::post().uri("/").to_request()).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
}
