//! What each call sends: method, path, query, headers, body; and what it makes of the answer.

use idhooks_capa::{
    Client, RetryError, TransactionId,
    http_client::Url,
    rest::{
        KybStatus, KycVerdict, NotificationFilter, NotificationId, NotificationStatus, PartnerId, SortOrder,
        TransactionFilter, TransactionStatus, TransactionType, UserId,
    },
};
use idhooks_fixtures::{
    error_chain,
    rest::sample,
    server::{Received, Reply, Server},
};
use serde_json::{Value, json};

use super::{KEY, answering};

/// An id with everything that has a meaning in a path or query.
const ODD: &str = "a/b?c=d&e#f%2F é";
const ODD_IN_PATH: &str = "a%2Fb%3Fc%3Dd%26e%23f%252F%20%C3%A9";

async fn sampled(status: u16, name: &str) -> (Server, Client) {
    answering(Reply::sample(status, sample("capa", name))).await
}

/// The sample, about the object with the id [`ODD`].
async fn sampled_as_odd(status: u16, name: &str) -> (Server, Client) {
    let mut body: Value = serde_json::from_slice(sample("capa", name).body).unwrap();
    let data = if body["data"].is_object() { &mut body["data"] } else { &mut body };
    let id = if data["clientReferenceId"].is_string() { "clientReferenceId" } else { "id" };
    data[id] = ODD.into();
    answering(Reply::value(status, &body)).await
}

/// The one request there was, with what all of them have.
fn only(server: &Server) -> Received {
    let received = server.received();
    assert_eq!(received.len(), 1, "{received:?}");
    let request = server.last();
    assert_eq!(request.header("partner-api-key"), Some(KEY));
    assert_eq!(request.header("accept"), Some("application/json"));
    assert_eq!(request.header("authorization"), None);
    assert_eq!(request.header("capa-signature"), None, "requests are not signed");
    assert!(request.header("user-agent").unwrap().starts_with("idhooks-capa/"));
    request
}

/// Bodiless, whatever the method.
fn assert_no_body(request: &Received) {
    assert!(request.body.is_empty());
    assert_eq!(request.header("content-type"), None);
}

fn parameters(request: &Received) -> Vec<(String, String)> {
    request.parameters().into_iter().collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn update_webhook_settings() {
    let (server, client) = sampled(200, "update-webhook-settings").await;
    let url = Url::parse("https://some-webhook-endpoint.url/hooks?t=1").unwrap();
    let settings = client.update_webhook_settings(Some(&url)).await.unwrap();
    assert_eq!(settings.id.as_str(), "12a121ad-cbea-4ec4-9e0a-5c861e528bba");

    let request = only(&server);
    assert_eq!(request.line(), "PUT /api/partner/v2/webhook-settings");
    assert_eq!(request.query, "");
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.json(), json!({ "url": "https://some-webhook-endpoint.url/hooks?t=1" }));
}

