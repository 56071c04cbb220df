//! Which of Caf's three APIs a body comes from.

use idhooks_core::json::{members, text};

/// Which of Caf's three APIs a body looks like. Only Connect signs what it sends.
///
/// ```
/// use idhooks_caf::{CoreBody, Generation};
///
/// let body = br#"{"profileId":"p","type":"PF","status":"REPROVED"}"#;
/// let generation = Generation::of(body);
/// assert_eq!(generation, Some(Generation::Core(CoreBody::Profile)));
/// assert_eq!(generation.map(Generation::is_signed), Some(false));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Generation {
    /// The current API: CloudEvents with a bare word as source, signed.
    Connect,
    /// The Global API: CloudEvents with an address as source. No signature is documented, so
    /// nothing in it can be trusted; read the transaction by REST.
    Global,
    /// The Core API: flat JSON without an envelope. No signature is documented, so nothing in it
    /// can be trusted; read what it names by REST.
    Core(CoreBody),
}

/// The flat bodies of the Core API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CoreBody {
    /// `type` is `process_started`, `documentscopy_requested` or `status_updated`.
    Transaction,
    /// `type` is the profile's type (`PF` or `PJ`), or `profile_status_change`, which was observed in public code.
    Profile,
    /// `type` is `face_authentication`.
    FaceAuthentication,
}

impl Generation {
    /// Recognizes the API from the members of the body. `None` for a body of none of the three.
    ///
    /// ```
    /// use idhooks_caf::Generation;
    ///
    /// let old = Generation::of(br#"{"type":"status_updated","uuid":"1"}"#);
    /// assert!(old.is_some_and(|generation| !generation.is_signed()));
    /// ```
    #[must_use]
    pub fn of(body: &[u8]) -> Option<Self> {
        // The Global API's table spells the version one way, its sample another.
        let names = ["specversion", "specVersion", "source", "type", "profileId", "attemptId", "uuid"];
        let [specversion, spec_version, source, kind, profile, attempt, uuid] = members(body, names);
        let kind = text(kind)?;
        if specversion.or(spec_version).is_some() {
            let global = text(source)?.contains("://");
            return Some(if global { Self::Global } else { Self::Connect });
        }
        match kind.as_ref() {
            "face_authentication" if attempt.is_some() => Some(Self::Core(CoreBody::FaceAuthentication)),
            "process_started" | "documentscopy_requested" | "status_updated" if uuid.is_some() => {
                Some(Self::Core(CoreBody::Transaction))
            }
            "PF" | "PJ" if profile.is_some() => Some(Self::Core(CoreBody::Profile)),
            "profile_status_change" if profile.or(uuid).is_some() => Some(Self::Core(CoreBody::Profile)),
            _ => None,
        }
    }

    /// Returns whether Caf signs such bodies.
    #[must_use]
    pub fn is_signed(self) -> bool {
        self == Self::Connect
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seen in a public handler.
    #[test]
    fn a_profiles_change_of_status_is_known() {
        let body = br#"{"type":"profile_status_change","uuid":"00000000-0000-4000-8000-00000000ca03",
            "status":"APROVADO","date":"2025-07-08T18:01:19.622Z"}"#;
        assert_eq!(Generation::of(body), Some(Generation::Core(CoreBody::Profile)));
        let body = br#"{"type":"profile_status_change","profileId":"p","status":"APROVADO"}"#;
        assert_eq!(Generation::of(body), Some(Generation::Core(CoreBody::Profile)));
        assert_eq!(Generation::of(br#"{"type":"profile_status_change","status":"APROVADO"}"#), None);
    }
}
