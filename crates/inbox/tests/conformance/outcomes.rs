//! The outcomes of an attempt.

use std::time::{Duration, Instant, SystemTime};

use idhooks_inbox::{
    ErrorKind, Outcome, State,
    store::{ClaimRequest, MAX_RETRY_DELAY},
};

use crate::support::{
    caf, case_keeper, claim, claim_one, complete, complete_next, details, engine::Engine, eventually, ids, kinds,
    request, request_with_decoder, summary,
};

cases! {
    done_is_final,
    a_dead_letter_has_its_reason,
    a_retry_waits_for_its_time_and_is_in_the_history,
    a_far_off_retry_is_reported_as_next,
    an_undecodable_delivery_waits_for_a_later_decoder,
    decoder_versions_may_be_any_number,
    a_released_delivery_was_never_claimed,
    an_endless_delay_is_capped,
}

async fn done_is_final(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    let before = SystemTime::now() - Duration::from_millis(1);
    let id = complete_next(&inbox, Outcome::Done).await;
    let details = details(&inbox, id).await;
    assert_eq!((details.summary.state, details.summary.attempts, details.summary.reason), (State::Done, 0, None));
    assert!(details.summary.finished_at.unwrap() >= before && details.body.is_some());
    assert!(details.failed_attempts.is_empty());
    assert!(claim(&inbox, request()).await.is_empty());
    let error = inbox.dead_letter(id, "too late").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidState);
}

async fn a_dead_letter_has_its_reason(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    let id = complete_next(&inbox, Outcome::dead_letter("no such customer")).await;
    let details = details(&inbox, id).await;
    let summary = &details.summary;
    assert_eq!((summary.state, summary.reason.as_deref()), (State::DeadLetter, Some("no such customer")));
    assert_eq!(summary.attempts, 1, "the attempt failed");
    assert!(summary.finished_at.is_some() && details.body.is_some());
    let failed: Vec<_> = details.failed_attempts.iter().map(|attempt| (attempt.number, &*attempt.reason)).collect();
    assert_eq!(failed, [(1, "no such customer")]);
    let dead: Vec<_> = inbox.dead_letters().await.unwrap().iter().map(|delivery| delivery.id).collect();
    assert_eq!(dead, [id]);
    assert!(claim(&inbox, request_with_decoder(i64::MAX)).await.is_empty());
}

async fn a_retry_waits_for_its_time_and_is_in_the_history(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    for number in 1..=3 {
        let started = Instant::now();
        let record = eventually("it is due", || async { claim(&inbox, request()).await.pop() }).await;
        assert_eq!((record.attempts, record.attempt()), (number - 1, number));
        let waited = started.elapsed();
        assert!(number == 1 || waited >= Duration::from_millis(250), "{waited:?}");
        let retry = Outcome::retry_after(Duration::from_millis(300), format!("attempt {number}"));
        assert!(complete(&inbox, &record, retry).await);
        let details = details(&inbox, record.id).await;
        assert_eq!((details.summary.state, details.summary.attempts), (State::Scheduled, number));
        assert_eq!(details.summary.reason.as_deref(), Some(&*format!("attempt {number}")));
        assert_eq!(details.summary.finished_at, None);
        let numbers: Vec<_> = details.failed_attempts.iter().map(|attempt| attempt.number).collect();
        assert_eq!(numbers, (1..=number).collect::<Vec<_>>());
        assert!(details.failed_attempts.is_sorted_by_key(|attempt| attempt.ended_at));
    }
}

async fn a_far_off_retry_is_reported_as_next(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    inbox.accept(&caf("2", "b")).await.unwrap();
    for after in [Duration::from_secs(3600), Duration::from_secs(30 * 24 * 3600)] {
        complete_next(&inbox, Outcome::retry_after(after, "later")).await;
    }
    let claimed = inbox.store().claim(request()).await.unwrap();
    assert!(claimed.deliveries.is_empty());
    let next = claimed.next.unwrap();
    assert!(next <= Duration::from_secs(3600) && next > Duration::from_secs(3000), "{next:?}");
    let stats = inbox.stats().await.unwrap();
    assert_eq!((stats.scheduled, stats.oldest_ready), (2, None), "what is scheduled is not late");
}

async fn an_endless_delay_is_capped(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    let id = complete_next(&inbox, Outcome::retry_after(Duration::MAX, "later")).await;
    assert!(claim(&inbox, request()).await.is_empty());
    let summary = summary(&inbox, id).await;
    let wait = summary.due_at.duration_since(SystemTime::now()).unwrap();
    assert!(summary.state == State::Scheduled && wait <= MAX_RETRY_DELAY, "{wait:?}");
    assert!(wait + Duration::from_secs(60) > MAX_RETRY_DELAY, "{wait:?}");
}

async fn an_undecodable_delivery_waits_for_a_later_decoder(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    inbox.accept(&case_keeper("01234567-89ab-cdef-0123-456789abcdef")).await.unwrap();
    let mut claimed = claim(&inbox, request_with_decoder(5)).await;
    assert_eq!(claimed.len(), 2);
    claimed.sort_by_key(|record| record.id);
    for record in &claimed {
        let outcome = Outcome::Undecodable { decoder_version: 5, reason: "unknown".into() };
        assert!(complete(&inbox, record, outcome).await);
        let details = details(&inbox, record.id).await;
        assert_eq!((details.summary.state, details.summary.attempts), (State::Undecodable, 0));
        assert_eq!(details.summary.reason.as_deref(), Some("unknown"));
        assert!(details.failed_attempts.is_empty(), "no handler failed");
    }
    assert_eq!(inbox.stats().await.unwrap().undecodable, 2);
    for version in [i64::MIN, 1, 4, 5] {
        assert!(claim(&inbox, request_with_decoder(version)).await.is_empty(), "{version}");
    }
    let caf_alone = kinds(&[("caf", true)], 6);
    let later = claim(&inbox, ClaimRequest { kinds: caf_alone, ..request() }).await;
    assert_eq!(later.iter().map(|record| (record.id, record.attempt())).collect::<Vec<_>>(), [(claimed[0].id, 1)]);
    assert!(complete(&inbox, &later[0], Outcome::Done).await);
    assert_eq!(ids(&claim(&inbox, request_with_decoder(6)).await), [claimed[1].id]);
}

async fn decoder_versions_may_be_any_number(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    for version in [0, 1, 999_999_999, i64::MAX] {
        let record = claim(&inbox, request_with_decoder(version)).await.pop().unwrap();
        let outcome = Outcome::Undecodable { decoder_version: version, reason: "unknown".into() };
        assert!(complete(&inbox, &record, outcome).await);
        assert!(claim(&inbox, request_with_decoder(version)).await.is_empty(), "{version}");
    }
}

async fn a_released_delivery_was_never_claimed(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    for _ in 0..3 {
        let record = claim_one(&inbox).await;
        assert_eq!(record.attempt(), 1);
        assert!(complete(&inbox, &record, Outcome::Released).await);
        let details = details(&inbox, record.id).await;
        let summary = &details.summary;
        assert_eq!((summary.state, summary.attempts, summary.lost_leases), (State::Ready, 0, 0));
        assert!(details.failed_attempts.is_empty());
    }
}
