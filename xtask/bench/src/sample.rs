//! A body, and everyone who reads it.

use crate::{
    Outcome,
    contestants::{Contestants, Reads},
};
use bytes::Bytes;
use idhooks_core::{HmacSigned, PresentsCredential, WebhookEvent, json};
use idhooks_fixtures::{Fixture, Origin, VENDORS, find};
use serde::Deserialize;

/// How a delivery is authenticated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    Signature,
    Credential,
    Nothing,
}

pub(crate) struct Sample {
    pub(crate) vendor: &'static str,
    pub(crate) name: &'static str,
    pub(crate) bytes: usize,
    /// Whether the vendor published this very body: the bounds are held against those.
    pub(crate) is_documented: bool,
    pub(crate) proof: Proof,
    pub(crate) contestants: Contestants,
}

/// A body under its name.
pub(crate) struct Body {
    name: &'static str,
    is_documented: bool,
    bytes: Bytes,
}

impl Body {
    /// A body that no vendor published.
    pub(crate) fn made(name: &'static str, text: String) -> Self {
        Self { name, is_documented: false, bytes: text.into() }
    }

    fn sample(self, vendor: &'static str, proof: Proof, contestants: Contestants) -> Sample {
        let Self { name, is_documented, bytes } = self;
        Sample { vendor, name, bytes: bytes.len(), is_documented, proof, contestants }
    }

    pub(crate) fn signed<E: HmacSigned>(self, reads: Reads<E>) -> Outcome<Sample> {
        let contestants = Contestants::signed(&self.bytes, reads)?;
        Ok(self.sample(E::VENDOR, Proof::Signature, contestants))
    }

    pub(crate) fn presented<E: PresentsCredential>(self, reads: Reads<E>) -> Outcome<Sample> {
        let contestants = Contestants::presented(&self.bytes, reads)?;
        Ok(self.sample(E::VENDOR, Proof::Credential, contestants))
    }

    pub(crate) fn open<E: WebhookEvent>(self, reads: Reads<E>) -> Outcome<Sample> {
        let contestants = Contestants::open(&self.bytes, reads)?;
        Ok(self.sample(E::VENDOR, Proof::Nothing, contestants))
    }
}

impl From<&Fixture> for Body {
    fn from(fixture: &Fixture) -> Self {
        let is_documented = fixture.origin == Origin::Documented;
        Self { name: fixture.name, is_documented, bytes: Bytes::from_static(fixture.body) }
    }
}

/// The events of a vendor that have a type of their own, as the vendor published them.
pub(crate) fn documented(vendor: &str) -> impl Iterator<Item = &'static Fixture> {
    let webhooks = VENDORS.iter().filter(move |known| known.name == vendor).flat_map(|known| known.webhooks);
    webhooks.filter(|fixture| fixture.known && fixture.origin == Origin::Documented)
}

/// A fixture as vendors write JSON: without whitespace.
pub(crate) fn compact(vendor: &str, name: &str) -> Outcome<String> {
    let fixture = find(vendor, name).ok_or_else(|| format!("no fixture {vendor}/{name}"))?;
    Ok(json::tokens(std::str::from_utf8(fixture.body)?)
        .filter(|token| !token.starts_with(|c: char| c.is_ascii_whitespace()))
        .collect())
}

/// `text` with `element`, which stands in it once, `times` in a row.
pub(crate) fn repeated(text: &str, element: &str, times: usize) -> Outcome<String> {
    if element.is_empty() || text.matches(element).count() != 1 {
        return Err("the repeated element must be there once".into());
    }
    Ok(text.replacen(element, &vec![element; times].join(","), 1))
}

/// What stands between two marks, both left out.
pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> Outcome<&'a str> {
    let found = text.split_once(before).and_then(|(_, rest)| Some(rest.split_once(after)?.0));
    Ok(found.ok_or_else(|| format!("nothing between {before} and {after}"))?)
}

/// Text of the floor. The samples have no escapes in what is read.
pub(crate) type Text<'a> = &'a str;

/// Reads `text` as a `T`: the floor, which knows the type beforehand.
pub(crate) fn borrowed<'a, T: Deserialize<'a>>(text: &'a str) -> T {
    serde_json::from_str(text).expect("the floor reads its event")
}

/// Declares the leanest borrowed struct for an object. Every member may be absent, as in the payload types.
macro_rules! lean {
    ($(struct $name:ident { $($field:ident: $type:ty = $member:literal,)* })*) => {$(
        #[derive(serde::Deserialize)]
        #[serde(bound(deserialize = "'de: 'a"))]
        #[allow(dead_code, reason = "read, not used: that is the job")]
        struct $name<'a> {
            $(#[serde(rename = $member)] $field: Option<$type>,)*
        }
    )*};
}

pub(crate) use lean;
