//! The leanest way to read the events measured: borrowed structs with the fields the owned types have,
//! whose type is known beforehand.

pub(crate) mod autentique;
pub(crate) mod caf;
pub(crate) mod capa;
pub(crate) mod case_keeper;
pub(crate) mod unico;

/// Reads `text` as a `T`.
pub(crate) fn borrowed<'a, T: serde::Deserialize<'a>>(text: &'a str) -> T {
    serde_json::from_str(text).expect("reads")
}
