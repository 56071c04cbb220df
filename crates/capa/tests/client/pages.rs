//! Where a list ends.

use idhooks_capa::rest::{NotificationFilter, NotificationStatus, TransactionFilter};
use idhooks_fixtures::{
    error_chain,
    server::{Received, Reply, Server, capa as double},
};
use serde_json::{Value, json};

use super::client;

/// A list of that many, which calls its counters so, and of which at most `most` come at a time.
async fn list_of(count: usize, most: usize, counters: fn(page: usize, all: usize) -> Value) -> Server {
    Server::start(move |request: &Received| {
        let asked = request.parameters();
        let number = |name: &str, default| asked.get(name).map_or(default, |text| text.parse().unwrap());
        let (skip, limit): (usize, usize) = (number("skip", 0), number("limit", 20));
        let page: Vec<_> =
            (0..count).skip(skip).take(limit.min(most)).map(|n| json!({ "id": format!("x-{n}") })).collect();
        let mut data = counters(page.len(), count);
        data["data"] = page.into();
        Reply::value(200, &json!({ "success": true, "data": data }))
    })
    .await
    .unwrap()
}

async fn notifications(server: &Server, limit: u32) -> (Vec<String>, usize) {
    let pages = client(server).list_webhook_notifications(&NotificationFilter::new().limit(limit));
    let ids = pages.all().await.unwrap().iter().map(|one| one.id.as_str().to_owned()).collect();
    (ids, server.received().len())
}

async fn transactions(server: &Server, limit: u32) -> (Vec<String>, usize) {
    let pages = client(server).list_transactions(&TransactionFilter::new().limit(limit));
    let ids = pages.all().await.unwrap().iter().map(|one| one.id.as_str().to_owned()).collect();
    (ids, server.received().len())
}

fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("x-{n}")).collect()
}

#[tokio::test]
async fn counters_as_documented() {
    let server = list_of(5, 100, |page, all| json!({ "count": page, "total": all })).await;
    assert_eq!(notifications(&server, 2).await, (numbered(5), 3));
    let skips: Vec<_> = server.received().iter().map(|request| request.parameters()["skip"].clone()).collect();
    assert_eq!(skips, ["0", "2", "4"]);

    let server = list_of(5, 100, |_, all| json!({ "count": all })).await;
    assert_eq!(transactions(&server, 2).await, (numbered(5), 3));
    let server = list_of(0, 100, |_, all| json!({ "count": all })).await;
    assert_eq!(transactions(&server, 2).await, (numbered(0), 1));
}

/// Whatever the counters say, nothing is left out and the list ends.
#[tokio::test]
async fn counters_that_mean_something_else() {
    for counters in [
        |page, _| json!({ "count": page, "total": page }),
        |_, _| json!({}),
        |_, all| json!({ "count": all, "total": all }),
        |_, _| json!({ "count": "many", "total": [] }),
        |_, _| json!({ "count": 0, "total": 0 }),
        |_, all| json!({ "count": all + 7, "total": all + 7 }),
    ] as [fn(usize, usize) -> Value; 6]
    {
        for count in [1, 4, 5] {
            let server = list_of(count, 100, counters).await;
            assert_eq!(notifications(&server, 2).await.0, numbered(count), "{}", counters(2, count));
            let server = list_of(count, 100, counters).await;
            assert_eq!(transactions(&server, 2).await.0, numbered(count), "{}", counters(2, count));
        }
    }
}

#[tokio::test]
async fn row_60_a_list_ends_at_its_total_also_when_that_is_text() {
    let text = |_: usize, all: usize| json!({ "count": all.to_string(), "total": all.to_string() });
    for (count, requests) in [(4, 2), (5, 3), (6, 3)] {
        let server = list_of(count, 100, text).await;
        assert_eq!(notifications(&server, 2).await, (numbered(count), requests));
        let server = list_of(count, 100, text).await;
        assert_eq!(transactions(&server, 2).await, (numbered(count), requests));
        // Fewer come than were asked for.
        let server = list_of(count, 2, text).await;
        assert_eq!(notifications(&server, 100).await, (numbered(count), requests));
    }
    // A server that ignores the position gives no more than there are.
    let same = json!({ "count": "3", "data": [{ "id": "x-0" }, { "id": "x-1" }] });
    let server = Server::start(move |_: &Received| Reply::value(200, &same)).await.unwrap();
    let mut pages = client(&server).list_transactions(&TransactionFilter::new().limit(2));
    while pages.next().await.is_ok_and(|page| page.is_some()) {}
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn a_server_that_gives_less_than_it_was_asked_for() {
    let server = list_of(5, 2, |page, all| json!({ "count": page, "total": all })).await;
    assert_eq!(notifications(&server, 100).await, (numbered(5), 3));
}

#[tokio::test]
async fn the_usual_page_has_twenty() {
    let server = list_of(41, 100, |_, all| json!({ "count": all })).await;
    let mut pages = client(&server).list_transactions(&TransactionFilter::new());
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await.unwrap() {
        assert_eq!(page.total, Some(41));
        sizes.push(page.items.len());
    }
    assert_eq!(sizes, [20, 20, 1]);

    for (count, requests) in [(19, 1), (41, 3)] {
        let server = list_of(count, 100, |_, _| json!({})).await;
        let all = client(&server).list_transactions(&TransactionFilter::new()).all().await.unwrap();
        assert_eq!((all.len(), server.received().len()), (count, requests), "told by the size of the page alone");
    }
}

#[tokio::test]
async fn row_60_a_total_sent_as_text_counts() {
    // Pages of two although more were asked for, so that only the total says that more follow.
    let server = list_of(5, 2, |_, all| json!({ "count": all.to_string(), "total": all.to_string() })).await;
    assert_eq!(notifications(&server, 100).await.0, numbered(5));
    let server = list_of(5, 2, |_, all| json!({ "count": all.to_string(), "total": all.to_string() })).await;
    assert_eq!(transactions(&server, 100).await.0, numbered(5));
}

#[tokio::test]
async fn row_60_a_server_that_ignores_the_position() {
    let page =
        |total: Value| json!({ "success": true, "data": { "data": [{ "id": "a" }, { "id": "b" }], "count": total } });
    let filter = TransactionFilter::new().limit(2);
    let server = Server::start(move |_: &Received| Reply::value(200, &page(json!(9)))).await.unwrap();
    let error = client(&server).list_transactions(&filter).all().await.unwrap_err();
    assert_eq!(error_chain(&error), "invalid response: data is the same as on an earlier page");
    assert_eq!(server.received().len(), 2);
    let server = Server::start(move |_: &Received| Reply::value(200, &page(json!(2)))).await.unwrap();
    assert_eq!(client(&server).list_transactions(&filter).all().await.unwrap().len(), 2, "the stated total");
}

/// The trap the documentation warns of: retrying while turning pages passes some over, collecting first does not.
#[tokio::test]
async fn ids_are_collected_before_anything_is_retried() {
    let server = double::start().await.unwrap();
    let client = idhooks_capa::Client::builder(double::API_KEY).base_url(server.url()).build().unwrap();
    let failed = NotificationFilter::new().status(NotificationStatus::Failed).limit(5);

    let mut pages = client.list_webhook_notifications(&failed);
    let mut tried = 0;
    while let Some(page) = pages.next().await.unwrap() {
        for one in page.items {
            tried += usize::from(client.retry_webhook_notification(&one.id).await.is_ok());
        }
    }
    let left = client.list_webhook_notifications(&failed).all().await.unwrap().len();
    assert!(left > 1, "{tried} retried, {left} left though only one is at its limit");
}
