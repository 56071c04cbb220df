//! Ids: text or a number whose form is the vendor's business.

use std::{
    cmp::Ordering,
    hash::{Hash, Hasher},
    ops::Deref,
};

/// A string that compares without the case of ASCII letters, and is kept as sent. For ids that are UUIDs.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(transparent)]
pub struct IgnoreCase(Box<str>);

impl IgnoreCase {
    fn folded(&self) -> impl Iterator<Item = u8> {
        self.0.bytes().map(|byte| byte.to_ascii_lowercase())
    }
}

impl From<&str> for IgnoreCase {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl Deref for IgnoreCase {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl PartialEq for IgnoreCase {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for IgnoreCase {}

impl Hash for IgnoreCase {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.folded().for_each(|byte| byte.hash(state));
        // As `str` does it, so that two ids in a row hash unlike the same letters cut elsewhere.
        state.write_u8(0xff);
    }
}

impl Ord for IgnoreCase {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded().cmp(other.folded())
    }
}

impl PartialOrd for IgnoreCase {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Declares an id: text whose form is the vendor's business.
///
/// With `ignoring case`, two ids are equal if they differ only in the case of ASCII letters, as UUIDs do.
///
/// ```
/// idhooks_payload::text_id! {
///     /// The vendor's id of a document.
///     pub struct DocumentId;
/// }
/// idhooks_payload::text_id! {
///     /// The vendor's id of a process, a UUID.
///     pub struct ProcessId ignoring case;
/// }
///
/// let id = DocumentId::from("d-1");
/// assert_eq!(id.as_str(), "d-1");
/// assert_eq!(serde_json::to_string(&id)?, r#""d-1""#);
/// assert_eq!(ProcessId::from("8263A268"), ProcessId::from("8263a268"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! text_id {
    ($(#[$meta:meta])* $vis:vis struct $name:ident;) => {
        $crate::__text_id!($(#[$meta])* $vis struct $name(::std::boxed::Box<str>););
    };
    ($(#[$meta:meta])* $vis:vis struct $name:ident ignoring case;) => {
        $crate::__text_id!($(#[$meta])* $vis struct $name($crate::IgnoreCase););
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __text_id {
    ($(#[$meta:meta])* $vis:vis struct $name:ident($inner:ty);) => {
        $(#[$meta])*
        ///
        /// Any text: vendors change formats. `Display` escapes characters that could disturb a log.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis struct $name($inner);

        impl $name {
            /// Returns the text exactly as sent.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl ::std::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&$crate::Escaped(&self.0), f)
            }
        }

        $crate::impl_text!($name);
    };
}

/// Declares a number that is an id or a code. Every number is kept.
///
/// ```
/// idhooks_payload::integer! {
///     /// The vendor's number of a status.
///     pub struct Status(i64);
/// }
///
/// let status: Status = serde_json::from_str("3")?;
/// assert_eq!((status, status.get()), (Status::from(3), 3));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! integer {
    ($(#[$meta:meta])* $vis:vis struct $name:ident($number:ty);) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis struct $name($number);

        impl $name {
            /// Returns the number as sent.
            #[must_use]
            pub fn get(self) -> $number {
                self.0
            }
        }

        impl ::std::convert::From<$number> for $name {
            fn from(number: $number) -> Self {
                Self(number)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                out: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                self.0.serialize(out)
            }
        }

        impl $crate::json::FromJson<'_> for $name {
            fn from_integer(number: i128) -> ::std::result::Result<Self, $crate::DecodeError> {
                <$number as $crate::json::FromJson<'_>>::from_integer(number).map(Self)
            }
        }

        $crate::impl_deserialize!($name);
    };
}

/// Implements `Serialize` and `Deserialize` for a string type of your own, which has `as_str` and `From<&str>`.
///
/// ```
/// /// A link that opens a file; it has no `Debug`.
/// pub struct Link(Box<str>);
///
/// impl Link {
///     fn as_str(&self) -> &str {
///         &self.0
///     }
/// }
///
/// impl From<&str> for Link {
///     fn from(text: &str) -> Self {
///         Self(text.into())
///     }
/// }
///
/// idhooks_payload::impl_text!(Link);
///
/// let link: Link = serde_json::from_str(r#""https://example.com""#)?;
/// assert_eq!(serde_json::to_string(&link)?, r#""https://example.com""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! impl_text {
    ($name:ident) => {
        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                out: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                out.serialize_str(self.as_str())
            }
        }

        impl $crate::json::FromJson<'_> for $name {
            fn from_text(text: &str) -> ::std::result::Result<Self, $crate::DecodeError> {
                ::std::result::Result::Ok(text.into())
            }
        }

        $crate::impl_deserialize!($name);
    };
}
