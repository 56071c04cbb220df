//! Replays, dead letters by hand, what is left after a restart, and a closed inbox.

use std::time::Duration;

use idhooks_inbox::{AcceptOutcome, DeliveryId, ErrorKind, Filter, Inbox, Outcome, State, store::ClaimRequest};

use crate::support::{
    all, caf, caf_body_of, claim, claim_briefly, claim_one, complete, complete_next, details, engine::Engine, ids,
    kinds, request, request_with_decoder, signed_caf, summary,
};

cases! {
    a_delivery_is_replayed_from_every_state,
    a_replayed_delivery_is_due_from_then_on,
    a_replay_fails_if_a_worker_holds_it_or_its_body_was_purged,
    a_waiting_delivery_is_made_a_dead_letter_by_hand,
    a_finished_or_running_delivery_is_not_made_a_dead_letter,
    everything_is_there_after_a_restart,
    a_closed_inbox_returns_errors,
}

fn outcome(state: State) -> Option<Outcome> {
    match state {
        State::Done => Some(Outcome::Done),
        State::DeadLetter => Some(Outcome::dead_letter("why")),
        State::Undecodable => Some(Outcome::Undecodable { decoder_version: 1, reason: "why".into() }),
        State::Scheduled => Some(Outcome::retry_after(Duration::from_secs(600), "why")),
        State::Ready => Some(Outcome::Released),
        _ => None,
    }
}

/// Brings a new delivery into a state. Nothing else may be ready.
pub(super) async fn bring(inbox: &Inbox, name: &str, state: State) -> DeliveryId {
    let id = inbox.accept(&caf(name, name)).await.unwrap().id();
    let record = claim_one(inbox).await;
    assert_eq!(record.id, id);
    if let Some(outcome) = outcome(state) {
        assert!(complete(inbox, &record, outcome).await);
    }
    assert_eq!(summary(inbox, id).await.state, state);
    id
}

async fn a_delivery_is_replayed_from_every_state(engine: Engine) {
    let inbox = engine.open().await;
    for state in [State::Ready, State::Scheduled, State::Done, State::DeadLetter, State::Undecodable] {
        let id = bring(&inbox, state.as_str(), state).await;
        inbox.replay(id).await.unwrap();
        let replayed = summary(&inbox, id).await;
        assert_eq!((replayed.state, replayed.attempts, replayed.finished_at), (State::Ready, 0, None), "{state:?}");
        let claimed = claim(&inbox, request()).await;
        let attempts: Vec<_> = claimed.iter().map(|record| (record.id, record.attempt())).collect();
        assert_eq!(attempts, [(id, 1)], "{state:?}");
        assert!(complete(&inbox, &claimed[0], Outcome::Done).await);
        let details = details(&inbox, id).await;
        assert_eq!(details.summary.state, State::Done);
        let failed_before = matches!(state, State::Scheduled | State::DeadLetter);
        assert_eq!(details.failed_attempts.len(), usize::from(failed_before), "earlier failures stay listed");
    }
    let expired = inbox.accept(&caf("expired", "expired")).await.unwrap().id();
    claim_briefly(&inbox).await;
    claim(&inbox, ClaimRequest { limit: 0, ..request() }).await;
    assert_eq!(summary(&inbox, expired).await.lost_leases, 1);
    inbox.replay(expired).await.unwrap();
    let record = claim_one(&inbox).await;
    assert_eq!((record.id, record.lost_leases, record.attempt()), (expired, 0, 1));
}

/// Whether or not a worker has claimed anything before.
async fn a_replayed_delivery_is_due_from_then_on(engine: Engine) {
    let inbox = engine.open().await;
    for seen in [false, true] {
        let first = inbox.accept(&caf(&format!("first {seen}"), "a")).await.unwrap().id();
        let second = inbox.accept(&caf(&format!("second {seen}"), "b")).await.unwrap().id();
        let nothing_else = ClaimRequest { kinds: kinds(&[("capa", true)], 1), ..request() };
        assert!(!seen || claim(&inbox, nothing_else).await.is_empty());
        inbox.replay(first).await.unwrap();
        assert!(summary(&inbox, first).await.due_at > summary(&inbox, second).await.due_at, "{seen}");
        for next in [second, first] {
            assert_eq!(complete_next(&inbox, Outcome::Done).await, next, "{seen}");
        }
    }
}

