//! The Thai civil registry's answer.

use idhooks_core::{Pii, one_of};

use super::{response::view, result::result};
use crate::ResultId;

result! {
    /// A check of the card against DOPA, the Thai civil registry.
    ///
    /// Source: observed in public code, 2024-03.
    pub struct DopaResult {
        /// Whether the registry could not be asked.
        pub dopa_request_failed: bool = "dopaRequestFailed",
        /// The registry's own status.
        pub response_status: ResponseStatus = "responseStatus",
        /// Whether the check was passed over.
        pub is_bypassed: bool = "isBypassed",
        /// The front of the card that was checked.
        pub front_id_card_result_id: ResultId = "frontIdCardResultId",
        /// The back of the card that was checked.
        pub back_id_card_result_id: ResultId = "backIdCardResultId",
    }
}

impl DopaResult {
    /// Returns the registry's words about the card: `response.message`, `response.data.message` or
    /// Returns `response.data.descField`, whichever comes first.
    #[must_use]
    pub fn message(&self) -> Option<Pii<Box<str>>> {
        let places = [&["message"][..], &["data", "message"], &["data", "descField"]];
        places.into_iter().find_map(|path| view(&self.response, path))
    }

    /// Returns `response.statusCode`: the HTTP status the registry answered with. The vendor asks again
    /// later after 404, 429, 500, 502, 503 and 504.
    #[must_use]
    pub fn upstream_status(&self) -> Option<u16> {
        view(&self.response, &["statusCode"])
    }
}

result! {
    /// A check of what the card's chip said against DOPA, the Thai civil registry; v3.
    ///
    /// Source: observed in public code, 2024-03.
    pub struct ChipDopaResult {
        /// Whether the registry could not be asked.
        pub request_failed: bool = "requestFailed",
        /// The registry's own status.
        pub response_status: ResponseStatus = "responseStatus",
        /// The reading of the chip that was checked.
        pub dip_chip_result_id: ResultId = "dipChipResultId",
    }
}

impl ChipDopaResult {
    /// Returns `response.statusCode`, as in [`DopaResult::upstream_status`] (inferred).
    #[must_use]
    pub fn upstream_status(&self) -> Option<u16> {
        view(&self.response, &["statusCode"])
    }
}

one_of! {
    /// The registry's own status, as sent: a string or a number.
    pub enum ResponseStatus {
        /// A text, such as `"200"`.
        Text(Box<str>) = text,
        /// A whole number, such as `200`.
        Number(i64) = integer,
    }
}

impl ResponseStatus {
    /// Returns the number, in either shape; `None` for a text that is none.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Text(text) => text.parse().ok(),
            Self::Number(number) => Some(*number),
        }
    }
}
