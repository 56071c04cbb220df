//! The two shapes in which an event carries its resource.

use std::{fmt, ops::Deref};

use idhooks_core::{
    DecodeError, Lenient,
    json::{self, SecondLook, members, members_of, put, second_look},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeStruct as _};
use serde_json::value::RawValue;

use super::previous_attributes::PreviousAttributes;

/// What an event is about, whichever of two shapes it came in. Use it as the `T` it holds.
///
/// `event.data` is the resource itself, with `previous_attributes` beside it (every delivery that was
/// published since February 2025), or it is a wrapper, `{"object": {…}, "previous_attributes": {…}}`
/// (the first sample of the vendor's page and all its sample handlers; probably retired). Written
/// back in the shape it came in.
#[derive(Clone, PartialEq, Eq)]
pub struct Resource<T> {
    resource: Box<T>,
    /// What the wrapper said, if there was one.
    wrapper: Option<Lenient<PreviousAttributes>>,
}

impl<T> Resource<T> {
    fn flat(resource: T) -> Self {
        Self { resource: Box::new(resource), wrapper: None }
    }

    /// Whether it came in the older, wrapped shape.
    #[must_use]
    pub fn is_wrapped(&self) -> bool {
        self.wrapper.is_some()
    }

    /// What the wrapper says about former values. For either shape, ask the event:
    /// [`Event::previous`](crate::Event::previous).
    #[must_use]
    pub fn wrapped_previous_attributes(&self) -> Option<&Lenient<PreviousAttributes>> {
        self.wrapper.as_ref()
    }

    /// The resource, by value.
    #[must_use]
    pub fn into_inner(self) -> T {
        *self.resource
    }
}

impl<T> Deref for Resource<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.resource
    }
}

impl<T> AsRef<T> for Resource<T> {
    fn as_ref(&self) -> &T {
        &self.resource
    }
}

impl<T: fmt::Debug> fmt::Debug for Resource<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.wrapper {
            None => self.resource.fmt(f),
            Some(previous) => f
                .debug_struct("Wrapped")
                .field("object", &self.resource)
                .field("previous_attributes", previous)
                .finish(),
        }
    }
}

impl<T: Serialize> Serialize for Resource<T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let Some(previous) = &self.wrapper else { return self.resource.serialize(out) };
        let mut wrapper = out.serialize_struct("Wrapped", 2)?;
        wrapper.serialize_field("object", &self.resource)?;
        put(&mut wrapper, "previous_attributes", previous)?;
        wrapper.end()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Resource<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        second_look(input)
    }
}

/// The older shape.
#[derive(Deserialize)]
struct Wrapped<T> {
    object: T,
    #[serde(default)]
    previous_attributes: Lenient<PreviousAttributes>,
}

impl<'de, T: Deserialize<'de>> SecondLook<'de> for Resource<T> {
    // Every resource takes `object` as text, so a wrapper never passes for a resource here.
    fn first<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        T::deserialize(input).map(Self::flat)
    }

    fn second(raw: &'de RawValue) -> Result<Self, DecodeError> {
        let text = raw.get().as_bytes();
        let [object, previous, id, public_id] = members(text, ["object", "previous_attributes", "id", "public_id"]);
        let named = members_of(object, ["id", "public_id"]).map(json::text);
        let conflict = |(outer, inner): (Option<&'de RawValue>, &Option<_>)| {
            outer.is_some() && inner.is_some() && json::text(outer) != *inner
        };
        if [id, public_id].into_iter().zip(&named).any(conflict) {
            return Err(DecodeError::new("object", "has another id than what is around it"));
        }
        let flat = || json::decode(text).map(Self::flat);
        match object {
            // A resource whose `object` drifted from text to an object is still a resource.
            Some(object) if object.get().starts_with('{') => match json::decode::<Wrapped<T>>(text) {
                Ok(Wrapped { object, previous_attributes }) => {
                    Ok(Self { resource: Box::new(object), wrapper: Some(previous_attributes) })
                }
                Err(error) => flat().map_err(|_| error),
            },
            None if previous.is_some() => flat().map_err(|_| DecodeError::missing("object")),
            _ => flat(),
        }
    }
}
