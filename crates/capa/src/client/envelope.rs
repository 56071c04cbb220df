//! The envelope of a response: `{"success":true,"data":…}`, `{"status":"ok","data":…}`, or none.
//!
//! All three occur within one version of the API, and the pages disagree about which call has which, so one rule reads
//! every response.

use idhooks_client::{Error, Fetched, Response};
use idhooks_core::{
    DecodeError,
    json::{self, Payload},
};

use super::error;

#[derive(Debug, PartialEq, Eq)]
enum Content<'a> {
    /// The JSON to decode.
    Data(&'a [u8]),
    /// A successful envelope without content.
    Nothing,
    /// An error, under any HTTP status.
    Failure,
}

/// Opens the envelope. An object without one may have members `status` (a transaction) and `data` (a list), so neither
/// makes an envelope by itself.
fn open(body: &[u8]) -> Content<'_> {
    let [success, status, data] = json::members(body, ["success", "status", "data"]);
    let success = success.map(|raw| raw.get());
    if success == Some("false") {
        return Content::Failure;
    }
    if success != Some("true") && json::text(status).as_deref() != Some("ok") {
        return Content::Data(body);
    }
    data.map_or(Content::Nothing, |raw| Content::Data(raw.get().as_bytes()))
}

pub(super) fn read<T: for<'de> Payload<'de>>(response: &Response) -> Result<Fetched<T>, Error> {
    match open(response.body()) {
        Content::Data(data) => {
            let read = Fetched::decode(data).and_then(|read| json::require_any(data, T::NAMES).map(|()| read));
            read.map_err(|why| response.invalid(why))
        }
        Content::Nothing => Err(response.invalid(DecodeError::missing("data"))),
        Content::Failure => Err(response.error(error::read(response), response.body())),
    }
}

#[cfg(test)]
mod tests {
    use idhooks_fixtures::rest::{CAPA, sample};
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_answer_among_the_samples_is_opened() {
        for sample in CAPA.iter().filter(|sample| !sample.name.ends_with("-request")) {
            let whole: Value = serde_json::from_slice(sample.body).unwrap();
            match open(sample.body) {
                Content::Data(data) => {
                    let data: Value = serde_json::from_slice(data).unwrap();
                    assert_eq!(data, *whole.get("data").unwrap_or(&whole), "{sample:?}");
                    assert!(data.is_object(), "{sample:?}");
                    assert_eq!(
                        sample.name.starts_with("error-"),
                        whole.get("success").is_none() && data.get("message").is_some(),
                        "{sample:?}"
                    );
                }
                Content::Failure => assert!(sample.name.starts_with("error-"), "{sample:?}"),
                Content::Nothing => panic!("{sample:?} is empty"),
            }
        }
    }

    #[test]
    fn both_envelopes_hold_the_same() {
        let inside = |name: &str| match open(sample("capa", name).body) {
            Content::Data(data) => serde_json::from_slice::<Value>(data).unwrap(),
            other => panic!("{other:?}"),
        };
        assert_eq!(inside("update-webhook-settings"), inside("update-webhook-settings-v1"));
        assert_eq!(inside("get-kyc-details"), inside("get-kyc-details-bare"));
    }

    #[test]
    fn an_object_of_its_own_is_no_envelope() {
        for bare in [
            r#"{"id":"t","status":"CANCELLED"}"#,
            r#"{"count":0,"data":[]}"#,
            r#"{"success":"yes","data":1}"#,
            r#"{"status":true,"data":1}"#,
            "[]",
            "<html>",
            "",
        ] {
            assert_eq!(open(bare.as_bytes()), Content::Data(bare.as_bytes()), "{bare}");
        }
        assert_eq!(open(br#"{"success":true}"#), Content::Nothing);
        assert_eq!(open(br#"{"status":"ok"}"#), Content::Nothing);
        assert_eq!(open(br#"{"success":true,"data":null}"#), Content::Data(b"null"));
        assert_eq!(open(br#"{"success":false,"data":{}}"#), Content::Failure);
        assert_eq!(open(br#"{"success":false,"status":"ok","data":{}}"#), Content::Failure);
    }
}
