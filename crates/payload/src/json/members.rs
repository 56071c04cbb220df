//! The members of one object, read into the fields of a struct. All payloads share this code.

use std::{borrow::Cow, cell::OnceCell};

use serde::{
    Serialize,
    de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess},
    ser::SerializeStruct,
};

use crate::RawJson;

use super::{
    Budget, DecodeError, FromJson, Lenient, Name,
    from_json::{NUMBER, Place},
};

/// The variable that one member is read into.
pub trait Slot<'de, A: MapAccess<'de>> {
    /// Reads the value of the member that `object` is at.
    ///
    /// # Errors
    /// When the input is broken.
    fn read(&mut self, object: &mut A, budget: &Budget) -> Result<(), A::Error>;
}

impl<'de, A: MapAccess<'de>, T: FromJson<'de>> Slot<'de, A> for Lenient<T> {
    fn read(&mut self, object: &mut A, budget: &Budget) -> Result<(), A::Error> {
        object.next_value_seed(Place::new(budget, self))
    }
}

/// Reads an object to its end, each member into the slot with the index of its name. Members named in `others` are read
/// there instead. Unknown members are skipped.
///
/// Returns an error of the object as a whole: a known member that is there twice.
///
/// # Errors
/// When the input is broken.
pub fn read_members<'de, A: MapAccess<'de>, T>(
    mut object: A,
    place: &Place<'_, T>,
    names: &[&'static str],
    slots: &mut [&mut dyn Slot<'de, A>],
    others: &mut [(&'static str, &mut dyn Slot<'de, A>)],
) -> Result<Option<DecodeError>, A::Error> {
    let budget = place.budget;
    let (mut error, mut seen, mut next) = (None, [0_u64; 4], 0);
    while let Some(Name(member)) = object.next_key()? {
        let other = others.iter().position(|(name, _)| *name == member);
        let Some(at) = other.map(|at| names.len() + at).or_else(|| position(names, &member, next)) else {
            if member == NUMBER {
                error = Some(DecodeError::wrong_type());
            }
            object.next_value::<IgnoredAny>()?;
            continue;
        };
        next = at + 1;
        let slot: Option<&mut dyn Slot<'de, A>> = match other.and_then(|at| others.get_mut(at)) {
            Some((_, slot)) => Some(&mut **slot),
            None => slots.get_mut(at).map(|slot| &mut **slot as _),
        };
        match (seen.get_mut(at / 64), slot) {
            (Some(seen), Some(slot)) if *seen >> (at % 64) & 1 == 0 => {
                *seen |= 1 << (at % 64);
                slot.read(&mut object, budget)?;
            }
            _ => {
                error.get_or_insert_with(|| DecodeError::repeated(&member));
                object.next_value::<IgnoredAny>()?;
            }
        }
    }
    Ok(error)
}

/// Finds `member` in `names`. Members mostly come in the order of the fields, so the search starts at `next`.
fn position(names: &[&'static str], member: &str, next: usize) -> Option<usize> {
    let (before, after) = names.split_at_checked(next).unwrap_or((names, &[]));
    let ahead = after.iter().position(|name| *name == member).map(|at| at + next);
    ahead.or_else(|| before.iter().position(|name| *name == member))
}

/// A struct that [`payload!`](crate::payload) declared.
pub trait Payload<'de>: FromJson<'de> {
    /// The vendor's names of all fields.
    const NAMES: &'static [&'static str];

    /// Reads the object, and the members named in `others` into their slots instead of into fields.
    ///
    /// # Errors
    /// When the input is broken.
    fn read_with<A: MapAccess<'de>>(
        object: A,
        others: &mut [(&'static str, &mut dyn Slot<'de, A>)],
        place: Place<'_, Self>,
    ) -> Result<(), A::Error>;
}

/// The type of a field of a payload: a type that is read from JSON is required, a [`Lenient`] one is optional.
pub trait Field<'de>: Sized {
    /// The type that the member is read as.
    type Value: FromJson<'de>;

    /// Turns what was read into the field.
    ///
    /// # Errors
    /// When the field is required, and missing or of another type.
    fn finish(read: Lenient<Self::Value>, name: &'static str) -> Result<Self, DecodeError>;

    /// Writes the field, or leaves it out when it holds no value.
    ///
    /// # Errors
    /// Those of the serializer.
    fn write<S: SerializeStruct>(&self, name: &'static str, out: &mut S) -> Result<(), S::Error>;
}

impl<'de, T: FromJson<'de> + Serialize> Field<'de> for T {
    type Value = T;

    fn finish(read: Lenient<T>, name: &'static str) -> Result<T, DecodeError> {
        read.require(name)
    }

    fn write<S: SerializeStruct>(&self, name: &'static str, out: &mut S) -> Result<(), S::Error> {
        out.serialize_field(name, self)
    }
}

