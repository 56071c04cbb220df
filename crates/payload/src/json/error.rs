//! Why a body could not be decoded.

use std::{error, fmt};

/// Why a body could not be decoded. Names the path of a known field and never a value: it is safe to log.
///
/// ```
/// use idhooks_payload::DecodeError;
///
/// let error = DecodeError::missing("id").inside("data");
/// assert_eq!((error.path(), error.is_missing(), error.is_syntax()), ("data.id", true, false));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DecodeError(Box<Inner>); // one word, because every read of a field may return it

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Inner {
    kind: Kind,
    path: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Empty,
    NotUtf8,
    NotJson { line: usize, column: usize },
    OtherType { line: usize, column: usize },
    Missing,
    Repeated,
    WrongType,
    WrongValue,
    TooLarge,
    Custom(&'static str),
}

impl DecodeError {
    /// The bytes that an error takes outside the field that holds it.
    pub(super) const SIZE: usize = size_of::<Inner>();

    fn at(path: &str, kind: Kind) -> Self {
        Self(Box::new(Inner { kind, path: path.to_owned() }))
    }

    pub(super) fn empty() -> Self {
        Self::at("", Kind::Empty)
    }

    pub(super) fn not_utf8() -> Self {
        Self::at("", Kind::NotUtf8)
    }

    pub(super) fn not_json(error: &serde_json::Error) -> Self {
        Self::at("", Kind::NotJson { line: error.line(), column: error.column() })
    }

    pub(super) fn other_type(error: &serde_json::Error) -> Self {
        Self::at("", Kind::OtherType { line: error.line(), column: error.column() })
    }

    pub(crate) fn wrong_type() -> Self {
        Self::at("", Kind::WrongType)
    }

    pub(crate) fn wrong_value() -> Self {
        Self::at("", Kind::WrongValue)
    }

    pub(super) fn too_large() -> Self {
        Self::at("", Kind::TooLarge)
    }

    pub(super) fn repeated(field: &str) -> Self {
        Self::at(field, Kind::Repeated)
    }

    /// Makes an error of a rule that no type can state. `path` names known fields only (`data.id`), and `why` continues
    /// the sentence.
    #[must_use]
    pub fn new(path: &str, why: &'static str) -> Self {
        Self::at(path, Kind::Custom(why))
    }

    /// Makes the error of a required field that is missing.
    #[must_use]
    pub fn missing(path: &str) -> Self {
        Self::at(path, Kind::Missing)
    }

    /// Adds `outer`, the field that holds the fault, in front of the path.
    #[must_use]
    pub fn inside(mut self, outer: &str) -> Self {
        let inner = &self.0.path;
        let dot = if outer.is_empty() || inner.is_empty() || inner.starts_with('[') { "" } else { "." };
        self.0.path = format!("{outer}{dot}{inner}");
        self
    }

    /// Returns the field, such as `data.signatures[0].user`. Empty for the whole body.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Returns whether a required field is missing or `null`.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self.0.kind, Kind::Missing)
    }

    /// Returns whether the body is not JSON, or not JSON that can be read: cut off, nested too deep, not UTF-8, or a
    /// string with half of a surrogate pair.
    #[must_use]
    pub fn is_syntax(&self) -> bool {
        matches!(self.0.kind, Kind::Empty | Kind::NotUtf8 | Kind::NotJson { .. })
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path().is_empty() { "the body" } else { self.path() };
        let why = match self.0.kind {
            Kind::NotJson { line, column } => {
                return write!(f, "{path} is not valid JSON: line {line}, column {column}");
            }
            Kind::OtherType { line, column } => {
                return write!(f, "{path} does not fit the requested type: line {line}, column {column}");
            }
            Kind::Empty => "is empty",
            Kind::NotUtf8 => "is not UTF-8",
            Kind::Missing => "is missing",
            Kind::Repeated => "is there more than once",
            Kind::WrongType => "is of another type than documented",
            Kind::WrongValue => "is out of range",
            Kind::TooLarge => "takes too much memory for the size of its body",
            Kind::Custom(why) => why,
        };
        write!(f, "{path} {why}")
    }
}

impl error::Error for DecodeError {}
