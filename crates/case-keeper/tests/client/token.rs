//! Tokens: refreshed once after a 401, after a 403 only if they are almost over.

use idhooks_case_keeper::http_client::{Bytes, Limits, Transport, TransportError, async_trait, http};

use super::*;

#[tokio::test]
async fn row_44_a_401_refreshes_the_token_once() {
    let good = Reply::value(200, &json!({ "id": "v-1" }));
    let server = api(in_turn(vec![Reply::status(401), good])).await;
    client(&server).get_verification(&id("v-1")).await.expect("a verification");
    assert_eq!((calls(&server).len(), tokens(&server)), (2, 2));

    let server = api(|_| Reply::status(401)).await;
    let error = client(&server).get_verification(&id("v-1")).await.expect_err("an error");
    assert_eq!(
        (error.status().map(|status| status.as_u16()), error.is_auth(), error.is_login()),
        (Some(401), true, false)
    );
    assert_eq!((calls(&server).len(), tokens(&server)), (2, 2), "then it gives up");
}

#[tokio::test]
async fn a_refused_login_is_told_and_forgotten() {
    let server = double::start().await.expect("a server");
    let stranger = Client::builder(Credentials::new(double::CLIENT_ID, "guessed"), server.url())
        .token_url(at(&server, double::TOKEN_PATH))
        .build()
        .expect("a client");
    for _ in 0..2 {
        let error = stranger.get_verification(&id(double::OPEN)).await.expect_err("no login");
        assert_eq!((error.status().map(|status| status.as_u16()), error.code()), (Some(401), Some("invalid_client")));
        assert!(error.is_auth() && error.is_login() && !error.is_transient());
    }
    assert_eq!((calls(&server).len(), tokens(&server)), (0, 2), "no call without a token, and the error is not kept");
}

#[tokio::test]
async fn a_login_that_gives_no_token_is_an_error() {
    for body in
        ["{}", r#"{"access_token":""}"#, r#"{"access_token":7}"#, "<html></html>", "", r#"{"access_token":"a\nb"}"#]
    {
        let server = Server::start(move |_| Reply::json(200, body)).await.expect("a server");
        let error = client(&server).get_verification(&id("v-1")).await.expect_err(body);
        assert!(error.is_login() && !error.is_not_found(), "{body}: {error}");
        assert_eq!(calls(&server).len(), 0);
    }
}

#[tokio::test]
async fn many_callers_share_one_login() {
    let server = double::start().await.expect("a server");
    let client = client(&server);
    let all: Vec<_> = (0..16)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.get_verification(&id(double::OPEN)).await.is_ok() })
        })
        .collect();
    for one in all {
        assert!(one.await.expect("no panic"));
    }
    assert_eq!((calls(&server).len(), tokens(&server)), (16, 1));
}

/// Answers without a socket, so that the test can move the clock.
#[derive(Clone, Default)]
struct Scripted {
    /// Statuses of the next calls; 200 after those.
    next: Arc<Mutex<Vec<u16>>>,
    logins: Arc<AtomicUsize>,
    calls: Arc<AtomicUsize>,
}

#[async_trait]
impl Transport for Scripted {
    async fn send(&self, request: http::Request<Bytes>, _: Limits) -> Result<http::Response<Bytes>, TransportError> {
        let (status, body) = if request.uri().path().ends_with("/token") {
            let login = self.logins.fetch_add(1, Ordering::Relaxed);
            (200, json!({ "access_token": format!("token-{login}"), "expires_in": 14_400 }))
        } else {
            self.calls.fetch_add(1, Ordering::Relaxed);
            let status = self.next.lock().expect("a lock").pop().unwrap_or(200);
            (status, json!({ "id": "v-1", "errors": [{ "msg": "Permission denied.", "code": "permissionDenied" }] }))
        };
        let mut response = http::Response::new(Bytes::from(body.to_string()));
        *response.status_mut() = status.try_into().expect("a status");
        Ok(response)
    }
}

#[tokio::test(start_paused = true)]
async fn row_44_a_403_makes_only_an_old_token_suspect() {
    let hour = Duration::from_secs(3_600);
    for (age, statuses, ends_in, calls, logins) in [
        // Fresh, or with an hour left: the vendor means it.
        (Duration::ZERO, &[403][..], 403, 2, 1),
        (3 * hour, &[403], 403, 2, 1),
        // Three minutes left: it may be the token.
        (4 * hour - Duration::from_secs(180), &[403], 200, 3, 2),
        (4 * hour - Duration::from_secs(180), &[403, 403], 403, 3, 2),
        // 401 is always about the token; other answers never are.
        (Duration::ZERO, &[401], 200, 3, 2),
        (4 * hour - Duration::from_secs(180), &[404], 404, 2, 1),
    ] {
        let transport = Scripted::default();
        let base = "https://portal.example.com".parse().expect("a URL");
        let client = Client::builder(Credentials::new("id", "secret"), base)
            .transport(transport.clone())
            .build()
            .expect("a client");
        client.get_verification(&id("v-1")).await.expect("a verification");
        tokio::time::advance(age).await;
        *transport.next.lock().expect("a lock") = statuses.to_vec();
        let status = client
            .get_verification(&id("v-1"))
            .await
            .map_or_else(|error| error.status().map(|status| status.as_u16()), |_| Some(200));
        assert_eq!(status, Some(ends_in), "{age:?} {statuses:?}");
        let counted = [&transport.calls, &transport.logins].map(|count| count.load(Ordering::Relaxed));
        assert_eq!(counted, [calls, logins], "{age:?} {statuses:?}");
    }
}
