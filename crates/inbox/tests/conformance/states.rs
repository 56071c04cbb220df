//! Replay, purge, what is left after opening again, and the end.

use std::time::{Duration, SystemTime};

use idhooks_inbox::{
    AcceptOutcome, DeliveryId, ErrorKind, Filter, Inbox, Outcome, State,
    store::{ClaimRequest, DeliveryRecord},
};

use crate::support::{
    all, caf, caf_body_of, capa, details, engine::Engine, finish, ids, is_new, kinds, lease, lease_briefly, lease_one,
    request, request_of, signed_caf,
};

cases! {
    replay_from_every_state,
    a_replay_is_due_from_then_on,
    replay_is_refused_where_it_cannot_be,
    giving_up_what_waits_makes_a_dead_letter,
    giving_up_is_refused_where_it_cannot_be,
    what_waits_behind_one_that_is_given_up_goes_on,
    row_35_what_was_purged_is_still_a_duplicate,
    row_35_a_body_that_comes_after_the_purge_can_be_purged_too,
    a_body_that_comes_after_the_purge_has_an_age_of_its_own,
    purging_takes_what_was_handled_longer_ago_and_nothing_else,
    dead_letters_are_purged_when_asked_for,
    many_are_purged_at_once,
    all_is_there_after_opening_again,
    what_comes_after_the_end_is_an_error,
}

fn verdict(state: State) -> Option<Outcome> {
    let reason = "why".into();
    match state {
        State::Done => Some(Outcome::Done),
        State::DeadLetter => Some(Outcome::DeadLetter { reason }),
        State::Undecodable => Some(Outcome::Undecodable { decoder_version: 1, reason }),
        State::Scheduled => Some(Outcome::Retry { after: Some(Duration::from_secs(600)), reason }),
        _ => None,
    }
}

/// A delivery in that state; only scheduled and undecodable ones may be there besides.
async fn bring(inbox: &Inbox, name: &str, state: State) -> DeliveryId {
    let id = inbox.accept(&caf(name, name)).await.unwrap().id();
    let (leased, token) = lease_one(inbox).await;
    assert_eq!(leased, id);
    if let Some(verdict) = verdict(state) {
        assert!(finish(inbox, id, token, verdict).await);
    }
    assert_eq!(details(inbox, id).await.summary.state, state);
    id
}

async fn replay_from_every_state(engine: Engine) {
    let inbox = engine.open().await;
    for state in [State::Scheduled, State::Done, State::DeadLetter, State::Undecodable] {
        let id = bring(&inbox, state.as_str(), state).await;
        inbox.replay(id).await.unwrap();
        let entry = details(&inbox, id).await.summary;
        assert_eq!((entry.state, entry.attempts, entry.finished_at), (State::Ready, 0, None), "{state:?}");
        let leased = lease(&inbox, ClaimRequest { max_lost_leases: 1, ..request() }).await;
        assert_eq!(leased.iter().map(|leased| (leased.id, leased.attempt)).collect::<Vec<_>>(), [(id, 1)], "{state:?}");
        assert!(finish(&inbox, id, leased[0].token, Outcome::Done).await);
        assert_eq!(details(&inbox, id).await.summary.state, State::Done);
    }
    let is_dead = |subject: &str| subject == State::DeadLetter.as_str();
    let mut all = all(&inbox).await.into_iter();
    let dead = all.find(|entry| entry.subject.as_ref().is_some_and(|subject| is_dead(subject.expose()))).unwrap();
    let history = details(&inbox, dead.id).await.failed_attempts;
    assert_eq!(history.len(), 1, "what went wrong before the replay is still told");
}

