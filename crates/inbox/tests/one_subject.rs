//! A subject with many deliveries: they are handled one at a time, none is lost, and others do not wait for them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]
#![cfg(any(feature = "sqlite", feature = "postgres"))]

mod support;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use idhooks_capa as capa;
use idhooks_core::{Secret, Verified};
use idhooks_inbox::{Backoff, Handlers, Job, Outcome};
use support::{count_done, engine::Engine};
use tokio::sync::Notify;

const MANY: usize = 300;

fn delivery(subject: &str, number: usize) -> Verified<capa::Event> {
    let secret = Secret::new("a secret of the usual length 0123").unwrap();
    let body = format!(
        r#"{{"type":"TRANSACTION","event":"COMPLETED_ON_RAMP","transactionId":"{subject}","fiatAmount":"{number}"}}"#
    );
    let header = capa::sign(&secret, body.as_bytes());
    capa::Verifier::new(secret).verify(&[header], body).unwrap()
}

#[derive(Default)]
struct Seen {
    order: Vec<(String, usize)>,
    at_once: usize,
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread")]
async fn sqlite() {
    many_deliveries_of_one_subject_are_handled_in_turn_and_delay_nobody(Engine::sqlite()).await;
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread")]
async fn postgres() {
    if let Some(engine) = Engine::postgres().await {
        many_deliveries_of_one_subject_are_handled_in_turn_and_delay_nobody(engine).await;
    }
}

async fn many_deliveries_of_one_subject_are_handled_in_turn_and_delay_nobody(engine: Engine) {
    let inbox = engine.open().await;
    for number in 0..MANY {
        inbox.accept(&delivery("busy", number)).await.unwrap();
    }
    inbox.accept(&delivery("other", 0)).await.unwrap();

    let (seen, all) = (Arc::new(Mutex::new(Seen::default())), Arc::new(Notify::new()));
    let handlers = Handlers::new().on({
        let (seen, all) = (Arc::clone(&seen), Arc::clone(&all));
        move |job: Job<Verified<capa::Event>>| {
            let (seen, all) = (Arc::clone(&seen), Arc::clone(&all));
            async move {
                let capa::Event::Transaction(transaction) = job.event() else { panic!("another event") };
                let subject = transaction.transaction_id.as_str().to_owned();
                let number: usize = transaction.fiat_amount.as_ref().unwrap().as_str().parse().unwrap();
                let busy = subject == "busy";
                if busy {
                    let mut seen = seen.lock().unwrap();
                    seen.at_once += 1;
                    assert_eq!(seen.at_once, 1, "two of one subject at once");
                }
                tokio::task::yield_now().await;
                let mut seen = seen.lock().unwrap();
                seen.at_once -= usize::from(busy);
                // The first attempt of some fails; those behind them are not lost.
                if busy && number % 50 == 7 && job.attempt() == 1 {
                    return Outcome::retry("once more");
                }
                seen.order.push((subject, number));
                if seen.order.len() == MANY + 1 {
                    all.notify_one();
                }
                Outcome::Done
            }
        }
    });
    let worker = inbox
        .worker()
        .concurrency(4)
        .backoff(Backoff::new(Duration::from_millis(20), Duration::from_millis(20)).unwrap());
    let until = async move { drop(tokio::time::timeout(Duration::from_secs(60), all.notified()).await) };
    worker.with_graceful_shutdown(until).run(handlers).await.unwrap();

    let stats = inbox.stats().await.unwrap();
    assert_eq!((stats.waiting(), stats.running, count_done(&inbox).await), (0, 0, MANY as u64 + 1));
    let order = &seen.lock().unwrap().order;
    let place = order.iter().position(|(subject, _)| subject == "other").unwrap();
    assert!(place < MANY / 2, "it waited for {place} of another subject");
    let first_tries: Vec<usize> = order
        .iter()
        .filter(|(subject, number)| subject == "busy" && number % 50 != 7)
        .map(|(_, number)| *number)
        .collect();
    assert!(first_tries.is_sorted(), "{first_tries:?}");
}
