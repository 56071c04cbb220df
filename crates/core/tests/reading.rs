//! The two passes over a body: what they read, what they keep, and what their errors say.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can not go on fails")]

use idhooks_core::{
    Decimal, DecodeError, Lenient, List, Pii, RawJson, event_bodies,
    json::{self, Once, Tagged, read_tagged},
    open_enum, payload, text_id,
};
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess},
};

text_id! {
    /// An id.
    struct Id;
}

open_enum! {
    /// A state.
    enum State {
        /// Done.
        Done = "done",
    }
}

payload! {
    /// A signer.
    struct Signer {
        id: Id = "id",
        name: Lenient<Pii<Box<str>>> = "name",
        age: Lenient<u8> = "age",
    }
}

payload! {
    /// A document.
    struct Document {
        id: Id = "id",
        size: u32 = "size",
        state: Lenient<State> = "state",
        price: Lenient<Decimal> = "price",
        author: Lenient<Signer> = "author",
        signers: Lenient<List<Signer>> = "signers",
        tags: Lenient<List<Box<str>>> = "tags",
        extra: Lenient<RawJson> = "extra",
    }
}

event_bodies! {
    /// What happened.
    enum Body {
        /// To a document.
        Document(Document) = "document",
    }
}

#[derive(Default)]
struct Envelope {
    body: Option<Body>,
    id: Once<Id>,
}

impl<'de> Tagged<'de> for Envelope {
    const NAME: &'static str = "type";
    const BODY: &'static str = "data";
    const FIELDS: &'static [&'static str] = &["type", "data", "id"];

    fn read_body<D: Deserializer<'de>>(&mut self, name: &str, input: D) -> Result<(), D::Error> {
        Body::read_into(&mut self.body, name, input)
    }

    fn read_member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "id" => self.id.read("id", map),
            _ => Ok(false),
        }
    }
}

#[derive(Debug, PartialEq)]
struct Event {
    id: Option<Id>,
    body: Body,
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let mut envelope = Envelope::default();
        read_tagged(input, &mut envelope)?;
        let body = envelope.body.ok_or_else(|| D::Error::missing_field("data"))?;
        Ok(Self { id: envelope.id.into_option(), body })
    }
}