/// Whether or not a worker has seen it before.
async fn a_replay_is_due_from_then_on(engine: Engine) {
    let inbox = engine.open().await;
    for seen in [false, true] {
        let first = inbox.accept(&caf(&format!("first {seen}"), "a")).await.unwrap().id();
        let second = inbox.accept(&caf(&format!("second {seen}"), "b")).await.unwrap().id();
        let nothing_else = ClaimRequest { kinds: kinds(&[("capa", true)], 1), ..request() };
        assert!(!seen || lease(&inbox, nothing_else).await.is_empty());
        inbox.replay(first).await.unwrap();
        assert!(details(&inbox, first).await.summary.due_at > details(&inbox, second).await.summary.due_at, "{seen}");
        for next in [second, first] {
            let (id, token) = lease_one(&inbox).await;
            assert_eq!(id, next, "{seen}");
            assert!(finish(&inbox, id, token, Outcome::Done).await);
        }
    }
}

async fn replay_is_refused_where_it_cannot_be(engine: Engine) {
    let inbox = engine.open().await;
    let done = bring(&inbox, "done", State::Done).await;
    crate::support::eventually("it is purged", || async {
        (inbox.purge(Duration::ZERO).await.unwrap().deliveries == 1).then_some(())
    })
    .await;
    let error = inbox.replay(done).await.unwrap_err();
    assert!(error.kind() == ErrorKind::InvalidState && error.to_string().contains("purged"), "{error}");
    assert_eq!(details(&inbox, done).await.summary.state, State::Done);

    let running = bring(&inbox, "running", State::Running).await;
    let error = inbox.replay(running).await.unwrap_err();
    assert!(error.kind() == ErrorKind::InvalidState && !error.is_unavailable(), "{error}");
    let entry = details(&inbox, running).await.summary;
    assert_eq!((entry.state, entry.attempts), (State::Running, 0));

    for unknown in [0, -1, running.get() + 100, i64::MAX] {
        let error = inbox.replay(DeliveryId::new(unknown)).await.unwrap_err();
        assert!(error.kind() == ErrorKind::NotFound, "{error}");
    }
}

async fn giving_up_what_waits_makes_a_dead_letter(engine: Engine) {
    let inbox = engine.open().await;
    let mut given_up = Vec::new();
    for (state, before) in [(State::Scheduled, vec![(1, "why")]), (State::Undecodable, vec![])] {
        given_up.push((bring(&inbox, state.as_str(), state).await, before, u32::from(state == State::Scheduled)));
    }
    let reader = 2; // of a later release, to which what could not be read is given again
    given_up.push((inbox.accept(&caf("new", "new")).await.unwrap().id(), vec![], 0));
    for (id, before, attempts) in &given_up {
        inbox.dead_letter(*id, "a test of the vendor's").await.unwrap();
        let details = details(&inbox, *id).await;
        let entry = &details.summary;
        assert_eq!((entry.state, entry.reason.as_deref()), (State::DeadLetter, Some("a test of the vendor's")), "{id}");
        assert!(entry.finished_at.is_some() && details.body.is_some(), "{id}");
        let history: Vec<_> =
            details.failed_attempts.iter().map(|attempt| (attempt.number, &*attempt.reason)).collect();
        assert_eq!(history, [&before[..], &[(*attempts, "a test of the vendor's")]].concat(), "{id}");
    }
    assert!(lease(&inbox, request_of(reader)).await.is_empty());
    assert_eq!(inbox.dead_letters().await.unwrap().len(), 3);

    let first = given_up[0].0;
    let finished_at = details(&inbox, first).await.summary.finished_at;
    inbox.dead_letter(first, "again").await.unwrap();
    let again = details(&inbox, first).await;
    assert_eq!(
        (again.summary.finished_at, again.summary.reason.as_deref()),
        (finished_at, Some("a test of the vendor's"))
    );
    assert_eq!(again.failed_attempts.len(), 2, "a dead letter stays as it is");

    inbox.replay(first).await.unwrap();
    let (leased, token) = lease_one(&inbox).await;
    assert_eq!(leased, first);
    assert!(finish(&inbox, first, token, Outcome::Done).await);
    let purged = std::sync::atomic::AtomicU64::new(0);
    crate::support::eventually("the others are purged", || async {
        let step = inbox.purge_dead_letters(Duration::ZERO).await.unwrap().deliveries;
        (purged.fetch_add(step, std::sync::atomic::Ordering::Relaxed) + step == 2).then_some(())
    })
    .await;
    for (id, ..) in &given_up[1..] {
        let details = details(&inbox, *id).await;
        assert!(details.body.is_none() && details.summary.purged && details.failed_attempts[0].reason.is_empty());
    }
}

