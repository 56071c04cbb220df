//! The client against a server that keeps state as Capa's pages say.

use idhooks_capa::{
    Client, Error, RetryError, TransactionId,
    http_client::Url,
    rest::{
        NotificationFilter, NotificationId, NotificationStatus, TransactionFilter, TransactionStatus, TransactionType,
        UserId,
    },
};
use idhooks_fixtures::server::{Server, capa as double};

async fn started() -> (Server, Client) {
    let server = double::start().await.unwrap();
    let client = Client::builder(double::API_KEY).base_url(server.url()).build().unwrap();
    (server, client)
}

#[tokio::test]
async fn a_wrong_key_is_told_apart() {
    let (server, _client) = started().await;
    for (key, message) in [("no-colon", "Invalid API Key format"), ("a:b", "Invalid API Key")] {
        let client = Client::builder(key).base_url(server.url()).build().unwrap();
        let error: Error = client.update_webhook_settings(None).await.unwrap_err();
        assert!(error.is_auth());
        assert_eq!((error.code(), error.message()), (Some("UNAUTHORIZED"), Some(message)));
    }
}

#[tokio::test]
async fn webhook_settings_are_set_and_unset() {
    let (_server, client) = started().await;
    let url = Url::parse("https://example.com/hooks/capa").unwrap();
    for v1 in [false, true] {
        for url in [Some(&url), None] {
            let settings = if v1 {
                client.update_webhook_settings_v1(url).await.unwrap()
            } else {
                client.update_webhook_settings(url).await.unwrap()
            };
            assert_eq!(settings.url.as_ref().map(|url| &**url.expose()), url.map(Url::as_str));
        }
    }
}

#[tokio::test]
async fn a_failed_notification_is_queued_three_times() {
    let (_server, client) = started().await;
    let id = NotificationId::from(double::FAILED);
    let before = client.get_webhook_notification(&id).await.unwrap();
    assert_eq!(
        (before.status.clone().into_option(), *before.manual_retry_count),
        (Some(NotificationStatus::Failed), Some(1))
    );
    assert!(before.latest_error_payload.is_some());
    let queued = client.retry_webhook_notification(&id).await.unwrap();
    assert_eq!(*queued.manual_retry_count, Some(2));
    assert_eq!(client.get_webhook_notification(&id).await.unwrap(), queued);

    let refusal = async |id: &str| client.retry_webhook_notification(&NotificationId::from(id)).await.unwrap_err();
    assert!(matches!(refusal(double::FAILED).await, RetryError::NotFailed(_)), "it is pending now");
    assert!(matches!(refusal(double::SENT).await, RetryError::NotFailed(_)));
    assert!(matches!(refusal(double::NOT_SENT).await, RetryError::NotFailed(_)));
    assert!(matches!(refusal(double::AT_LIMIT).await, RetryError::LimitReached(_)));
    assert!(matches!(refusal("nobody").await, RetryError::NotFound(_)));
    for _ in 0..4 {
        refusal("nobody").await;
    }
    assert!(matches!(refusal(double::AT_LIMIT).await, RetryError::RateLimited(_)), "the eleventh in a minute");
}

#[tokio::test]
async fn notifications_are_listed_by_status() {
    let (_server, client) = started().await;
    let count =
        async |filter: NotificationFilter| client.list_webhook_notifications(&filter).all().await.unwrap().len();
    assert_eq!(count(NotificationFilter::new()).await, 15);
    assert_eq!(count(NotificationFilter::new().status(NotificationStatus::NotSent)).await, 1);
    assert_eq!(count(NotificationFilter::new().status(NotificationStatus::Sent).limit(1)).await, 1);
    let error = client.list_webhook_notifications(&NotificationFilter::new().limit(101)).next().await.unwrap_err();
    assert_eq!(error.code(), Some("INVALID_USER_INPUT_ERROR"));
}

#[tokio::test]
async fn transactions_are_found_and_cancelled() {
    let (_server, client) = started().await;
    let id = TransactionId::from(double::PENDING_TRANSACTION);
    let found = client.get_transaction(&id).await.unwrap();
    assert!(!found.status.as_ref().unwrap().is_final());
    for _ in 0..2 {
        let cancelled = client.cancel_transaction(&id).await.unwrap();
        assert_eq!(*cancelled.status, Some(TransactionStatus::Cancelled), "a second time as well");
    }
    assert_eq!(*client.get_transaction(&id).await.unwrap().status, Some(TransactionStatus::Cancelled));

    let error = client.cancel_transaction(&TransactionId::from(double::COMPLETED_TRANSACTION)).await.unwrap_err();
    assert_eq!((error.status().map(|status| status.as_u16()), error.code()), (Some(400), Some("BAD_REQUEST")));
    let error = client.cancel_transaction(&TransactionId::from("nobody")).await.unwrap_err();
    assert!(error.is_not_found());
    assert!(client.get_transaction(&TransactionId::from("nobody")).await.unwrap_err().is_not_found());

    let cross = TransactionFilter::new().transaction_type(TransactionType::CrossRamp);
    assert_eq!(client.list_transactions(&cross).all().await.unwrap().len(), 1);
}

#[tokio::test]
async fn people_and_businesses() {
    let (_server, client) = started().await;
    let user = UserId::from(double::USER);
    assert!(client.get_kyc_details(&user).await.unwrap().verdict().is_some());
    assert!(client.get_kyb_details(&user).await.unwrap().verification_status.is_some());
    assert!(client.get_kyc_details(&UserId::from("nobody")).await.unwrap_err().is_not_found());
    assert!(client.get_kyb_details(&UserId::from("nobody")).await.unwrap_err().is_not_found());
}
