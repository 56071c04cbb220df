//! One level of a JSON object.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of an object in the order they came, repeated ones too, which is why it is no `serde_json::Value`.
#[derive(Debug)]
pub struct Object<'a>(Vec<(String, &'a RawValue)>);

/// What stands under a name.
#[derive(Clone, Copy, Debug)]
pub enum Slot<'a> {
    Absent,
    Once(&'a RawValue),
    Twice,
}

impl<'a> Object<'a> {
    /// `None` for what is no JSON object.
    pub fn of(json: &'a [u8]) -> Option<Self> {
        serde_json::from_str(std::str::from_utf8(json).ok()?).ok()
    }

    pub fn inside(raw: &'a RawValue) -> Option<Self> {
        Self::of(raw.get().as_bytes())
    }

    pub fn slot(&self, name: &str) -> Slot<'a> {
        let mut found = self.0.iter().filter(|(other, _)| other == name);
        match (found.next(), found.next()) {
            (None, _) => Slot::Absent,
            (Some((_, value)), None) => Slot::Once(value),
            (Some(_), Some(_)) => Slot::Twice,
        }
    }

    /// The value under a name that is there once.
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        match self.slot(name) {
            Slot::Once(value) => Some(value),
            Slot::Absent | Slot::Twice => None,
        }
    }

    pub fn members(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), *value))
    }

    pub fn has_twice(&self, names: &[&str]) -> bool {
        names.iter().any(|name| matches!(self.slot(name), Slot::Twice))
    }

    /// Whether any name at all is there twice.
    pub fn repeats(&self) -> bool {
        self.0.iter().any(|(name, _)| matches!(self.slot(name), Slot::Twice))
    }

    /// For the envelope: if one of the names is there twice, none of them is to be relied on.
    pub fn reliable(&self, names: &[&str]) -> Option<&Self> {
        (!self.has_twice(names)).then_some(self)
    }
}

/// The text of a JSON string; `None` for anything else.
pub fn text(raw: Option<&RawValue>) -> Option<String> {
    serde_json::from_str(raw?.get()).ok()
}

/// Absent and `null` are one to a reader.
pub fn is_null(raw: Option<&RawValue>) -> bool {
    raw.is_none_or(|raw| raw.get() == "null")
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }

        input.deserialize_map(Members)
    }
}
