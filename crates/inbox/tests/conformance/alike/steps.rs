//! The calls that both engines get.

use std::time::Duration;

use fastrand::Rng;
use idhooks_core::Secret;
use idhooks_inbox::{
    Backoff, Filter, Outcome, Retention, State,
    store::{ClaimRequest, DeliveryRecord},
};

use crate::support::{caf_body_of, capa_body, case_keeper, request_with_decoder, unico, unico_body, unverified_unico};

pub(super) const FAR: Duration = Duration::from_secs(3600);

/// What keys, subjects, endpoints, labels and reasons are made of.
const ODD: [&str; 14] =
    ["a", "b", "A", "a\0", "\0", "", " ", "'; --", "\"\\", "🦀𝄞", "e\u{301}", "\u{301}", "\u{ffff}\u{202e}", "long"];

fn odd(random: &mut Rng) -> String {
    // Mostly the first ones, so that keys and subjects meet again.
    let place = if random.u8(..4) > 0 { random.usize(..2) } else { random.usize(..ODD.len()) };
    if ODD[place] == "long" { "é".repeat(random.usize(127..131)) } else { ODD[place].to_owned() }
}

/// One call. Deliveries and leases are named by their places among all that there were.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// The record, its window, and a description for the reader of a difference.
    Accept(Box<DeliveryRecord>, Duration, #[expect(dead_code, reason = "shown with a difference")] String),
    Claim(ClaimRequest),
    /// `true` names another delivery than the lease is of.
    Complete(Vec<(usize, bool, Outcome)>),
    Renew(Vec<usize>, Duration),
    Replay(usize),
    DeadLetter(usize, String),
    Purge(Retention),
    Erase(String, String),
    List(Filter, Option<usize>),
    Get(usize),
    /// Reads everything.
    Look,
    /// Closes the inbox and opens it again, as a process that starts.
    Open,
}

fn secret(random: &mut Rng) -> Secret {
    let secret = crate::support::secret();
    if random.bool() { secret.with_label(&odd(random)) } else { secret }
}

fn record(random: &mut Rng, window: Duration) -> DeliveryRecord {
    let endpoint = if random.u8(..3) == 0 { Some(odd(random)) } else { None };
    let process = ["8263a268-5388-492a-bca2-28e1ff4a69f0", "8263a268-5388-492a-bca2-28e1ff4a69f1"][random.usize(..2)];
    let state = ["PROCESS_STATE_FINISHED", "PROCESS_STATE_CREATED"][random.usize(..2)];
    match random.u8(..10) {
        0..5 => {
            let most = if random.u8(..4) == 0 { 40 } else { 2 };
            let status = random.u8(..most).to_string();
            let body = caf_body_of(&odd(random), &odd(random), &status);
            let secret = secret(random);
            let mut verifier = idhooks_caf::Verifier::new(secret.clone());
            if let Some(endpoint) = endpoint {
                verifier = verifier.endpoint(&endpoint);
            }
            DeliveryRecord::new(&verifier.verify(&[idhooks_caf::sign(&secret, &body)], body).unwrap(), window)
        }
        5..7 => {
            let body = if random.u8(..4) == 0 { odd(random).into_bytes() } else { capa_body(&odd(random)) };
            let secret = secret(random);
            let mut verifier = idhooks_capa::Verifier::new(secret.clone());
            if let Some(endpoint) = endpoint {
                verifier = verifier.endpoint(&endpoint);
            }
            DeliveryRecord::new(&verifier.verify(&[idhooks_capa::sign(&secret, &body)], body).unwrap(), window)
        }
        7 => DeliveryRecord::new(&unico(unico_body(process, state)), window),
        8 => DeliveryRecord::new(&unverified_unico(unico_body(process, state)), window),
        _ => DeliveryRecord::new(&case_keeper(process), window),
    }
}

fn outcome(random: &mut Rng) -> Outcome {
    let reason = odd(random).replace('\0', "").into();
    match random.u8(..8) {
        0..3 => Outcome::Done,
        3 => Outcome::Retry { after: Some(Duration::ZERO), reason },
        4 => Outcome::Retry { after: Some([FAR, Duration::MAX][random.usize(..2)]), reason },
        5 => Outcome::DeadLetter { reason },
        6 => Outcome::Undecodable { decoder_version: random.i64(0..3), reason },
        _ => Outcome::Released,
    }
}

fn retention(random: &mut Rng) -> Retention {
    let mut age = || if random.bool() { Some([Duration::ZERO, FAR, Duration::MAX][random.usize(..3)]) } else { None };
    let mut retention = Retention::forever();
    (retention.done, retention.dead_letters, retention.expired_keys) = (age(), age(), age());
    retention
}

fn claim(random: &mut Rng) -> ClaimRequest {
    let mut request = request_with_decoder(random.i64(0..4));
    if random.bool() {
        request.kinds.retain(|_| random.bool());
    }
    for kind in &mut request.kinds {
        kind.running = random.usize(..3);
    }
    request.limit = [1, 2, 5, 100, usize::MAX][random.usize(..5)];
    request.max_lost_leases = [0, 1, 2, 25, u32::MAX][random.usize(..5)];
    request.idle = random.u8(..4) > 0;
    if random.u8(..4) == 0 {
        request.backoff = Backoff::new(FAR, FAR).unwrap();
    }
    request.worker = odd(random).replace('\0', "").into();
    request
}

fn filter(random: &mut Rng) -> Filter {
    let mut filter = Filter::new().limit([0, 1, 2, 5, 1000, usize::MAX][random.usize(..6)]);
    if random.u8(..3) == 0 {
        filter.state = Some(State::ALL[random.usize(..State::ALL.len())]);
    }
    if random.u8(..4) == 0 {
        filter = filter.endpoint(&odd(random));
    }
    match random.u8(..6) {
        0 => filter = filter.vendor(&odd(random)),
        1 => filter = filter.vendor("caf"),
        2 => filter = filter.vendor(["caf", "capa"][random.usize(..2)]).subject(&odd(random)),
        _ => {}
    }
    filter
}

pub(super) fn step(random: &mut Rng) -> Step {
    let place = random.usize(..40);
    match random.u8(..40) {
        0..13 => {
            let window = if random.u8(..4) == 0 { Duration::ZERO } else { FAR };
            let record = record(random, window);
            let subject = record.subject.as_ref().map(|subject| subject.expose());
            let what = format!("{:?} {subject:?} {:?} {:?}", record.kind, record.endpoint, record.label);
            Step::Accept(Box::new(record), window, what)
        }
        13..19 => Step::Claim(claim(random)),
        19..26 => {
            let number = random.usize(1..4);
            Step::Complete((0..number).map(|_| (random.usize(..40), random.u8(..10) == 0, outcome(random))).collect())
        }
        26 => Step::Renew((0..random.usize(..5)).map(|_| random.usize(..40)).collect(), Duration::MAX),
        27..29 => Step::Renew((0..random.usize(..5)).map(|_| random.usize(..40)).collect(), Duration::ZERO),
        29 => Step::Replay(place),
        30..32 => Step::DeadLetter(place, odd(random)),
        32..34 => Step::Purge(retention(random)),
        34 => Step::Erase(["caf", "capa"][random.usize(..2)].to_owned(), odd(random)),
        35..37 => Step::List(filter(random), random.bool().then_some(place)),
        37 => {
            if random.u8(..3) == 0 {
                Step::Open
            } else {
                Step::Get(place)
            }
        }
        _ => Step::Look,
    }
}
