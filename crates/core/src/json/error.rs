//! Why a body could not be read.

use std::{error, fmt};

/// Why a body could not be read. Says where, by the names of known fields, and never shows a value:
/// it is safe to log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    kind: Kind,
    path: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Empty,
    NotUtf8,
    NotJson { line: usize, column: usize },
    Missing,
    Repeated,
    WrongType,
    WrongValue,
    Other,
    Said(&'static str),
}

impl DecodeError {
    pub(super) fn empty() -> Self {
        Self { kind: Kind::Empty, path: String::new() }
    }

    pub(super) fn not_utf8() -> Self {
        Self { kind: Kind::NotUtf8, path: String::new() }
    }

    pub(super) fn not_json(line: usize, column: usize) -> Self {
        Self { kind: Kind::NotJson { line, column }, path: String::new() }
    }

    /// The same error, seen from further out: `outer` names the field it lies in.
    #[must_use]
    pub fn inside(self, outer: &str) -> Self {
        let path = match (outer, self.path.as_str()) {
            ("", inner) => inner.to_owned(),
            (outer, "") => outer.to_owned(),
            (outer, inner) => format!("{outer}.{inner}"),
        };
        Self { path, ..self }
    }

    pub(super) fn at(path: String, kind: Kind) -> Self {
        Self { kind, path }
    }

    /// For a vendor crate whose rule no type can say. `path` names known fields only
    /// (`data.id`), `why` completes the sentence "`path` …".
    #[must_use]
    pub fn new(path: &str, why: &'static str) -> Self {
        Self { kind: Kind::Said(why), path: path.to_owned() }
    }

    /// For a required field that is not there.
    #[must_use]
    pub fn missing(path: &str) -> Self {
        Self { kind: Kind::Missing, path: path.to_owned() }
    }

    /// Where, as `data.signatures[0].user`; members that no type names are `*`. Empty for the
    /// whole body.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether the body is no JSON at all, or none that can be read: cut off, too deep, not UTF-8.
    #[must_use]
    pub fn is_syntax(&self) -> bool {
        matches!(self.kind, Kind::Empty | Kind::NotUtf8 | Kind::NotJson { .. })
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Empty => return f.write_str("the body is empty"),
            Kind::NotUtf8 => return f.write_str("the body is not UTF-8"),
            Kind::NotJson { line, column } => {
                return write!(f, "the body is not JSON this crate reads (line {line}, column {column})");
            }
            _ => {}
        }
        let path = if self.path.is_empty() { "the body" } else { &self.path };
        write!(f, "{path} ")?;
        f.write_str(match &self.kind {
            Kind::Missing => "is missing",
            Kind::Repeated => "is there more than once",
            Kind::WrongType => "is of another type than documented",
            Kind::WrongValue => "has a value that is not allowed there",
            Kind::Said(why) => why,
            _ => "could not be read",
        })
    }
}

impl error::Error for DecodeError {}
