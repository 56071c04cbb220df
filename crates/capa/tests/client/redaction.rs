//! Neither key nor person is printed.

use idhooks_capa::{
    Client, RetryError, TransactionId,
    http_client::Url,
    rest::{NotificationFilter, NotificationId, TransactionFilter, UserId},
};
use idhooks_fixtures::server::Reply;
use serde_json::json;

use super::{KEY, answering};

const CANARY: &str = "CANARY";

fn assert_hidden(shown: &str) {
    assert!(!shown.contains(CANARY), "{shown}");
    assert!(!shown.is_empty());
}

#[tokio::test]
async fn clients() {
    let builder = Client::builder(KEY);
    assert_hidden(&format!("{builder:?} {builder:#?}"));
    let padded = Client::builder("CANARY ");
    assert_hidden(&format!("{padded:?} {:?}", padded.clone().build().unwrap_err()));
    let client = builder.build().unwrap();
    assert_hidden(&format!("{client:?} {client:#?}"));
    let pages = client.list_transactions(&TransactionFilter::new().user_id(&UserId::from(CANARY)));
    assert_hidden(&format!("{pages:?}"));
}

#[tokio::test]
async fn errors() {
    let body = json!({ "success": false, "error": { "message": CANARY, "id": CANARY, "code": "CONFLICT" } });
    for reply in [
        Reply::value(409, &body),
        Reply::value(200, &body),
        Reply::new(502, "text/html", CANARY),
        Reply::json(200, format!("{{\"success\":true,\"data\":{{\"id\":{{\"{CANARY}\":1}}}}}}")),
        Reply::json(200, format!("\"{CANARY}\"")),
        Reply::status(302).header("location", "https://example.com/CANARY"),
    ] {
        let (_server, client) = answering(reply).await;
        let url = Url::parse("https://example.com/CANARY").unwrap();
        let errors = [
            client.update_webhook_settings(Some(&url)).await.map(drop).unwrap_err(),
            client.get_webhook_notification(&NotificationId::from(CANARY)).await.map(drop).unwrap_err(),
            client.list_webhook_notifications(&NotificationFilter::new()).next().await.map(drop).unwrap_err(),
            client.get_transaction(&TransactionId::from(CANARY)).await.map(drop).unwrap_err(),
            client.cancel_transaction(&TransactionId::from(CANARY)).await.map(drop).unwrap_err(),
        ];
        for error in errors {
            assert_hidden(&format!("{error} {error:?} {error:#?}"));
        }
        let error: RetryError = client.retry_webhook_notification(&NotificationId::from(CANARY)).await.unwrap_err();
        assert_hidden(&format!("{error} {error:?} {error:#?}"));
    }
}
