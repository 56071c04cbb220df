//! What is asked of both engines.

use std::time::Duration;

use fastrand::Rng;
use idhooks_core::Secret;
use idhooks_inbox::{
    Filter, Outcome, State,
    store::{Arrival, ClaimRequest},
};

use crate::support::{caf_body_of, capa_body, case_keeper, request, unico, unico_body, unverified_unico};

pub(super) const FAR: Duration = Duration::from_secs(3600);

/// What keys, subjects, endpoints, labels and reasons are made of.
const ODD: [&str; 14] =
    ["a", "b", "A", "a\0", "\0", "", " ", "'; --", "\"\\", "🦀𝄞", "e\u{301}", "\u{301}", "\u{ffff}\u{202e}", "long"];

fn odd(random: &mut Rng) -> String {
    // Mostly the first ones, so that keys and subjects meet again.
    let place = if random.u8(..4) > 0 { random.usize(..2) } else { random.usize(..ODD.len()) };
    if ODD[place] == "long" { "é".repeat(random.usize(127..131)) } else { ODD[place].to_owned() }
}

/// What is asked of both. Deliveries and leases are told by their places among all that there were.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Accept(Box<Arrival>, #[expect(dead_code, reason = "for whoever reads what failed")] String),
    Lease(ClaimRequest),
    /// `true` names another delivery than the lease is of.
    Finish(usize, bool, Outcome),
    Renew(Vec<usize>, Duration),
    Replay(usize),
    GiveUp(usize, String),
    Purge(Duration, bool),
    List(Filter, Option<usize>),
    Get(usize),
    /// At all there is.
    Look,
    /// As another process that starts.
    Open,
}

fn secret(random: &mut Rng) -> Secret {
    let secret = crate::support::secret();
    if random.bool() { secret.with_label(&odd(random)) } else { secret }
}

fn arrival(random: &mut Rng) -> Arrival {
    let window = if random.u8(..4) == 0 { Duration::ZERO } else { FAR };
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
            Arrival::new(&verifier.verify(&[idhooks_caf::sign(&secret, &body)], body).unwrap(), window)
        }
        5..7 => {
            let body = if random.u8(..4) == 0 { odd(random).into_bytes() } else { capa_body(&odd(random)) };
            let secret = secret(random);
            let mut verifier = idhooks_capa::Verifier::new(secret.clone());
            if let Some(endpoint) = endpoint {
                verifier = verifier.endpoint(&endpoint);
            }
            Arrival::new(&verifier.verify(&[idhooks_capa::sign(&secret, &body)], body).unwrap(), window)
        }
        7 => Arrival::new(&unico(unico_body(process, state)), window),
        8 => Arrival::new(&unverified_unico(unico_body(process, state)), window),
        _ => Arrival::new(&case_keeper(process), window),
    }
}

fn verdict(random: &mut Rng) -> Outcome {
    let reason = odd(random).into();
    match random.u8(..8) {
        0..3 => Outcome::Done,
        3 => Outcome::Retry { after: Some(Duration::ZERO), reason },
        4 => Outcome::Retry { after: [FAR, Duration::MAX][random.usize(..2)], reason },
        5 => Outcome::DeadLetter { reason },
        6 => Outcome::Undecodable { decoder_version: random.i64(-2..3), reason },
        _ => Outcome::Released,
    }
}

fn filter(random: &mut Rng) -> Filter {
    let mut filter = Filter::new().limit([0, 1, 2, 5, 1000, usize::MAX][random.usize(..6)]);
    if random.u8(..3) == 0 {
        filter.state = Some(State::ALL[random.usize(..5)]);
    }
    filter.endpoint = if random.u8(..4) == 0 { Some(odd(random).into()) } else { None };
    match random.u8(..6) {
        0 => filter.vendor = Some(odd(random).into()),
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
            let arrival = arrival(random);
            let what = format!("{} {:?} {:?} {:?}", arrival.key, arrival.subject, arrival.endpoint(), arrival.label());
            Step::Accept(Box::new(arrival), what)
        }
        13..19 => {
            let mut routes = request().routes.to_vec();
            if random.bool() {
                routes.retain(|_| random.bool());
            }
            let most = [1, 2, 5, 100, usize::MAX][random.usize(..5)];
            let (reader, attempts) = (random.i64(-2..4), [0, 1, 2, 25, u32::MAX][random.usize(..5)]);
            Step::Lease(ClaimRequest {
                limit: most,
                reader,
                attempts,
                routes: routes.into(),
                worker: odd(random).as_str().into(),
                ..request()
            })
        }
        19..27 => Step::Finish(place, random.u8(..10) == 0, verdict(random)),
        27 => Step::Renew((0..random.usize(..5)).map(|_| random.usize(..40)).collect(), Duration::MAX),
        28 => Step::Renew((0..random.usize(..5)).map(|_| random.usize(..40)).collect(), Duration::ZERO),
        29 => Step::Replay(place),
        30..32 => Step::GiveUp(place, odd(random)),
        32 => Step::Purge([Duration::ZERO, FAR, Duration::MAX][random.usize(..3)], random.bool()),
        33 => Step::Purge(Duration::ZERO, random.bool()),
        34..37 => Step::List(filter(random), random.bool().then_some(place)),
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
