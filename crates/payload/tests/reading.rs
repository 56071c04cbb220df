//! Payloads and events: what they decode, what they leave out, and what their errors say.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed expectation fails the test")]

use idhooks_payload::{
    Decimal, Lenient, List, Pii, RawJson, envelope,
    json::{self, FromJson},
    one_of, open_enum, payload, text_id,
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

envelope! {
    /// An event that is the whole body.
    struct Event("type" names "data") {
        /// The name of the event.
        body: Body,
        id: Lenient<Id> = "id",
    }

    /// The name of the event.
    enum Body {
        /// To a document.
        Document(Document) = "document",
    }
}

envelope! {
    /// An event inside a larger object.
    struct Nested("type" names "data") {
        /// The name of the event.
        body: NestedBody,
        id: Lenient<Id> = "id",
    }
    in "inner" of outer:
    /// The larger object.
    struct Outer {
        name: Lenient<Box<str>> = "name",
    }

    /// The name of the event.
    enum NestedBody {
        /// To a document.
        Document(Document) = "document",
    }
}

fn error<T: for<'de> FromJson<'de>>(body: &str) -> String {
    json::decode::<T>(body.as_bytes()).map(drop).expect_err(body).to_string()
}

fn event(body: &str) -> Event {
    json::decode(body.as_bytes()).unwrap_or_else(|error| panic!("{body}: {error}"))
}

fn document(body: &str) -> Document {
    json::decode(body.as_bytes()).unwrap_or_else(|error| panic!("{body}: {error}"))
}

mod envelopes {
    use super::*;

    #[test]
    fn name_and_body_may_come_in_any_order() {
        let first = event(r#"{"type":"document","data":{"id":"d","size":1},"id":"e"}"#);
        let last = event(r#"{"id":"e","data":{"id":"d","size":1},"new":[{}],"type":"document"}"#);
        assert_eq!(first, last);
        assert_eq!(first.body.name(), "document");
        assert_eq!(serde_json::to_value(&last).unwrap(), serde_json::to_value(&first).unwrap());
    }

    #[test]
    fn unknown_event_keeps_its_raw_body() {
        for body in [r#"{"type":"new","data":{ "x" : 1.10 }}"#, r#"{"data":{ "x" : 1.10 },"type":"new"}"#] {
            let Body::Other { name, data } = event(body).body else { panic!("{body}") };
            assert_eq!((&*name, data.get()), ("new", r#"{ "x" : 1.10 }"#));
        }
        assert!(!event(r#"{"type":"new"}"#).body.is_known(), "an unknown event needs no body");
    }

    #[test]
    fn nested_event_keeps_what_surrounds_it() {
        let body = r#"{"name":"n","inner":{"id":"e","type":"document","data":{"id":"d","size":1}}}"#;
        let nested: Nested = json::decode(body.as_bytes()).unwrap();
        assert_eq!(nested.outer.name.as_deref(), Some("n"));
        assert_eq!(serde_json::to_string(&nested).unwrap(), body);
        assert_eq!(error::<Nested>(r#"{"name":"n"}"#), "inner is missing");
        assert_eq!(error::<Nested>(r#"{"inner":{},"inner":{}}"#), "inner is there more than once");
    }
}

mod errors {
    use super::*;

    #[test]
    fn name_the_path_of_a_known_field() {
        for (path, data) in [
            ("data.id is missing", r#"{"size":1}"#),
            ("data.size is missing", r#"{"id":"d","signers":7}"#),
            ("data.size is of another type than documented", r#"{"id":"d","size":"CANARY"}"#),
            ("data.size is out of range", r#"{"id":"d","size":-5}"#),
            ("data.id is there more than once", r#"{"id":"d","id":"CANARY","size":1}"#),
            ("data.id is of another type than documented", r#"{"id":{"CANARY":1},"size":1}"#),
            ("data is of another type than documented", r#"["d",1]"#),
            ("data is of another type than documented", "\"d\""),
            ("data is of another type than documented", "7"),
        ] {
            for body in [
                format!(r#"{{"type":"document","CANARY":{{}},"data":{data}}}"#),
                format!(r#"{{"data":{data},"type":"document"}}"#),
            ] {
                assert_eq!(error::<Event>(&body), path, "{body}");
                let nested = format!(r#"{{"inner":{body}}}"#);
                assert_eq!(error::<Nested>(&nested), format!("inner.{path}"), "{nested}");
                let plain = serde_json::from_str::<Nested>(&nested).expect_err(&nested).to_string();
                assert!(plain.starts_with(&format!("inner.{path}")) && !plain.contains("CANARY"), "{plain}");
            }
        }
    }

    #[test]
    fn name_members_that_decide_something() {
        assert_eq!(error::<Event>(r#"{"data":{}}"#), "type is missing");
        assert_eq!(error::<Event>(r#"{"type":"document"}"#), "data is missing");
        assert_eq!(error::<Event>(r#"{"type":"a","type":"a","data":1}"#), "type is there more than once");
        assert_eq!(error::<Event>(r#"{"type":"a","data":1,"data":1}"#), "data is there more than once");
        assert_eq!(error::<Event>(r#"{"type":"a","id":"x","id":"y","data":1}"#), "id is there more than once");
        assert_eq!(error::<Event>(r#"{"type":7,"data":1}"#), "type is of another type than documented");
        assert_eq!(error::<Event>("[]"), "the body is of another type than documented");
        assert_eq!(error::<Event>("\"d\""), "the body is of another type than documented");
    }

    #[test]
    fn count_elements() {
        let error = json::decode::<List<Document>>(br#"[{"id":"d","size":1},{"id":"d"}]"#).expect_err("no size");
        assert_eq!((error.to_string().as_str(), error.path()), ("[1].size is missing", "[1].size"));
        let body = r#"{"id":"d","size":1,"signers":[{"id":"s"},{"id":7}]}"#;
        let why = document(body).signers.error().map(ToString::to_string);
        assert_eq!(why.as_deref(), Some("[1].id is of another type than documented"));
    }

    #[test]
    fn say_where_the_json_is_broken() {
        for (body, wanted) in [
            ("", "the body is empty"),
            (" \n", "the body is empty"),
            ("{\n\"id\": CANARY}", "the body is not valid JSON: line 2, column 7"),
            (r#"{"id":"d","size":1"#, "the body is not valid JSON: line 1, column 18"),
            ("\u{feff}{}", "the body is not valid JSON: line 1, column 1"),
            (r#"{"id":"d","size":1} x"#, "the body is not valid JSON: line 1, column 21"),
        ] {
            assert_eq!(error::<Document>(body), wanted);
            assert!(json::decode::<Document>(body.as_bytes()).is_err_and(|error| error.is_syntax()));
        }
        assert_eq!(json::decode::<Document>(b"\xff{}").expect_err("not UTF-8").to_string(), "the body is not UTF-8");
    }

    #[test]
    fn of_a_type_of_your_own_quote_nothing() {
        #[derive(Debug, serde::Deserialize)]
        struct Own {
            #[allow(dead_code, reason = "only how it fails matters")]
            size: u8,
        }
        let error = json::decode_as::<Own>(br#"{"size":"CANARY"}"#).expect_err("a string");
        assert_eq!(error.to_string(), "the body does not fit the requested type: line 1, column 16");
        assert!(!error.is_syntax());
        assert!(json::decode_as::<Own>(b"{").expect_err("cut off").is_syntax());
        assert_eq!(json::decode_as::<Own>(br#"{"size":7}"#).unwrap().size, 7);
    }
}

mod optional_fields {
    use super::*;

    #[test]
    fn of_another_type_read_as_absent() {
        for other in ["7", "-1.50", "1e40", "true", r#""text""#, "[]", r#"[{"id":1}]"#, "{}", r#"{"id":[]}"#] {
            for field in ["state", "price", "author", "signers", "tags"] {
                let body = format!(r#"{{"id":"d","size":1,"{field}":{other}}}"#);
                let document = document(&body);
                let written = serde_json::to_string(&document).unwrap();
                let errors = [
                    document.state.error(),
                    document.price.error(),
                    document.author.error(),
                    document.signers.error(),
                    document.tags.error(),
                ];
                match errors.iter().flatten().count() {
                    0 => assert_eq!(written, body, "read, so written to the letter"),
                    _ => assert_eq!(written, r#"{"id":"d","size":1}"#, "noted, and left out: {body}"),
                }
            }
        }
    }

    #[test]
    fn spoil_only_the_smallest_field_around_them() {
        let document = document(
            r#"{"id":"d","size":1,"author":{"id":"a","age":"forty","name":"Ana"},"signers":[{"id":7}],"state":"new"}"#,
        );
        let author = document.author.as_ref().expect("an author");
        assert_eq!(author.name.as_ref().map(|name| &**name.expose()), Some("Ana"));
        assert!(author.age.is_none() && author.age.error().is_some());
        assert!(document.signers.is_none() && document.signers.error().is_some());
        assert_eq!(document.state.as_ref().map(State::as_str), Some("new"));
    }

    #[test]
    fn with_a_repeated_member_read_as_absent() {
        let document = document(r#"{"id":"d","size":1,"author":{"id":"a","age":1,"age":2}}"#);
        let why = document.author.error().map(ToString::to_string);
        assert_eq!(why.as_deref(), Some("age is there more than once"));
    }

    #[test]
    fn never_show_what_was_sent() {
        let document = document(r#"{"id":"d","size":1,"state":["CANARY"],"author":"CANARY","price":"CANARY"}"#);
        assert!(!format!("{document:?} {document:#?}").contains("CANARY"));
        let error = serde_json::from_str::<Pii<u8>>(r#""CANARY""#).unwrap_err();
        assert!(!error.to_string().contains("CANARY"), "{error}");
    }
}

mod several_types {
    use super::*;

    one_of! {
        /// A score in some type.
        enum Score {
            /// As a text.
            Text(Decimal) = text,
            /// As a whole number.
            Number(Box<i64>) = integer,
            /// Whether it is high.
            High(Pii<bool>) = bool,
        }
    }

    #[test]
    fn read_into_types_that_wrap_another() {
        let read =
            |body: &str| json::decode::<Score>(body.as_bytes()).unwrap_or_else(|error| panic!("{body}: {error}"));
        assert_eq!(read("7"), Score::Number(Box::new(7)));
        assert_eq!(read("true"), Score::High(true.into()));
        assert!(matches!(read(r#""1.50""#), Score::Text(score) if score.as_str() == "1.50"));
        assert_eq!(error::<Score>(r#""high""#), "the body is of another type than documented");
    }
}

mod hostile_json {
    use super::*;

    payload! {
        /// Nothing of it is required.
        struct Loose {
            name: Lenient<Box<str>> = "name",
        }
    }

    /// Also with the feature `arbitrary_precision` of `serde_json`, where a number can look like an object.
    #[test]
    fn row_23_number_is_not_an_empty_object() {
        for other in ["7", "-1.5", "1e40", "12345678901234567890123", "true", "\"text\"", "[]", "null"] {
            assert!(json::decode::<Loose>(other.as_bytes()).is_err(), "{other}");
            assert!(serde_json::from_str::<Loose>(other).is_err(), "{other}");
        }
        assert!(json::decode::<Loose>(b"{}").is_ok());
        assert!(json::decode::<Loose>(br#"{"$serde_json::private::Number":"1"}"#).is_err());
    }

    /// Also with the feature `arbitrary_precision`. Read as `0`, it would not be written back as sent.
    #[test]
    fn row_23_negative_zero_is_not_an_integer() {
        let signer: Signer = json::decode(br#"{"id":"s","age":-0}"#).unwrap();
        assert!(signer.age.is_none() && signer.age.error().is_some());
    }

    /// An object with the name that `serde_json` gives to a number is an object, whatever the name holds.
    #[test]
    fn private_name_of_a_number_in_an_optional_field_reads_as_absent() {
        for value in ["12345", "null", "[5]", "{}", r#""CANARY""#, r#""5","x":1"#] {
            for field in ["state", "signers", "author"] {
                let other = format!(r#"{{"$serde_json::private::Number":{value}}}"#);
                let body = format!(r#"{{"id":"d","size":1,"{field}":{other}}}"#);
                let document = document(&body);
                assert_eq!(serde_json::to_string(&document).unwrap(), r#"{"id":"d","size":1}"#, "{body}");
                assert_eq!(serde_json::from_str::<Document>(&body).unwrap(), document, "{body}");
            }
            let body = format!(r#"{{"id":"d","size":{{"$serde_json::private::Number":{value}}}}}"#);
            assert_eq!(error::<Document>(&body), "size is of another type than documented", "{body}");
        }
    }

    /// A Rust string cannot hold half of a surrogate pair, so a known text field with one does not decode. Where the
    /// JSON is kept raw or skipped, it is kept as written.
    #[test]
    fn row_24_lone_surrogates_are_kept_raw_or_fail() {
        let body = r#"{"id":"d","size":1,"extra":["\ud800"],"new":"\udfff"}"#;
        assert_eq!(document(body).extra.as_ref().map(RawJson::get), Some(r#"["\ud800"]"#));
        for known in [r#"{"id":"\ud800","size":1}"#, r#"{"id":"d","size":1,"state":"\udfff"}"#] {
            assert!(json::decode::<Document>(known.as_bytes()).is_err_and(|error| error.is_syntax()), "{known}");
        }
        let zero = document(r#"{"id":"a\u0000b","size":1}"#);
        assert_eq!((zero.id.as_str(), zero.id.to_string()), ("a\0b", "a\\u{0}b".to_owned()));
    }

    #[test]
    fn row_23_amounts_keep_their_digits() {
        for price in ["1234567890123456789012345678901234567890.50", "\"0.10\"", "1e3", "-0", "1e400"] {
            let body = format!(r#"{{"id":"d","size":1,"price":{price}}}"#);
            assert_eq!(serde_json::to_string(&document(&body)).unwrap(), body);
            let plain: Document = serde_json::from_reader(body.as_bytes()).unwrap();
            assert_eq!(serde_json::to_string(&plain).unwrap(), body);
        }
    }

    #[test]
    fn row_21_lists_do_not_outgrow_the_body() {
        let many = |element: &str, count: usize| vec![element; count].join(",");
        let genuine = format!(
            r#"{{"id":"d","size":1,"signers":[{}]}}"#,
            many(r#"{"id":"00000000-0000-4000-8000-000000000000","name":"A name of usual length","age":40}"#, 20_000)
        );
        assert_eq!(document(&genuine).signers.as_ref().map(|signers| signers.len()), Some(20_000));

        for (field, element) in [("signers", r#"{"id":""}"#), ("tags", "\"\"")] {
            let elements = many(element, 300_000);
            let hostile = format!(r#"{{"id":"d","size":1,"{field}":[{elements}],"author":{{"id":"a"}}}}"#);
            let document = document(&hostile);
            let error = if field == "tags" { document.tags.error() } else { document.signers.error() };
            let why = error.map(ToString::to_string);
            assert_eq!(why.as_deref(), Some("the body takes too much memory for the size of its body"));
            assert_eq!(document.author.as_ref().map(|author| author.id.as_str()), Some("a"), "the rest is read");
        }
    }

    #[test]
    fn a_list_that_is_too_long_costs_no_other_list() {
        let elements = vec!["\"\""; 300_000].join(",");
        let hostile = format!(r#"{{"id":"d","size":1,"tags":[{elements}],"signers":[{{"id":"a"}}]}}"#);
        let document = document(&hostile);
        assert!(document.tags.error().is_some());
        assert_eq!(document.signers.as_ref().map(|signers| signers.len()), Some(1));
    }

    #[test]
    fn row_21_body_before_its_name_shares_the_memory_limit() {
        let signers = vec![r#"{"id":""}"#; 300].join(",");
        for event in [
            format!(r#"{{"type":"document","data":{{"id":"d","size":1,"signers":[{signers}]}}}}"#),
            format!(r#"{{"data":{{"id":"d","size":1,"signers":[{signers}]}},"type":"document"}}"#),
        ] {
            let body = format!("[{}]", vec![&*event; 1000].join(","));
            let events = json::decode::<List<Event>>(body.as_bytes());
            let are_read = |event: &Event| matches!(&event.body, Body::Document(read) if read.signers.is_some());
            let count = events.iter().flatten().filter(|event| are_read(event)).count();
            assert!(count < 300, "{count} lists of 300 signers");
        }
    }

    payload! {
        /// Two large fields, which take memory even for an empty object.
        struct Wide {
            a: Lenient<Document> = "a",
            b: Lenient<Document> = "b",
        }
    }

    one_of! {
        /// A wide object in a box.
        enum Boxed {
            /// In a box.
            Wide(Box<Wide>) = object,
        }
    }

    payload! {
        /// A price in a list.
        struct Priced {
            price: Lenient<Decimal> = "price",
        }
    }

    /// Each element fits the limit by its own size. Its error, or what is in its box, does not.
    #[test]
    fn row_21_errors_and_boxes_count_against_the_limit() {
        fn why<T: for<'de> FromJson<'de>>(element: &str) -> Option<String> {
            let body = format!("[{}]", vec![element; 40_000].join(","));
            json::decode::<List<T>>(body.as_bytes()).err().map(|error| error.to_string())
        }
        let padding = "0".repeat(55);
        let priced = |price: &str| why::<Priced>(&format!(r#"{{"price":"{price}","new":"{padding}"}}"#));
        assert_eq!(priced("1"), None);
        let boxed = why::<Boxed>(&format!(r#"{{"new":"{padding}"}}"#));
        for error in [priced("x"), boxed] {
            assert!(error.as_deref().is_some_and(|error| error.contains("too much memory")), "{error:?}");
        }
    }

    payload! {
        /// A type that holds itself.
        struct Comment {
            answer: Lenient<Box<Comment>> = "answer",
            stars: Lenient<u8> = "stars",
        }
    }

    #[test]
    fn row_21_self_nesting_type_does_not_exhaust_the_stack() {
        let deep = |levels: usize| {
            let inside = r#"{"stars":"many","answer":"#.repeat(levels);
            format!("{inside}null{}", "}".repeat(levels)).into_bytes()
        };
        let comment: Comment = json::decode(&deep(100)).expect("within the limit of serde_json");
        assert!(comment.answer.is_some());
        assert!(json::decode::<Comment>(&deep(10_000)).is_err_and(|error| error.is_syntax()));
    }
}

/// Decoding is the same by `decode` and by plain `serde_json`, in every way that it reads.
mod plain_serde {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Own {
        event: Event,
        author: Lenient<Signer>,
        missing: Lenient<u8>,
        total: Decimal,
    }

    #[test]
    fn reads_our_types_inside_a_struct_of_your_own() {
        let event = r#"{"data":{"id":"d","size":1,"state":7},"type":"document"}"#;
        let body = format!(r#"{{"event":{event},"author":"nobody","total":1.10}}"#);
        let own: Own = serde_json::from_str(&body).unwrap();
        assert_eq!(own.event, super::event(event));
        assert!(own.author.error().is_some() && own.missing.is_absent());
        assert_eq!(own.total.as_str(), "1.10");
        assert_eq!(serde_json::from_reader::<_, Own>(body.as_bytes()).unwrap(), own);
        assert_eq!(serde_json::from_value::<Own>(serde_json::from_str(&body).unwrap()).unwrap(), own);
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Flat {
        #[serde(flatten)]
        event: Event,
        attempt: u8,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(untagged)]
    enum Either {
        Event(Box<Event>),
        Text(String),
    }

    #[test]
    fn reads_events_that_are_flattened_or_untagged() {
        for event in [
            r#"{"data":{"id":"d","size":1,"state":7,"extra":{"a":[1]}},"type":"document","id":"e"}"#,
            r#"{"type":"document","data":{"id":"d","size":1,"price":"1.10","signers":[{"id":"s","age":"x"}]}}"#,
            r#"{"data":{"a":null},"id":5,"type":"newer"}"#,
        ] {
            let wanted = super::event(event);
            let flat = event.replacen('{', r#"{"attempt":2,"#, 1);
            assert_eq!(serde_json::from_str::<Flat>(&flat).unwrap(), Flat { event: wanted.clone(), attempt: 2 });
            assert_eq!(serde_json::from_str::<Either>(event).unwrap(), Either::Event(Box::new(wanted)));
        }
        assert_eq!(serde_json::from_str::<Either>(r#""a""#).unwrap(), Either::Text("a".to_owned()));
    }
}
