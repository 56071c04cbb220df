//! A person and the check of them.

use idhooks_core::{Decimal, Lenient, List, Pii, RawJson, open_enum, payload, text_id};

use super::UserId;

text_id! {
    /// Capa's id of one run of a check.
    pub struct VerificationSessionId;
}

open_enum! {
    /// How a check ended. The vendor types it as free text; one value is published.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/kycpartnercontrollerv2_getuserverificationdetails).
    pub enum KycVerdict {
        /// The person passed.
        Verified = "VERIFIED",
    }
}

open_enum! {
    /// How one part of a check stands. One value is published.
    pub enum CheckStatus {
        /// Accepted.
        Approved = "APPROVED",
    }
}

open_enum! {
    /// What one part of a check found. Two values are published.
    pub enum CheckResult {
        /// It holds.
        Passed = "PASSED",
        /// Nothing was found.
        Clean = "CLEAN",
    }
}

payload! {
    /// A person and the check of them. Many sections are optional; the page shows these.
    ///
    /// [`Self::verdict`] is what counts, not the results of single sections.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/kycpartnercontrollerv2_getuserverificationdetails).
    pub struct KycDetails {
        /// The verdict.
        pub aiprise_summary: Lenient<AipriseSummary> = "aipriseSummary",
        /// Whose check it is: Capa's id of the user, which it equals in the samples (inferred).
        pub client_reference_id: Lenient<UserId> = "clientReferenceId",
        /// The data given when the user was created.
        pub client_reference_data: Lenient<ClientReferenceData> = "clientReferenceData",
        /// Whether a living person sat before the camera.
        pub face_liveness_info: Lenient<CheckSection> = "faceLivenessInfo",
        /// Whether the face is that of the document.
        pub face_match_info: Lenient<FaceMatchInfo> = "faceMatchInfo",
        /// Signs of fraud.
        pub fraud_insights: Lenient<CheckSection> = "fraudInsights",
        /// The content of the document.
        pub id_info: Lenient<IdInfo> = "idInfo",
        /// Lists of sanctions and the like.
        pub aml_info: Lenient<AmlInfo> = "amlInfo",
        /// Capa's id of this run of the check.
        pub verification_session_id: Lenient<VerificationSessionId> = "verificationSessionId",
        /// Links to the pictures.
        pub media: Lenient<KycMedia> = "media",
    }
}

impl KycDetails {
    /// Returns the verdict; `None` as long as there is none.
    #[must_use]
    pub fn verdict(&self) -> Option<&KycVerdict> {
        self.aiprise_summary.as_ref()?.verification_result.as_ref()
    }
}

payload! {
    /// The verdict of the provider behind Capa.
    pub struct AipriseSummary {
        /// How the check ended.
        pub verification_result: Lenient<KycVerdict> = "verificationResult",
    }
}

payload! {
    /// The data given when the user was created.
    pub struct ClientReferenceData {
        /// About the person.
        pub personal_info: Lenient<PersonalInfo> = "personalInfo",
    }
}

payload! {
    /// What the user said about themselves.
    pub struct PersonalInfo {
        /// Their occupation.
        pub profession: Lenient<Pii<Box<str>>> = "profession",
        /// Their phone number.
        pub phone_number: Lenient<Pii<Box<str>>> = "phoneNumber",
        /// Where they were born, an ISO 3166 code (`MX`).
        pub birth_country: Lenient<Pii<Box<str>>> = "birthCountry",
        /// Their tax number.
        pub tax_id: Lenient<Pii<Box<str>>> = "taxId",
    }
}

payload! {
    /// One part of a check.
    pub struct CheckSection {
        /// The findings.
        pub result: Lenient<CheckResult> = "result",
        /// How it stands.
        pub status: Lenient<CheckStatus> = "status",
    }
}

payload! {
    /// Whether the face is that of the document.
    pub struct FaceMatchInfo {
        /// How alike they are, 0 to 1 (inferred from one sample, `0.97`).
        pub face_match_score: Lenient<Decimal> = "faceMatchScore",
        /// The findings.
        pub result: Lenient<CheckResult> = "result",
        /// How it stands.
        pub status: Lenient<CheckStatus> = "status",
    }
}

payload! {
    /// The content of the document.
    pub struct IdInfo {
        /// The name.
        pub full_name: Lenient<Pii<Box<str>>> = "fullName",
        /// The date of birth, `1990-01-01` in the sample.
        pub birth_date: Lenient<Pii<Box<str>>> = "birthDate",
        /// The sex, `M` in the sample.
        pub gender: Lenient<Pii<Box<str>>> = "gender",
        /// The nationality, an ISO 3166 code (`MX`).
        pub nationality: Lenient<Pii<Box<str>>> = "nationality",
        /// The document's number.
        pub id_number: Lenient<Pii<Box<str>>> = "idNumber",
        /// The kind of document (`INE`).
        pub id_type: Lenient<Box<str>> = "idType",
    }
}

payload! {
    /// What lists of sanctions and the like say.
    pub struct AmlInfo {
        /// How many entries were found.
        pub num_hits: Lenient<u32> = "numHits",
        /// The entries. No sample has one.
        pub entity_hits: Lenient<List<RawJson>> = "entityHits",
    }
}

payload! {
    /// Links to the pictures, on `cdn.capa.fi` in the sample. Whoever has one may open it.
    ///
    /// With a TLS feature, `Client::download` fetches them.
    pub struct KycMedia {
        /// The document's front.
        pub front_id_image_url: Lenient<Pii<Box<str>>> = "frontIdImageUrl",
        /// The document's back.
        pub back_id_image_url: Lenient<Pii<Box<str>>> = "backIdImageUrl",
        /// The person.
        pub selfie_image_url: Lenient<Pii<Box<str>>> = "selfieImageUrl",
        /// The person, moving.
        pub selfie_video_url: Lenient<Pii<Box<str>>> = "selfieVideoUrl",
    }
}
