//! Back of the Thai ID card.

use idhooks_core::{Decimal, Lenient, Pii, RawJson, payload};

use super::{front_id_card::confidence_of, response::view, result::result};

result! {
    /// An attempt at the back of the Thai ID card.
    ///
    /// Source: observed in public code, 2024-03 (v3), and recordings, 2024-04 (v2).
    pub struct BackIdCardResult {}
}

impl BackIdCardResult {
    /// Returns `response.result`: the text that was read from the card.
    #[must_use]
    pub fn ocr(&self) -> Option<BackIdCardOcr> {
        view(&self.response, &["result"])
    }

    /// Returns `edits`: the corrections of the end user.
    #[must_use]
    pub fn corrections(&self) -> Option<BackIdCardEdits> {
        view(&self.edits, &[])
    }
}

payload! {
    /// What was read from the back of a card; observed in public recordings, 2024-04.
    pub struct BackIdCardOcr {
        /// The laser code: `AA9-9999999-99`.
        pub laser_code: Lenient<Pii<Box<str>>> = "laser_code",
        /// How sure the reading is; see [`BackIdCardOcr::confidence_of`].
        pub confidence: Lenient<RawJson> = "confidence",
    }
}

impl BackIdCardOcr {
    /// Returns how sure the reading of a field is, from 0 to 100; `laser_code` is the one seen.
    #[must_use]
    pub fn confidence_of(&self, field: &str) -> Option<Decimal> {
        confidence_of(&self.confidence, field)
    }
}

payload! {
    /// What the end user corrected on the back of a card; observed in public code, 2024-03.
    pub struct BackIdCardEdits {
        /// The laser code.
        pub laser: Lenient<Pii<Box<str>>> = "laser",
    }
}
