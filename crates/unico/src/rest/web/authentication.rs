//! What was found out about the person.
//!
//! The pages list some values without the prefix that every example has. Which of the two spellings is sent is not
//! known, so both are variants, and a predicate says what they have in common.

use idhooks_core::{Decimal, Lenient, open_enum, payload, text_id};

text_id! {
    /// Unico's id of an authentication: a UUID or `auth-123` in the samples, empty where there was none.
    pub struct AuthenticationId;
}

open_enum! {
    /// Whether a living person stood before the camera.
    ///
    /// Sources: documented
    /// ([example](https://developer.unico.io/developers/api-reference/web-sdk/get-process/index.html),
    /// [list](https://devcenter.unico.io/unico-idcloud/by-unico-integration/by-unico-api/response-scenarios)).
    pub enum LivenessResult {
        /// A living person.
        Live = "LIVENESS_RESULT_LIVE",
        /// Not a living person. The prefix is inferred.
        NotLive = "LIVENESS_RESULT_NOT_LIVE",
        /// The same, as the list writes it.
        PlainNotLive = "NOT_LIVE",
        /// Not looked at, or not yet.
        Unspecified = "LIVENESS_RESULT_UNSPECIFIED",
    }
}

impl LivenessResult {
    /// Returns whether it says that this was not a living person, in either spelling. `false` does not mean that it was
    /// one.
    #[must_use]
    pub fn is_not_live(&self) -> bool {
        matches!(self, Self::NotLive | Self::PlainNotLive)
    }
}

open_enum! {
    /// Whether the face belongs to the document number.
    ///
    /// Sources: documented
    /// ([examples](https://devcenter.unico.io/idcloud/en/integrations/integration-by-unico/response-scenarios),
    /// [list](https://devcenter.unico.io/unico-idcloud/by-unico-integration/by-unico-api/response-scenarios)).
    pub enum AuthenticationResult {
        /// It does.
        Positive = "AUTHENTICATION_RESULT_POSITIVE",
        /// It does not. The prefix is inferred.
        Negative = "AUTHENTICATION_RESULT_NEGATIVE",
        /// The same, as the list writes it.
        PlainNegative = "NEGATIVE",
        /// Not known; fraudsters and score have more to say.
        Inconclusive = "AUTHENTICATION_RESULT_INCONCLUSIVE",
        /// Not looked at, or not yet.
        Unspecified = "AUTHENTICATION_RESULT_UNSPECIFIED",
    }
}

impl AuthenticationResult {
    /// Returns whether it says that the face belongs to someone else, in either spelling. `false` does not mean that it
    /// belongs to the person.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        matches!(self, Self::Negative | Self::PlainNegative)
    }
}

open_enum! {
    /// Whether there is a suspicion; which one, the field says.
    ///
    /// Sources: documented
    /// ([examples](https://devcenter.unico.io/unico-idcloud/en/integrations/integration-by-unico/api/api-reference/getprocess),
    /// [list](https://devcenter.unico.io/unico-idcloud/by-unico-integration/by-unico-api/response-scenarios)).
    pub enum TrustResult {
        /// There is one. The prefix is inferred.
        Yes = "TRUST_RESULT_YES",
        /// The same, as the list writes it.
        PlainYes = "YES",
        /// None was found, which is not the same as none.
        Inconclusive = "TRUST_RESULT_INCONCLUSIVE",
        /// Not looked at, or not yet.
        Unspecified = "TRUST_RESULT_UNSPECIFIED",
        /// The same, misspelt in an
        /// [example](https://devcenter.unico.io/idcloud/en/integrations/integration-by-unico/api/api-reference/getprocess/example-of-responses-separated-by-flows).
        MisspeltUnspecified = "TRUST_RESULT_UNSPECIFIE",
    }
}

impl TrustResult {
    /// Returns whether it says that there is a suspicion, in either spelling. `false` does not mean that there is none.
    #[must_use]
    pub fn is_yes(&self) -> bool {
        matches!(self, Self::Yes | Self::PlainYes)
    }

    /// Returns whether nothing was looked at, in either spelling.
    #[must_use]
    pub fn is_unspecified(&self) -> bool {
        matches!(self, Self::Unspecified | Self::MisspeltUnspecified)
    }
}

open_enum! {
    /// The outcome of the comparison with an earlier process (inferred from its name). Its other values were not found on a page: read them with
    /// `as_str`.
    pub enum BioTokenEngineResult {
        /// Not looked at, or not yet.
        Unspecified = "BIO_TOKEN_ENGINE_RESULT_UNSPECIFIED",
    }
}

