//! What errors say, what is repeated, and what is never shown.

use idhooks_case_keeper::http_client::Error;

use super::*;

async fn error(server: &Server) -> Error {
    client(server).get_verification(&id("v-1")).await.expect_err("an error")
}

#[tokio::test]
async fn recorded_errors() {
    for (index, status, code, message) in [
        (PERMISSION_DENIED, 403, Some("permissionDenied"), "Permission denied."),
        (NOT_FOUND, 404, Some("enitityNotFound"), "Entity could not be found."),
        (NOT_FOUND_WITHOUT_CODE, 404, None, "Entity could not be found."),
    ] {
        let server = api(move |_| recorded(index)).await;
        let error = error(&server).await;
        assert_eq!(
            (error.status().map(|status| status.as_u16()), error.code(), error.message()),
            (Some(status), code, Some(message))
        );
        assert_eq!((error.is_auth(), error.is_not_found()), (status == 403, status == 404));
        assert!(!error.is_transient() && !error.is_timeout() && !error.is_login());
        assert_eq!(calls(&server).len(), 1, "it is not repeated");
        assert_eq!(tokens(&server), 1, "and its token is not suspected");
        assert!(!format!("{error} {error:?}").contains(message));
    }
}

/// The bodies of these were never seen; any will do.
#[tokio::test]
async fn row_45_other_statuses_and_bodies() {
    let (server, next) = Next::server().await;
    let client = client(&server);
    for status in [400, 409, 410, 418, 422, 501] {
        for body in [r#"{"errors":[{"msg":"No.","code":"nope"}]}"#, r#"{"errors":"x"}"#, "", "<html>no</html>", "{"] {
            let before = calls(&server).len();
            next.is(Reply::json(status, body));
            let error = client.get_verification(&id("v-1")).await.expect_err(body);
            assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
            assert_eq!(error.code(), body.contains("nope").then_some("nope"), "{body}");
            assert_eq!(error.body().map(|body| &body[..]), Some(body.as_bytes()));
            assert_eq!((error.is_auth(), error.is_transient(), error.is_not_found()), (false, false, status == 410));
            assert_eq!(calls(&server).len() - before, 1, "{status} is not repeated");
        }
    }
}

#[tokio::test]
async fn row_45_what_passes_is_repeated() {
    let html = |status| Reply::new(status, "text/html", "<html>busy</html>");
    let good = || Reply::value(200, &json!({ "id": "v-1" }));
    let client_of = |server: &Server| client(server);
    for first in [html(429).header("retry-after", "0"), html(500), html(502), html(503), html(504), html(200).cut()] {
        let server = api(in_turn(vec![first.clone(), first.clone(), good()])).await;
        client_of(&server).get_verification(&id("v-1")).await.expect("a verification");
        assert_eq!(calls(&server).len(), 3);
        let server = api(in_turn(vec![first])).await;
        let error = error(&server).await;
        assert!(error.is_transient(), "{error}");
        assert_eq!((calls(&server).len(), tokens(&server)), (3, 1), "three attempts, one login");
    }
    // Longer than the client waits: the caller is told.
    let server = api(in_turn(vec![html(429).header("retry-after", "3600")])).await;
    let error = error(&server).await;
    assert_eq!((error.retry_after(), calls(&server).len()), (Some(Duration::from_secs(3600)), 1));
}

#[tokio::test]
async fn rows_45_46_slow_large_and_moved_answers() {
    let server = api(|_| Reply::json(200, "{}").after(Duration::from_millis(80))).await;
    let hasty = builder(&server).timeout(Duration::from_millis(20)).retry(Retry::none()).build().expect("a client");
    // The login is quick, the call is not.
    assert!(hasty.get_verification(&id("v-1")).await.expect_err("an error").is_timeout());

    let server = api(|_| Reply::json(200, vec![b' '; 5_000])).await;
    let small = builder(&server).max_response_bytes(4_000).build().expect("a client");
    let error = small.get_verification(&id("v-1")).await.expect_err("an error");
    assert!(!error.is_transient());
    assert_eq!(calls(&server).len(), 1);

    let elsewhere = api(|_| Reply::json(200, r#"{"id":"v-1"}"#)).await;
    let url = elsewhere.url().to_string();
    let server = api(move |_| Reply::status(302).header("location", &url)).await;
    assert_eq!(error_of(&server).await, Some(302));
    assert!(elsewhere.received().is_empty(), "a redirect is not followed");
}

async fn error_of(server: &Server) -> Option<u16> {
    error(server).await.status().map(|status| status.as_u16())
}

#[tokio::test]
async fn row_49_nothing_secret_or_personal_is_shown() {
    let server = double::start().await.expect("a server");
    let builder = builder(&server);
    let client = builder.clone().build().expect("a client");
    let verification = client.get_verification(&id(double::VERIFIED)).await.expect("a verification");
    let links = client.links(&id(double::VERIFIED)).await.expect("links");
    let refused =
        api(|_| Reply::json(400, r#"{"errors":[{"msg":"tuayang@example.com","code":"1100000000000"}]}"#)).await;
    let error = error(&refused).await;
    let login =
        Server::start(|_| Reply::json(401, r#"{"error":"x","error_description":"example-client-secret"}"#)).await;
    let login =
        super::client(&login.expect("a server")).get_verification(&id(double::VERIFIED)).await.expect_err("no login");
    let pages = client.list_events(&idhooks_case_keeper::rest::EventFilter::new().data_id(id(double::VERIFIED)));
    let shown = format!(
        "{builder:#?} {client:#?} {verification:#?} {links:#?} {error} {error:?} {login} {login:?} {pages:?} {:?}",
        client.confirm_event(&super::confirm::event("verification.verified", double::VERIFIED)).await,
    );
    for secret in [
        double::CLIENT_SECRET,
        double::TOKEN,
        double::VERIFIED,
        "1100000000000",
        "ตัวอย่าง",
        "tuayang",
        "0800000000",
        "X-Amz-",
        "/files/",
    ] {
        assert!(!shown.contains(secret), "{secret} is shown");
    }
    assert!(shown.contains("GET /verifications/{verificationId}"), "the route is");
}
