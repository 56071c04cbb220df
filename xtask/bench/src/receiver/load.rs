//! The load: the same bytes again and again on connections that are kept, and as little reading as
//! tells that the answer is right. Two system calls a request, so that the server is what is measured.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use idhooks_caf as caf;
use idhooks_core::Secret;

use crate::{Outcome, contestants::SECRET};

/// An answer without a body ends where its head does.
const END: &[u8] = b"\r\n\r\n";

/// A delivery of `body`, signed as if it were `signed`.
pub(super) fn request(body: &str, signed: &str) -> Outcome<Vec<u8>> {
    let (name, signature) = caf::sign(&Secret::new(SECRET)?, signed.as_bytes());
    let head = format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\nuser-agent: Caf-Webhook/Connect\r\ncontent-type: application/json\r\n\
         accept: */*\r\ncontent-length: {}\r\n{name}: {signature}\r\n\r\n",
        body.len()
    );
    Ok([head.as_bytes(), body.as_bytes()].concat())
}

pub(super) struct Load {
    connections: Vec<TcpStream>,
    request: Vec<u8>,
}

impl Load {
    pub(super) fn connect(address: &str, connections: usize, request: Vec<u8>) -> Outcome<Self> {
        let connect = |_| {
            let stream = TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(Duration::from_secs(5)))?;
            Ok(stream)
        };
        let connections = (0..connections).map(connect).collect::<Outcome<Vec<_>>>()?;
        Ok(Self { connections, request })
    }

    /// The status of the answer to another request.
    pub(super) fn status_of(&mut self, request: &[u8]) -> Outcome<u16> {
        let stream = self.connections.last_mut().ok_or("no connection")?;
        stream.write_all(request)?;
        answer(stream)
    }

    /// Keeps one request under way on every connection until the time is over. How many were
    /// answered, in what time.
    pub(super) fn run(&mut self, slice: Duration) -> Outcome<(u64, Duration)> {
        let (started, mut answered) = (Instant::now(), 0);
        for stream in &mut self.connections {
            stream.write_all(&self.request)?;
        }
        loop {
            let last = started.elapsed() >= slice;
            for stream in &mut self.connections {
                match answer(stream)? {
                    200 => answered += 1,
                    other => return Err(format!("a genuine delivery was answered {other}").into()),
                }
                if !last {
                    stream.write_all(&self.request)?;
                }
            }
            if last {
                return Ok((answered, started.elapsed()));
            }
        }
    }
}

/// Reads an answer, and gives its status.
fn answer(stream: &mut TcpStream) -> Outcome<u16> {
    let (mut answer, mut read) = ([0; 512], 0);
    loop {
        let more = stream.read(&mut answer[read..])?;
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
