//! Entries of the vendor's lists: titles, positions, departments.

use std::fmt;

use idhooks_core::{Pii, record};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};

record! {
    /// An entry of one of the vendor's lists: a title, a position, a department. It describes the
    /// person, so none of it is printed.
    ///
    /// Source: observed in public code, 2024-03, and recordings, 2024-04.
    #[serde(rename_all = "camelCase")]
    pub struct Masterdata {
        required {}
        optional {
            /// Name of the entry.
            pub key: Pii<Box<str>>,
            /// Its code, such as `006`.
            pub code: Pii<Box<str>>,
            /// The sex a title implies.
            pub sex: Pii<Box<str>>,
            /// As people read it.
            pub label: Pii<Box<str>>,
            /// Its value.
            pub value: Pii<Box<str>>,
            /// As people of other languages read it.
            pub translations: Translations,
        }
    }
}

record! {
    /// One text in Thai and English.
    ///
    /// Source: observed in public code, 2024-03, and recordings, 2024-04.
    pub struct Translations {
        required {}
        optional {
            /// Thai.
            pub th: Translation,
            /// English.
            pub en: Translation,
        }
    }
}

record! {
    /// A text in an object of its own, the older shape of a translation.
    pub struct Label {
        required {}
        optional {
            /// The text.
            pub label: Pii<Box<str>>,
        }
    }
}

/// A translated text, in the shape it came.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Translation {
    /// The text itself, as newer data has it.
    Text(Pii<Box<str>>),
    /// The text in an object, as older data has it.
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
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Translation;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or an object")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Translation, E> {
                Ok(Translation::Text(Pii::from(Box::from(text))))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Translation, A::Error> {
                <Label as Deserialize>::deserialize(MapAccessDeserializer::new(map)).map(Translation::Labelled)
            }
        }

        input.deserialize_any(Either)
    }
}
