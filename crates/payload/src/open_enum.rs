//! Enums that a vendor may extend.

use std::fmt;

/// A value without a variant in this release. It never holds a value that has one.
///
/// Compare `value.as_str() == "NEW"` instead of matching on it, because that still works after `New` has become a
/// variant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnknownValue(Box<str>);

impl UnknownValue {
    /// For [`open_enum!`](crate::open_enum) alone.
    #[doc(hidden)]
    #[must_use]
    pub fn __new(text: &str) -> Self {
        Self(text.into())
    }

    /// Returns the text as sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::Escaped(&self.0).fmt(f)
    }
}

/// Declares an enum of strings that a vendor may extend. `Unknown` keeps an unknown value, `as_str` returns it, and
/// `Serialize` writes it unchanged.
///
/// ```
/// idhooks_payload::open_enum! {
///     /// How an onboarding ended.
///     pub enum Outcome {
///         /// Every check passed.
///         Approved = "APPROVED",
///         /// At least one check failed.
///         Reproved = "REPROVED",
///     }
/// }
///
/// let newer: Outcome = serde_json::from_str(r#""MANUAL_REVIEW""#)?;
/// assert!(!newer.is_known());
/// assert_eq!(newer.as_str(), "MANUAL_REVIEW");
/// assert_eq!(serde_json::to_string(&newer)?, r#""MANUAL_REVIEW""#);
/// assert_eq!(Outcome::from("APPROVED"), Outcome::Approved);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! open_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $text:literal),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        $vis enum $name {
            $($(#[$variant_meta])* $variant,)+
            /// A value that this release does not know; `as_str` returns it.
            Unknown($crate::UnknownValue),
        }

        impl $name {
            /// Every value that this release knows.
            pub const KNOWN: &'static [&'static str] = &[$($text),+];

            /// Returns the vendor's own spelling.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Unknown(value) => value.as_str(),
                }
            }

            /// Returns whether this release knows it.
            #[must_use]
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Unknown(_))
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)+
                    other => Self::Unknown($crate::UnknownValue::__new(other)),
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&$crate::Escaped(self.as_str()), f)
            }
        }

        $crate::impl_text!($name);
    };
}
