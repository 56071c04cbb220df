//! Entries of the vendor's lists: titles, positions, departments.

use idhooks_core::{Lenient, Pii, one_of, payload};

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

one_of! {
    /// A translated text, in the shape it came.
    pub enum Translation {
        /// The text itself, as newer data has it.
        Text(Pii<Box<str>>) = text,
        /// The text in an object, as older data has it.
        Labelled(Label) = object,
    }
}

impl Translation {
    /// Returns the text, in either shape.
    #[must_use]
    pub fn text(&self) -> Option<&Pii<Box<str>>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Labelled(Label { label }) => label.as_ref(),
        }
    }
}
