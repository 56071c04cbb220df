//! Structs that mirror a JSON object, and enums for values of several JSON types.

/// Declares a struct that mirrors a JSON object, with the vendor's name of each field beside it.
///
/// A field of a [`Lenient`](crate::Lenient) type is optional. Every other field is required: decoding fails when it is
/// missing, `null` or of another type. Decoding also fails when a known member is there twice. Unknown members are
/// skipped.
///
/// With `check method` after the struct, decoding also calls `method(&self) -> Result<(), DecodeError>`.
///
/// The type implements `Serialize` and `Deserialize`, which need no other code of this crate.
///
/// ```
/// use idhooks_payload::{Lenient, json, payload};
///
/// payload! {
///     /// A signed document.
///     pub struct Document {
///         /// Its id.
///         pub document_id: Box<str> = "documentId",
///         /// Pages; absent from old deliveries.
///         pub page_count: Lenient<u32> = "pageCount",
///     }
/// }
///
/// let document: Document = json::decode(br#"{"documentId":"d1","pageCount":"many","new":1}"#)?;
/// assert_eq!(*document.page_count, None);
///
/// let error = json::decode::<Document>(br#"{"pageCount":1}"#).unwrap_err();
/// assert_eq!(error.to_string(), "documentId is missing");
/// # Ok::<(), idhooks_payload::DecodeError>(())
/// ```
#[macro_export]
macro_rules! payload {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty = $member:literal),* $(,)?
    } $(check $check:ident)?) => {
        #[derive(Clone, Debug, PartialEq, Eq)]
        $(#[$meta])*
        #[non_exhaustive]
        $vis struct $name {
            $($(#[$field_meta])* $field_vis $field: $type,)*
        }

        impl<'de> $crate::json::Payload<'de> for $name {
            const NAMES: &'static [&'static str] = {
                let names: &'static [&'static str] = &[$($member),*];
                ::std::assert!(names.len() < 240, "a payload has fewer than 240 members");
                names
            };

            fn read_with<A: $crate::__private::serde::de::MapAccess<'de>>(
                object: A,
                others: &mut [(&'static str, &mut dyn $crate::json::Slot<'de, A>)],
                place: $crate::json::Place<'_, Self>,
            ) -> ::std::result::Result<(), A::Error> {
                $(let mut $field = $crate::__private::slot::<'de, $type>();)*
                let slots: &mut [&mut dyn $crate::json::Slot<'de, A>] = &mut [$(&mut $field),*];
                let error = $crate::json::read_members(object, &place, Self::NAMES, slots, others)?;
                let finish = || {
                    if let ::std::option::Option::Some(error) = error {
                        return ::std::result::Result::Err(error);
                    }
                    let object = Self {
                        $($field: <$type as $crate::json::Field<'de>>::finish($field, $member)?,)*
                    };
                    $(object.$check()?;)?
                    ::std::result::Result::Ok(object)
                };
                place.set(finish())
            }
        }

        impl<'de> $crate::json::FromJson<'de> for $name {
            fn from_object<A: $crate::__private::serde::de::MapAccess<'de>>(
                object: A,
                place: $crate::json::Place<'_, Self>,
            ) -> ::std::result::Result<(), A::Error> {
                <Self as $crate::json::Payload<'de>>::read_with(object, &mut [], place)
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                out: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                use $crate::__private::serde::ser::SerializeStruct as _;
                let fields = <Self as $crate::json::Payload<'static>>::NAMES.len();
                let mut out = out.serialize_struct(::std::stringify!($name), fields)?;
                $(<$type as $crate::json::Field<'static>>::write(&self.$field, $member, &mut out)?;)*
                out.end()
            }
        }

        $crate::impl_deserialize!($name);
    };
}

/// Declares an enum for a value that comes in one of several JSON types, one variant for each: `text`, `bool`,
/// `integer`, `array` or `object`.
///
/// ```
/// use idhooks_payload::{List, one_of};
///
/// one_of! {
///     /// Tags, as one text or as a list.
///     pub enum Tags {
///         /// All in one.
///         Text(Box<str>) = text,
///         /// One by one.
///         List(List<Box<str>>) = array,
///     }
/// }
///
/// assert_eq!(serde_json::from_str::<Tags>(r#""a b""#)?, Tags::Text("a b".into()));
/// assert_eq!(serde_json::to_string(&Tags::List(vec!["a".into()].into()))?, r#"["a"]"#);
/// assert!(serde_json::from_str::<Tags>("7").is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! one_of {
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident($type:ty) = $kind:ident),+ $(,)?
    }) => {
        #[derive(Clone, Debug, PartialEq, Eq)]
        $(#[$meta])*
        #[non_exhaustive]
        $vis enum $name {
            $($(#[$variant_meta])* $variant($type),)+
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                out: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => value.serialize(out),)+
                }
            }
        }

        impl<'de> $crate::json::FromJson<'de> for $name {
            $($crate::__one_of!($kind, $type, $variant);)+
        }

        $crate::impl_deserialize!($name);
    };
}

/// One method of [`one_of!`](crate::one_of).
#[doc(hidden)]
#[macro_export]
macro_rules! __one_of {
    (text, $type:ty, $variant:ident) => {
        fn from_text(text: &str) -> ::std::result::Result<Self, $crate::DecodeError> {
            <$type as $crate::json::FromJson<'de>>::from_text(text).map(Self::$variant)
        }
    };
    (bool, $type:ty, $variant:ident) => {
        fn from_bool(value: bool) -> ::std::result::Result<Self, $crate::DecodeError> {
            <$type as $crate::json::FromJson<'de>>::from_bool(value).map(Self::$variant)
        }
    };
    (integer, $type:ty, $variant:ident) => {
        fn from_integer(number: i128) -> ::std::result::Result<Self, $crate::DecodeError> {
            <$type as $crate::json::FromJson<'de>>::from_integer(number).map(Self::$variant)
        }
    };
    (array, $type:ty, $variant:ident) => {
        fn from_array<A: $crate::__private::serde::de::SeqAccess<'de>>(
            array: A,
            place: $crate::json::Place<'_, Self>,
        ) -> ::std::result::Result<(), A::Error> {
            place.fill(
                |value| ::std::result::Result::Ok(Self::$variant(value)),
                |place| <$type as $crate::json::FromJson<'de>>::from_array(array, place),
            )
        }
    };
    (object, $type:ty, $variant:ident) => {
        fn from_object<A: $crate::__private::serde::de::MapAccess<'de>>(
            object: A,
            place: $crate::json::Place<'_, Self>,
        ) -> ::std::result::Result<(), A::Error> {
            place.fill(
                |value| ::std::result::Result::Ok(Self::$variant(value)),
                |place| <$type as $crate::json::FromJson<'de>>::from_object(object, place),
            )
        }
    };
}

/// Implements `Deserialize` for a type that implements [`FromJson`](crate::json::FromJson) by hand.
///
/// ```
/// use idhooks_payload::{DecodeError, impl_deserialize, json::FromJson};
///
/// /// A count that the vendor sends as a string.
/// struct Count(u64);
///
/// impl FromJson<'_> for Count {
///     fn from_text(text: &str) -> Result<Self, DecodeError> {
///         text.parse().map(Self).map_err(|_| DecodeError::new("", "is not a count"))
///     }
/// }
///
/// impl_deserialize!(Count);
///
/// assert_eq!(serde_json::from_str::<Count>(r#""5""#)?.0, 5);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! impl_deserialize {
    ($name:ident) => {
        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                input: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::json::deserialize(input)
            }
        }
    };
}
