//! What every result has.

use idhooks_core::{Decimal, Lenient, List, Pii, one_of, open_enum, payload};

/// Declares a result: the fields every one has, then its own.
macro_rules! result {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $field_type:ty = $member:literal,)*
    }) => {
        idhooks_core::payload! {
            $(#[$meta])*
            ///
            /// Every field may be absent: a delivery can be partial, and v2 and v3 differ.
            $vis struct $name {
                /// Id of this attempt.
                pub id: idhooks_core::Lenient<$crate::ResultId> = "id",
                /// When it was made; RFC 3339, UTC, with milliseconds.
                pub created_at: idhooks_core::Lenient<idhooks_core::Timestamp> = "createdAt",
                /// When it last changed.
                pub updated_at: idhooks_core::Lenient<idhooks_core::Timestamp> = "updatedAt",
                /// The verification it belongs to.
                pub verification_id: idhooks_core::Lenient<$crate::VerificationId> = "verificationId",
                /// Whether the check passed.
                pub verified: idhooks_core::Lenient<bool> = "verified",
                /// Whether the end user confirmed it; v2.
                pub confirmed: idhooks_core::Lenient<bool> = "confirmed",
                /// Whether the check was done; v3.
                pub completed: idhooks_core::Lenient<bool> = "completed",
                /// Whether what was handed in is valid; v3.
                pub valid: idhooks_core::Lenient<bool> = "valid",
                /// What is wrong; empty, `null` or absent when nothing is. One that is `skipped`
                /// did not count ([documented](https://case-keeper-core.readme.io/changelog/release-notes-29062023)).
                pub errors: idhooks_core::Lenient<idhooks_core::List<$crate::ResultError>> = "errors",
                /// What is wrong, in older words.
                pub failed_reasons: idhooks_core::Lenient<$crate::FailedReasons> = "failedReasons",
                /// The provider's answer as it came; its shape varies. The methods of this type
                /// read the places that are known.
                pub response: idhooks_core::Lenient<idhooks_core::RawJson> = "response",
                /// What the end user corrected, as sent; `null` when nothing.
                pub edits: idhooks_core::Lenient<idhooks_core::RawJson> = "edits",
                /// What was read against what you gave.
                pub comparisons: idhooks_core::Lenient<idhooks_core::List<$crate::Comparison>> = "comparisons",
                $($(#[$field_meta])* $field_vis $field: idhooks_core::Lenient<$field_type> = $member,)*
            }
        }

        impl $name {
            /// Returns `response.failedReasons`: there it was recorded as an empty text, where the result
            /// itself has an array.
            #[must_use]
            pub fn response_failed_reasons(&self) -> Option<$crate::FailedReasons> {
                $crate::model::response::view(&self.response, &["failedReasons"])
            }

            /// Returns `response.comparisons`: v2 repeats the comparisons there.
            #[must_use]
            pub fn response_comparisons(&self) -> Option<idhooks_core::List<$crate::Comparison>> {
                $crate::model::response::view(&self.response, &["comparisons"])
            }
        }
    };
}

pub(crate) use result;

result! {
    /// A result of which nothing but the common part is known: AMLO, education, income, references.
    ///
    /// Source: observed in public recordings, 2024-04 (v2).
    pub struct CommonResult {}
}

payload! {
    /// One thing that is wrong with a result.
    ///
    /// Source: [documented](https://case-keeper-core.readme.io/changelog/release-notes-29062023);
    /// `skipped` observed in public code, 2024-03.
    pub struct ResultError {
        /// What is wrong.
        pub key: Lenient<ErrorKey> = "key",
        /// Whether it was let through all the same.
        pub skipped: Lenient<bool> = "skipped",
    }
}

open_enum! {
    /// What can be wrong with a result.
    ///
    /// Source: observed in public code, 2024-03, unless it says documented
    /// ([1](https://case-keeper-core.readme.io/changelog/release-notes-29062023)).
    pub enum ErrorKey {
        /// The document expires soon: front card, passport.
        AboutToExpire = "aboutToExpire",
        /// What was read differs from what you gave: both sides of the card, passport, face.
        Comparison = "comparison",
        /// The document expired: front card, passport.
        Expired = "expired",
        /// The type on the card is not the real one: front card.
        Font = "font",
        /// The hologram: front card.
        Hologram = "hologram",
        /// The microprint: front card.
        Microprint = "microprint",
        /// The picture on the card: front card.
        Mugshot = "mugshot",
        /// A picture of a picture: front card.
        Recapture = "recapture",
        /// The red line: front card.
        RedLine = "redLine",
        /// Too young or too old: front card, passport. Documented.
        RestrictedAge = "restrictedAge",
        /// Glare: front card.
        Light = "light",
        /// The passport's chip may be a copy.
        ActiveAuthFailed = "activeAuthFailed",
        /// The passport's chip did not answer as it should.
        ChipAuthFailed = "chipAuthFailed",
        /// The device cannot read chips: passport.
        NfcNotSupported = "nfcNotSupported",
        /// What the passport's chip holds is not signed as it should be.
        PassiveAuthFailed = "passiveAuthFailed",
        /// Issued by a country you do not take: passport.
        RestrictedCountry = "restrictedCountry",
        /// A nationality you do not take: passport.
        RestrictedNationality = "restrictedNationality",
        /// The expiry date: passport, in the pages of 2023. Documented.
        ExpiryDate = "expiryDate",
        /// What was read differs from what you gave: passport, in the pages of 2023. Documented.
        CompareData = "compareData",
        /// A hat, a mask and the like: liveness.
        DetectedFaceAttributes = "detectedFaceAttributes",
        /// The provider FaceTec failed: liveness.
        FacetecFailed = "facetecFailed",
        /// No face: liveness.
        FaceNotFound = "faceNotFound",
        /// Too few movements: liveness.
        LivenessCountNotMet = "livenessCountNotMet",
        /// Not alive: liveness.
        LivenessNotDetected = "livenessNotDetected",
        /// A made-up video: liveness.
        VideoSpoofingDetected = "videoSpoofingDetected",
        /// The card belongs to somebody else: dip chip.
        CardOwnerCompare = "cardOwnerCompare",
        /// The picture of the card differs from the chip's: dip chip.
        MugshotCompare = "mugshotCompare",
        /// The face differs from the card's picture: dip chip.
        FaceVsMugshotCompare = "faceVSMugshotCompare",
        /// The card cannot be read: dip chip.
        CannotReadCard = "cannotReadCard",
        /// No agent goes there: dip chip.
        NotInServiceArea = "notInServiceArea",
    }
}

one_of! {
    /// `failedReasons`, in the shape it came: a list beside a result, an empty text inside `response`
    /// (observed in public recordings, 2024-04).
    pub enum FailedReasons {
        /// Names of what failed, such as `comparison`.
        List(List<Box<str>>) = array,
        /// A text; only the empty one was seen.
        Text(Pii<Box<str>>) = text,
    }
}

impl FailedReasons {
    /// Returns whether it names nothing, in either shape.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::List(reasons) => reasons.is_empty(),
            Self::Text(text) => text.expose().is_empty(),
        }
    }

    /// Returns the names, in either shape: an empty text is none, any other is one.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let (list, text) = match self {
            Self::List(reasons) => (&**reasons, None),
            Self::Text(text) => (&[][..], Some(&**text.expose()).filter(|text| !text.is_empty())),
        };
        list.iter().map(|reason| &**reason).chain(text)
    }
}

payload! {
    /// What was read against what you gave, for one field.
    ///
    /// Source: observed in public recordings, 2024-04.
    pub struct Comparison {
        /// The field, such as `firstName`.
        pub key: Lenient<Box<str>> = "key",
        /// How alike they are, from 0 to 100.
        pub result: Lenient<Decimal> = "result",
        /// The pairs that were compared.
        pub comparison_result: Lenient<List<ComparedPair>> = "comparisonResult",
    }
}

payload! {
    /// Two values that were compared.
    ///
    /// Source: observed in public recordings, 2024-04.
    pub struct ComparedPair {
        /// Names of the two.
        pub keys: Lenient<List<Box<str>>> = "keys",
        /// The two, in the same order; `None` for one that was not there.
        pub values: Lenient<List<Option<Pii<Box<str>>>>> = "values",
        /// How many changes lead from one to the other (inferred).
        pub distance: Lenient<Decimal> = "distance",
        /// Whether there was anything to compare.
        pub has_result: Lenient<bool> = "hasResult",
    }
}
