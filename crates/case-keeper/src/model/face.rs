//! Liveness and face match.

use idhooks_core::{Decimal, Lenient, List, Pii, RawJson, payload};

use super::{
    face_analysis::{FaceAnalysis, FaceAttribute},
    response::view,
    result::result,
};
use crate::{PresignedLink, ResultId};

result! {
    /// An attempt at liveness and face match in one; v2.
    ///
    /// Source: observed in public recordings, 2024-04; the face attributes
    /// [documented](https://case-keeper-core.readme.io/changelog/case-keeper-v13-release-notes-13-july-2023).
    pub struct IdFaceRecognitionResult {
        /// What the provider saw, as sent: an array or an object. See
        /// [`IdFaceRecognitionResult::face_analysis`].
        pub face_attributes_response: RawJson = "faceAttributesResponse",
        /// What stood in the way; if there is any, the check did not pass.
        pub detected_face_attributes: List<FaceAttribute> = "detectedFaceAttributes",
    }
}

impl IdFaceRecognitionResult {
    /// Returns `faceAttributesResponse`, in either shape.
    #[must_use]
    pub fn face_analysis(&self) -> Option<FaceAnalysis> {
        view(&self.face_attributes_response, &[])
    }
}

result! {
    /// An attempt at liveness; v3.
    ///
    /// Source: observed in public code, 2024-03.
    pub struct LivenessResult {
        /// Lasting name of the picture.
        pub liveness_image_key: Pii<Box<str>> = "livenessImageKey",
        /// The picture.
        pub liveness_image_url: PresignedLink = "livenessImageUrl",
        /// Lasting name of the video.
        pub liveness_video_key: Pii<Box<str>> = "livenessVideoKey",
        /// The video; `null` when none was taken.
        pub liveness_video_url: PresignedLink = "livenessVideoUrl",
        /// Frames of the video against the picture.
        pub liveness_frame_matches: List<FrameMatch> = "livenessFrameMatches",
        /// What the provider saw, as sent: an array or an object. See [`LivenessResult::face_analysis`].
        pub face_attributes_response: RawJson = "faceAttributesResponse",
        /// What stood in the way.
        pub face_attributes: List<FaceAttribute> = "faceAttributes",
    }
}

impl LivenessResult {
    /// Returns `faceAttributesResponse`, in either shape.
    #[must_use]
    pub fn face_analysis(&self) -> Option<FaceAnalysis> {
        view(&self.face_attributes_response, &[])
    }

    /// Returns `response.errors.code`: the provider's error.
    #[must_use]
    pub fn error_code(&self) -> Option<Box<str>> {
        view(&self.response, &["errors", "code"])
    }
}

payload! {
    /// A frame of a video against a picture; v3.
    pub struct FrameMatch {
        /// How alike they are, from 0 to 100 (inferred from its values).
        pub similarity: Lenient<Decimal> = "similarity",
        /// Lasting name of the frame; absent when it was not kept.
        pub liveness_frame_key: Lenient<Pii<Box<str>>> = "livenessFrameKey",
        /// The frame; absent when it was not kept.
        pub liveness_frame_url: Lenient<PresignedLink> = "livenessFrameUrl",
    }
}

result! {
    /// An attempt at matching the face with the document's; v3.
    ///
    /// Source: observed in public code, 2024-03.
    pub struct FaceRecognitionResult {
        /// The front of the card the face was taken from.
        pub front_id_card_result_id: ResultId = "frontIdCardResultId",
        /// The passport the face was taken from.
        pub passport_result_id: ResultId = "passportResultId",
        /// The liveness check the face was taken from.
        pub liveness_result_id: ResultId = "livenessResultId",
        /// Lasting name of the document's face.
        pub source_image_key: Pii<Box<str>> = "sourceImageKey",
        /// The document's face.
        pub source_image_url: PresignedLink = "sourceImageUrl",
        /// Lasting name of the person's face.
        pub target_image_key: Pii<Box<str>> = "targetImageKey",
        /// The person's face.
        pub target_image_url: PresignedLink = "targetImageUrl",
        /// Whether the check was passed over.
        pub is_bypassed: bool = "isBypassed",
    }
}
