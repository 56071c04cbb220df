//! Whose types the public API names: a breaking release of those would be one of ours.

use std::{collections::BTreeSet, fs};

use serde_json::{Map, Value};

use crate::{
    docs,
    packages::packages,
    run::{at, root},
};

/// May stand in any signature: the standard library's crates, and dependencies that will not soon break.
const EVERYWHERE: &[&str] = &["alloc", "core", "std", "bytes", "http", "serde", "serde_core", "serde_json", "url"];

/// May stand in the signatures of one crate: each is behind a feature that says so, or is what the crate is for;
/// `async_trait` is the attribute that an implementation of `Transport` or `Store` is written with, and a service of
/// `tower_service` is what servers take.
const SOMEWHERE: &[(&str, &str)] = &[
    ("idhooks-payload", "jiff"),
    ("idhooks-payload", "time"),
    ("idhooks-payload", "chrono"),
    ("idhooks-payload", "rust_decimal"),
    ("idhooks-payload", "bigdecimal"),
    ("idhooks-client", "async_trait"),
    ("idhooks-caf", "cloudevents"),
    ("idhooks-inbox", "async_trait"),
    ("idhooks-actix", "actix_web"),
    ("idhooks-actix", "actix_http"),
    ("idhooks-axum", "axum_core"),
    ("idhooks-tower", "axum_core"),
    ("idhooks-tower", "http_body"),
    ("idhooks-tower", "http_body_util"),
    ("idhooks-tower", "tower_service"),
];

/// Public signatures name only our own crates and those on the lists above.
pub(crate) fn dependencies() -> Result<(), String> {
    docs::as_json()?;
    let mut problems = Vec::new();
    for package in packages()? {
        let name = package.name.as_str();
        let path = root().join(docs::UNSTABLE).join("doc").join(format!("{}.json", name.replace('-', "_")));
        let text = fs::read_to_string(&path).map_err(|error| at(&path, &error))?;
        let json: Value = serde_json::from_str(&text).map_err(|error| at(&path, &error))?;
        problems.extend(strangers(&json, |krate| allowed(name, krate))?.into_iter().map(|it| format!("{name}: {it}")));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n  ")) }
}

fn allowed(name: &str, krate: &str) -> bool {
    krate.starts_with("idhooks") || EVERYWHERE.contains(&krate) || SOMEWHERE.contains(&(name, krate))
}

/// Each type or trait in public items whose crate is not allowed, and where it stands.
///
/// Only what rustdoc documents is in its index. Read as plain JSON, so that a new version of the
/// format does no harm as long as these few names stay.
fn strangers(docs: &Value, allowed: impl Fn(&str) -> bool) -> Result<BTreeSet<String>, String> {
    let part = |name| docs[name].as_object().ok_or_else(|| format!("rustdoc's JSON has no {name}"));
    let (items, paths, crates) = (part("index")?, part("paths")?, part("external_crates")?);
    let mut found = BTreeSet::new();
    for item in items.values().filter(|item| item["crate_id"] == 0 && !is_given(item)) {
        let mut names = Vec::new();
        collect(&item["inner"], paths, &mut names);
        for (krate, path) in names {
            let krate = crates.get(&krate.to_string()).and_then(|krate| krate["name"].as_str());
            let krate = krate.ok_or_else(|| format!("rustdoc's JSON does not say whose {path} is"))?;
            if !allowed(krate) {
                found.insert(format!("{path} in {}", item["name"].as_str().unwrap_or("an impl or a re-export")));
            }
        }
    }
    Ok(found)
}

/// Impls nobody wrote in the crate: of auto traits, and by another crate for every type.
fn is_given(item: &Value) -> bool {
    let of_impl = |name: &str| item.pointer(&format!("/inner/impl/{name}"));
    of_impl("is_synthetic") == Some(&Value::Bool(true)) || of_impl("blanket_impl").is_some_and(|by| !by.is_null())
}

/// The crate and path of everything named, at any depth, that is not of this crate.
fn collect(value: &Value, paths: &Map<String, Value>, names: &mut Vec<(u64, String)>) {
    match value {
        Value::Object(object) => {
            if let Some(Value::Number(id)) = object.get("id")
                && let Some(summary) = paths.get(&id.to_string())
                && let Some(krate @ 1..) = summary["crate_id"].as_u64()
            {
                let words = summary["path"].as_array().into_iter().flatten().filter_map(Value::as_str);
                names.push((krate, words.collect::<Vec<_>>().join("::")));
            }
            object.values().for_each(|value| collect(value, paths, names));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, paths, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn docs() -> Value {
        serde_json::from_str(
            r#"{
                "index": {
                    "1": {"crate_id": 0, "name": "get", "inner": {"function": {"sig": {"output":
                        {"resolved_path": {"id": 7, "path": "Option", "args": {"angle_bracketed": {"args": [
                            {"type": {"resolved_path": {"id": 8, "path": "Url"}}}]}}}}}}}},
                    "2": {"crate_id": 0, "name": null, "inner": {"impl": {"is_synthetic": false, "blanket_impl":
                        {"generic": "T"}, "trait": {"id": 9, "path": "Instrument"}}}},
                    "3": {"crate_id": 2, "name": "elsewhere", "inner": {"trait": {"id": 9, "path": "Instrument"}}},
                    "4": {"crate_id": 0, "name": "own", "inner": {"struct_field": {"resolved_path": {"id": 10}}}}
                },
                "paths": {
                    "7": {"crate_id": 1, "path": ["core", "option", "Option"]},
                    "8": {"crate_id": 2, "path": ["url", "Url"]},
                    "9": {"crate_id": 3, "path": ["tracing", "Instrument"]},
                    "10": {"crate_id": 0, "path": ["mine", "Own"]}
                },
                "external_crates": {"1": {"name": "core"}, "2": {"name": "url"}, "3": {"name": "tracing"}}
            }"#,
        )
        .unwrap()
    }

    #[test]
    fn a_foreign_type_is_found_wherever_it_stands() {
        let found = strangers(&docs(), |krate| krate == "core").unwrap();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["url::Url in get"]);
        assert!(strangers(&docs(), |krate| ["core", "url"].contains(&krate)).unwrap().is_empty());
    }

    #[test]
    fn json_of_another_shape_is_an_error_and_no_clean_bill() {
        assert!(strangers(&serde_json::json!({"index": {}, "paths": {}}), |_| true).is_err());
    }
}