payload! {
    /// An event inside another payload, as Autentique has it.
    struct Outer {
        inner: Inner = "inner",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
struct Inner(Body);

impl<'de> Deserialize<'de> for Inner {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let mut envelope = Envelope::default();
        read_tagged(input, &mut envelope)?;
        envelope.body.map(Self).ok_or_else(|| D::Error::missing_field("data"))
    }
}

fn fault<T: for<'de> Deserialize<'de>>(body: &str) -> String {
    json::decode::<T>(body.as_bytes()).map(drop).expect_err(body).to_string()
}

fn event(body: &str) -> Event {
    json::decode(body.as_bytes()).unwrap_or_else(|error| panic!("{body}: {error}"))
}

#[test]
fn the_order_of_name_and_body_does_not_matter() {
    let first = event(r#"{"type":"document","data":{"id":"d","size":1},"id":"e"}"#);
    let last = event(r#"{"id":"e","data":{"id":"d","size":1},"new":[{}],"type":"document"}"#);
    assert_eq!(first, last);
    assert_eq!(first.body.name(), "document");
}

#[test]
fn an_unknown_name_keeps_its_body_as_it_was() {
    for body in [r#"{"type":"new","data":{ "x" : 1.10 }}"#, r#"{"data":{ "x" : 1.10 },"type":"new"}"#] {
        let Body::Other { name, data } = event(body).body else { panic!("{body}") };
        assert_eq!((&*name, data.get()), ("new", r#"{ "x" : 1.10 }"#));
    }
}

#[test]
fn errors_name_known_fields_in_either_order() {
    for (path, data) in [
        ("data.id is missing", r#"{"size":1}"#),
        ("data.size is missing", r#"{"id":"d","signers":7}"#),
        ("data.size is of another type than documented", r#"{"id":"d","size":"CANARY"}"#),
        ("data.size has a value that is not allowed there", r#"{"id":"d","size":-5}"#),
        ("data.id is there more than once", r#"{"id":"d","id":"CANARY","size":1}"#),
        ("data.id is of another type than documented", r#"{"id":{"CANARY":1},"size":1}"#),
        ("data is of another type than documented", r#"["d",1]"#),
        ("data is of another type than documented", "null"),
    ] {
        for body in [
            format!(r#"{{"type":"document","CANARY":{{}},"data":{data}}}"#),
            format!(r#"{{"data":{data},"type":"document"}}"#),
        ] {
            assert_eq!(fault::<Event>(&body), path, "{body}");
            let nested = format!(r#"{{"inner":{body}}}"#);
            assert_eq!(fault::<Outer>(&nested), format!("inner.{path}"), "{nested}");
        }
    }
    assert_eq!(fault::<Event>(r#"{"data":{}}"#), "type is missing");
    assert_eq!(fault::<Event>(r#"{"type":"document"}"#), "data is missing");
    assert_eq!(fault::<Event>(r#"{"type":"a","type":"a","data":1}"#), "type is there more than once");
    assert_eq!(fault::<Event>(r#"{"type":"a","data":1,"data":1}"#), "data is there more than once");
    assert_eq!(fault::<Event>(r#"{"type":"a","id":"x","id":"y","data":1}"#), "id is there more than once");
    assert_eq!(fault::<Event>(r#"{"type":7,"data":1}"#), "type is of another type than documented");
    assert_eq!(fault::<Event>("[]"), "the body is of another type than documented");
}

/// Members whose names come from outside are `*`, and elements are counted.
#[test]
fn errors_hide_names_that_are_not_ours() {
    let map: Result<std::collections::BTreeMap<String, Vec<Document>>, DecodeError> =
        json::decode(br#"{"CANARY":[{"id":"d","size":1},{"id":"d"}]}"#);
    assert_eq!(map.expect_err("no size").to_string(), "*[1].size is missing");
}

#[test]
fn what_is_no_json_is_said_to_be_none_and_where() {
    for (body, wanted) in [
        ("", "the body is empty"),
        (" \n", "the body is empty"),
        ("{\n\"id\": CANARY}", "the body is not JSON this crate reads (line 2, column 7)"),
        (r#"{"id":"d","size":1"#, "the body is not JSON this crate reads (line 1, column 18)"),
        ("\u{feff}{}", "the body is not JSON this crate reads (line 1, column 1)"),
        (r#"{"id":"d","size":1} x"#, "the body is not JSON this crate reads (line 1, column 21)"),
    ] {
        assert_eq!(fault::<Document>(body), wanted);
    }
    assert_eq!(json::decode::<Document>(b"\xff{}").expect_err("not UTF-8").to_string(), "the body is not UTF-8");
}

#[test]
fn optional_fields_of_any_type_are_read_and_kept() {
    for other in ["7", "-1.50", "1e400", "true", r#""text""#, "[]", r#"[{"id":1}]"#, "{}", r#"{"id":[]}"#] {
        for field in ["state", "price", "author", "signers", "tags"] {
            let body = format!(r#"{{"id":"d","size":1,"{field}":{other}}}"#);
            let document: Document = json::decode(body.as_bytes()).unwrap_or_else(|error| panic!("{body}: {error}"));
            assert_eq!(serde_json::to_string(&document).unwrap(), body, "written back to the letter");
        }
    }
}

#[test]
fn a_bad_part_spoils_only_the_smallest_optional_field_around_it() {
    let document: Document = json::decode(
        br#"{"id":"d","size":1,"author":{"id":"a","age":"forty","name":"Ana"},"signers":[{"id":"s"},{"id":7}],"state":"new"}"#,
    )
    .unwrap();
    let author = document.author.as_ref().expect("an author");
    assert_eq!(author.name.as_ref().map(|name| &**name.expose()), Some("Ana"));
    assert_eq!(author.age.raw().map(RawJson::get), Some("\"forty\""));
    assert_eq!(document.signers.raw().map(RawJson::get), Some(r#"[{"id":"s"},{"id":7}]"#));
    assert_eq!(document.state.as_ref().map(State::as_str), Some("new"));
}

payload! {
    /// Nothing of it must be there.
    struct Loose {
        name: Lenient<Box<str>> = "name",
    }
}

/// Also with the feature `arbitrary_precision` of `serde_json`, where a number can look like an object.
#[test]
fn row_23_a_number_is_no_record_without_members() {
    for other in ["7", "-1.5", "1e400", "12345678901234567890123", "true", "\"text\"", "[]", "null"] {
        assert!(json::decode::<Loose>(other.as_bytes()).is_err(), "{other}");
    }
    assert!(json::decode::<Loose>(b"{}").is_ok());
}

/// Row 24: a text that can not be one is kept raw; nothing is put in its place.
#[test]
fn row_24_lone_surrogates_are_kept_as_written() {
    let body = r#"{"id":"d","size":1,"state":"\udfff","tags":["\ud800"]}"#;
    let document: Document = json::decode(body.as_bytes()).unwrap();
    assert_eq!(document.state.raw().map(RawJson::get), Some(r#""\udfff""#));
    assert_eq!(serde_json::to_string(&document).unwrap(), body);
    assert!(json::decode::<Document>(br#"{"id":"\ud800","size":1}"#).is_err(), "but an id must be text");
    let zero: Document = json::decode(br#"{"id":"a\u0000b","size":1}"#).unwrap();
    assert_eq!((zero.id.as_str(), zero.id.to_string()), ("a\0b", "a\\u{0}b".to_owned()));
}

/// Row 23: money keeps its digits on both passes.
#[test]
fn row_23_digits_survive_both_passes() {
    for price in ["1234567890123456789012345678901234567890.50", "\"0.10\"", "1e3", "-0"] {
        for state in ["\"done\"", "7"] {
            let body = format!(r#"{{"id":"d","size":1,"state":{state},"price":{price}}}"#);
            let document: Document = json::decode(body.as_bytes()).unwrap();
            assert!(document.price.is_some());
            assert_eq!(serde_json::to_string(&document).unwrap(), body);
        }
    }
}

/// Derived code would read an array as the fields in order.
#[test]
fn a_body_is_an_object_and_nothing_else() {
    for data in [r#"["d",1]"#, "\"d\"", "7", "null"] {
        for body in
            [format!(r#"{{"type":"document","data":{data}}}"#), format!(r#"{{"data":{data},"type":"document"}}"#)]
        {
            assert_eq!(fault::<Event>(&body), "data is of another type than documented");
        }
    }
    assert_eq!(fault::<Event>("\"d\""), "the body is of another type than documented");
}

payload! {
    struct Sparse {
        size: Lenient<u64> = "size",
        share: Lenient<i64> = "share",
        is_done: Lenient<bool> = "isDone",
        inner: Lenient<Box<Inside>> = "inner",
        list: Lenient<List<Inside>> = "list",
    }
}

payload! {
    struct Inside {
        name: Lenient<Box<str>> = "name",
    }
}

payload! {
    struct Dense {
        size: Lenient<u64> = "size",
        share: Lenient<i64> = "share",
        is_done: Lenient<bool> = "isDone",
        inner: Lenient<Box<Inside>> = "inner",
        list: Lenient<List<Inside>> = "list",
    }
}

/// Both ways of declaring a struct keep what they can not read, and read the rest.
#[test]
fn row_25_objects_and_records_read_the_same() {
    for body in [
        r#"{"size":18446744073709551615,"share":-7,"isDone":true,"inner":{"name":"a"},"list":[{},{"name":"b"}]}"#,
        r#"{"size":"a text","share":"a text","isDone":"a text","inner":"a text","list":"a text"}"#,
        r#"{"size":-1,"share":2,"isDone":0,"inner":[],"list":[{"name":7},{"new":1}]}"#,
        r#"{"size":1.5,"share":[],"isDone":{},"inner":{"name":{}},"list":[7]}"#,
        r#"{"size":null,"list":{},"new":[{}]}"#,
    ] {
        let sparse: Sparse = json::decode(body.as_bytes()).unwrap();
        let dense: Dense = json::decode(body.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&sparse).unwrap(), serde_json::to_string(&dense).unwrap());
        assert_eq!(sparse.inner.raw(), dense.inner.raw(), "{body}");
        assert_eq!(sparse.list, dense.list, "{body}");
        assert_eq!(
            (*sparse.size, *sparse.share, *sparse.is_done),
            (*dense.size, *dense.share, *dense.is_done),
            "{body}"
        );
    }
    for (body, why) in [
        ("[]", "the body is of another type than documented"),
        ("\"a text\"", "the body is of another type than documented"),
        (r#"{"size":1,"size":1}"#, "size is there more than once"),
        (r#"{"isDone":null,"isDone":true}"#, "isDone is there more than once"),
    ] {
        assert_eq!(fault::<Sparse>(body), why);
        assert_eq!(fault::<Dense>(body), why);
    }
    // What decides nothing is kept with its fault.
    let kept: Sparse = json::decode(br#"{"inner":{"name":"a","name":"b"}}"#).unwrap();
    assert!(kept.inner.raw().is_some());
}

/// Row 21: lists stay in proportion to the body, and one that does not is kept raw.
#[test]
fn row_21_lists_do_not_outgrow_the_body() {
    let many = |element: &str, count: usize| vec![element; count].join(",");
    let genuine = format!(
        r#"{{"id":"d","size":1,"signers":[{}]}}"#,
        many(r#"{"id":"00000000-0000-4000-8000-000000000000","name":"A name of usual length","age":40}"#, 20_000)
    );
    let document: Document = json::decode(genuine.as_bytes()).unwrap();
    assert_eq!(document.signers.as_ref().map(|signers| signers.len()), Some(20_000));

    for (field, element) in [("signers", r#"{"id":""}"#), ("tags", "\"\"")] {
        let hostile = format!(r#"{{"id":"d","size":1,"{field}":[{}],"author":{{"id":"a"}}}}"#, many(element, 300_000));
        let document: Document = json::decode(hostile.as_bytes()).unwrap();
        let raw = if field == "tags" { document.tags.raw() } else { document.signers.raw() };
        assert!(raw.is_some(), "{field} is kept raw");
        assert_eq!(document.author.as_ref().map(|author| author.id.as_str()), Some("a"), "the rest is read");
    }
}

/// What the first pass took for a list it had to drop again does not count against the second.
#[test]
fn row_21_a_drifted_field_elsewhere_costs_no_list() {
    let signer = r#"{"id":"00000000-0000-4000-8000-000000000000","name":"A name of usual length","age":40}"#;
    for count in (50..3000).step_by(50) {
        let signers = vec![signer; count].join(",");
        let read = |state: &str| {
            let body = format!(r#"{{"id":"d","size":1,"signers":[{signers}],"state":{state}}}"#);
            json::decode::<Document>(body.as_bytes()).unwrap().signers.as_ref().map(|signers| signers.len())
        };
        assert_eq!((read("\"done\""), read("7")), (Some(count), Some(count)));
    }
}

/// An error that was swallowed on the way is not blamed on the next field.
#[test]
fn a_swallowed_error_is_gone() {
    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code, reason = "only how it fails matters")]
    enum Either {
        Event(Swallowed),
        Any(serde::de::IgnoredAny),
    }

    #[derive(Debug)]
    struct Swallowed;

    impl<'de> Deserialize<'de> for Swallowed {
        fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
            Err(json::hand_out(DecodeError::new("elsewhere", "is at fault")))
        }
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only how it fails matters")]
    struct Both {
        either: Either,
        amount: Decimal,
    }

    assert_eq!(fault::<Both>(r#"{"either":{},"amount":"abc"}"#), "amount could not be read");
    assert_eq!(fault::<Vec<Swallowed>>("[1]"), "[0].elsewhere is at fault");
}

/// The second pass reads whatever the first one reads, also in types that are not ours.
#[test]
fn both_passes_read_the_same_types() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Odd {
        numbers: std::collections::BTreeMap<u32, i128>,
        big: u128,
        negative: std::collections::BTreeMap<i8, Option<bool>>,
        nested: (u8, [char; 2], Option<Box<(String,)>>),
        unit: (),
        drifted: Lenient<u8>,
    }

    let body = |drifted: &str| {
        format!(
            r#"{{"numbers":{{"1":-2,"4294967295":3}},"big":18446744073709551615,"negative":{{"-7":true,"8":null}},
                "nested":[1,["a","ท"],["x"]],"unit":null,"drifted":{drifted}}}"#
        )
    };
    let read = |text: String| json::decode::<Odd>(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"));
    let (mut first, second) = (read(body("5")), read(body("\"five\"")));
    assert_eq!(second.drifted.raw().map(RawJson::get), Some("\"five\""));
    first.drifted = second.drifted.clone();
    assert_eq!(first, second);
}

/// A field may also be read by plain serde, which is strict about types.
#[test]
fn plain_serde_reads_what_is_as_documented() {
    let body = r#"{"id":"d","size":1,"state":"done","author":{"id":"a"},"signers":[{"id":"s"}],"price":1.10}"#;
    let plain: Document = serde_json::from_str(body).unwrap();
    assert_eq!(plain, json::decode(body.as_bytes()).unwrap());
    assert_eq!(
        plain.author,
        Lenient::from(Signer { id: Id::from("a"), name: Lenient::default(), age: Lenient::default() })
    );
    assert!(serde_json::from_str::<Document>(r#"{"id":"d","size":1,"state":7}"#).is_err());
    assert!(serde_json::from_str::<Document>(r#"["d",1]"#).is_err(), "an array is no object");
}

payload! {
    /// A type that holds itself.
    struct Comment {
        answer: Lenient<Box<Comment>> = "answer",
        stars: Lenient<u8> = "stars",
    }
}

payload! {
    /// The same, read through a table.
    struct Folder {
        inner: Lenient<Box<Folder>> = "inner",
    }
}

/// The careful pass and `object!` read a field from its own text, in which `serde_json` counts brackets anew.
#[test]
fn row_21_a_type_that_holds_itself_does_not_exhaust_the_stack() {
    let deep = |name: &str, levels: usize| {
        let inside = format!(r#"{{"stars":"many","{name}":"#).repeat(levels);
        format!("{inside}null{}", "}".repeat(levels)).into_bytes()
    };
    for levels in [8, 100, 10_000] {
        let comment: Comment = json::decode(&deep("answer", levels)).expect("what is too deep stays raw");
        let folder: Folder = json::decode(&deep("inner", levels)).expect("what is too deep stays raw");
        let (mut comment, mut folder) = (&comment, &folder);
        while let Some(answer) = comment.answer.as_deref() {
            comment = answer;
        }
        while let Some(inner) = folder.inner.as_deref() {
            folder = inner;
        }
        let is_whole = levels == 8;
        assert_eq!((comment.answer.raw().is_none(), folder.inner.raw().is_none()), (is_whole, is_whole), "{levels}");
    }
}
