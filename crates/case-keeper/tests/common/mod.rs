//! Fixtures, short ways to their fields, and what `Debug` says about them: shared by the tests.
#![allow(dead_code, reason = "not every test needs all of it")]

use std::{collections::BTreeSet, fmt::Debug};

use idhooks_case_keeper::{
    Event, Verification,
    core::{Decimal, Lenient, Pii, RawJson, WebhookEvent as _},
};
use idhooks_fixtures::find;
use serde::Serialize;
use serde_json::{Value, json};

/// Fields that are raw on purpose.
pub(crate) const RAW: [&str; 19] = [
    "raw",
    "user",
    "verification",
    "verifications",
    "meta",
    "approval_remark",
    "response",
    "edits",
    "nfc_data",
    "id_card_response",
    "face_comparison",
    "face_attributes_response",
    "additional_info",
    "birth_date",
    "remark",
    "confidence",
    "authentic_redline",
    "authentic_liveness",
    "polygons",
];

/// Names of the fields that got a value of another type, and of those that are raw without being listed above.
pub(crate) fn unread(value: &impl Debug) -> BTreeSet<String> {
    let shown = format!("{value:#?}");
    let fields = shown.lines().filter_map(|line| line.trim().split_once(": "));
    let unread = fields.filter(|(name, value)| {
        value.starts_with("OfAnotherType") || (value.starts_with("RawJson(") && !RAW.contains(name))
    });
    unread.map(|(name, _)| name.to_owned()).collect()
}

/// Names of the outermost fields, and whether each has a value.
pub(crate) fn fields(value: &impl Debug) -> Vec<(String, bool)> {
    let shown = format!("{value:#?}");
    let outer = shown.lines().filter(|line| line.starts_with("    ") && !line.starts_with("     "));
    let named = outer.filter_map(|line| line.trim().split_once(": "));
    named.map(|(name, shown)| (name.to_owned(), shown != "None,")).collect()
}

pub(crate) fn body(name: &str) -> &'static [u8] {
    find("case-keeper", name).expect("a fixture").body
}

pub(crate) fn fixture(name: &str) -> Verification {
    Event::decode(body(name))
        .expect("a readable fixture")
        .data
        .as_ref()
        .expect("data")
        .decode()
        .expect("a verification")
}

pub(crate) fn v2() -> Verification {
    fixture("verification-completed-v2-full")
}

pub(crate) fn v3() -> Verification {
    fixture("verification-verified-v3-full")
}

pub(crate) fn data(json: Value) -> Verification {
    let body = json!({ "key": "k", "dataId": "v-1", "data": json }).to_string();
    Event::decode(body.as_bytes()).expect("an event").data.as_ref().expect("data").decode().expect("a verification")
}

pub(crate) fn get<T>(field: &Lenient<Box<T>>) -> &T {
    field.as_deref().expect("an object")
}

pub(crate) fn text<T: AsRef<str>>(field: &Option<Pii<T>>) -> Option<&str> {
    field.as_ref().map(|text| text.expose().as_ref())
}

pub(crate) fn number(text: &str) -> Option<Decimal> {
    Some(text.parse().expect("a number"))
}

/// A view holds all that stands in what it was read from, `null`s aside, and prints none of it that
/// is about a person.
#[track_caller]
pub(crate) fn holds_all(view: &(impl Serialize + Debug), raw: &Lenient<RawJson>, path: &[&str]) {
    let mut all: Value = serde_json::from_str(raw.as_ref().expect("raw").get()).expect("JSON");
    for name in path {
        all = all[*name].take();
    }
    if let Some(members) = all.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    assert_eq!(serde_json::to_value(view).expect("writes"), all);
    assert_eq!(unread(view), BTreeSet::new());
    let shown = format!("{view:?}");
    each_text(&all, &mut |text| {
        assert!(text.len() <= 3 || PLAIN.contains(&text) || !shown.contains(text), "row 49: {text} is shown");
    });
}

/// Texts in views that are about no person: names of fields and attributes.
const PLAIN: [&str; 9] = [
    "firstName",
    "middleName",
    "lastName",
    "first_name_th",
    "middle_name_th",
    "last_name_en",
    "id_number",
    "date_of_expiry_en",
    "Mask",
];

fn each_text(value: &Value, look: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => look(text),
        Value::Array(items) => items.iter().for_each(|item| each_text(item, look)),
        Value::Object(members) => members.values().for_each(|member| each_text(member, look)),
        _ => {}
    }
}
