//! The load: the same bytes again and again on connections that are kept, and as little reading as
//! tells that the answer is right.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use idhooks_caf as caf;
use idhooks_core::Secret;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    runtime::Runtime,
    task::JoinSet,
    time::timeout,
};

use crate::{Outcome, contestants::SECRET};

/// An answer without a body ends where its head does.
const END: &[u8] = b"\r\n\r\n";
const PATIENCE: Duration = Duration::from_secs(5);

/// A delivery of `body`, signed as if it were `signed`.
pub(super) fn request(body: &str, signed: &str) -> Vec<u8> {
    let (name, signature) = caf::sign(&Secret::new(SECRET).expect("a secret"), signed.as_bytes());
    let head = format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\nuser-agent: Caf-Webhook/Connect\r\ncontent-type: application/json\r\n\
         accept: */*\r\ncontent-length: {}\r\n{name}: {signature}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body.as_bytes()].concat()
}

pub(super) struct Load {
    runtime: Runtime,
    idle: Vec<TcpStream>,
    request: Arc<[u8]>,
}

impl Load {
    pub(super) fn connect(address: &str, connections: usize, request: Vec<u8>) -> Outcome<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let idle = runtime.block_on(async {
            let mut idle = Vec::new();
            for _ in 0..connections {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                idle.push(stream);
            }
            Outcome::Ok(idle)
        })?;
        Ok(Self { runtime, idle, request: request.into() })
    }

    /// The status of the answer to another request.
    pub(super) fn status_of(&mut self, request: &[u8]) -> Outcome<u16> {
        let stream = self.idle.last_mut().ok_or("no connection")?;
        self.runtime.block_on(exchange(stream, request))
    }

    /// Sends on every connection until the time is over. How many were answered, in what time.
    pub(super) fn run(&mut self, slice: Duration) -> Outcome<(u64, Duration)> {
        let started = Instant::now();
        let streams = std::mem::take(&mut self.idle);
        let answered = self.runtime.block_on(async {
            let mut senders = JoinSet::new();
            for stream in streams {
                senders.spawn(send_until(stream, Arc::clone(&self.request), started + slice));
            }
            let mut answered = 0;
            while let Some(done) = timeout(slice + PATIENCE, senders.join_next()).await? {
                let (stream, count) = done??;
                self.idle.push(stream);
                answered += count;
            }
            Outcome::Ok(answered)
        })?;
        Ok((answered, started.elapsed()))
    }
}

async fn send_until(mut stream: TcpStream, request: Arc<[u8]>, end: Instant) -> Outcome<(TcpStream, u64)> {
    let mut answered = 0;
    while Instant::now() < end {
        match exchange(&mut stream, &request).await? {
            200 => answered += 1,
            other => return Err(format!("a genuine delivery was answered {other}").into()),
        }
    }
    Ok((stream, answered))
}

async fn exchange(stream: &mut TcpStream, request: &[u8]) -> Outcome<u16> {
    stream.write_all(request).await?;
    let (mut answer, mut read) = ([0; 512], 0);
    loop {
        let more = stream.read(&mut answer[read..]).await?;
        read += more;
        if more == 0 {
            return Err("a server hung up, or its answer was too long".into());
        }
        if answer[..read].ends_with(END) {
            let status = answer.strip_prefix(b"HTTP/1.1 ").and_then(|rest| std::str::from_utf8(&rest[..3]).ok());
            return Ok(status.ok_or("no answer of HTTP/1.1")?.parse()?);
        }
    }
}