async fn a_replay_fails_if_a_worker_holds_it_or_its_body_was_purged(engine: Engine) {
    let inbox = engine.open().await;
    let done = bring(&inbox, "done", State::Done).await;
    super::purge::purge(&inbox, 1).await;
    let error = inbox.replay(done).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidState);
    assert!(error.to_string().contains("purged"), "{error}");
    assert_eq!(summary(&inbox, done).await.state, State::Done);

    let running = bring(&inbox, "running", State::Running).await;
    let error = inbox.replay(running).await.unwrap_err();
    assert!(error.kind() == ErrorKind::InvalidState && !error.is_unavailable(), "{error}");
    let after = summary(&inbox, running).await;
    assert_eq!((after.state, after.attempts), (State::Running, 0));

    for unknown in [0, -1, running.get() + 100, i64::MAX] {
        let error = inbox.replay(DeliveryId::new(unknown)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    }
}

async fn a_waiting_delivery_is_made_a_dead_letter_by_hand(engine: Engine) {
    const REASON: &str = "a test of the vendor";
    let inbox = engine.open().await;
    let scheduled = bring(&inbox, "scheduled", State::Scheduled).await;
    let undecodable = bring(&inbox, "undecodable", State::Undecodable).await;
    let ready = inbox.accept(&caf("ready", "ready")).await.unwrap().id();
    let blocked = inbox.accept(&caf("blocked", "ready")).await.unwrap().id();
    assert_eq!(summary(&inbox, blocked).await.state, State::Blocked);
    let made = [
        (scheduled, vec![(1, "why"), (1, REASON)]),
        (undecodable, vec![(0, REASON)]),
        (blocked, vec![(0, REASON)]),
        (ready, vec![(0, REASON)]),
    ];
    for (id, failed) in &made {
        inbox.dead_letter(*id, REASON).await.unwrap();
        let details = details(&inbox, *id).await;
        let summary = &details.summary;
        assert_eq!((summary.state, summary.reason.as_deref()), (State::DeadLetter, Some(REASON)), "{id}");
        assert!(summary.finished_at.is_some() && details.body.is_some(), "{id}");
        let told: Vec<_> = details.failed_attempts.iter().map(|attempt| (attempt.number, &*attempt.reason)).collect();
        assert_eq!(&told, failed, "{id}");
    }
    // Also of a later release, which tries undecodable deliveries again.
    assert!(claim(&inbox, request_with_decoder(2)).await.is_empty());
    assert_eq!(inbox.dead_letters().await.unwrap().len(), 4);

    let finished_at = summary(&inbox, scheduled).await.finished_at;
    inbox.dead_letter(scheduled, "again").await.unwrap();
    let again = details(&inbox, scheduled).await;
    assert_eq!((again.summary.finished_at, again.summary.reason.as_deref()), (finished_at, Some(REASON)));
    assert_eq!(again.failed_attempts.len(), 2, "a dead letter stays as it is");

    inbox.replay(scheduled).await.unwrap();
    assert_eq!(complete_next(&inbox, Outcome::Done).await, scheduled);
}