async fn giving_up_is_refused_where_it_cannot_be(engine: Engine) {
    let inbox = engine.open().await;
    for state in [State::Done, State::Running] {
        let id = bring(&inbox, state.as_str(), state).await;
        let before = format!("{:?}", details(&inbox, id).await);
        let error = inbox.dead_letter(id, "canary").await.unwrap_err();
        assert!(error.kind() == ErrorKind::InvalidState && !error.is_unavailable(), "{error}");
        assert_eq!(format!("{:?}", details(&inbox, id).await), before);
    }
    let error = inbox.dead_letter(DeliveryId::new(i64::MAX), "canary").await.unwrap_err();
    assert!(error.kind() == ErrorKind::NotFound, "{error}");

    // Reasons that not every store can keep as they are.
    let id = bring(&inbox, "pending", State::Scheduled).await;
    inbox.dead_letter(id, &format!("\0{}", "é".repeat(1000))).await.unwrap();
    let kept = details(&inbox, id).await.summary.reason.unwrap();
    assert!(kept.starts_with("\u{fffd}é") && kept.len() <= 1002, "{}", kept.len());
}

/// Of one subject only one is looked at while it waits for its turn; the next must come when that one is given up.
async fn what_waits_behind_one_that_is_given_up_goes_on(engine: Engine) {
    let inbox = engine.open().await;
    let mut left = Vec::new();
    for number in 0..5 {
        left.push(inbox.accept(&caf(&format!("event-{number}"), "one")).await.unwrap().id());
    }
    let (first, token) = lease_one(&inbox).await;
    left.retain(|id| *id != first);
    for place in [1, 0] {
        // Finds that they have to wait.
        assert!(lease(&inbox, request()).await.is_empty());
        inbox.dead_letter(left.remove(place), "while the subject is held").await.unwrap();
    }
    assert!(finish(&inbox, first, token, Outcome::Done).await);
    inbox.dead_letter(left.remove(0), "while the subject is free").await.unwrap();
    let (last, token) = lease_one(&inbox).await;
    assert_eq!([last], left[..]);
    assert!(finish(&inbox, last, token, Outcome::Done).await);
    assert!(lease(&inbox, request()).await.is_empty());
}

/// Purges until that many are, because a clock may not have moved on since they were handled.
async fn purge(inbox: &Inbox, number: u64) {
    let purged = std::sync::atomic::AtomicU64::new(0);
    crate::support::eventually("they are purged", || async {
        let step = inbox.purge(Duration::ZERO).await.unwrap().deliveries;
        let before = purged.fetch_add(step, std::sync::atomic::Ordering::Relaxed);
        (before + step == number).then_some(())
    })
    .await;
}

async fn row_35_what_was_purged_is_still_a_duplicate(engine: Engine) {
    let inbox = engine.open().await;
    let other = caf_body_of("event-1", "profile-1", "REPROVED");
    let mut first = Vec::new();
    for delivery in [caf("event-1", "profile-1"), caf("event-2", "profile-2")] {
        first.push(inbox.accept(&delivery).await.unwrap().id());
    }
    first.push(inbox.accept(&capa("customer-1")).await.unwrap().id());
    inbox.accept(&signed_caf(other.clone())).await.unwrap();
    for leased in lease(&inbox, request()).await {
        assert!(finish(&inbox, leased.id, leased.token, Outcome::Done).await);
    }
    purge(&inbox, 3).await;

    for id in &first {
        let details = details(&inbox, *id).await;
        let entry = details.summary;
        assert!(entry.purged && entry.state == State::Done && entry.finished_at.is_some());
        assert!(entry.subject.is_none() && entry.event.is_none());
        assert!(details.body.is_none() && details.conflicts.iter().all(|other| other.body.is_none()));
    }
    assert_eq!(details(&inbox, first[0]).await.conflicts.len(), 1, "that it came is still told");
    assert!(inbox.list(&Filter::new().vendor("caf").subject("profile-1")).await.unwrap().deliveries.is_empty());

    let again = inbox.accept(&caf("event-1", "profile-1")).await.unwrap();
    assert_eq!(again, AcceptOutcome::Duplicate { id: first[0] });
    let again = inbox.accept(&capa("customer-1")).await.unwrap();
    assert_eq!(again, AcceptOutcome::Duplicate { id: first[2] }, "inside its window");
    assert_eq!(inbox.accept(&signed_caf(other)).await.unwrap(), AcceptOutcome::Conflict { id: first[0] });
    assert!(lease(&inbox, request()).await.is_empty());
    assert_eq!(all(&inbox).await.len(), 3);
}

