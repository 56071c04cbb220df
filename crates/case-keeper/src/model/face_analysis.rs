//! What a provider saw in a face.

use std::fmt;

use idhooks_core::{Decimal, List, Pii, open_enum, record};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{
        MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};

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

/// What the provider saw, in that provider's shape.
///
/// Source: [documented](https://case-keeper-core.readme.io/changelog/case-keeper-v13-release-notes-13-july-2023).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaceAnalysis {
    /// One entry for each face, from FaceTec and FaceTec with Amazon.
    Faces(List<DetectedFace>),
    /// SenseTime's answer.
    Sensetime(SensetimeAnalysis),
}

impl FaceAnalysis {
    /// How many faces were seen.
    #[must_use]
    pub fn face_count(&self) -> Option<usize> {
        match self {
            Self::Faces(faces) => Some(faces.len()),
            Self::Sensetime(answer) => (*answer.num_of_faces)?.try_into().ok(),
        }
    }
}

record! {
    /// A face, as FaceTec describes it.
    #[serde(rename_all = "PascalCase")]
    pub struct DetectedFace {
        required {}
        optional {
            /// Whether something covers it.
            pub face_occluded: FaceFlag,
        }
    }
}

record! {
    /// A yes or no, and how sure it is.
    #[serde(rename_all = "PascalCase")]
    pub struct FaceFlag {
        required {}
        optional {
            /// Yes or no.
            pub value: bool,
            /// How sure, from 0 to 100 (inferred from its values).
            pub confidence: Decimal,
        }
    }
}

record! {
    /// SenseTime's answer.
    #[serde(rename_all = "camelCase")]
    pub struct SensetimeAnalysis {
        required {}
        optional {
            /// How many faces.
            pub num_of_faces: u32,
            /// The faces.
            pub faces: List<AnalysedFace>,
        }
    }
}

record! {
    /// A face, as SenseTime describes it.
    #[serde(rename_all = "camelCase")]
    pub struct AnalysedFace {
        required {}
        optional {
            /// The face's number in this answer.
            pub face_id: Box<str>,
            /// What was seen in it.
            pub attribute: List<FaceDetail>,
        }
    }
}

record! {
    /// Something SenseTime saw in a face.
    pub struct FaceDetail {
        required {}
        optional {
            /// The provider's number of the attribute.
            pub key: Box<str>,
            /// Its value.
            pub value: Pii<Box<str>>,
            /// How sure, from 0 to 1 (inferred from its value).
            pub confidence: Decimal,
            /// Name of the attribute, such as `Mask`.
            #[serde(rename = "type")]
            pub kind: Box<str>,
            /// In words; spelt as the provider spells.
            pub description: Pii<Box<str>>,
        }
    }
}

impl Serialize for FaceAnalysis {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Faces(faces) => faces.serialize(out),
            Self::Sensetime(answer) => Serialize::serialize(answer, out),
        }
    }
}

impl<'de> Deserialize<'de> for FaceAnalysis {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = FaceAnalysis;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array or an object")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<FaceAnalysis, A::Error> {
                List::deserialize(SeqAccessDeserializer::new(seq)).map(FaceAnalysis::Faces)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FaceAnalysis, A::Error> {
                let answer = <SensetimeAnalysis as Deserialize>::deserialize(MapAccessDeserializer::new(map))?;
                Ok(FaceAnalysis::Sensetime(answer))
            }
        }

        input.deserialize_any(Either)
    }
}
