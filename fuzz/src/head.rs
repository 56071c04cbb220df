//! Inputs with a head: a first line, header lines, an empty line, and a body, as in HTTP but with bare line feeds.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

/// A request or an answer before anybody understood it.
#[derive(Debug)]
pub struct Message<'a> {
    pub first: &'a [u8],
    /// Header lines that have a colon and a name in UTF-8.
    pub headers: Vec<(&'a str, Vec<u8>)>,
    pub body: &'a [u8],
}

impl<'a> Message<'a> {
    pub fn read(input: &'a [u8]) -> Self {
        let (first, mut rest) = line(input);
        let mut headers = Vec::new();
        loop {
            let (header, after) = line(rest);
            if header.is_empty() {
                return Self { first, headers, body: after };
            }
            rest = after;
            let colon = header.iter().position(|byte| *byte == b':');
            if let Some((name, value)) = colon.and_then(|colon| header.split_at_checked(colon))
                && let Ok(name) = std::str::from_utf8(name)
            {
                headers.push((name, value[1..].to_vec()));
            }
        }
    }

    /// Every value under `name`, which has no case.
    pub fn values(&self, name: &str) -> Vec<&[u8]> {
        let named = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        named.map(|(_, value)| &value[..]).collect()
    }

    /// The headers as an HTTP server hands them out; `None` if it would have rejected the request.
    pub fn header_map(&self) -> Option<HeaderMap> {
        let mut map = HeaderMap::new();
        for (name, value) in &self.headers {
            map.append(HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_bytes(value).ok()?);
        }
        Some(map)
    }

    /// As an answer with the first line for a status; `None` if it can be none.
    pub fn response(&self) -> Option<http::Response<Bytes>> {
        let mut response = http::Response::new(Bytes::copy_from_slice(self.body));
        *response.status_mut() = StatusCode::from_bytes(self.first).ok()?;
        *response.headers_mut() = self.header_map()?;
        Some(response)
    }
}

fn line(input: &[u8]) -> (&[u8], &[u8]) {
    match input.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&input[..end], &input[end + 1..]),
        None => (input, &[]),
    }
}