async fn row_35_a_body_that_comes_after_the_purge_can_be_purged_too(engine: Engine) {
    let inbox = engine.open().await;
    let id = bring(&inbox, "event-1", State::Done).await;
    purge(&inbox, 1).await;
    let late = caf_body_of("event-1", "event-1", "REPROVED");
    let later = caf_body_of("event-1", "event-1", "PENDING");
    for body in [&late, &later] {
        assert_eq!(inbox.accept(&signed_caf(body.clone())).await.unwrap(), AcceptOutcome::Conflict { id });
    }
    let kept = details(&inbox, id).await.conflicts;
    let kept: Vec<_> = kept.iter().map(|other| other.body.as_ref().unwrap().expose().to_vec()).collect();
    assert_eq!(kept, [late, later]);

    assert_eq!(inbox.purge(Duration::from_secs(600)).await.unwrap().deliveries, 0, "it has only just come");
    assert!(details(&inbox, id).await.conflicts[0].body.is_some());
    purge(&inbox, 1).await;
    assert!(details(&inbox, id).await.conflicts.iter().all(|other| other.body.is_none()));
    assert_eq!(inbox.purge(Duration::ZERO).await.unwrap().deliveries, 0);
}

async fn a_body_that_comes_after_the_purge_has_an_age_of_its_own(engine: Engine) {
    let inbox = engine.open().await;
    let id = bring(&inbox, "event-1", State::Done).await;
    purge(&inbox, 1).await;
    let hour = Duration::from_secs(3600);
    let times = [SystemTime::now() - hour, SystemTime::now() + hour];
    for (status, received_at) in ["REPROVED", "PENDING"].into_iter().zip(times) {
        let mut record = DeliveryRecord::new(&signed_caf(caf_body_of("event-1", "event-1", status)), hour);
        record.received_at = received_at;
        assert_eq!(inbox.store().accept(record).await.unwrap(), AcceptOutcome::Conflict { id });
    }
    purge(&inbox, 1).await;
    let kept: Vec<_> = details(&inbox, id).await.conflicts.iter().map(|other| other.body.is_some()).collect();
    assert_eq!(kept, [false, true], "the one that is old enough");
}

async fn purging_takes_what_was_handled_longer_ago_and_nothing_else(engine: Engine) {
    let inbox = engine.open().await;
    let mut kept = Vec::new();
    for state in [State::Scheduled, State::DeadLetter, State::Undecodable, State::Running] {
        kept.push(bring(&inbox, state.as_str(), state).await);
    }
    kept.push(bring(&inbox, "done", State::Done).await);
    for longer in [Duration::MAX, Duration::from_secs(3600)] {
        assert_eq!(inbox.purge(longer).await.unwrap().deliveries, 0);
        assert_eq!(inbox.purge_dead_letters(longer).await.unwrap().deliveries, 0);
    }
    let done = kept.pop().unwrap();
    purge(&inbox, 1).await;
    assert!(details(&inbox, done).await.body.is_none());
    for id in kept {
        let details = details(&inbox, id).await;
        assert!(details.body.is_some() && !details.summary.purged && details.summary.subject.is_some());
    }
}

