//! What a provider saw in a face.

use idhooks_core::{Decimal, Lenient, List, Pii, one_of, open_enum, payload};

open_enum! {
    /// What stands in the way of seeing a face.
    ///
    /// Source: observed in public code, 2024-03; the last two
    /// [documented](https://case-keeper-core.readme.io/changelog/case-keeper-v13-release-notes-13-july-2023).
    pub enum FaceAttribute {
        /// A hat.
        Hat = "hat",
        /// A mask.
        Mask = "mask",
        /// Glasses.
        Glasses = "glasses",
        /// Somebody else is in the picture.
        MoreThanOnePerson = "moreThanOnePerson",
        /// Something covers the face.
        FaceOccluded = "faceOccluded",
    }
}

one_of! {
    /// The provider's result, in that provider's shape.
    ///
    /// Source: [documented](https://case-keeper-core.readme.io/changelog/case-keeper-v13-release-notes-13-july-2023).
    pub enum FaceAnalysis {
        /// One entry for each face, from FaceTec and FaceTec with Amazon.
        Faces(List<DetectedFace>) = array,
        /// SenseTime's answer.
        Sensetime(SensetimeAnalysis) = object,
    }
}

impl FaceAnalysis {
    /// Returns how many faces were seen.
    #[must_use]
    pub fn face_count(&self) -> Option<usize> {
        match self {
            Self::Faces(faces) => Some(faces.len()),
            Self::Sensetime(answer) => (*answer.num_of_faces)?.try_into().ok(),
        }
    }
}

payload! {
    /// A face, as FaceTec describes it.
    pub struct DetectedFace {
        /// Whether something covers it.
        pub face_occluded: Lenient<FaceFlag> = "FaceOccluded",
    }
}

payload! {
    /// A yes or no, and how sure it is.
    pub struct FaceFlag {
        /// Yes or no.
        pub value: Lenient<bool> = "Value",
        /// How sure, from 0 to 100 (inferred from its values).
        pub confidence: Lenient<Decimal> = "Confidence",
    }
}

payload! {
    /// SenseTime's answer.
    pub struct SensetimeAnalysis {
        /// How many faces.
        pub num_of_faces: Lenient<u32> = "numOfFaces",
        /// The faces.
        pub faces: Lenient<List<AnalysedFace>> = "faces",
    }
}

payload! {
    /// A face, as SenseTime describes it.
    pub struct AnalysedFace {
        /// The face's number in this answer.
        pub face_id: Lenient<Box<str>> = "faceId",
        /// What was seen in it.
        pub attribute: Lenient<List<FaceDetail>> = "attribute",
    }
}

payload! {
    /// Something SenseTime saw in a face.
    pub struct FaceDetail {
        /// The provider's number of the attribute.
        pub key: Lenient<Box<str>> = "key",
        /// Its value.
        pub value: Lenient<Pii<Box<str>>> = "value",
        /// How sure, from 0 to 1 (inferred from its value).
        pub confidence: Lenient<Decimal> = "confidence",
        /// Name of the attribute, such as `Mask`.
        pub kind: Lenient<Box<str>> = "type",
        /// In words; spelt as the provider spells.
        pub description: Lenient<Pii<Box<str>>> = "description",
    }
}
