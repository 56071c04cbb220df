//! Requests at a rate of their own, whether or not the earlier ones were answered.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use crate::Outcome;

/// An answer without a body ends where its head does.
const END: &[u8] = b"\r\n\r\n";

/// How it went.
pub(super) struct Answers {
    pub(super) a_second: f64,
    /// Microseconds from when a request was due to its 200, in order.
    times: Vec<f64>,
}

impl Answers {
    pub(super) fn percentile(&self, percent: usize) -> f64 {
        let place = self.times.len() * percent / 100;
        self.times.get(place.min(self.times.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
    }
}

/// Sends each request once, over `connections` that are kept: `rate` of them a second, or, if there is none, as fast as
/// they are answered. A request that waits for a free connection waits on the clock.
pub(super) fn run(address: &str, connections: usize, requests: &[Vec<u8>], rate: Option<f64>) -> Outcome<Answers> {
    let next = AtomicUsize::new(0);
    let connect = |_| -> Outcome<TcpStream> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        Ok(stream)
    };
    let streams = (0..connections).map(connect).collect::<Outcome<Vec<_>>>()?;
    let started = Instant::now();
    let due = |number: usize| rate.map(|rate| started + Duration::from_secs_f64(number as f64 / rate));
    let send = |mut stream: TcpStream| -> Outcome<Vec<f64>> {
        let mut times = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(request) = requests.get(number) else { return Ok(times) };
            let mut from = Instant::now();
            if let Some(due) = due(number) {
                match due.checked_duration_since(from) {
                    // What the sleep takes too long is not the server's.
                    Some(early) => {
                        thread::sleep(early);
                        from = Instant::now();
                    }
                    None => from = due,
                }
            }
            stream.write_all(request)?;
            answered(&mut stream)?;
            times.push(from.elapsed().as_secs_f64() * 1e6);
        }
    };
    let times = thread::scope(|scope| {
        let threads: Vec<_> = streams.into_iter().map(|stream| scope.spawn(move || send(stream))).collect();
        let ended =
            |thread: thread::ScopedJoinHandle<'_, _>| thread.join().map_err(|_| "a connection's thread died")?;
        threads.into_iter().map(ended).collect::<Outcome<Vec<Vec<f64>>>>()
    })?;
    let took = started.elapsed();
    let mut times = times.concat();
    times.sort_by(f64::total_cmp);
    Ok(Answers { a_second: times.len() as f64 / took.as_secs_f64(), times })
}

fn answered(stream: &mut TcpStream) -> Outcome<()> {
    let (mut answer, mut read) = ([0; 512], 0);
    loop {
        let more = stream.read(&mut answer[read..])?;
        read += more;
        if more == 0 {
            return Err("the receiver hung up, or its answer was too long".into());
        }
        if answer[..read].ends_with(END) {
            return if answer.starts_with(b"HTTP/1.1 200 ") { Ok(()) } else { Err("a delivery was not taken".into()) };
        }
    }
}
