//! Structs that mirror a JSON object.

/// Declares a struct that mirrors a JSON object: every `required` field must be there and fit,
/// every `optional` one is [`Lenient`](crate::Lenient) and left out when written, if absent.
///
/// Unlike derived code alone it takes nothing but an object: a JSON array is never read as the
/// fields in order. A field that is there twice is refused, one no field names is passed over.
///
/// ```
/// use idhooks_core::{json, record};
///
/// record! {
///     /// A signed document.
///     #[serde(rename_all = "camelCase")]
///     pub struct Document {
///         required {
///             /// Its id.
///             pub document_id: Box<str>,
///         }
///         optional {
///             /// Pages; absent from old deliveries.
///             pub page_count: u32,
///         }
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
macro_rules! record {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        required { $($(#[$required_meta:meta])* $required_vis:vis $required:ident: $required_type:ty,)* }
        optional { $($(#[$optional_meta:meta])* $optional_vis:vis $optional:ident: $optional_type:ty,)* }
    }) => {
        #[derive(Clone, Debug, PartialEq, Eq, $crate::__private::serde::Serialize, $crate::__private::serde::Deserialize)]
        #[serde(crate = "idhooks_core::__private::serde", remote = "Self")]
        $(#[$meta])*
        #[non_exhaustive]
        $vis struct $name {
            $($(#[$required_meta])* $required_vis $required: $required_type,)*
            $(
                $(#[$optional_meta])*
                #[serde(skip_serializing_if = "idhooks_core::Lenient::is_absent")]
                $optional_vis $optional: $crate::Lenient<$optional_type>,
            )*
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(&self, out: S) -> ::std::result::Result<S::Ok, S::Error> {
                Self::serialize(self, out)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(input: D) -> ::std::result::Result<Self, D::Error> {
                Self::deserialize($crate::__private::ObjectOnly(input))
            }
        }
    };
}