async fn a_finished_or_running_delivery_is_not_made_a_dead_letter(engine: Engine) {
    let inbox = engine.open().await;
    for state in [State::Done, State::Running] {
        let id = bring(&inbox, state.as_str(), state).await;
        let before = format!("{:?}", details(&inbox, id).await);
        let error = inbox.dead_letter(id, "canary").await.unwrap_err();
        assert!(error.kind() == ErrorKind::InvalidState && !error.is_unavailable(), "{error}");
        assert!(!format!("{error:?}").contains("canary"));
        assert_eq!(format!("{:?}", details(&inbox, id).await), before);
    }
    let error = inbox.dead_letter(DeliveryId::new(i64::MAX), "canary").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");

    // Reasons that not every store can hold as they are.
    let id = bring(&inbox, "scheduled", State::Scheduled).await;
    inbox.dead_letter(id, &format!("\0{}", "é".repeat(1000))).await.unwrap();
    let reason = summary(&inbox, id).await.reason.unwrap();
    assert!(reason.starts_with("\u{fffd}é") && reason.len() <= 1002, "{}", reason.len());
}

async fn everything_is_there_after_a_restart(engine: Engine) {
    let inbox = engine.open().await;
    let mut before = Vec::new();
    for state in [State::Scheduled, State::DeadLetter, State::Undecodable, State::Done, State::Running] {
        bring(&inbox, state.as_str(), state).await;
        inbox.accept(&signed_caf(caf_body_of(state.as_str(), state.as_str(), "OTHER"))).await.unwrap();
    }
    inbox.accept(&caf("ready", "ready")).await.unwrap();
    inbox.accept(&caf("blocked", "ready")).await.unwrap();
    for delivery in all(&inbox).await {
        before.push(format!("{:?}", details(&inbox, delivery.id).await));
    }
    inbox.close().await;

    let inbox = engine.open().await;
    let mut after = Vec::new();
    for delivery in all(&inbox).await {
        after.push(format!("{:?}", details(&inbox, delivery.id).await));
    }
    assert_eq!(after, before);
    let stats = inbox.stats().await.unwrap();
    assert_eq!(State::ALL.map(|state| stats.of(state)), [1, 1, 1, 0, 1, 1, 1]);
    let conflicts: u32 = all(&inbox).await.iter().map(|delivery| delivery.conflicts).sum();
    assert_eq!(conflicts, 5);
    assert!(matches!(inbox.accept(&caf("done", "done")).await.unwrap(), AcceptOutcome::Duplicate { .. }));
    let claimed = claim(&inbox, request()).await;
    assert_eq!(claimed.len(), 1, "the lease of the running one is still good");
    assert!(complete(&inbox, &claimed[0], Outcome::Done).await);
    assert!(complete(&inbox, &claim_one(&inbox).await, Outcome::Done).await);

    // A lease that has expired is taken back.
    inbox.accept(&caf("brief", "brief")).await.unwrap();
    let brief = claim_briefly(&inbox).await;
    drop(inbox);
    let again = claim(&engine.open().await, request()).await;
    assert_eq!(ids(&again), [brief.id]);
    assert!(again[0].token > brief.token && again[0].attempt() == 2);
}

async fn a_closed_inbox_returns_errors(engine: Engine) {
    let inbox = engine.open().await;
    let id = inbox.accept(&caf("1", "a")).await.unwrap().id();
    let clone = inbox.clone();
    inbox.close().await;
    inbox.close().await;
    let mut errors = vec![
        clone.accept(&caf("2", "b")).await.unwrap_err(),
        clone.list(&Filter::new()).await.unwrap_err(),
        clone.get(id).await.unwrap_err(),
        clone.stats().await.unwrap_err(),
        clone.replay(id).await.unwrap_err(),
        clone.dead_letter(id, "the end").await.unwrap_err(),
        clone.purge(Duration::ZERO).await.unwrap_err(),
        clone.erase("caf", "a").await.unwrap_err(),
        clone.store().claim(request()).await.unwrap_err(),
        clone.store().complete(&[]).await.err().unwrap_or_else(idhooks_inbox::Error::closed),
        clone.store().unfinished_kinds().await.unwrap_err(),
    ];
    while let Some(error) = errors.pop() {
        assert_eq!(error.kind(), ErrorKind::Closed, "{error}: number {}", errors.len());
        assert!(error.is_unavailable());
    }
    assert_eq!(all(&engine.open().await).await.len(), 1);
}
