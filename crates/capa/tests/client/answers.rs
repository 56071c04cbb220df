//! What a call makes of errors, of both envelopes, and of answers that are none of Capa's.

use idhooks_capa::{
    Error, TransactionId,
    rest::{NotificationId, UserId},
};
use idhooks_fixtures::{
    error_chain,
    rest::sample,
    server::{Reply, Server},
};
use serde_json::json;

use super::{answering, client};

/// The error of one call under that answer.
async fn error_of(reply: Reply) -> Error {
    let (_server, client) = answering(reply).await;
    client.get_webhook_notification(&NotificationId::from("n-1")).await.unwrap_err()
}

#[tokio::test]
async fn documented_errors() {
    for (status, name, code, message) in [
        (400, "error-invalid-user-input", "INVALID_USER_INPUT_ERROR", "Invalid User Input"),
        (400, "error-invalid-state", "BAD_REQUEST", "Invalid state transition"),
        (401, "error-unauthorized", "UNAUTHORIZED", "Invalid API Key"),
        (403, "error-invalid-partner-flow", "INVALID_PARTNER_FLOW", "partner has an invalid flow"),
        (
            403,
            "error-not-owner",
            "PARTNER_NOT_OWNER_OF_TRANSACTION_ERROR",
            "Partner is not the owner of the transaction",
        ),
        (404, "error-not-found", "NOT_FOUND", "Notification not found"),
        (404, "error-transaction-not-found", "TRANSACTION_NOT_FOUND", "Transaction not found"),
        (409, "error-not-failed", "CONFLICT", "Notification is not in FAILED status"),
        (429, "error-rate-limit", "TOO_MANY_REQUESTS", "Rate limit exceeded. Try again in a few seconds."),
        (500, "error-internal", "INTERNAL_SERVER_ERROR", "Internal server error"),
    ] {
        let body = sample("capa", name).body;
        let error = error_of(Reply::sample(status, sample("capa", name))).await;
        assert_eq!(
            (error.status().map(|status| status.as_u16()), error.code(), error.message()),
            (Some(status), Some(code), Some(message))
        );
        assert_eq!(error.body().map(|kept| &kept[..]), Some(body), "{name}: the raw body is kept");
        assert_eq!(error.is_auth(), matches!(status, 401 | 403), "{name}");
        assert_eq!(error.is_not_found(), status == 404, "{name}");
        assert_eq!(error.is_transient(), matches!(status, 429 | 500), "{name}");
        assert_eq!(
            error.to_string(),
            format!("GET /api/partner/v2/webhook-notifications/{{id}}: the vendor returned {status} (code {code})")
        );
    }
}

#[tokio::test]
async fn every_shape_of_an_error_body() {
    for (name, code) in [
        ("error-shape-text", None),
        ("error-shape-without-code", None),
        ("error-shape-message-code", Some("UNAUTHORIZED")),
        ("error-shape-error-code", Some("UNAUTHORIZED")),
        ("error-unauthorized", Some("UNAUTHORIZED")),
    ] {
        let error = error_of(Reply::sample(401, sample("capa", name))).await;
        assert_eq!((error.code(), error.message()), (code, Some("Invalid API Key")), "{name}");
        assert!(error.is_auth(), "{name}");
    }
}

#[tokio::test]
async fn an_error_without_a_body_of_capas() {
    for reply in [
        Reply::new(403, "text/html", "<html><body>Forbidden by the gateway</body></html>"),
        Reply::status(403),
        Reply::json(403, "{\"success\":false"),
    ] {
        let error = error_of(reply).await;
        assert_eq!(
            (error.status().map(|status| status.as_u16()), error.code(), error.message()),
            (Some(403), None, None)
        );
        assert!(error.is_auth());
    }
}

#[tokio::test]
async fn a_success_without_a_body_of_capas() {
    for (reply, why) in [
        (Reply::new(200, "text/html", "<html></html>"), "the body is not valid JSON: line 1, column 1"),
        (Reply::status(200), "the body is empty"),
        (Reply::status(204), "the body is empty"),
        (Reply::json(200, "{\"success\":true,\"data\":{\"id\":"), "the body is not valid JSON"),
        (Reply::json(200, "[]"), "the body is of another type than documented"),
        (Reply::json(200, "{}"), "id is missing"),
        (Reply::json(200, "{\"success\":true}"), "data is missing"),
        (Reply::json(200, "{\"status\":\"ok\"}"), "data is missing"),
        (Reply::json(200, "{\"success\":true,\"data\":null}"), "the body is of another type than documented"),
        (Reply::json(200, "{\"success\":true,\"data\":{\"status\":\"FAILED\"}}"), "id is missing"),
    ] {
        let error = error_of(reply.clone()).await;
        assert!(error_chain(&error).contains(why), "{}: {reply:?}", error_chain(&error));
        assert!(error.status().map(|status| status.as_u16()).is_some_and(|status| status < 300), "{reply:?}");
        assert!(!error.is_transient() && error.may_have_taken_effect(), "{reply:?}");
    }
}

#[tokio::test]
async fn a_failure_under_200_is_a_failure() {
    let body = json!({ "success": false, "error": { "message": "no such user", "id": "", "code": "NOT_FOUND" } });
    let error = error_of(Reply::value(200, &body)).await;
    assert_eq!(
        (error.status().map(|status| status.as_u16()), error.code(), error.message()),
        (Some(200), Some("NOT_FOUND"), Some("no such user"))
    );
}

/// The same call, whichever of the three forms its answer has.
#[tokio::test]
async fn every_envelope_is_opened() {
    let data = json!({ "id": "t-1", "status": "CANCELLED", "fiatAmount": "4.70" });
    for whole in [json!({ "success": true, "data": data }), json!({ "status": "ok", "data": data }), data.clone()] {
        let (_server, client) = answering(Reply::value(200, &whole)).await;
        let transaction = client.cancel_transaction(&TransactionId::from("t-1")).await.unwrap();
        assert_eq!(transaction.id.as_str(), "t-1", "{whole}");
        assert_eq!(transaction.fiat_amount.as_ref().unwrap().as_str(), "4.70", "{whole}");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off() {
    let whole = sample("capa", "get-kyc-details").body;
    let (server, client) = answering(Reply::json(200, &whole[..200]).cut()).await;
    let error = client.get_kyc_details(&UserId::from("u")).await.unwrap_err();
    assert_eq!(error.status(), None);
    assert!(error.is_transient());
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn a_redirect_takes_the_key_nowhere() {
    let elsewhere = Server::start(|_| Reply::status(200)).await.unwrap();
    let to = format!("{}stolen", elsewhere.url());
    let server = Server::start(move |_| Reply::status(307).header("location", &to)).await.unwrap();
    let error = client(&server).cancel_transaction(&TransactionId::from("t")).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(307));
    assert!(elsewhere.received().is_empty());
}
