//! Get Verification By Id.

use idhooks_case_keeper::{
    VerificationStatus,
    rest::{ApiMode, ApiVersion},
};
use serde_json::json;

use super::*;

#[tokio::test]
async fn reads_a_verification_with_a_token_of_its_own() {
    let server = double::start().await.expect("a server");
    let client = client(&server);
    let verification = client.get_verification(&id(double::OPEN)).await.expect("a verification");
    assert_eq!(*verification, read("verification-v2-open"));
    let raw: Value = verification.decode_as().expect("JSON");
    assert_eq!(raw["id"], double::OPEN);

    let [token, call] = &server.received()[..] else { panic!("a login and a call") };
    assert_eq!(token.line(), "POST /auth/realms/mac-portal/protocol/openid-connect/token");
    assert_eq!(token.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(token.header("authorization"), None);
    let form: Vec<_> = token.form().into_iter().collect();
    let sent = [
        ("client_id", double::CLIENT_ID),
        ("client_secret", double::CLIENT_SECRET),
        ("grant_type", "client_credentials"),
    ];
    assert_eq!(form, sent.map(|(name, value)| (name.to_owned(), value.to_owned())));

    assert_eq!(call.line(), format!("GET {V3}/verifications/{}", double::OPEN));
    assert_eq!(call.header("authorization"), Some(&*format!("Bearer {}", double::TOKEN)));
    assert_eq!(call.header("accept"), Some("application/json"));
    assert_eq!(call.header("x-api-mode"), None);
    assert!(call.header("user-agent").expect("an agent").starts_with("idhooks-case-keeper/"));
    assert!(call.query.is_empty() && call.body.is_empty());

    let again = client.clone().get_verification(&id(double::VERIFIED)).await.expect("a verification");
    assert_eq!(*again.status, Some(VerificationStatus::Verified));
    assert_eq!((tokens(&server), calls(&server).len()), (1, 2), "the token is kept");
}

#[tokio::test]
async fn version_path_and_mode_are_yours_to_choose() {
    let server = double::start().await.expect("a server");
    let path = |server: &Server| server.last().path.strip_suffix(double::OPEN).map(str::to_owned);
    let v2 = builder(&server).version(ApiVersion::V2).build().expect("a client");
    v2.get_verification(&id(double::OPEN)).await.expect("a verification");
    assert_eq!(path(&server).as_deref(), Some("/api/v2/case-keeper/verifications/"));

    let whole = builder(&server).base_url(at(&server, "/api/v2/case-keeper/")).build().expect("a client");
    whole.get_verification(&id(double::OPEN)).await.expect("a verification");
    assert_eq!(path(&server).as_deref(), Some("/api/v2/case-keeper/verifications/"));

    for (mode, header) in [(ApiMode::Live, "live"), (ApiMode::Sandbox, "sandbox")] {
        let client = builder(&server).api_mode(mode).build().expect("a client");
        client.get_verification(&id(double::OPEN)).await.expect("a verification");
        assert_eq!(server.last().header("x-api-mode"), Some(header));
    }
    let login = server.received().into_iter().rev().find(|request| request.path == double::TOKEN_PATH);
    assert_eq!(login.expect("a login").header("x-api-mode"), None);
}

#[tokio::test]
async fn row_32_odd_ids_stay_one_part_of_the_path() {
    let server = api(|_| recorded(NOT_FOUND)).await;
    let client = client(&server);
    for (odd, path) in [
        ("a/b", "a%2Fb"),
        ("../events", "..%2Fevents"),
        ("a?fields=id#x", "a%3Ffields%3Did%23x"),
        ("%2e%2e", "%252e%252e"),
        ("é ", "%C3%A9%20"),
        ("...", "..."),
    ] {
        let error = client.get_verification(&id(odd)).await.expect_err(odd);
        assert!(error.is_not_found());
        assert_eq!(server.last().line(), format!("GET {V3}/verifications/{path}"));
        assert!(server.last().query.is_empty());
    }
    let before = server.received().len();
    for odd in ["", ".", ".."] {
        let error = client.get_verification(&id(odd)).await.expect_err(odd);
        assert_eq!(error.status(), None);
        assert!(!error.is_transient() && !error.may_have_taken_effect());
        assert!(client.links(&id(odd)).await.is_err());
    }
    assert_eq!(server.received().len(), before, "nothing was sent");
}

#[tokio::test]
async fn fields_trim_the_answer() {
    let server = double::start().await.expect("a server");
    let client = client(&server);
    let fields = ["id", "status", "frontIdCardResult.verified"];
    let trimmed = client.get_verification_fields(&id(double::VERIFIED), &fields).await.expect("a verification");
    assert_eq!(*trimmed, read("verification-fields"));
    assert_eq!(server.last().query, "fields=id%2Cstatus%2CfrontIdCardResult.verified");
    assert_eq!(server.last().path, format!("{V3}/verifications/{}", double::VERIFIED));

    let status = client.get_verification_fields(&id(double::VERIFIED), &["status"]).await.expect("a verification");
    assert_eq!(
        (status.id.as_ref(), status.status.as_ref()),
        (Some(&id(double::VERIFIED)), Some(&VerificationStatus::Verified))
    );
    assert_eq!(server.last().query, "fields=status%2Cid", "the id is there to be checked");

    let before = server.received().len();
    for odd in [&[][..], &[""], &["id", "a,b"]] {
        let error = client.get_verification_fields(&id(double::VERIFIED), odd).await.expect_err("no fields");
        assert_eq!(error.to_string(), "invalid request: a field is missing, empty or has a comma in it");
    }
    assert_eq!(server.received().len(), before, "nothing was sent");

    let other = api(|_| Reply::value(200, &json!({ "id": "other", "status": "verified" }))).await;
    let error = super::client(&other).get_verification_fields(&id("v-1"), &["id"]).await.expect_err("another id");
    assert_eq!(
        error_chain(&error),
        "GET /verifications/{verificationId}: invalid response (status 200): id is not the requested one"
    );
}

/// All of a verification's fields but the id are optional, so anything else would pass for one.
#[tokio::test]
async fn row_45_what_is_no_verification_is_an_error() {
    let (server, next) = Next::server().await;
    let client = client(&server);
    for (body, why) in [
        ("{}", "id is missing"),
        (r#"{"id":null,"status":"verified"}"#, "id is missing"),
        (r#"{"id":7,"status":"verified"}"#, "id is of another type than documented"),
        (r#"{"id":"v-2","status":"verified"}"#, "id is not the requested one"),
        (r#"{"data":{"id":"v-1","status":"verified"}}"#, "id is missing"),
        (r#"{"errors":[{"msg":"CANARY"}]}"#, "id is missing"),
        (r#"{"id":"v-1","id":"v-2"}"#, "id is there more than once"),
        (r#"[{"id":"v-1"}]"#, "the body is of another type than documented"),
        (r#""v-1""#, "the body is of another type than documented"),
        ("null", "the body is of another type than documented"),
        ("", "the body is empty"),
        (r#"{"id":"v-1","firstName":"CANARY"#, "the body is not valid JSON: line 1, column 31"),
        ("<html>CANARY</html>", "the body is not valid JSON: line 1, column 1"),
    ] {
        let before = calls(&server).len();
        next.is(Reply::json(200, body));
        let error = client.get_verification_fields(&id("v-1"), &["status"]).await.expect_err(body);
        assert!(error_chain(&error).ends_with(why), "{body}: {error}");
        let before = before + 1;
        let error = client.get_verification(&id("v-1")).await.expect_err(body);
        assert!(error_chain(&error).ends_with(&format!("invalid response (status 200): {why}")), "{body}: {error}");
        assert_eq!(
            (error.status().map(|status| status.as_u16()), error.is_transient(), calls(&server).len() - before),
            (Some(200), false, 1),
            "{body}"
        );
        assert!(!format!("{error:?}").contains("CANARY"));
    }
}

#[tokio::test]
async fn row_59_a_response_about_another_verification_is_an_error_and_case_is_no_difference() {
    let (server, next) = Next::server().await;
    let client = client(&server);
    let asked = id("ABCDEF01-89ab-cdef-0123-456789abcdef");
    next.is(Reply::value(200, &json!({ "id": "abcdef01-89AB-cdef-0123-456789abcdef" })));
    assert!(client.get_verification(&asked).await.is_ok());
    assert!(client.get_verification_fields(&asked, &["id"]).await.is_ok());
    assert!(client.links(&asked).await.is_ok());
    next.is(Reply::value(200, &json!({ "id": "abcdef02-89AB-cdef-0123-456789abcdef" })));
    for error in [
        client.get_verification(&asked).await.expect_err("another one"),
        client.get_verification_fields(&asked, &["id"]).await.expect_err("another one"),
        client.links(&asked).await.expect_err("another one"),
        client.fresh_link(&asked, "faceImageUrl").await.expect_err("another one"),
    ] {
        assert!(error_chain(&error).ends_with("id is not the requested one"), "{error:?}");
        assert!(!error.is_transient() && !error.is_not_found());
    }
    let before = calls(&server).len();
    assert!(client.get_verification(&id("")).await.is_err(), "an empty id would list all");
    assert_eq!(calls(&server).len(), before);
}

#[tokio::test]
async fn row_48_drift_in_the_answer_costs_one_field() {
    let server =
        api(|_| Reply::value(200, &json!({ "id": "v-1", "status": "SOMETHING_NEW", "email": 7, "new": [{}] }))).await;
    let verification = client(&server).get_verification(&id("v-1")).await.expect("a verification");
    assert_eq!(verification.status.as_ref().map(VerificationStatus::as_str), Some("SOMETHING_NEW"));
    assert!(verification.email.is_none() && verification.email.error().is_some());
}