#[tokio::test]
async fn no_url_is_sent_as_null() {
    let (server, client) = sampled(200, "update-webhook-settings-off").await;
    let settings = client.update_webhook_settings(None).await.unwrap();
    assert_eq!(*settings.url, None);
    let documented: Value = serde_json::from_slice(sample("capa", "update-webhook-settings-off-request").body).unwrap();
    assert_eq!(only(&server).json(), documented);
    assert_eq!(&only(&server).body[..], br#"{"url":null}"#);
}

#[tokio::test]
async fn update_webhook_settings_v1() {
    let (server, client) = sampled(200, "update-webhook-settings-v1").await;
    let documented: Value = serde_json::from_slice(sample("capa", "update-webhook-settings-request").body).unwrap();
    let url = Url::parse(documented["url"].as_str().unwrap()).unwrap();
    let settings = client.update_webhook_settings_v1(Some(&url)).await.unwrap();
    assert_eq!(settings.partner_id.as_ref().unwrap().as_str(), "12a121ad-cbea-4ec4-9e0a-5c861e528bba");
    let request = only(&server);
    assert_eq!(request.line(), "PUT /api/partner/v1/webhook-settings");
    assert_eq!(request.json(), json!({ "url": "https://some-webhook-endpoint.url/" }), "an empty path is written as /");
    assert_eq!(request.header("x-supported-country"), None, "not on this call");

    client.update_webhook_settings_v1(None).await.unwrap();
    assert_eq!(server.last().json(), json!({ "url": null }));
}

#[tokio::test]
async fn list_webhook_notifications() {
    let (server, client) = sampled(200, "list-webhook-notifications").await;
    let page = client.list_webhook_notifications(&NotificationFilter::new()).next().await.unwrap().unwrap();
    assert_eq!(page.total, Some(42), "not `count`, which is 10");
    assert_eq!(page.items.len(), 1);
    assert_eq!(*page.items[0].status, Some(NotificationStatus::Failed));
    let request = only(&server);
    assert_eq!(request.line(), "GET /api/partner/v2/webhook-notifications");
    assert_eq!(parameters(&request), pairs(&[("skip", "0")]));
    assert_no_body(&request);

    let (server, client) = sampled(200, "list-webhook-notifications").await;
    let filter = NotificationFilter::new().status(NotificationStatus::NotSent).limit(100);
    client.list_webhook_notifications(&filter).next().await.unwrap();
    assert_eq!(parameters(&only(&server)), pairs(&[("limit", "100"), ("skip", "0"), ("status", "NOT_SENT")]));
}

#[tokio::test]
async fn get_webhook_notification() {
    let (server, client) = sampled_as_odd(200, "get-webhook-notification").await;
    let notification = client.get_webhook_notification(&NotificationId::from(ODD)).await.unwrap();
    assert_eq!(*notification.manual_retry_count, Some(1));
    assert_eq!(notification.event().unwrap().name(), "CREATED_ON_RAMP");
    let request = only(&server);
    assert_eq!(request.line(), format!("GET /api/partner/v2/webhook-notifications/{ODD_IN_PATH}"));
    assert_eq!(request.query, "");
    assert_no_body(&request);
}

#[tokio::test]
async fn retry_webhook_notification() {
    for status in [200, 201, 202] {
        let (server, client) = sampled_as_odd(status, "retry-webhook-notification").await;
        let notification = client.retry_webhook_notification(&NotificationId::from(ODD)).await.unwrap();
        assert_eq!(*notification.status, Some(NotificationStatus::Pending));
        let request = only(&server);
        assert_eq!(request.line(), format!("POST /api/partner/v2/webhook-notifications/{ODD_IN_PATH}/retry"));
        assert_no_body(&request);
    }
}

#[tokio::test]
async fn list_transactions() {
    let (server, client) = sampled(200, "list-transactions").await;
    let page = client.list_transactions(&TransactionFilter::new()).next().await.unwrap().unwrap();
    assert_eq!(page.total, Some(2));
    assert_eq!(page.items[0].id.as_str(), "tx-1");
    let request = only(&server);
    assert_eq!(request.line(), "GET /api/partner/v2/transactions");
    assert_eq!(parameters(&request), pairs(&[("skip", "0")]));
    assert_no_body(&request);

    let (server, client) = sampled(200, "list-transactions").await;
    let filter = TransactionFilter::new()
        .status(TransactionStatus::BankTransferPending)
        .transaction_type(TransactionType::OffRamp)
        .fiat_currency("MXN")
        .user_id(&UserId::from(ODD))
        .partner_id(&PartnerId::from("p-1"))
        .limit(50)
        .sort("createdAt", SortOrder::Descending);
    client.list_transactions(&filter).next().await.unwrap();
    let wanted = [
        ("fiatCurrency", "MXN"),
        ("limit", "50"),
        ("partnerId", "p-1"),
        ("skip", "0"),
        ("sortBy", "createdAt"),
        ("sortOrder", "desc"),
        ("status", "BANK_TRANSFER_PENDING"),
        ("type", "OFF_RAMP"),
        ("userId", ODD),
    ];
    assert_eq!(parameters(&only(&server)), pairs(&wanted));
}

#[tokio::test]
async fn get_transaction() {
    let (server, client) = sampled(200, "list-transactions").await;
    let found = client.get_transaction(&TransactionId::from("tx-1")).await.unwrap();
    assert_eq!(*found.status, Some(TransactionStatus::PendingPayment));
    let request = only(&server);
    assert_eq!(request.line(), "GET /api/partner/v2/transactions");
    assert_eq!(parameters(&request), pairs(&[("id", "tx-1")]));
    assert_no_body(&request);
}

#[tokio::test]
async fn a_transaction_that_is_not_there() {
    let (server, client) = sampled(200, "list-transactions-empty").await;
    let error = client.get_transaction(&TransactionId::from(ODD)).await.unwrap_err();
    assert!(error.is_not_found() && !error.may_have_taken_effect());
    assert_eq!(error_chain(&error), "GET /api/partner/v2/transactions: the vendor returned 200: data is empty");
    assert_eq!(parameters(&only(&server)), pairs(&[("id", ODD)]));

    // An API that passed over the filter must not look as if the transaction did not exist, nor be another.
    let (_server, client) = sampled(200, "list-transactions").await;
    let error = client.get_transaction(&TransactionId::from("tx-2")).await.unwrap_err();
    assert!(error_chain(&error).contains("data holds another transaction than requested"), "{error}");
    assert!(!error.is_not_found());
}

#[tokio::test]
async fn cancel_transaction() {
    for name in ["cancel-transaction", "cancel-transaction-legacy"] {
        let (server, client) = sampled_as_odd(200, name).await;
        let cancelled = client.cancel_transaction(&TransactionId::from(ODD)).await.unwrap();
        assert_eq!(*cancelled.status, Some(TransactionStatus::Cancelled));
        let request = only(&server);
        assert_eq!(request.line(), format!("PUT /api/partner/v2/transactions/{ODD_IN_PATH}/cancel"));
        assert_eq!(request.query, "");
        assert_no_body(&request);
    }
}

#[tokio::test]
async fn get_kyc_details() {
    for name in ["get-kyc-details", "get-kyc-details-bare"] {
        let (server, client) = sampled_as_odd(200, name).await;
        let details = client.get_kyc_details(&UserId::from(ODD)).await.unwrap();
        assert_eq!(details.verdict(), Some(&KycVerdict::Verified));
        let request = only(&server);
        assert_eq!(request.line(), "GET /api/partner/v2/kyc/details");
        assert_eq!(parameters(&request), pairs(&[("userId", ODD)]));
        assert_no_body(&request);
    }
}

#[tokio::test]
async fn get_kyb_details() {
    let (server, client) = sampled(200, "get-kyb-details-verified").await;
    let details = client.get_kyb_details(&UserId::from(ODD)).await.unwrap();
    assert_eq!(*details.verification_status, Some(KybStatus::Verified));
    let request = only(&server);
    assert_eq!(request.line(), "GET /api/partner/v2/kyb/details");
    assert_eq!(parameters(&request), pairs(&[("userId", ODD)]));
    assert_no_body(&request);
}

const OTHER: &str = "id is not the requested one";

#[tokio::test]
async fn row_59_a_response_about_another_object_is_an_error() {
    let (_server, client) = sampled(200, "get-webhook-notification").await;
    let other = NotificationId::from("00000000-0000-4000-8000-000000000000");
    let error = client.get_webhook_notification(&other).await.unwrap_err();
    assert!(error_chain(&error).ends_with(OTHER), "{error:?}");
    let RetryError::Other(error) = client.retry_webhook_notification(&other).await.unwrap_err() else {
        panic!("another kind")
    };
    assert!(error_chain(&error).ends_with(OTHER) && error.may_have_taken_effect(), "{error:?}");

    let (_server, client) = sampled(200, "cancel-transaction").await;
    let error = client.cancel_transaction(&TransactionId::from("t-1")).await.unwrap_err();
    assert!(error_chain(&error).ends_with(OTHER) && error.may_have_taken_effect(), "{error:?}");

    let (_server, client) = sampled(200, "get-kyc-details").await;
    let error = client.get_kyc_details(&UserId::from("00000000-0000-4000-8000-000000000000")).await.unwrap_err();
    assert!(error_chain(&error).ends_with("clientReferenceId is not the requested one"), "{error:?}");
}

#[tokio::test]
async fn row_59_an_id_in_another_letter_case_is_the_same_object() {
    let (_server, client) = sampled(200, "get-webhook-notification").await;
    client.get_webhook_notification(&NotificationId::from("8374F327-38BD-4B0B-B8A7-2524599EB903")).await.unwrap();
    let (_server, client) = sampled(200, "list-transactions").await;
    client.get_transaction(&TransactionId::from("TX-1")).await.unwrap();
    let (_server, client) = sampled(200, "get-kyc-details").await;
    client.get_kyc_details(&UserId::from("9486244C-FF7D-4C22-9984-797179D7DEAA")).await.unwrap();
}

/// Every field of a check is optional, so anything would pass for one.
#[tokio::test]
async fn a_response_without_a_documented_field_is_an_error() {
    for body in [
        "{}",
        r#"{"message":"no route"}"#,
        r#"{"status":"error"}"#,
        r#"{"status":"error","data":{"verificationStatus":"VERIFIED"}}"#,
        r#"{"success":true,"data":{}}"#,
        r#"{"status":"ok","data":{"status":"VERIFIED"}}"#,
    ] {
        let (_server, client) = answering(Reply::json(200, body)).await;
        for error in [
            client.get_kyc_details(&UserId::from("u")).await.map(drop).unwrap_err(),
            client.get_kyb_details(&UserId::from("u")).await.map(drop).unwrap_err(),
        ] {
            assert!(error_chain(&error).ends_with("the body has no documented field"), "{error:?}: {body}");
            assert!(!error.is_transient() && !error.is_not_found(), "{body}");
        }
    }
    let (_server, client) = answering(Reply::json(200, r#"{"verificationStatus":null}"#)).await;
    assert!(client.get_kyb_details(&UserId::from("u")).await.is_ok(), "a documented field without a value");
}

#[tokio::test]
async fn ids_that_would_mean_something_else_are_not_sent() {
    let (server, client) = sampled(200, "list-transactions").await;
    for id in ["", ".", ".."] {
        assert!(client.get_webhook_notification(&NotificationId::from(id)).await.is_err());
        assert!(client.retry_webhook_notification(&NotificationId::from(id)).await.is_err());
        assert!(client.cancel_transaction(&TransactionId::from(id)).await.is_err());
    }
    assert!(client.get_transaction(&TransactionId::from("")).await.is_err());
    assert!(client.get_kyc_details(&UserId::from("")).await.is_err());
    assert!(client.get_kyb_details(&UserId::from("")).await.is_err());
    let everybody = TransactionFilter::new().user_id(&UserId::from(""));
    assert!(client.list_transactions(&everybody).next().await.is_err());
    let all = NotificationFilter::new().status(NotificationStatus::from(""));
    let error = client.list_webhook_notifications(&all).next().await.unwrap_err();
    assert!(!error.may_have_taken_effect());
    assert!(server.received().is_empty());
}
