//! Entries of the vendor's lists: titles, positions, departments.

use idhooks_core::{Lenient, Pii, payload};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::value::RawValue;

payload! {
    /// An entry of one of the vendor's lists: a title, a position, a department. It describes the
    /// person, so none of it is printed.
    ///
    /// Source: observed in public code, 2024-03, and recordings, 2024-04.
    pub struct Masterdata {
        /// Name of the entry.
        pub key: Lenient<Pii<Box<str>>> = "key",
        /// Its code, such as `006`.
        pub code: Lenient<Pii<Box<str>>> = "code",
        /// The sex a title implies.
        pub sex: Lenient<Pii<Box<str>>> = "sex",
        /// As people read it.
        pub label: Lenient<Pii<Box<str>>> = "label",
        /// Its value.
        pub value: Lenient<Pii<Box<str>>> = "value",
        /// As people of other languages read it.
        pub translations: Lenient<Translations> = "translations",
    }
}

payload! {
    /// One text in Thai and English.
    ///
    /// Source: observed in public code, 2024-03, and recordings, 2024-04.
    pub struct Translations {
        /// Thai.
        pub th: Lenient<Translation> = "th",
        /// English.
        pub en: Lenient<Translation> = "en",
    }
}

payload! {
    /// A text in an object of its own, the older shape of a translation.
    pub struct Label {
        /// The text.
        pub label: Lenient<Pii<Box<str>>> = "label",
    }
}

/// A translated text, in the shape it came.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Translation {
    /// The text itself, as newer data has it.
    Text(Pii<Box<str>>),
    /// The text in an payload, as older data has it.
    Labelled(Label),
}

impl Translation {
    /// The text, in either shape.
    #[must_use]
    pub fn text(&self) -> Option<&Pii<Box<str>>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Labelled(Label { label }) => label.as_ref(),
        }
    }
}

impl Serialize for Translation {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => text.serialize(out),
            Self::Labelled(label) => Serialize::serialize(label, out),
        }
    }
}

impl<'de> Deserialize<'de> for Translation {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(input)?.get();
        let read = if raw.starts_with('{') {
            serde_json::from_str(raw).map(Self::Labelled)
        } else {
            serde_json::from_str(raw).map(Self::Text)
        };
        read.map_err(|_| D::Error::custom("neither a text nor an object"))
    }
}