impl<'de, T: FromJson<'de> + Serialize> Field<'de> for Lenient<T> {
    type Value = T;

    fn finish(read: Self, _: &'static str) -> Result<Self, DecodeError> {
        Ok(read)
    }

    fn write<S: SerializeStruct>(&self, name: &'static str, out: &mut S) -> Result<(), S::Error> {
        match &**self {
            Some(value) => out.serialize_field(name, value),
            None => out.skip_field(name),
        }
    }
}

/// The bodies that a vendor's event can have.
pub trait Bodies: Sized {
    /// Reads the body of the event called `name`.
    ///
    /// # Errors
    /// When the input is broken.
    fn from_named<'de, D: Deserializer<'de>>(name: &str, input: D, place: Place<'_, Self>) -> Result<(), D::Error>;

    /// Returns the event called `name` when it has no body; `None` if it must have one.
    fn without_body(name: &str) -> Option<Self>;
}

/// The member that names the body, and the body. A body that comes after its name is read in the same pass, and one that
/// comes before it is kept as JSON and read at the end.
pub struct NamedBody<'de, B> {
    name: OnceCell<Lenient<Cow<'de, str>>>,
    body: Option<Lenient<B>>,
    early: Option<RawJson>,
}

impl<B> Default for NamedBody<'_, B> {
    fn default() -> Self {
        Self { name: OnceCell::new(), body: None, early: None }
    }
}

impl<'de, B: Bodies> NamedBody<'de, B> {
    /// Returns the two slots.
    pub fn slots(&mut self) -> (NameSlot<'_, 'de>, BodySlot<'_, 'de, B>) {
        let Self { name, body, early } = self;
        (NameSlot(name), BodySlot { name, body, early })
    }

    /// Returns the name and, if it is there, the body. `place` is that of the event.
    ///
    /// # Errors
    /// When the name is missing, or the body does not fit.
    pub fn finish<T>(
        self,
        name_field: &str,
        body_field: &str,
        place: &Place<'_, T>,
    ) -> Result<(Cow<'de, str>, Option<B>), DecodeError> {
        let name = self.name.into_inner().unwrap_or_default().require(name_field)?;
        let body = match (self.body, self.early) {
            (Some(body), _) => Some(body.into_value()),
            (None, Some(raw)) => Some(
                super::decode_text(raw.get(), place.budget, |input, place| B::from_named(&name, input, place))
                    .and_then(Lenient::into_value),
            ),
            (None, None) => None,
        };
        Ok((name, body.transpose().map_err(|error| error.inside(body_field))?))
    }
}

/// Reads the name.
pub struct NameSlot<'s, 'de>(&'s OnceCell<Lenient<Cow<'de, str>>>);

impl<'de, A: MapAccess<'de>> Slot<'de, A> for NameSlot<'_, 'de> {
    fn read(&mut self, object: &mut A, budget: &Budget) -> Result<(), A::Error> {
        let mut name = Lenient::default();
        object.next_value_seed(Place::new(budget, &mut name))?;
        let _ = self.0.set(name); // a second name does not get here
        Ok(())
    }
}

/// Reads the body.
pub struct BodySlot<'s, 'de, B> {
    name: &'s OnceCell<Lenient<Cow<'de, str>>>,
    body: &'s mut Option<Lenient<B>>,
    early: &'s mut Option<RawJson>,
}

impl<'de, A: MapAccess<'de>, B: Bodies> Slot<'de, A> for BodySlot<'_, 'de, B> {
    fn read(&mut self, object: &mut A, budget: &Budget) -> Result<(), A::Error> {
        let Some(name) = self.name.get() else {
            *self.early = Some(object.next_value()?);
            return Ok(());
        };
        match name.as_deref() {
            Some(name) => {
                object.next_value_seed(BodyPlace(name, Place::new(budget, self.body.get_or_insert_default())))
            }
            None => object.next_value::<IgnoredAny>().map(drop),
        }
    }
}

struct BodyPlace<'p, B>(&'p str, Place<'p, B>);

impl<'de, B: Bodies> DeserializeSeed<'de> for BodyPlace<'_, B> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        B::from_named(self.0, input, self.1)
    }
}
