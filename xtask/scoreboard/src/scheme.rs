//! How each contestant's senders sign. Cases are built here, so that a contestant only ever checks.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;

#[derive(Clone, Copy, PartialEq)]
pub enum Scheme {
    /// Hex of the HMAC of the body, under this header.
    Hex(&'static str),
    /// Standard Webhooks: id, time and body are signed; base64.
    Standard,
    /// Stripe: time and body are signed; hex.
    Stripe,
}

/// What the sender signs, piece by piece, so that a case can spoil any of them.
#[derive(Clone)]
pub struct Parts {
    pub id: String,
    /// As the header has it; `None` leaves it out.
    pub time: Option<String>,
    /// Name of the scheme, and the signature in it; several stand side by side.
    pub signatures: Vec<(String, String)>,
}

pub fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_secs();
    i64::try_from(now).expect("a clock of this age")
}

impl Scheme {
    pub fn header(self) -> &'static str {
        match self {
            Self::Hex(name) => name,
            Self::Standard => "webhook-signature",
            Self::Stripe => "stripe-signature",
        }
    }

    pub fn signs_time(self) -> bool {
        !matches!(self, Self::Hex(_))
    }

    pub fn is_hex(self) -> bool {
        self != Self::Standard
    }

    /// The secret as its owner writes it into the configuration.
    pub fn configured(self, key: &str) -> String {
        match self {
            Self::Standard => format!("whsec_{}", BASE64_STANDARD.encode(key)),
            Self::Hex(_) | Self::Stripe => key.to_owned(),
        }
    }

    /// A genuine delivery, signed now.
    pub fn sign(self, key: &str, body: &[u8]) -> Parts {
        self.sign_at(key, &now().to_string(), body)
    }

    pub fn sign_at(self, key: &str, time: &str, body: &[u8]) -> Parts {
        let id = "msg_1".to_owned();
        let before = match self {
            Self::Hex(_) => String::new(),
            Self::Standard => format!("{id}.{time}."),
            Self::Stripe => format!("{time}."),
        };
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any key");
        mac.update(before.as_bytes());
        mac.update(body);
        let mac = mac.finalize().into_bytes();
        let signature = if self.is_hex() { hex::encode(mac) } else { BASE64_STANDARD.encode(mac) };
        Parts { id, time: Some(time.to_owned()), signatures: vec![("v1".to_owned(), signature)] }
    }

    /// The value of the header that carries the signature.
    pub fn value(self, parts: &Parts) -> String {
        let join = |between: &str, each: fn(&(String, String)) -> String| {
            parts.signatures.iter().map(each).collect::<Vec<_>>().join(between)
        };
        match self {
            Self::Hex(_) => join(",", |(_, signature)| signature.clone()),
            Self::Standard => join(" ", |(version, signature)| format!("{version},{signature}")),
            Self::Stripe => {
                let time = parts.time.iter().map(|time| format!("t={time},")).collect::<String>();
                time + &join(",", |(version, signature)| format!("{version}={signature}"))
            }
        }
    }

    /// The headers of a delivery.
    pub fn headers(self, parts: &Parts) -> HeaderMap {
        let mut headers = self.without_signature(parts);
        append(&mut headers, self.header(), self.value(parts).as_bytes());
        headers
    }

    pub fn without_signature(self, parts: &Parts) -> HeaderMap {
        let mut headers = HeaderMap::new();
        append(&mut headers, "content-type", b"application/json");
        if self == Self::Standard {
            append(&mut headers, "webhook-id", parts.id.as_bytes());
            if let Some(time) = &parts.time {
                append(&mut headers, "webhook-timestamp", time.as_bytes());
            }
        }
        headers
    }
}

pub fn append(headers: &mut HeaderMap, name: &str, value: &[u8]) {
    let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
    headers.append(name, HeaderValue::from_bytes(value).expect("a value HTTP allows"));
}
