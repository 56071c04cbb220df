//! Where the careful pass is, and what it found at fault.

use std::{
    cell::RefCell,
    fmt::{self, Write},
};

use serde::de::{self, Unexpected};

use super::{
    super::error::{DecodeError, Kind},
    HANDED, HANDED_OUT,
};

/// Where the pass is, and the first fault it met.
#[derive(Default)]
pub(super) struct Trail {
    path: RefCell<Vec<Step>>,
    fault: RefCell<Option<DecodeError>>,
}

#[derive(Clone, Copy)]
pub(super) enum Step {
    Field(&'static str),
    Unnamed,
    Element(usize),
}

impl Trail {
    /// Notes a fault, unless one was noted before: errors travel outwards, so that one is the innermost.
    pub(super) fn note(&self, problem: Problem) {
        let mut noted = self.fault.borrow_mut();
        if noted.is_some() {
            return;
        }
        let steps = self.path.borrow();
        let at = |field: Option<&'static str>| write_path(steps.iter().copied().chain(field.map(Step::Field)));
        *noted = Some(match problem {
            Problem::HandedOut => match HANDED_OUT.take() {
                Some(inner) => inner.inside(&at(None)),
                None => DecodeError::at(at(None), Kind::Other),
            },
            Problem::Other => DecodeError::at(at(None), Kind::Other),
            Problem::Missing(field) => DecodeError::at(at(Some(field)), Kind::Missing),
            Problem::Repeated(field) => DecodeError::at(at(Some(field)), Kind::Repeated),
            Problem::WrongType => DecodeError::at(at(None), Kind::WrongType),
            Problem::WrongValue => DecodeError::at(at(None), Kind::WrongValue),
            Problem::NotJson => DecodeError::not_json(0, 0),
        });
    }

    pub(super) fn first_fault(self, problem: Problem) -> DecodeError {
        self.note(problem);
        self.fault.into_inner().unwrap_or_else(|| DecodeError::at(String::new(), Kind::Other))
    }

    pub(super) fn inside<R, E>(&self, step: Step, read: impl FnOnce() -> Result<R, E>) -> Result<R, E> {
        self.path.borrow_mut().push(step);
        let read = read()?;
        self.path.borrow_mut().pop();
        Ok(read)
    }

    /// Turns an error of the wrapped reader into ours. If nothing was noted on the way, the reader
    /// itself found a value of another type, or text that is no JSON. Only the beginning of its
    /// message tells which; the rest quotes the value, and is dropped.
    pub(super) fn take_in<E: fmt::Display>(&self, error: E) -> Problem {
        let mut message = Beginning::default();
        let _ = write!(message, "{error}"); // fails where it was cut off
        let problem = if message.is("invalid type") {
            Problem::WrongType
        } else if message.is("invalid value") || message.is("number out of range") {
            Problem::WrongValue
        } else {
            Problem::NotJson
        };
        self.note(problem);
        problem
    }

    /// Turns an error of a type into one of the wrapped reader, which only carries it outwards.
    pub(super) fn pass_on<E: de::Error>(&self, problem: Problem) -> E {
        self.note(problem);
        E::custom("noted on the trail")
    }
}

/// The beginning of a message; the rest may quote most of the body.
#[derive(Default)]
struct Beginning(String);

impl Beginning {
    fn is(&self, text: &str) -> bool {
        self.0.starts_with(text)
    }
}

impl Write for Beginning {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend(text.chars().take(32));
        if self.0.len() < 32 { Ok(()) } else { Err(fmt::Error) }
    }
}

fn write_path(steps: impl Iterator<Item = Step>) -> String {
    let mut path = String::new();
    for step in steps {
        let name = match step {
            Step::Field(name) => name,
            Step::Unnamed => "*",
            Step::Element(index) => {
                path.push_str(&format!("[{index}]"));
                continue;
            }
        };
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(name);
    }
    path
}

/// A fault without its place. Takes none of the texts `serde` offers: they can quote a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Problem {
    Missing(&'static str),
    Repeated(&'static str),
    WrongType,
    WrongValue,
    /// One of ours, which waits to be taken.
    HandedOut,
    Other,
    NotJson,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body does not fit")
    }
}

impl std::error::Error for Problem {}

impl de::Error for Problem {
    fn custom<T: fmt::Display>(message: T) -> Self {
        if message.to_string() == HANDED { Self::HandedOut } else { Self::Other }
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self::WrongType
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self::WrongValue
    }

    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Self::WrongType
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self::WrongValue
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::Repeated(field)
    }
}
