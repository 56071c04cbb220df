//! How verifying and decoding grow with the body, and with threads.

use std::{
    hint::black_box,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use idhooks_autentique as autentique;
use idhooks_caf as caf;
use idhooks_core::Secret;

use crate::{
    Effort, Outcome, Verdict,
    contestants::SECRET,
    measure::{Pace, Rounds},
    sample::{between, compact, repeated},
    vendors::document_of,
};

const SIZES: [usize; 5] = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];

pub(crate) fn run(effort: Effort, verdict: &mut Verdict) -> Outcome<()> {
    sizes(effort, verdict)?;
    threads(effort)
}

fn sizes(effort: Effort, verdict: &mut Verdict) -> Outcome<()> {
    println!("\n## Growth: verify + decode of an Autentique event, nanoseconds on the processor a byte\n");
    println!("{:<46} {:>11} {:>11} {:>11} {:>11} {:>11}", "", "1 KB", "10 KB", "100 KB", "1 MB", "10 MB");
    for (what, name) in [("a known list, repeated", "events"), ("one member no type knows", "surprise")] {
        let bodies = SIZES.map(|bytes| signature_event(name, bytes));
        let jobs = bodies.map(|body| body.map(|body| (body.len(), verify_and_decode(body))));
        let [a, b, c, d, e] = jobs;
        let jobs = [a?, b?, c?, d?, e?];
        let pace = effort.pick(
            Pace { rounds: 21, slice: Duration::from_millis(15) },
            Pace { rounds: 1, slice: Duration::from_micros(300) },
        );
        let [a, b, c, d, e] = &jobs;
        let rounds = pace.interleaved([&a.1, &b.1, &c.1, &d.1, &e.1]);
        let each: Vec<Rounds> =
            rounds.iter().zip(&jobs).map(|(rounds, job)| rounds.scaled(1.0 / job.0 as f64)).collect();
        print!("{what:<46}");
        each.iter().for_each(|rounds| print!(" {:>8.3} ns", rounds.median()));
        println!();
        for (index, size) in [(3, "1 MB"), (4, "10 MB")] {
            let ratio = each[index].ratio(&each[2]);
            verdict.at_most(format!("ns a byte at {size} against 100 KB, {what}"), ratio, 1.1, None)?;
        }
    }
    Ok(())
}

/// A signature event whose list of events stands under `name`, as often as it takes.
fn signature_event(name: &str, bytes: usize) -> Outcome<Bytes> {
    let text = compact("autentique", "signature-accepted")?;
    let event = between(&text, r#""events":["#, r#"],"created_at""#)?;
    let times = bytes.saturating_sub(text.len() - event.len()) / (event.len() + 1);
    let text = if times == 0 { text.replacen(event, "", 1) } else { repeated(&text, event, times)? };
    Ok(Bytes::from(text.replacen(r#""events":["#, &format!(r#""{name}":["#), 1)))
}

fn verify_and_decode(body: Bytes) -> impl Fn() -> usize {
    let secret = Secret::new(SECRET).expect("a secret");
    let headers = [autentique::sign(&secret, &body)];
    let verifier = autentique::Verifier::new(secret);
    move || {
        let event = verifier.verify(&headers, body.clone()).expect("signed").decode().expect("reads");
        let steps = event.body.signature().and_then(|signature| signature.events.as_ref());
        steps.map_or(0, |steps| steps.len())
    }
}

fn threads(effort: Effort) -> Outcome<()> {
    println!("\n{:<46} {:>11} {:>11} {:>11}", "events a second", "1 thread", "2 threads", "ratio");
    let usual = compact("caf", "signature-vector")?;
    let caf = Shared { verify: with_caf, body: usual, verifier: caf::Verifier::new(Secret::new(SECRET)?) };
    caf.print("caf 400 B", effort)?;
    let autentique = Shared {
        verify: with_autentique,
        body: document_of(6)?,
        verifier: autentique::Verifier::new(Secret::new(SECRET)?),
    };
    autentique.print("autentique 10 KB", effort)
}

/// One verifier for all threads; each has a body of its own, as each request has.
struct Shared<V> {
    verify: fn(&V, &[(&'static str, String)], Bytes) -> bool,
    body: String,
    verifier: V,
}

fn with_caf(verifier: &caf::Verifier, headers: &[(&'static str, String)], body: Bytes) -> bool {
    verifier.verify(headers, body).is_ok_and(|delivery| black_box(delivery.decode()).is_ok())
}

fn with_autentique(verifier: &autentique::Verifier, headers: &[(&'static str, String)], body: Bytes) -> bool {
    verifier.verify(headers, body).is_ok_and(|delivery| black_box(delivery.decode()).is_ok())
}

impl<V: Sync> Shared<V> {
    fn print(&self, what: &str, effort: Effort) -> Outcome<()> {
        let (rounds, slice) = effort.pick((21, Duration::from_millis(100)), (2, Duration::from_millis(5)));
        let (mut one, mut two) = (Rounds::default(), Rounds::default());
        for round in 0..rounds {
            if round % 2 == 0 {
                one.push(self.events_a_second(1, slice)?);
                two.push(self.events_a_second(2, slice)?);
            } else {
                two.push(self.events_a_second(2, slice)?);
                one.push(self.events_a_second(1, slice)?);
            }
        }
        println!("{what:<46} {:>11.0} {:>11.0} {:>10.2}x", one.median(), two.median(), two.ratio(&one));
        Ok(())
    }

    fn events_a_second(&self, threads: usize, slice: Duration) -> Outcome<f64> {
        let secret = Secret::new(SECRET)?;
        // Both vendors' headers: whichever is looked for is there.
        let headers = [caf::sign(&secret, self.body.as_bytes()), autentique::sign(&secret, self.body.as_bytes())];
        let stop = AtomicBool::new(false);
        let started = Instant::now();
        let counted = thread::scope(|scope| {
            let work = || {
                let (body, mut done) = (Bytes::from(self.body.clone()), 0_u64);
                while !stop.load(Ordering::Relaxed) {
                    if !(self.verify)(&self.verifier, &headers, body.clone()) {
                        return None;
                    }
                    done += 1;
                }
                Some(done)
            };
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            thread::sleep(slice);
            stop.store(true, Ordering::Relaxed);
            workers.into_iter().map(|worker| worker.join().ok().flatten()).sum::<Option<u64>>()
        });
        let counted = counted.ok_or("an event could not be read")?;
        Ok(counted as f64 / started.elapsed().as_secs_f64())
    }
}
