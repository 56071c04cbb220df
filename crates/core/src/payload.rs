//! Structs that mirror a JSON object, and enums that take one of several shapes.

/// Declares a struct that mirrors a JSON object, with the vendor's name of each field beside it.
///
/// A field of a [`Lenient`](crate::Lenient) type is optional. Every other field is required: the object does not fit
/// when it is missing, `null` or of another type. A known member that is there twice does not fit either, unknown
/// members are skipped, and anything but an object is of another type.
///
/// The type has `Serialize` and `Deserialize`, both correct by themselves under plain `serde_json`.
///
/// ```
/// use idhooks_core::{Lenient, json, payload};
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
/// # Ok::<(), idhooks_core::DecodeError>(())
/// ```
#[macro_export]
macro_rules! payload {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty = $member:literal),* $(,)?
    }) => {
        #[derive(Clone, Debug, PartialEq, Eq)]
        $(#[$meta])*
        #[non_exhaustive]
        $vis struct $name {
            $($(#[$field_meta])* $field_vis $field: $type,)*
        }

        impl<'de> $crate::json::FromJson<'de> for $name {
            fn from_object<A: $crate::__private::serde::de::MapAccess<'de>>(
                object: A,
                budget: &$crate::json::Budget,
            ) -> $crate::json::Read<Self, A::Error> {
                $(let mut $field = $crate::__private::slot::<'de, $type>();)*
                let error =
                    $crate::json::read_members(object, budget, &[$($member),*], &mut [$(&mut $field),*])?;
                if let ::std::option::Option::Some(error) = error {
                    return ::std::result::Result::Ok(::std::result::Result::Err(error));
                }
                let finish = || {
                    ::std::result::Result::Ok(Self {
                        $($field: <$type as $crate::json::Field<'de>>::finish($field, $member)?,)*
                    })
                };
                ::std::result::Result::Ok(finish())
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                out: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                use $crate::__private::serde::ser::SerializeStruct as _;
                let names: &[&str] = &[$($member),*];
                let mut out = out.serialize_struct(::std::stringify!($name), names.len())?;
                $(<$type as $crate::json::Field<'static>>::write(&self.$field, $member, &mut out)?;)*
                out.end()
            }
        }

        $crate::__deserialize!($name);
    };
}

/// Declares an enum for a value that comes in one of several JSON types, one variant for each: `text`, `bool`,
/// `integer`, `array` or `object`.
///
/// ```
/// use idhooks_core::{List, one_of};
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
        #[derive(Clone, Debug, PartialEq, Eq, $crate::__private::serde::Serialize)]
        #[serde(crate = "idhooks_core::__private::serde", untagged)]
        $(#[$meta])*
        #[non_exhaustive]
        $vis enum $name {
            $($(#[$variant_meta])* $variant($type),)+
        }

        impl<'de> $crate::json::FromJson<'de> for $name {
            $($crate::__one_of!($kind, $type, $variant);)+
        }

        $crate::__deserialize!($name);
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
            budget: &$crate::json::Budget,
        ) -> $crate::json::Read<Self, A::Error> {
            let read = <$type as $crate::json::FromJson<'de>>::from_array(array, budget)?;
            ::std::result::Result::Ok(read.map(Self::$variant))
        }
    };
    (object, $type:ty, $variant:ident) => {
        fn from_object<A: $crate::__private::serde::de::MapAccess<'de>>(
            object: A,
            budget: &$crate::json::Budget,
        ) -> $crate::json::Read<Self, A::Error> {
            let read = <$type as $crate::json::FromJson<'de>>::from_object(object, budget)?;
            ::std::result::Result::Ok(read.map(Self::$variant))
        }
    };
}

/// `Deserialize` for a type that is read from JSON.
#[doc(hidden)]
#[macro_export]
macro_rules! __deserialize {
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
