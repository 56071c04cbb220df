//! Event records, page by page.

use idhooks_case_keeper::rest::{EventFilter, EventOrder};

use super::*;

/// A server with that many records, and what it puts around a page.
async fn listing(records: usize, most: usize, wrap: fn(Vec<Value>, usize) -> Value) -> Server {
    api(move |request| {
        let asked = request.parameters();
        let number = |name: &str| asked.get(name).map_or(0, |text| text.parse().expect("a number"));
        let page =
            (number("offset")..records).take(number("limit").min(most)).map(|n| json!({ "id": format!("e-{n}") }));
        Reply::value(200, &wrap(page.collect(), records))
    })
    .await
}

async fn ids(server: &Server, filter: &EventFilter) -> Vec<String> {
    let records = client(server).list_events(filter).all().await.expect("records");
    records.iter().map(|record| record.id.as_ref().expect("an id").as_str().to_owned()).collect()
}

fn queries(server: &Server) -> Vec<String> {
    calls(server).into_iter().map(|call| call.query).collect()
}

#[tokio::test]
async fn says_what_it_wants() {
    let server = double::start().await.expect("a server");
    let client = client(&server);
    let mut pages = client.list_events(&EventFilter::new());
    assert!(server.received().is_empty(), "nothing is sent before the first page");
    let page = pages.next().await.expect("a page").expect("a page");
    assert_eq!((page.items.len(), page.total), (3, Some(3)));
    assert!(pages.next().await.expect("no more").is_none());
    assert_eq!(server.last().line(), format!("GET {V3}/events"));
    assert_eq!(queries(&server), ["order=createdAt-DESC&limit=50"], "a short page is the last");

    let event = super::confirm::event("verification.verified", double::VERIFIED);
    let found = client.list_events(&EventFilter::of(&event)).all().await.expect("records");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].verification().and_then(|v| v.id.into_option()), Some(id(double::VERIFIED)));
    let query = format!("key-%24in=verification.verified&dataId={}&order=createdAt-DESC&limit=50", double::VERIFIED);
    assert_eq!(server.last().query, query);
    let forged = super::confirm::event("verification.verified", double::COMPLETED);
    assert!(client.list_events(&EventFilter::of(&forged)).all().await.expect("records").is_empty());

    let odd = EventFilter::new()
        .key("flow.created")
        .key("a&b=c")
        .data_id(id("a,b/c"))
        .order(EventOrder::OldestFirst)
        .limit(7);
    client.list_events(&odd).all().await.expect("records");
    assert_eq!(server.last().query, "key-%24in=flow.created%2Ca%26b%3Dc&dataId=a%2Cb%2Fc&order=createdAt-ASC&limit=7");
}

#[tokio::test]
async fn both_envelopes_are_read_to_their_end() {
    let bare: fn(Vec<Value>, usize) -> Value = |page, _| json!(page);
    let counted: fn(Vec<Value>, usize) -> Value = |page, count| json!({ "meta": { "count": count }, "data": page });
    let capped: fn(Vec<Value>, usize) -> Value = |page, _| json!({ "meta": { "limit": 2 }, "data": page });
    let expected: Vec<_> = (0..5).map(|n| format!("e-{n}")).collect();
    let by_two = EventFilter::new().limit(2);
    for wrap in [bare, counted, capped] {
        let server = listing(5, 2, wrap).await;
        assert_eq!(ids(&server, &by_two).await, expected);
        let pages = ["", "&offset=2", "&offset=4"].map(|offset| format!("order=createdAt-DESC&limit=2{offset}"));
        assert_eq!(queries(&server), pages);
        let full = listing(4, 2, wrap).await;
        assert_eq!(ids(&full, &by_two).await, expected[..4]);
        let is_counted = wrap(Vec::new(), 4)["meta"]["count"].is_number();
        let pages = if is_counted { 2 } else { 3 };
        assert_eq!(queries(&full).len(), pages, "an empty page ends what ends on a full one, unless it is counted");
        let none = listing(0, 2, wrap).await;
        assert!(ids(&none, &by_two).await.is_empty());
    }
    // The vendor gives two although it was asked for fifty, and says so.
    for wrap in [counted, capped] {
        let server = listing(5, 2, wrap).await;
        assert_eq!(ids(&server, &EventFilter::new()).await, expected);
    }
}

