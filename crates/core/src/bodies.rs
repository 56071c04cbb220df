//! Enums of event bodies, by the vendor's name of the event.

/// Declares the bodies a vendor's event can have, each under the vendor's own name of the event.
/// A name this release does not know gives `Other`, with its body kept raw.
#[macro_export]
macro_rules! event_bodies {
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident($body:ty) = $text:literal),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        $vis enum $name {
            $($(#[$variant_meta])* $variant($body),)+
            /// An event this release has no type for. A known event whose body does not fit is an
            /// error instead, so it can not hide here.
            #[non_exhaustive]
            Other {
                /// The vendor's name of the event.
                name: Box<str>,
                /// Its body.
                data: $crate::RawJson,
            },
        }

        impl $name {
            /// Every name this release has a type for.
            pub const KNOWN: &'static [&'static str] = &[$($text),+];

            /// The vendor's name of the event.
            #[must_use]
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$variant(_) => $text,)+
                    Self::Other { name, .. } => name,
                }
            }

            /// Whether this release has a type for it.
            #[must_use]
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Other { .. })
            }

            /// The event called `name` when it has no body: nothing to read for an unknown one, a
            /// missing `field` for the others.
            fn absent<E: $crate::__private::serde::de::Error>(
                name: &str,
                field: &'static str,
            ) -> ::std::result::Result<Self, E> {
                if Self::KNOWN.contains(&name) {
                    return ::std::result::Result::Err(E::missing_field(field));
                }
                ::std::result::Result::Ok(Self::Other { name: name.into(), data: $crate::RawJson::default() })
            }

            /// Reads the body of the event called `name` and leaves it in `place`.
            fn read_into<'de, D: $crate::__private::serde::Deserializer<'de>>(
                place: &mut ::std::option::Option<Self>,
                name: &str,
                input: D,
            ) -> ::std::result::Result<(), D::Error> {
                use $crate::__private::serde::Deserialize as _;
                *place = ::std::option::Option::Some(match name {
                    $($text => Self::$variant(<$body as $crate::__private::serde::Deserialize>::deserialize(input)?),)+
                    other => Self::Other { name: other.into(), data: $crate::RawJson::deserialize(input)? },
                });
                ::std::result::Result::Ok(())
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(&self, out: S) -> ::std::result::Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(body) => body.serialize(out),)+
                    Self::Other { data, .. } => data.serialize(out),
                }
            }
        }
    };
}
