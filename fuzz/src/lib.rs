//! What the fuzz targets share. Each target in `fuzz_targets/` says what it checks; how to run them: `cargo xtask fuzz`.

#![forbid(unsafe_code)]
#![allow(clippy::missing_panics_doc, reason = "a panic is the finding")]

pub mod canned;
pub mod event;
pub mod head;
pub mod reference;
pub mod seeds;

/// Fails unless `text` may stand in a log as it is: printable ASCII, and bounded whatever was sent.
pub fn assert_plain(text: &str) {
    assert!(text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()), "not plain: {text:?}");
    assert!(text.len() < 1024, "{} bytes: {text:.200}", text.len());
}
