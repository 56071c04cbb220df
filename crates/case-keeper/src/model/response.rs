//! A look into raw JSON of which only some places are known.

use idhooks_core::{
    Lenient, RawJson,
    json::{FromJson, decode, members},
};

/// The text of what stands at `path` inside `raw`.
fn at<'a>(raw: &'a Lenient<RawJson>, path: &[&str]) -> Option<&'a str> {
    path.iter().try_fold(raw.as_ref()?.get(), |outer, name| {
        let [found] = members(outer.as_bytes(), [name]);
        found.map(|found| found.get())
    })
}

/// What stands at `path` inside `raw`; `None` if it is not there or not a `T`.
pub(crate) fn view<'a, T: FromJson<'a>>(raw: &'a Lenient<RawJson>, path: &[&str]) -> Option<T> {
    decode(at(raw, path)?.as_bytes()).ok()
}
