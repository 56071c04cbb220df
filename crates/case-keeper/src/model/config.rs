//! What you asked of a check.

use idhooks_core::{Decimal, Lenient, List, one_of, open_enum, payload};

payload! {
    /// What you asked of one check. One type for all of them; each uses some of the fields.
    ///
    /// Source: observed in public code, 2024-03 to 2026-03; `minimumAge`
    /// [documented](https://case-keeper-core.readme.io/changelog/release-notes-29062023),
    /// `validations` [documented](https://case-keeper-core.readme.io/changelog/case-keeper-v14-release-notes-27-july-2023).
    pub struct ProcessConfig {
        /// Whether the check is asked for.
        pub required: Lenient<bool> = "required",
        /// How many attempts the end user has.
        pub attempts: Lenient<u32> = "attempts",
        /// How many are **left**, whatever the name says: 3 became 2 after one try.
        pub current_attempt: Lenient<u32> = "currentAttempt",
        /// Whether the end user may correct what was read.
        pub is_editable: Lenient<bool> = "isEditable",
        /// Whether the checks this one builds on are asked for as well.
        pub dependencies_required: Lenient<bool> = "dependenciesRequired",
        /// How alike things must be; seen as a share (`0.8`) and as a percentage (`90`). See
        /// [`ProcessConfig::threshold_in_either_spelling`].
        pub threshold: Lenient<Decimal> = "threshold",
        /// The same under its older, misspelt name, which v2 still sends.
        pub thresh_hold: Lenient<Decimal> = "threshHold",
        /// How many movements prove that the face is alive.
        pub liveness_count: Lenient<u32> = "livenessCount",
        /// Who checks that.
        pub liveness_provider: Lenient<FaceProvider> = "livenessProvider",
        /// Who compares faces.
        pub face_recognition_provider: Lenient<FaceProvider> = "faceRecognitionProvider",
        /// The least match level for the provider FaceTec.
        pub min_facetec_match_level: Lenient<u32> = "minFaceTecMatchLevel",
        /// Whether less important fields, such as the middle name, are compared too.
        pub compare_non_essential_fields: Lenient<ComparedFields> = "compareNonEssentialFields",
        /// What is looked at on the card.
        pub validations: Lenient<List<Validation>> = "validations",
        /// The youngest age let through, in years.
        pub minimum_age: Lenient<u32> = "minimumAge",
        /// The oldest age let through, in years.
        pub maximum_age: Lenient<u32> = "maximumAge",
        /// How long the document must still hold, as an ISO 8601 duration (`P30D`).
        pub expiry_threshold: Lenient<Box<str>> = "expiryThreshold",
        /// Codes of countries that are not taken.
        pub country_code_blacklist: Lenient<List<Box<str>>> = "countryCodeBlacklist",
        /// Whether a failure ends the whole flow.
        pub end_flow_on_failure: Lenient<bool> = "endFlowOnFailure",
    }
}

impl ProcessConfig {
    /// Returns `threshold`, else the misspelt `threshHold`.
    #[must_use]
    pub fn threshold_in_either_spelling(&self) -> Option<&Decimal> {
        self.threshold.as_ref().or(self.thresh_hold.as_ref())
    }
}

open_enum! {
    /// Who looks at faces.
    ///
    /// Source: observed in public code, 2024-03 and 2024-04;
    /// [documented](https://case-keeper-core.readme.io/changelog/case-keeper-v13-release-notes-13-july-2023) in part.
    pub enum FaceProvider {
        /// FaceTec.
        Facetec = "facetec",
        /// FaceTec for liveness, Amazon Rekognition for the match (inferred); v2.
        FacetecXAws = "facetecXAWS",
        /// Amazon Rekognition; v3.
        Aws = "aws",
        /// SenseTime.
        Sensetime = "sensetime",
    }
}

open_enum! {
    /// What is looked at on the front of a card.
    ///
    /// Source: [documented](https://case-keeper-core.readme.io/changelog/case-keeper-v14-release-notes-27-july-2023),
    /// but for the last.
    pub enum Validation {
        /// What was read against what you gave.
        Comparison = "comparison",
        /// Whether it expired.
        Expired = "expired",
        /// The type it is set in.
        IdCardFont = "idCardFont",
        /// The hologram.
        Hologram = "hologram",
        /// The microprint.
        Microprint = "microprint",
        /// The picture.
        Mugshot = "mugshot",
        /// Whether it is a picture of a picture.
        Recapture = "recapture",
        /// The red line.
        RedLine = "redLine",
        /// The age.
        RestrictedAge = "restrictedAge",
        /// Details of the picture; observed in public code, 2026-03.
        MugshotFaceDetails = "mugshotFaceDetails",
    }
}

one_of! {
    /// Which of the less important fields are compared, in the shape it came (both observed in public
    /// code, 2024-03).
    pub enum ComparedFields {
        /// All or none.
        All(bool) = bool,
        /// These.
        Named(List<Box<str>>) = array,
    }
}
