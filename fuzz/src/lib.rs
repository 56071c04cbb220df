//! What the fuzz targets share. Each target in `fuzz_targets/` says what it checks; how to run them: `cargo xtask fuzz`.

#![forbid(unsafe_code)]
#![allow(clippy::missing_panics_doc, reason = "a panic is the finding")]

use std::fmt::Debug;

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

/// How `Debug` shows an optional field of another type than documented.
const OF_ANOTHER_TYPE: &str = "OfAnotherType";

/// Fails unless what was written and read `again` is the same. Only a field of another type than documented may be
/// absent there, because it is not written. Returns whether there is one.
pub fn assert_same_but_for_drift<T: Debug + PartialEq>(read: &T, again: &T) -> bool {
    let [shown, shown_again] = [read, again].map(|value| format!("{value:?}"));
    let has_drifted = shown.contains(OF_ANOTHER_TYPE);
    assert_eq!(shown.replace(OF_ANOTHER_TYPE, "None"), shown_again.replace(OF_ANOTHER_TYPE, "None"));
    assert!(has_drifted || again == read, "not the same: {shown}");
    has_drifted
}
