//! A person and the check of them.

use idhooks_core::{Decimal, List, Pii, RawJson, open_enum, record, text_id};

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

record! {
    /// A person and the check of them. Many sections are optional; the page shows these.
    ///
    /// [`Self::verdict`] is what counts, not the results of single sections.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/kycpartnercontrollerv2_getuserverificationdetails).
    #[serde(rename_all = "camelCase")]
    pub struct KycDetails {
        required {}
        optional {
            /// The verdict.
            pub aiprise_summary: AipriseSummary,
            /// Whose check it is: Capa's id of the user, which it equals in the samples (inferred).
            pub client_reference_id: UserId,
            /// What was given when the user was created.
            pub client_reference_data: ClientReferenceData,
            /// Whether a living person sat before the camera.
            pub face_liveness_info: CheckSection,
            /// Whether the face is that of the document.
            pub face_match_info: FaceMatchInfo,
            /// Signs of fraud.
            pub fraud_insights: CheckSection,
            /// What the document says.
            pub id_info: IdInfo,
            /// Lists of sanctions and the like.
            pub aml_info: AmlInfo,
            /// Capa's id of this run of the check.
            pub verification_session_id: VerificationSessionId,
            /// Links to the pictures.
            pub media: KycMedia,
        }
    }
}

impl KycDetails {
    /// The verdict; `None` as long as there is none.
    #[must_use]
    pub fn verdict(&self) -> Option<&KycVerdict> {
        self.aiprise_summary.as_ref()?.verification_result.as_ref()
    }
}

record! {
    /// The verdict of the provider behind Capa.
    #[serde(rename_all = "camelCase")]
    pub struct AipriseSummary {
        required {}
        optional {
            /// How the check ended.
            pub verification_result: KycVerdict,
        }
    }
}

record! {
    /// What was given when the user was created.
    #[serde(rename_all = "camelCase")]
    pub struct ClientReferenceData {
        required {}
        optional {
            /// About the person.
            pub personal_info: PersonalInfo,
        }
    }
}

record! {
    /// What the user said about themselves.
    #[serde(rename_all = "camelCase")]
    pub struct PersonalInfo {
        required {}
        optional {
            /// What they work as.
            pub profession: Pii<Box<str>>,
            /// Their phone number.
            pub phone_number: Pii<Box<str>>,
            /// Where they were born, an ISO 3166 code (`MX`).
            pub birth_country: Pii<Box<str>>,
            /// Their tax number.
            pub tax_id: Pii<Box<str>>,
        }
    }
}

record! {
    /// One part of a check.
    #[serde(rename_all = "camelCase")]
    pub struct CheckSection {
        required {}
        optional {
            /// What was found.
            pub result: CheckResult,
            /// How it stands.
            pub status: CheckStatus,
        }
    }
}

record! {
    /// Whether the face is that of the document.
    #[serde(rename_all = "camelCase")]
    pub struct FaceMatchInfo {
        required {}
        optional {
            /// How alike they are, 0 to 1 (inferred from one sample, `0.97`).
            pub face_match_score: Decimal,
            /// What was found.
            pub result: CheckResult,
            /// How it stands.
            pub status: CheckStatus,
        }
    }
}

record! {
    /// What the document says.
    #[serde(rename_all = "camelCase")]
    pub struct IdInfo {
        required {}
        optional {
            /// The name.
            pub full_name: Pii<Box<str>>,
            /// The date of birth, `1990-01-01` in the sample.
            pub birth_date: Pii<Box<str>>,
            /// The sex, `M` in the sample.
            pub gender: Pii<Box<str>>,
            /// The nationality, an ISO 3166 code (`MX`).
            pub nationality: Pii<Box<str>>,
            /// The document's number.
            pub id_number: Pii<Box<str>>,
            /// The kind of document (`INE`).
            pub id_type: Box<str>,
        }
    }
}

record! {
    /// What lists of sanctions and the like say.
    #[serde(rename_all = "camelCase")]
    pub struct AmlInfo {
        required {}
        optional {
            /// How many entries were found.
            pub num_hits: u32,
            /// The entries. No sample has one.
            pub entity_hits: List<RawJson>,
        }
    }
}

record! {
    /// Links to the pictures, on `cdn.capa.fi` in the sample. Whoever has one may open it.
    ///
    /// With a TLS feature, `KycMedia::downloads` fetches them.
    #[serde(rename_all = "camelCase")]
    pub struct KycMedia {
        required {}
        optional {
            /// The document's front.
            pub front_id_image_url: Pii<Box<str>>,
            /// The document's back.
            pub back_id_image_url: Pii<Box<str>>,
            /// The person.
            pub selfie_image_url: Pii<Box<str>>,
            /// The person, moving.
            pub selfie_video_url: Pii<Box<str>>,
        }
    }
}

#[cfg(feature = "__tls")]
#[cfg_attr(docsrs, doc(cfg(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls"))))]
impl KycMedia {
    /// Fetches the pictures: from `cdn.capa.fi`, where the links of the page's sample lead, and from nowhere else. The
    /// API key is not sent.
    ///
    /// ```no_run
    /// # async fn front(media: &idhooks_capa::rest::KycMedia) -> Result<(), Box<dyn std::error::Error>> {
    /// let downloads = idhooks_capa::rest::KycMedia::downloads().max_bytes(8 * 1024 * 1024).build()?;
    /// if let Some(link) = media.front_id_image_url.as_ref() {
    ///     let picture = downloads.get(link.expose()).await?;
    ///     println!("{} bytes", picture.body().len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn downloads() -> idhooks_http::DownloadsBuilder {
        idhooks_http::Downloads::builder(&["cdn.capa.fi"])
    }
}
