//! The least an HTTP server can do, in a process of its own so that its memory is not counted.

use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Url;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::{
    Outcome,
    child::{Server, end_with_parent},
};

/// The word that makes this program the server.
pub const SERVE: &str = "serve-vendor";

static TOKENS: AtomicUsize = AtomicUsize::new(0);

/// The server, and what it can be asked about.
pub(super) struct Vendor {
    _process: Server,
    url: Url,
}

impl Vendor {
    pub(super) fn spawn() -> Outcome<Self> {
        let process = Server::spawn(&[SERVE])?;
        Ok(Self { url: Url::parse(process.address())?, _process: process })
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// How many tokens it has given out.
    pub(super) async fn tokens(&self) -> Outcome<usize> {
        Ok(reqwest::get(self.url.join("/tokens")?).await?.text().await?.trim().parse()?)
    }
}

#[tokio::main(flavor = "current_thread")]
pub async fn serve() -> Outcome<()> {
    end_with_parent();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(async move { answer(stream).await });
    }
}

async fn answer(mut stream: TcpStream) -> Outcome<()> {
    stream.set_nodelay(true)?;
    let verification = answer_of(idhooks_fixtures::rest::sample("case-keeper", VERIFICATION).body);
    let mut read = Vec::with_capacity(4096);
    loop {
        let head = loop {
            if let Some(end) = read.windows(4).position(|end| end == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut read).await? == 0 {
                return Ok(());
            }
        };
        let text = String::from_utf8_lossy(&read[..head]).to_ascii_lowercase();
        let length: usize = match text.split("content-length:").nth(1).and_then(|rest| rest.lines().next()) {
            Some(length) => length.trim().parse()?,
            None => 0,
        };
        while read.len() < head + length {
            stream.read_buf(&mut read).await?;
        }
        read.drain(..head + length);
        if text.starts_with("post /token ") {
            let number = TOKENS.fetch_add(1, Ordering::Relaxed);
            let token = format!(r#"{{"access_token":"token-{number}","token_type":"Bearer","expires_in":2}}"#);
            stream.write_all(&answer_of(token.as_bytes())).await?;
        } else if text.starts_with("get /tokens ") {
            stream.write_all(&answer_of(TOKENS.load(Ordering::Relaxed).to_string().as_bytes())).await?;
        } else {
            stream.write_all(&verification).await?;
        }
    }
}

/// The sample the calls ask for.
const VERIFICATION: &str = "verification-v3-verified";

fn answer_of(body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}