#[tokio::test]
async fn row_60_a_list_ends_at_its_count_also_when_that_is_text() {
    let text: fn(Vec<Value>, usize) -> Value =
        |page, count| json!({ "meta": { "count": count.to_string(), "limit": "2" }, "data": page });
    for (records, pages) in [(5, 3), (4, 2), (2, 2), (1, 1)] {
        // The vendor gives two, although it was asked for fifty.
        let server = listing(records, 2, text).await;
        assert_eq!(ids(&server, &EventFilter::new()).await.len(), records);
        assert_eq!(queries(&server).len(), pages, "{records}");
    }
    // A server that ignores the position gives no more than there are.
    let server = api(|_| Reply::json(200, r#"{"meta":{"count":3},"data":[{"id":"e-1"},{"id":"e-2"}]}"#)).await;
    let mut pages = client(&server).list_events(&EventFilter::new().limit(2));
    while pages.next().await.is_ok_and(|page| page.is_some()) {}
    assert_eq!(calls(&server).len(), 2);
}

#[tokio::test]
async fn a_list_without_end_ends() {
    let sent = AtomicUsize::new(0);
    let server =
        api(move |_| Reply::value(200, &json!([{ "id": sent.fetch_add(1, Ordering::Relaxed).to_string() }]))).await;
    let filter = EventFilter::new().limit(1).most_pages(3);
    let mut pages = client(&server).list_events(&filter);
    for _ in 0..3 {
        assert!(pages.next().await.expect("a page").is_some());
    }
    let error = pages.next().await.expect_err("no more pages");
    assert_eq!(error.to_string(), "invalid request: the list has more pages than its filter allows");
    assert_eq!(calls(&server).len(), 3);
}

#[tokio::test]
async fn row_60_a_page_that_repeats_ends_the_list() {
    for body in [r#"[{"id":"e-1"}]"#, r#"{"data":[{"id":"e-1"}],"meta":{"count":"9"}}"#] {
        let server = api(move |_| Reply::json(200, body)).await;
        let mut pages = client(&server).list_events(&EventFilter::new().limit(1));
        assert!(pages.next().await.expect("a page").is_some());
        let error = error_chain(&pages.next().await.expect_err("the same page"));
        assert_eq!(error, "invalid response: data is the same as on an earlier page");
    }
}

#[tokio::test]
async fn a_failed_page_is_asked_for_again() {
    let page = |n: u32| Reply::value(200, &json!([{ "id": format!("e-{n}") }]));
    let server = api(in_turn(vec![page(0), recorded(PERMISSION_DENIED), page(1), Reply::json(200, "[]")])).await;
    let mut pages = client(&server).list_events(&EventFilter::new().limit(1));
    assert!(pages.next().await.expect("a page").is_some());
    assert_eq!(pages.next().await.expect_err("denied").code(), Some("permissionDenied"));
    assert!(pages.next().await.expect("a page").is_some());
    assert!(pages.next().await.expect("the end").is_none());
    let queries = queries(&server);
    assert_eq!(queries[1], queries[2]);
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_not_sent() {
    let server = double::start().await.expect("a server");
    for (filter, why) in [
        (EventFilter::new().limit(0), "the limit is zero"),
        (EventFilter::new().key(""), "an event key is empty or has a comma in it"),
        (EventFilter::new().data_id(id("")), "the verification's id is empty, which would list the events of all"),
        (EventFilter::new().key("flow.created,verification.created"), "an event key is empty or has a comma in it"),
    ] {
        let error = client(&server).list_events(&filter).next().await.expect_err(why);
        assert_eq!(error.to_string(), format!("invalid request: {why}"));
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn row_45_what_is_no_list_is_an_error() {
    for body in ["", "{}", r#"{"data":7}"#, "<html></html>", r#"[{"id":"e-1"}"#, "[7]"] {
        let server = api(move |_| Reply::json(200, body)).await;
        let error = client(&server).list_events(&EventFilter::new()).next().await.expect_err(body);
        assert_eq!((error.status().map(|status| status.as_u16()), calls(&server).len()), (Some(200), 1), "{body}");
    }
}
