//! The two shapes in which an event carries its resource.

use std::{fmt, ops::Deref};

use idhooks_core::{
    DecodeError, Lenient,
    json::{FromJson, Payload, Place, Slot},
};
use serde::{Serialize, de::MapAccess};

use super::{object_type::ObjectType, previous_attributes::PreviousAttributes};

/// What an event is about, whichever of two shapes it came in. Use it as the `T` it holds.
///
/// `event.data` is the resource itself, with `previous_attributes` beside it (every delivery that was
/// published since February 2025), or it is a wrapper, `{"object": {…}, "previous_attributes": {…}}`
/// (the first sample of the vendor's page and all its sample handlers; probably retired). Written
/// back in the shape it came in.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Resource<T>(Shape<T>);

#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Shape<T> {
    Flat(Box<T>),
    Wrapped {
        object: Box<T>,
        #[serde(skip_serializing_if = "has_no_value")]
        previous_attributes: Lenient<PreviousAttributes>,
    },
}

fn has_no_value<T>(field: &Lenient<T>) -> bool {
    field.is_none()
}

impl<T> Resource<T> {
    /// Returns whether it came in the older, wrapped shape.
    #[must_use]
    pub fn is_wrapped(&self) -> bool {
        matches!(self.0, Shape::Wrapped { .. })
    }

    /// Returns the former values in the wrapper. For either shape, ask the event:
    /// [`Event::previous`](crate::Event::previous).
    #[must_use]
    pub fn wrapped_previous_attributes(&self) -> Option<&Lenient<PreviousAttributes>> {
        match &self.0 {
            Shape::Flat(_) => None,
            Shape::Wrapped { previous_attributes, .. } => Some(previous_attributes),
        }
    }

    /// Returns the resource.
    #[must_use]
    pub fn into_inner(self) -> T {
        match self.0 {
            Shape::Flat(resource) | Shape::Wrapped { object: resource, .. } => *resource,
        }
    }
}

impl<T> Deref for Resource<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.0 {
            Shape::Flat(resource) | Shape::Wrapped { object: resource, .. } => resource,
        }
    }
}

impl<T> AsRef<T> for Resource<T> {
    fn as_ref(&self) -> &T {
        self
    }
}

impl<T: fmt::Debug> fmt::Debug for Resource<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Shape::Flat(resource) => resource.fmt(f),
            Shape::Wrapped { object, previous_attributes } => f
                .debug_struct("Wrapped")
                .field("object", object)
                .field("previous_attributes", previous_attributes)
                .finish(),
        }
    }
}

/// The common part of a document, a signature and a member.
pub(crate) trait Object {
    /// Its id, if it has one.
    fn id(&self) -> Option<&str>;

    /// The vendor's name for it.
    fn object_type(&mut self) -> &mut Lenient<ObjectType>;
}

/// The member `object`: the name of the resource it stands in, or a resource that is wrapped.
enum Member<T> {
    Name(ObjectType),
    Resource(T),
}

impl<'de, T: FromJson<'de>> FromJson<'de> for Member<T> {
    fn from_text(text: &str) -> Result<Self, DecodeError> {
        ObjectType::from_text(text).map(Self::Name)
    }

    fn from_object<A: MapAccess<'de>>(object: A, place: Place<'_, Self>) -> Result<(), A::Error> {
        place.fill(|resource| Ok(Self::Resource(resource)), |resource| T::from_object(object, resource))
    }
}

impl<'de, T: Payload<'de> + Object> FromJson<'de> for Resource<T> {
    fn from_object<A: MapAccess<'de>>(object: A, place: Place<'_, Self>) -> Result<(), A::Error> {
        let mut member = Lenient::<Member<T>>::default();
        let mut previous_attributes = Lenient::<PreviousAttributes>::default();
        let others: &mut [(_, &mut dyn Slot<'de, A>)] =
            &mut [("object", &mut member), ("previous_attributes", &mut previous_attributes)];
        let outer = place.read(|outer| T::read_with(object, others, outer))?;
        place.set(choose(outer, member, previous_attributes).map(Self))
    }
}

fn choose<T: Object>(
    outer: Result<T, DecodeError>,
    member: Lenient<Member<T>>,
    previous_attributes: Lenient<PreviousAttributes>,
) -> Result<Shape<T>, DecodeError> {
    // A wrapper has no id of its own. Any other fault is a fault in either shape.
    if let Err(error) = &outer
        && !error.is_missing()
    {
        return Err(error.clone());
    }
    let error = member.error().cloned();
    let is_wrapper_without_object = member.is_absent() && !previous_attributes.is_absent();
    let name = match member.into_option() {
        Some(Member::Resource(object)) if outer.as_ref().is_ok_and(|outer| outer.id() != object.id()) => {
            return Err(DecodeError::new("object", "has another id than what is around it"));
        }
        Some(Member::Resource(object)) => {
            return Ok(Shape::Wrapped { object: Box::new(object), previous_attributes });
        }
        Some(Member::Name(name)) => Lenient::from(name),
        None => error.clone().map_or_else(Lenient::default, |error| Lenient::from(Err(error))),
    };
    match outer {
        // A resource whose `object` drifted from text to something else is still a resource.
        Ok(mut resource) => {
            *resource.object_type() = name;
            Ok(Shape::Flat(Box::new(resource)))
        }
        Err(_) if is_wrapper_without_object => Err(DecodeError::missing("object")),
        Err(outer) => Err(error.map_or(outer, |error| error.inside("object"))),
    }
}
