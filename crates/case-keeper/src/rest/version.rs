//! Which of the vendor's APIs is called.

use std::{error, fmt, str::FromStr};

/// A generation of the vendor's API. Both are alive, and the vendor's pages name neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApiVersion {
    /// `/api/v2/case-keeper`: public recordings and public code of 2024-04. Background checks are part of a
    /// verification here.
    V2,
    /// `/api/v3/case-keeper`: public code of 2026-03, in production. Background checks moved to an entity of their own.
    #[default]
    V3,
}

impl ApiVersion {
    /// Returns the path of its calls on the vendor's hosts.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::V2 => "/api/v2/case-keeper",
            Self::V3 => "/api/v3/case-keeper",
        }
    }
}

impl FromStr for ApiVersion {
    type Err = UnknownVersion;

    /// `v2` or `v3`.
    fn from_str(text: &str) -> Result<Self, UnknownVersion> {
        match text {
            "v2" => Ok(Self::V2),
            "v3" => Ok(Self::V3),
            _ => Err(UnknownVersion),
        }
    }
}

/// The text names no version of the API: `v2` and `v3` do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownVersion;

impl fmt::Display for UnknownVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the API version is neither v2 nor v3")
    }
}

impl error::Error for UnknownVersion {}

/// The optional header `X-Api-Mode`. The vendor's dashboard sends it (observed in public code, 2024-03); what a call
/// does without it is not documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApiMode {
    /// `live`.
    Live,
    /// `sandbox`.
    Sandbox,
}

impl ApiMode {
    /// Returns the vendor's own spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Sandbox => "sandbox",
        }
    }
}
