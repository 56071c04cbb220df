//! Why a manual retry was refused.

use idhooks_capa::{Error, RetryError, rest::NotificationId};
use idhooks_fixtures::{rest::sample, server::Reply};
use serde_json::json;

use super::answering;

async fn refused(reply: Reply) -> RetryError {
    let (_server, client) = answering(reply).await;
    client.retry_webhook_notification(&NotificationId::from("n")).await.unwrap_err()
}

#[tokio::test]
async fn documented_refusals_are_told_apart() {
    let refusal = |status, name| refused(Reply::sample(status, sample("capa", name)));
    let not_failed = refusal(409, "error-not-failed").await;
    assert!(matches!(not_failed, RetryError::NotFailed(_)), "{not_failed:?}");
    let at_limit = refusal(409, "error-retry-limit").await;
    assert!(matches!(at_limit, RetryError::LimitReached(_)), "{at_limit:?}");
    assert_eq!(not_failed.error().code(), at_limit.error().code(), "only the message differs");
    let too_many = refusal(429, "error-rate-limit").await;
    assert!(matches!(too_many, RetryError::RateLimited(_)), "{too_many:?}");
    let gone = refusal(404, "error-not-found").await;
    assert!(matches!(gone, RetryError::NotFound(_)), "{gone:?}");
    let auth = refusal(401, "error-unauthorized").await;
    assert!(matches!(&auth, RetryError::Other(error) if error.is_auth()), "{auth:?}");

    for (error, status) in [(not_failed, 409), (at_limit, 409), (too_many, 429), (gone, 404), (auth, 401)] {
        assert_eq!(error.error().status().map(|status| status.as_u16()), Some(status));
        assert_eq!(
            Error::from(error).status().map(|status| status.as_u16()),
            Some(status),
            "`?` takes it as the common error"
        );
    }
}

#[tokio::test]
async fn other_words_are_another_error() {
    for message in ["Conflict", "The notification was sent in the meantime", ""] {
        let body = json!({ "success": false, "error": { "message": message, "code": "CONFLICT" } });
        let error = refused(Reply::value(409, &body)).await;
        assert!(
            matches!(&error, RetryError::Other(error) if error.status().map(|status| status.as_u16()) == Some(409)),
            "{error:?}"
        );
    }
    // The words in an answer of another status say nothing.
    let error = refused(Reply::sample(500, sample("capa", "error-not-failed"))).await;
    assert!(matches!(error, RetryError::Other(_)), "{error:?}");
}

#[tokio::test]
async fn a_lost_answer_may_have_queued_it() {
    for reply in [Reply::json(201, "{").cut(), Reply::status(502), Reply::status(201)] {
        let error = refused(reply.clone()).await;
        assert!(matches!(&error, RetryError::Other(error) if error.may_have_taken_effect()), "{reply:?}: {error:?}");
    }
    let error = refused(Reply::sample(429, sample("capa", "error-rate-limit"))).await;
    assert!(!error.error().may_have_taken_effect());
}

#[tokio::test]
async fn each_reads_as_a_sentence_and_has_its_cause() {
    let error = refused(Reply::sample(409, sample("capa", "error-retry-limit"))).await;
    assert_eq!(error.to_string(), "the notification has reached its retry limit");
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.ends_with("the vendor returned 409 (code CONFLICT)"), "{cause}");
    let error = refused(Reply::status(500)).await;
    assert!(error.to_string().ends_with("/retry: the vendor returned 500"), "{error}");
}