async fn dead_letters_are_purged_when_asked_for(engine: Engine) {
    let inbox = engine.open().await;
    let dead = bring(&inbox, "dead", State::DeadLetter).await;
    let done = bring(&inbox, "done", State::Done).await;
    crate::support::eventually("it is purged", || async {
        (inbox.purge_dead_letters(Duration::ZERO).await.unwrap().deliveries == 1).then_some(())
    })
    .await;
    let (dead, done) = (details(&inbox, dead).await, details(&inbox, done).await);
    assert!(dead.body.is_none() && dead.summary.purged && done.body.is_some());
    assert_eq!(
        (dead.summary.state, dead.failed_attempts.len()),
        (State::DeadLetter, 1),
        "that it was given up is still told"
    );
    assert!(
        dead.summary.reason.is_none() && dead.failed_attempts[0].reason.is_empty(),
        "and not why: those are a handler's words"
    );
    assert!(matches!(inbox.accept(&caf("dead", "dead")).await.unwrap(), AcceptOutcome::Duplicate { .. }));
}

async fn many_are_purged_at_once(engine: Engine) {
    let inbox = engine.open().await;
    let accepts: Vec<_> = (0..600)
        .map(|place| {
            let inbox = inbox.clone();
            tokio::spawn(async move { inbox.accept(&capa(&format!("customer-{place}"))).await.unwrap() })
        })
        .collect();
    for accept in accepts {
        assert!(is_new(accept.await.unwrap()));
    }
    let leased = lease(&inbox, ClaimRequest { limit: 600, ..request() }).await;
    assert_eq!(leased.len(), 600);
    let finishes: Vec<_> = leased
        .into_iter()
        .map(|leased| {
            let inbox = inbox.clone();
            tokio::spawn(async move { finish(&inbox, leased.id, leased.token, Outcome::Done).await })
        })
        .collect();
    for finish in finishes {
        assert!(finish.await.unwrap());
    }
    purge(&inbox, 600).await;
}

async fn all_is_there_after_opening_again(engine: Engine) {
    let inbox = engine.open().await;
    let mut before = Vec::new();
    for state in [State::Scheduled, State::DeadLetter, State::Undecodable, State::Done, State::Running] {
        let id = bring(&inbox, state.as_str(), state).await;
        inbox.accept(&signed_caf(caf_body_of(state.as_str(), state.as_str(), "OTHER"))).await.unwrap();
        before.push(format!("{:?}", details(&inbox, id).await));
    }
    let held = details(&inbox, all(&inbox).await[0].id).await.summary;
    assert_eq!(held.state, State::Running);
    inbox.close().await;

    let inbox = engine.open().await;
    let mut after = Vec::new();
    for entry in all(&inbox).await.iter().rev() {
        after.push(format!("{:?}", details(&inbox, entry.id).await));
    }
    assert_eq!(after, before);
    let stats = inbox.stats().await.unwrap();
    assert_eq!((stats.scheduled, stats.dead_letters, stats.undecodable, stats.running), (1, 1, 1, 1));
    assert_eq!((stats.ready, stats.blocked), (0, 0));
    assert!(matches!(inbox.accept(&caf("done", "done")).await.unwrap(), AcceptOutcome::Duplicate { .. }));
    assert!(lease(&inbox, request()).await.is_empty(), "the lease is still good");

    // And one that has run out is taken back.
    inbox.accept(&caf("brief", "brief")).await.unwrap();
    let brief = lease_briefly(&inbox).await;
    drop(inbox);
    let again = lease(&engine.open().await, request()).await;
    assert_eq!(ids(&again), [brief.id]);
    assert!(again[0].token > brief.token && again[0].attempt == 2);
}

async fn what_comes_after_the_end_is_an_error(engine: Engine) {
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
        clone.store().claim(request()).await.unwrap_err(),
        clone.store().unfinished_kinds().await.unwrap_err(),
    ];
    while let Some(error) = errors.pop() {
        assert!(error.is_unavailable(), "{error}: number {}", errors.len());
    }
    assert_eq!(all(&engine.open().await).await.len(), 1);
}