open_enum! {
    /// What the smart revalidation gave. Its other values were not found on a page: read them with `as_str`.
    pub enum SmartRevalidationResult {
        /// Not looked at, or not yet.
        Unspecified = "SMART_REVALIDATION_RESULT_UNSPECIFIED",
    }
}

open_enum! {
    /// What the verification of age gave. Its other values were not found on a page: read them with `as_str`.
    pub enum IdAgeResult {
        /// Not looked at, or not yet.
        Unspecified = "ID_AGE_RESULT_UNSPECIFIED",
    }
}

open_enum! {
    /// The outcome of "frictionless". Its other values were not found on a page: read them with `as_str`.
    pub enum FrictionlessResult {
        /// Not looked at, or not yet.
        Unspecified = "FRICTIONLESS_RESULT_UNSPECIFIED",
    }
}

open_enum! {
    /// Whether there is a risk score.
    pub enum ScoreEnabled {
        /// There is one.
        True = "SCORE_ENABLED_TRUE",
        /// There is none; the number beside it means nothing (inferred).
        False = "SCORE_ENABLED_FALSE",
        /// Not stated.
        Unspecified = "SCORE_ENABLED_UNSPECIFIED",
    }
}

payload! {
    /// The risk score.
    pub struct ScoreEngineResult {
        /// Whether there is one at all: a score of 0 stands beside "no" in the examples.
        pub score_enabled: Lenient<ScoreEnabled> = "scoreEnabled",
        /// The score. Negative, zero and positive all mean something
        /// ([documented](https://devcenter.unico.io/unico-idcloud/by-unico-integration/by-unico-api/response-scenarios)).
        /// A fraction in the current example, whole elsewhere.
        pub score: Lenient<Decimal> = "score",
    }
}

payload! {
    /// What the comparison with Serpro, a register of the Brazilian state, gave.
    pub struct SerproResult {
        /// The score; its range is documented in the API contract only.
        pub score: Lenient<Decimal> = "score",
    }
}

payload! {
    /// What was found out about the person. A page says that every member comes whatever the flow, `…_UNSPECIFIED` if
    /// it was not asked for ([documented](https://devcenter.unico.io/unico-idcloud/by-unico-integration/by-unico-api/response-scenarios)),
    /// yet most examples leave some out.
    ///
    /// Source: [documented](https://developer.unico.io/developers/api-reference/web-sdk/get-process/index.html), where
    /// a field does not say otherwise.
    pub struct AuthenticationInfo {
        /// Id of the authentication; may be empty.
        pub authentication_id: Lenient<AuthenticationId> = "authenticationId",
        /// Whether a living person stood before the camera.
        pub liveness_result: Lenient<LivenessResult> = "livenessResult",
        /// Whether the face belongs to the document number.
        pub authentication_result: Lenient<AuthenticationResult> = "authenticationResult",
        /// Whether the face is that of a known fraudster.
        pub identity_fraudsters_result: Lenient<TrustResult> = "identityFraudstersResult",
        /// Whether the face is known under another document number (inferred from its name).
        pub face_with_other_id_result: Lenient<TrustResult> = "faceWithOtherIdResult",
        /// Documented on the
        /// [previous portal](https://devcenter.unico.io/unico-idcloud/en/integrations/integration-by-unico/api/api-reference/getprocess).
        pub trust_result: Lenient<TrustResult> = "trustResult",
        /// Documented on the same page.
        pub risk_level_result: Lenient<TrustResult> = "riskLevelResult",
        /// Comparison with an earlier process.
        pub bio_token_engine_result: Lenient<BioTokenEngineResult> = "bioTokenEngineResult",
        /// Smart revalidation.
        pub smart_revalidation_result: Lenient<SmartRevalidationResult> = "smartRevalidationResult",
        /// Verification of age.
        pub id_age_result: Lenient<IdAgeResult> = "idAgeResult",
        /// Documented on the
        /// [previous portal](https://devcenter.unico.io/unico-idcloud/en/integrations/integration-by-unico/api/api-reference/getprocess).
        pub frictionless_result: Lenient<FrictionlessResult> = "frictionlessResult",
        /// Risk score.
        pub score_engine_result: Lenient<ScoreEngineResult> = "scoreEngineResult",
        /// Serpro.
        pub serpro_result: Lenient<SerproResult> = "serproResult",
    }
}
