//! Which calls are repeated, and which never.

use std::sync::atomic::{AtomicUsize, Ordering};

use idhooks_capa::{
    Client, Error, TransactionId,
    rest::{NotificationFilter, NotificationId, TransactionFilter, UserId},
};
use idhooks_fixtures::{
    rest::sample,
    server::{Received, Reply, Server},
};

use super::{answering, client};

/// Everything that may be repeated.
const CALLS: usize = 9;

/// Ids of the samples.
const NOTIFICATION: &str = "8374f327-38bd-4b0b-b8a7-2524599eb903";
const CANCELLED: &str = "0483907e-ca31-432c-8234-fc401a921ef9";

async fn call(number: usize, client: &Client) -> Result<(), Error> {
    let (notification, transaction) = (NotificationId::from(NOTIFICATION), TransactionId::from("tx-1"));
    let cancelled = TransactionId::from(CANCELLED);
    let user = UserId::from("9486244c-ff7d-4c22-9984-797179d7deaa");
    match number {
        0 => client.update_webhook_settings(None).await.map(drop),
        1 => client.update_webhook_settings_v1(None).await.map(drop),
        2 => client.list_webhook_notifications(&NotificationFilter::new()).next().await.map(drop),
        3 => client.get_webhook_notification(&notification).await.map(drop),
        4 => client.list_transactions(&TransactionFilter::new()).next().await.map(drop),
        5 => client.get_transaction(&transaction).await.map(drop),
        6 => client.cancel_transaction(&cancelled).await.map(drop),
        7 => client.get_kyc_details(&user).await.map(drop),
        _ => client.get_kyb_details(&user).await.map(drop),
    }
}

fn answer_of(number: usize) -> Reply {
    let names = [
        "update-webhook-settings",
        "update-webhook-settings-v1",
        "list-webhook-notifications",
        "get-webhook-notification",
        "list-transactions",
        "list-transactions",
        "cancel-transaction",
        "get-kyc-details",
    ];
    Reply::sample(200, sample("capa", names.get(number).unwrap_or(&"get-kyb-details")))
}

/// What passes: a broken connection as well as a status.
fn passing() -> [Reply; 4] {
    [Reply::status(503), Reply::status(429), Reply::status(500), Reply::json(200, "{\"success\"").cut()]
}

#[tokio::test]
async fn everything_but_the_retry_is_repeated() {
    for number in 0..CALLS {
        for failure in passing() {
            let seen = AtomicUsize::new(0);
            let failed = failure.clone();
            let server = Server::start(move |_: &Received| {
                if seen.fetch_add(1, Ordering::Relaxed) == 0 { failed.clone() } else { answer_of(number) }
            })
            .await
            .unwrap();
            call(number, &client(&server)).await.unwrap_or_else(|error| panic!("{number}: {error}"));
            assert_eq!(server.received().len(), 2, "{number} {failure:?}");
            let [first, second] = &server.received()[..] else { panic!("two") };
            assert_eq!((first.line(), &first.query, &first.body), (second.line(), &second.query, &second.body));
        }
    }
}

#[tokio::test]
async fn nothing_is_repeated_for_ever() {
    for number in 0..CALLS {
        let (server, client) = answering(Reply::status(503)).await;
        let error = call(number, &client).await.unwrap_err();
        assert_eq!((error.status().map(|status| status.as_u16()), server.received().len()), (Some(503), 3), "{number}");
    }
}

#[tokio::test]
async fn a_refusal_is_not_repeated() {
    for number in 0..CALLS {
        for status in [400, 401, 403, 404, 409] {
            let (server, client) = answering(Reply::status(status)).await;
            let error = call(number, &client).await.unwrap_err();
            assert_eq!(
                (error.status().map(|status| status.as_u16()), server.received().len()),
                (Some(status), 1),
                "{number}"
            );
        }
    }
}

#[tokio::test]
async fn the_retry_is_sent_exactly_once() {
    for failure in passing() {
        let (server, client) = answering(failure.clone()).await;
        let error = client.retry_webhook_notification(&NotificationId::from("n")).await.unwrap_err();
        assert_eq!(server.count("POST /api/partner/v2/webhook-notifications/n/retry"), 1, "{failure:?}: {error}");
        assert_eq!(server.received().len(), 1, "{failure:?}");
    }
}
