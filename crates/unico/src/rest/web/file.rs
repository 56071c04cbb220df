//! A file inside an answer.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use idhooks_core::{DecodeError, Lenient, Pii, payload};

payload! {
    /// A file that came inside the answer: a selfie or a set of authentication.
    ///
    /// Sources: documented ([selfie](https://developer.unico.io/developers/api-reference/web-sdk/get-selfie),
    /// [evidence set](https://developer.unico.io/developers/api-reference/web-sdk/get-evidence-set)).
    pub struct File {
        /// The contents in base64. [`File::bytes`] decodes them.
        pub file_contents: Pii<Box<str>> = "fileContents",
        /// Type of the contents: `image/jpeg` or `image/png` of a selfie, `application/pdf` or, on an older page,
        /// `x-pdf` of a set of authentication. Documented, not observed.
        pub content_type: Lenient<Box<str>> = "contentType",
    }
}

impl File {
    /// Returns the contents, decoded. Nothing is kept, so call it once.
    ///
    /// # Errors
    /// When they are not base64.
    pub fn bytes(&self) -> Result<Pii<Vec<u8>>, DecodeError> {
        let decoded = STANDARD.decode(self.file_contents.expose().as_bytes());
        decoded.map(Pii::from).map_err(|_| DecodeError::new("fileContents", "is not base64"))
    }
}
