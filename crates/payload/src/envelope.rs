//! Events: an envelope with a member that names the body, and the body.

/// Declares a vendor's event: the envelope, and the bodies it can hold, each under the vendor's own name.
///
/// ```
/// use idhooks_payload::{Lenient, Timestamp, envelope, json, payload};
///
/// payload! {
///     /// A document was signed.
///     pub struct Signed {
///         /// Its id.
///         pub document_id: Box<str> = "documentId",
///     }
/// }
///
/// envelope! {
///     /// One event of Example Inc.
///     pub struct Event("type" names "data") {
///         /// The name of the event.
///         pub body: EventBody,
///         /// Unique forever.
///         pub id: Box<str> = "id",
///         /// When it happened.
///         pub created_at: Lenient<Timestamp> = "createdAt",
///     }
///
///     /// The body of an event, by its `type`.
///     pub enum EventBody {
///         /// A document was signed.
///         Signed(Signed) = "document.signed",
///     }
/// }
///
/// let event: Event = serde_json::from_str(r#"{"id":"1","type":"document.signed","data":{"documentId":"d"}}"#)?;
/// assert!(matches!(event.body, EventBody::Signed(document) if &*document.document_id == "d"));
///
/// let newer: Event = serde_json::from_str(r#"{"data":{"a":1},"type":"document.archived","id":"2"}"#)?;
/// assert_eq!((newer.body.name(), newer.body.is_known()), ("document.archived", false));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Three forms, for three kinds of vendor:
///
/// - `pub struct Event("type" names "data")`, as above. With `or other by function(field, …)` the body may also come in
///   the optional field `other`, which the function decodes.
/// - The same with `in "event" of webhook: Webhook { … }` behind it: the event stands in the member `event` of a larger
///   object, whose other members go into the field `webhook`.
/// - `pub enum Event from Wire { … }`, and `or { … }` with further fields of an unknown event, for events whose fields
///   stand side by side; see [`decode_flat`](crate::json::decode_flat).
#[macro_export]
macro_rules! envelope {
    // The event is the whole body.
    (
        $(#[$meta:meta])* $vis:vis struct $event:ident($tag:literal names $content:literal
            $(or $other:ident by $convert:ident($($argument:ident),*))?) { $($fields:tt)* }
        $(#[$bodies_meta:meta])* $bodies_vis:vis enum $bodies:ident { $($variants:tt)* }
    ) => {
        $crate::__bodies! { $(#[$bodies_meta])* $bodies_vis enum $bodies { $($variants)* } }
        $crate::__envelope_struct! {
            [$(#[$meta])*] [$vis] $event [$tag] [$content] [$($other $convert $($argument)*)?] [] { $($fields)* }
        }

        impl<'de> $crate::json::FromJson<'de> for $event {
            fn from_object<A: $crate::__private::serde::de::MapAccess<'de>>(
                object: A,
                place: $crate::json::Place<'_, Self>,
            ) -> ::std::result::Result<(), A::Error> {
                Self::__read(object, place)
            }
        }

        impl $crate::__private::serde::Serialize for $event {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                out: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                self.__write(out)
            }
        }

        $crate::impl_deserialize!($event);
    };
    // The event is a member of the body.
    (
        $(#[$meta:meta])* $vis:vis struct $event:ident($tag:literal names $content:literal) { $($fields:tt)* }
        in $member:literal of $outer_field:ident:
        $(#[$outer_meta:meta])* $outer_vis:vis struct $outer:ident {
            $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty = $name:literal,)*
        }
        $(#[$bodies_meta:meta])* $bodies_vis:vis enum $bodies:ident { $($variants:tt)* }
    ) => {
        $crate::__bodies! { $(#[$bodies_meta])* $bodies_vis enum $bodies { $($variants)* } }
        $crate::__envelope_struct! {
            [$(#[$meta])*] [$vis] $event [$tag] [$content] [] [$outer_field $outer] { $($fields)* }
        }

        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        $(#[$outer_meta])*
        #[non_exhaustive]
        $outer_vis struct $outer {
            $($(#[$field_meta])* $field_vis $field: $type,)*
        }

        const _: () = {
            struct Inner($event);

            impl<'de> $crate::json::FromJson<'de> for Inner {
                fn from_object<A: $crate::__private::serde::de::MapAccess<'de>>(
                    object: A,
                    place: $crate::json::Place<'_, Self>,
                ) -> ::std::result::Result<(), A::Error> {
                    place.fill(|event| ::std::result::Result::Ok(Self(event)), |event| $event::__read(object, event))
                }
            }

            impl<'de> $crate::json::FromJson<'de> for $event {
                fn from_object<A: $crate::__private::serde::de::MapAccess<'de>>(
                    object: A,
                    place: $crate::json::Place<'_, Self>,
                ) -> ::std::result::Result<(), A::Error> {
                    let mut inner = $crate::Lenient::<Inner>::default();
                    $(let mut $field = $crate::__private::slot::<'de, $type>();)*
                    let names = &[$member, $($name),*];
                    let slots: &mut [&mut dyn $crate::json::Slot<'de, A>] = &mut [&mut inner, $(&mut $field),*];
                    let error = $crate::json::read_members(object, &place, names, slots, &mut [])?;
                    let finish = || {
                        if let ::std::option::Option::Some(error) = error {
                            return ::std::result::Result::Err(error);
                        }
                        let Inner(mut event) = inner.require($member)?;
                        event.$outer_field = $outer {
                            $($field: <$type as $crate::json::Field<'de>>::finish($field, $name)?,)*
                        };
                        ::std::result::Result::Ok(event)
                    };
                    place.set(finish())
                }
            }

            struct InnerRef<'a>(&'a $event);

            impl $crate::__private::serde::Serialize for InnerRef<'_> {
                fn serialize<S: $crate::__private::serde::Serializer>(
                    &self,
                    out: S,
                ) -> ::std::result::Result<S::Ok, S::Error> {
                    self.0.__write(out)
                }
            }

            impl $crate::__private::serde::Serialize for $event {
                fn serialize<S: $crate::__private::serde::Serializer>(
                    &self,
                    out: S,
                ) -> ::std::result::Result<S::Ok, S::Error> {
                    use $crate::__private::serde::ser::SerializeStruct as _;
                    let names: &[&str] = &[$member, $($name),*];
                    let mut out = out.serialize_struct(::std::stringify!($outer), names.len())?;
                    $(<$type as $crate::json::Field<'static>>::write(&self.$outer_field.$field, $name, &mut out)?;)*
                    out.serialize_field($member, &InnerRef(self))?;
                    out.end()
                }
            }
        };

        $crate::impl_deserialize!($event);
    };
    // The event is one of several objects with different fields.
    (
        $(#[$meta:meta])* $vis:vis enum $event:ident from $wire:ident {
            $($(#[$variant_meta:meta])* $variant:ident($body:ty) by $name:ident),+ $(,)?
        }
        $(or { $($(#[$other_meta:meta])* $other:ident: $other_type:ty,)* })?
    ) => {
        #[derive(Clone, Debug, PartialEq, Eq)]
        $(#[$meta])*
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant, reason = "events are read one at a time; a box would cost each of them")]
        $vis enum $event {
            $($(#[$variant_meta])* $variant($body),)+
            /// An event that this release has no type for. A known event whose body does not fit is an error instead.
            #[non_exhaustive]
            Other {
                $($($(#[$other_meta])* $other: $other_type,)*)?
                /// The vendor's name of the event.
                name: Box<str>,
                /// The whole body.
                body: $crate::RawJson,
            },
        }

        impl $event {
            /// Returns the vendor's name of the event.
            #[must_use]
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$variant(body) => body.$name.as_str(),)+
                    Self::Other { name, .. } => name,
                }
            }

            /// Returns whether this release has a type for it.
            #[must_use]
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Other { .. })
            }
        }

        impl $crate::__private::serde::Serialize for $event {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                out: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(body) => body.serialize(out),)+
                    Self::Other { body, .. } => body.serialize(out),
                }
            }
        }

        impl<'de> $crate::json::FromJson<'de> for $event {
            fn from_json<D: $crate::__private::serde::Deserializer<'de>>(
                input: D,
                place: $crate::json::Place<'_, Self>,
            ) -> ::std::result::Result<(), D::Error> {
                let body = <$crate::RawJson as $crate::__private::serde::Deserialize<'de>>::deserialize(input)?;
                place.set($crate::json::decode_flat(body.get().as_bytes(), Self::from_wire))
            }
        }

        $crate::impl_deserialize!($event);
    };
}

/// The struct of [`envelope!`](crate::envelope), and how it is read and written.
#[doc(hidden)]
#[macro_export]
macro_rules! __envelope_struct {
    (
        [$(#[$meta:meta])*] [$vis:vis] $event:ident [$tag:literal] [$content:literal]
        [$($alternative:ident $convert:ident $($argument:ident)*)?] [$($outer_field:ident $outer:ident)?] {
            $(#[$body_meta:meta])* $body_vis:vis $body:ident: $bodies:ident,
            $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty = $member:literal,)*
        }
    ) => {
        #[derive(Clone, Debug, PartialEq, Eq)]
        $(#[$meta])*
        #[non_exhaustive]
        $vis struct $event {
            $(#[$body_meta])*
            $body_vis $body: $bodies,
            $($(#[$field_meta])* $field_vis $field: $type,)*
            $(
                /// The object around the event.
                pub $outer_field: $outer,
            )?
        }

        impl $event {
            fn __read<'de, A: $crate::__private::serde::de::MapAccess<'de>>(
                object: A,
                place: $crate::json::Place<'_, Self>,
            ) -> ::std::result::Result<(), A::Error> {
                let mut named = $crate::json::NamedBody::<'de, $bodies>::default();
                $(let mut $field = $crate::__private::slot::<'de, $type>();)*
                let error = {
                    let (mut name, mut body) = named.slots();
                    let names = &[$tag, $content, $($member),*];
                    let slots: &mut [&mut dyn $crate::json::Slot<'de, A>] =
                        &mut [&mut name, &mut body, $(&mut $field),*];
                    $crate::json::read_members(object, &place, names, slots, &mut [])?
                };
                let finish = || {
                    if let ::std::option::Option::Some(error) = error {
                        return ::std::result::Result::Err(error);
                    }
                    let (name, body) = named.finish($tag, $content, &place)?;
                    $(let body = $convert(&name, body, &$alternative, $(&$argument),*)?;)?
                    let body = body
                        .or_else(|| <$bodies as $crate::json::Bodies>::without_body(&name))
                        .ok_or_else(|| $crate::DecodeError::missing($content))?;
                    ::std::result::Result::Ok(Self {
                        $($field: <$type as $crate::json::Field<'de>>::finish($field, $member)?,)*
                        $body: body,
                        $($outer_field: ::std::default::Default::default(),)?
                    })
                };
                let event = finish();
                place.set(event)
            }

            fn __write<S: $crate::__private::serde::Serializer>(
                &self,
                out: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                use $crate::__private::serde::ser::SerializeStruct as _;
                let names: &[&str] = &[$tag, $content, $($member),*];
                let mut out = out.serialize_struct(::std::stringify!($event), names.len())?;
                $(<$type as $crate::json::Field<'static>>::write(&self.$field, $member, &mut out)?;)*
                out.serialize_field($tag, self.$body.name())?;
                let elsewhere = false $(|| self.$alternative.is_some())?;
                if !elsewhere {
                    out.serialize_field($content, &self.$body)?;
                }
                out.end()
            }
        }
    };
}

/// The bodies of [`envelope!`](crate::envelope).
#[doc(hidden)]
#[macro_export]
macro_rules! __bodies {
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident($body:ty) = $text:literal),+ $(,)?
    }) => {
        #[derive(Clone, Debug, PartialEq, Eq)]
        $(#[$meta])*
        #[non_exhaustive]
        $vis enum $name {
            $($(#[$variant_meta])* $variant($body),)+
            /// An event that this release has no type for. A known event whose body does not fit is an error instead.
            #[non_exhaustive]
            Other {
                /// The vendor's name of the event.
                name: Box<str>,
                /// Its body.
                data: $crate::RawJson,
            },
        }

        impl $name {
            /// Every name that this release has a type for.
            pub const KNOWN: &'static [&'static str] = &[$($text),+];

            /// Returns the vendor's name of the event.
            #[must_use]
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$variant(_) => $text,)+
                    Self::Other { name, .. } => name,
                }
            }

            /// Returns whether this release has a type for it.
            #[must_use]
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Other { .. })
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                out: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(body) => body.serialize(out),)+
                    Self::Other { data, .. } => data.serialize(out),
                }
            }
        }

        impl $crate::json::Bodies for $name {
            fn from_named<'de, D: $crate::__private::serde::Deserializer<'de>>(
                name: &str,
                input: D,
                place: $crate::json::Place<'_, Self>,
            ) -> ::std::result::Result<(), D::Error> {
                use $crate::json::FromJson;
                match name {
                    $($text => place.fill(
                        |body| ::std::result::Result::Ok(Self::$variant(body)),
                        |body| <$body as FromJson<'de>>::from_json(input, body),
                    ),)+
                    name => {
                        let data = <$crate::RawJson as $crate::__private::serde::Deserialize<'de>>::deserialize(input)?;
                        place.set(::std::result::Result::Ok(Self::Other { name: name.into(), data }))
                    }
                }
            }

            fn without_body(name: &str) -> ::std::option::Option<Self> {
                let is_known = Self::KNOWN.contains(&name);
                (!is_known).then(|| Self::Other { name: name.into(), data: ::std::default::Default::default() })
            }
        }
    };
}
