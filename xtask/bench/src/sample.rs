//! A body, and everyone who reads it.

use bytes::Bytes;
use idhooks_core::{HmacSigned, PresentsCredential, WebhookEvent, json};
use idhooks_fixtures::find;

use crate::{
    Outcome,
    contestants::{Contestants, Reads},
};

/// The size that was asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    B200,
    B400,
    Kb2,
    Kb10,
    /// The smallest the vendor sends, where that is none of the above.
    Least,
    /// The largest, likewise.
    Most,
}

impl Size {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::B200 => "200 B",
            Self::B400 => "400 B",
            Self::Kb2 => "2 KB",
            Self::Kb10 => "10 KB",
            Self::Least => "least",
            Self::Most => "most",
        }
    }
}

/// What a delivery carries to show who sent it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    Signature,
    Credential,
    Nothing,
}

pub(crate) struct Sample {
    pub(crate) vendor: &'static str,
    pub(crate) size: Size,
    pub(crate) about: &'static str,
    pub(crate) bytes: usize,
    pub(crate) proof: Proof,
    pub(crate) contestants: Contestants,
}

/// A body and what it is.
pub(crate) struct Told {
    pub(crate) size: Size,
    pub(crate) about: &'static str,
    pub(crate) body: Bytes,
}

impl Told {
    pub(crate) fn new(size: Size, about: &'static str, body: impl Into<Bytes>) -> Self {
        Self { size, about, body: body.into() }
    }

    fn sample(self, vendor: &'static str, proof: Proof, contestants: Contestants) -> Sample {
        Sample { vendor, size: self.size, about: self.about, bytes: self.body.len(), proof, contestants }
    }

    pub(crate) fn signed<E: HmacSigned>(self, reads: Reads<E>) -> Outcome<Sample> {
        let contestants = Contestants::signed(&self.body, reads)?;
        Ok(self.sample(E::VENDOR, Proof::Signature, contestants))
    }

    pub(crate) fn presented<E: PresentsCredential>(self, reads: Reads<E>) -> Outcome<Sample> {
        let contestants = Contestants::presented(&self.body, reads)?;
        Ok(self.sample(E::VENDOR, Proof::Credential, contestants))
    }

    pub(crate) fn open<E: WebhookEvent>(self, reads: Reads<E>) -> Outcome<Sample> {
        let contestants = Contestants::open(&self.body, reads)?;
        Ok(self.sample(E::VENDOR, Proof::Nothing, contestants))
    }
}

/// A fixture as vendors write JSON: without whitespace.
pub(crate) fn compact(vendor: &str, name: &str) -> Outcome<String> {
    let fixture = find(vendor, name).ok_or_else(|| format!("no fixture {vendor}/{name}"))?;
    let text = std::str::from_utf8(fixture.body)?;
    Ok(json::tokens(text).filter(|token| !token.starts_with(|c: char| c.is_ascii_whitespace())).collect())
}

/// `text` with `element`, which stands in it, `times` in a row.
pub(crate) fn repeated(text: &str, element: &str, times: usize) -> Outcome<String> {
    if element.is_empty() || text.matches(element).count() != 1 {
        return Err("what is to be repeated must stand there once".into());
    }
    Ok(text.replacen(element, &vec![element; times].join(","), 1))
}

/// What stands between two marks, both left out.
pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> Outcome<&'a str> {
    let found = text.split_once(before).and_then(|(_, rest)| Some(rest.split_once(after)?.0));
    Ok(found.ok_or_else(|| format!("nothing between {before} and {after}"))?)
}
