//! What each fixture says, and each way a body may drift.

#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use idhooks_caf::{
    Channel, Communication, ContentType, CoreBody, Event, EventBody, FaceAuthentication, Generation, Profile,
    ProfileStatus, ProfileType, Source, SpecVersion, System, Transaction, TransactionStatus,
};
use idhooks_core::{WebhookEvent, testing::verified};
use idhooks_fixtures::{CAF, find};

fn body(name: &str) -> &'static [u8] {
    find("caf", name).expect("a fixture").body
}

fn event(name: &str) -> Event {
    Event::decode(body(name)).expect("readable")
}

fn read(text: &str) -> Event {
    Event::decode(text.as_bytes()).expect("readable")
}

fn error(text: &str) -> String {
    Event::decode(text.as_bytes()).expect_err("does not fit").to_string()
}

fn communication(event: &Event) -> &Communication {
    match &event.body {
        EventBody::CommunicationCreated(it)
        | EventBody::CommunicationSentToDestination(it)
        | EventBody::CommunicationDelivered(it)
        | EventBody::CommunicationRejected(it)
        | EventBody::CommunicationNotDelivered(it) => it,
        other => panic!("{other:?}"),
    }
}

fn transaction(event: &Event) -> &Transaction {
    match &event.body {
        EventBody::TransactionProcessStarted(it)
        | EventBody::TransactionStatusUpdated(it)
        | EventBody::TransactionDocumentscopyRequested(it) => it,
        other => panic!("{other:?}"),
    }
}

fn profile(event: &Event) -> &Profile {
    match &event.body {
        EventBody::ProfileUpdated(it) => it,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_envelope() {
    let created = event("communication-created");
    assert_eq!(created.id.as_str(), "01JZNK5ZQBNF623MB5KE64GNQB");
    assert_eq!(created.source, Source::Communication);
    assert_eq!(created.specversion.as_ref().map(SpecVersion::as_str), Some("1.0"));
    assert_eq!(created.time.as_ref().map(|time| time.as_str()), Some("2025-07-08T18:01:19.622Z"));
    assert_eq!(created.datacontenttype.as_ref().map(ContentType::as_str), Some("application/json"));
    assert!(created.subject.is_absent() && created.dataschema.is_absent() && created.data_base64.is_absent());
    assert_eq!(event("transaction-status-updated").source, Source::Transaction);
    assert_eq!(event("face-authentication").source, Source::SmartAuth);
    assert_eq!(event("profile-updated").source, Source::SmartAuth);
}

/// One type is written without the ending that all others have.
#[test]
fn names_are_the_vendors_own() {
    for fixture in CAF.iter().filter(|fixture| fixture.readable) {
        assert_eq!(Event::decode(fixture.body).expect("readable").body.name(), fixture.event, "{fixture:?}");
    }
    let endless: Vec<_> = EventBody::KNOWN.iter().filter(|name| !name.ends_with("EVENT")).collect();
    assert_eq!((EventBody::KNOWN.len(), endless), (10, vec![&"TRANSACTIONSTATUSUPDATED"]));
}

#[test]
fn communications() {
    type Is = fn(&EventBody) -> bool;
    let all: [(&str, Is, &str, Option<&str>); 5] = [
        ("communication-created", |it| matches!(it, EventBody::CommunicationCreated(_)), "18:00:46.797", None),
        (
            "communication-sent-to-destination",
            |it| matches!(it, EventBody::CommunicationSentToDestination(_)),
            "18:03:46.797",
            None,
        ),
        ("communication-delivered", |it| matches!(it, EventBody::CommunicationDelivered(_)), "18:04:46.797", None),
        (
            "communication-rejected",
            |it| matches!(it, EventBody::CommunicationRejected(_)),
            "18:02:46.797",
            Some("Invalid phone number format"),
        ),
        (
            "communication-not-delivered",
            |it| matches!(it, EventBody::CommunicationNotDelivered(_)),
            "18:05:46.797",
            Some("Recipient's phone is unreachable"),
        ),
    ];
    for (name, is, at, reason) in all {
        let event = event(name);
        assert!(is(&event.body), "{name}");
        let message = communication(&event);
        assert_eq!(message.notification_id.as_str(), "01JZNK51YCZXT55TKF8M366QHJ", "{name}");
        assert_eq!(message.external_id.as_deref(), Some("external-id"), "{name}");
        assert_eq!(*message.channel, Some(Channel::Sms), "{name}");
        assert_eq!(message.system, System::Onboarding.into(), "{name}");
        let tenant = message.tenant_id.as_ref().map(|id| id.as_str());
        assert_eq!(tenant, Some("016e8f79-2399-4d35-90f9-c6f91b73189d"), "{name}");
        let time = message.occurred_on.as_ref().map(|time| time.as_str().to_owned());
        assert_eq!(time, Some(format!("2025-07-08T{at}Z")), "{name}");
        assert_eq!(message.reason.as_ref().map(|reason| &**reason.expose()), reason, "{name}");
    }
}

#[test]
fn transactions() {
    let all = [
        ("transaction-process-started", TransactionStatus::Started, None),
        ("transaction-documentscopy-requested", TransactionStatus::InProgress, None),
        ("transaction-status-updated", TransactionStatus::Completed, Some("APPROVED")),
    ];
    for (name, status, custom) in all {
        let event = event(name);
        let transaction = transaction(&event);
        assert_eq!(transaction.id.as_str(), "01JZNL6XQBNF623MB5KE64GNQB", "{name}");
        assert_eq!(*transaction.status, Some(status), "{name}");
        assert_eq!(transaction.custom_status.as_deref(), custom, "{name}");
        assert_eq!(
            transaction.report.as_ref().map(|report| &**report.expose()),
            Some("000000000000000000000000"),
            "{name}"
        );
        let onboarding = transaction.onboarding_id.as_ref().map(|id| id.as_str());
        assert_eq!(onboarding, Some("01JZNL6XQBNF623MB5KE64GNQC"), "{name}");
        assert_eq!(transaction.template_id.as_ref().map(|id| id.as_str()), Some("document-ocr-basic"), "{name}");
        assert!(transaction.tenant_id.is_some() && transaction.date.is_some(), "{name}");
    }
    assert!(matches!(event("transaction-process-started").body, EventBody::TransactionProcessStarted(_)));
    assert!(matches!(event("transaction-status-updated").body, EventBody::TransactionStatusUpdated(_)));
    let requested = event("transaction-documentscopy-requested");
    assert!(matches!(requested.body, EventBody::TransactionDocumentscopyRequested(_)));
}

/// How far the run got, and what came out, arrive in one field. The first is never the second.
#[test]
fn both_vocabularies_of_a_status_are_known_and_told_apart() {
    let reproved = event("transaction-status-updated-reproved");
    assert_eq!(*transaction(&reproved).status, Some(TransactionStatus::Reproved));
    assert!(transaction(&reproved).onboarding_id.is_absent(), "null");
    for (text, is_verdict) in [
        ("STARTED", false),
        ("IN_PROGRESS", false),
        ("COMPLETED", false),
        ("APPROVED", true),
        ("REPROVED", true),
        ("PENDING", true),
        ("PROCESSING", true),
    ] {
        let status = TransactionStatus::from(text);
        assert_eq!((status.is_known(), status.is_verdict(), status.as_str()), (true, is_verdict, text));
    }
    assert_eq!(TransactionStatus::KNOWN.len(), 7);
    assert!(!TransactionStatus::from("SOMETHING_NEW").is_verdict());
    assert!(!TransactionStatus::from("approved").is_known(), "letter case is not guessed");
}

#[test]
fn faces_and_profiles() {
    let face = event("face-authentication");
    let EventBody::FaceAuthentication(FaceAuthentication { attempt_id, is_match, person_id, date, .. }) = &face.body
    else {
        panic!("{face:?}")
    };
    assert_eq!((attempt_id.as_str(), *is_match), ("01JZNL6XQBNF623MB5KE64GNQH", true));
    assert_eq!(person_id.as_ref().map(|id| &**id.expose()), Some("01JZNL6XQBNF623MB5KE64GNQG"));
    assert_eq!(date.as_ref().map(|date| date.as_str()), Some("2025-07-08T19:10:19.622Z"));

    let person = event("profile-updated");
    let person = profile(&person);
    assert_eq!(person.profile_id.as_str(), "01JZNL6XQBNF623MB5KE64GNQJ");
    assert_eq!((&*person.profile_type, &*person.status), (&Some(ProfileType::Person), &Some(ProfileStatus::Approved)));
    assert_eq!(person.cpf.as_ref().map(|cpf| &**cpf.expose()), Some("12345678901"));
    assert!(person.cnpj.is_absent(), "null");
    assert_eq!(person.updated_at.as_ref().map(|time| time.as_str()), Some("2025-07-08T19:15:19.622Z"));

    let company = event("profile-updated-company");
    let company = profile(&company);
    assert_eq!(
        (&*company.profile_type, &*company.status),
        (&Some(ProfileType::Company), &Some(ProfileStatus::Pending))
    );
    assert_eq!(company.cnpj.as_ref().map(|cnpj| &**cnpj.expose()), Some("12ABC34501DE35"), "letters, since July 2026");
    assert!(company.cpf.is_absent());
}

#[test]
fn facts_name_the_thing_and_keys_the_event() {
    for (name, subject, key) in [
        ("communication-created", "01JZNK51YCZXT55TKF8M366QHJ", "COMMUNICATION/01JZNK5ZQBNF623MB5KE64GNQB"),
        // Here the event and the transaction have the same id, so the source must be in the key.
        ("transaction-process-started", "01JZNL6XQBNF623MB5KE64GNQB", "TRANSACTION/01JZNL6XQBNF623MB5KE64GNQB"),
        ("transaction-status-updated", "01JZNL6XQBNF623MB5KE64GNQB", "TRANSACTION/01JZNL6XQBNF623MB5KE64GNQD"),
        ("face-authentication", "01JZNL6XQBNF623MB5KE64GNQH", "SMARTAUTH/01JZNL6XQBNF623MB5KE64GNQF"),
        ("profile-updated", "01JZNL6XQBNF623MB5KE64GNQJ", "SMARTAUTH/01JZNL6XQBNF623MB5KE64GNQI"),
    ] {
        let delivery = verified::<Event>(body(name));
        assert_eq!(delivery.envelope().subject_id(), Some(subject), "{name}");
        assert_eq!(delivery.dedup_key().to_string(), key, "{name}");
        assert_eq!(delivery.envelope().time().map(str::len), Some(24), "{name}");
    }
    // Rows 28 and 29: the same id is the same event, whatever else changed.
    let first = verified::<Event>(body("communication-created"));
    let again = verified::<Event>(body("signature-vector"));
    assert_eq!(first.dedup_key(), again.dedup_key());
    // Ids are unique together with their source only.
    let key = |text: &str| verified::<Event>(text.to_owned()).dedup_key().to_string();
    assert_ne!(key(r#"{"type":"A","source":"x","id":"1"}"#), key(r#"{"type":"A","source":"y","id":"1"}"#));
    assert!(key(r#"{"type":"A","source":"x","id":""}"#).starts_with("sha256:"));
}

/// Row 26: where the name comes after the body, the event is the same.
#[test]
fn the_order_of_members_does_not_matter() {
    let data = r#""data":{"id":"t1","status":"COMPLETED"}"#;
    let rest = r#""source":"TRANSACTION","id":"e1""#;
    let kind = r#""type":"TRANSACTIONSTATUSUPDATED""#;
    let first = read(&format!("{{{kind},{rest},{data}}}"));
    for other in
        [format!("{{{data},{rest},{kind}}}"), format!("{{{rest},{data},{kind}}}"), format!("{{{kind},{data},{rest}}}")]
    {
        assert_eq!(read(&other), first, "{other}");
    }
    for missing in [
        format!(r#"{{{kind},{rest},"data":{{"status":"COMPLETED"}}}}"#),
        format!(r#"{{"data":{{"status":"COMPLETED"}},{rest},{kind}}}"#),
    ] {
        assert_eq!(error(&missing), "data.id is missing", "{missing}");
    }
    for wrong in [format!(r#"{{{kind},{rest},"data":{{"id":7}}}}"#), format!(r#"{{"data":{{"id":7}},{rest},{kind}}}"#)]
    {
        assert_eq!(error(&wrong), "data.id is of another type than documented", "{wrong}");
    }
    for repeated in [format!("{{{kind},{rest},{data},{data}}}"), format!("{{{data},{rest},{data},{kind}}}")] {
        assert_eq!(error(&repeated), "data is there more than once", "{repeated}");
    }
}

#[test]
fn what_an_event_cannot_do_without() {
    let with = |members: &str| format!(r#"{{"source":"TRANSACTION","id":"e1"{members}}}"#);
    assert_eq!(error(&with("")), "type is missing");
    assert_eq!(error(&with(r#","type":"TRANSACTIONSTATUSUPDATED""#)), "data is missing");
    let null = with(r#","type":"TRANSACTIONSTATUSUPDATED","data":null"#);
    assert_eq!(error(&null), "data is of another type than documented");
    let null = with(r#","data":null,"type":"TRANSACTIONSTATUSUPDATED""#);
    assert_eq!(error(&null), "data is of another type than documented");
    assert_eq!(error(r#"{"type":"NEW","id":"e1"}"#), "source is missing");
    assert_eq!(error(r#"{"type":"NEW","source":"x"}"#), "id is missing");
    // A batch is not documented; it is no event.
    assert_eq!(error(r#"[{"type":"NEW","source":"x","id":"e1"}]"#), "the body is of another type than documented");
    let face = r#"{"type":"FACEAUTHENTICATIONEVENT","source":"SMARTAUTH","id":"e1","data":{"attemptId":"a"}}"#;
    assert_eq!(error(face), "data.isMatch is missing", "no match is never assumed, nor a mismatch");
}

#[test]
fn an_unknown_type_needs_no_data() {
    for (text, raw) in [
        (r#"{"type":"NEW","source":"x","id":"e1"}"#, "null"),
        (r#"{"type":"NEW","source":"x","id":"e1","data":null}"#, "null"),
        (r#"{"type":"NEW","source":"x","id":"e1","data":[1.10, {}]}"#, "[1.10, {}]"),
        (r#"{"data":"text","type":"NEW","source":"x","id":"e1"}"#, r#""text""#),
        // Exact match: another case is another name.
        (r#"{"type":"TransactionStatusUpdated","source":"x","id":"e1","data":{}}"#, "{}"),
    ] {
        match read(text).body {
            EventBody::Other { data, .. } => assert_eq!(data.get(), raw, "{text}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn attributes_are_read_as_leniently_as_cloudevents_has_them() {
    let text = r#"{"type":"NEW","source":"x","id":"e1","specversion":null,"time":7,"datacontenttype":[],
        "subject":"s","dataschema":"no address","comexampleext":1.5,"another":{"nested":[]},"data":{}}"#;
    let event = read(text);
    assert!(event.specversion.is_absent());
    assert!(event.time.is_none() && event.time.error().is_some());
    assert!(event.datacontenttype.is_none() && event.datacontenttype.error().is_some());
    assert_eq!((event.subject.as_deref(), event.dataschema.as_deref()), (Some("s"), Some("no address")));
    // A time that is none is kept, and no error.
    let event = read(r#"{"type":"NEW","source":"x","id":"e1","time":"yesterday"}"#);
    assert_eq!(event.time.as_ref().map(|time| time.as_str()), Some("yesterday"));
}

#[test]
fn generations_are_told_apart() {
    for fixture in CAF {
        let wanted = match fixture.name {
            "core-transaction" => Generation::Core(CoreBody::Transaction),
            "core-profile" => Generation::Core(CoreBody::Profile),
            "core-face-authentication" => Generation::Core(CoreBody::FaceAuthentication),
            "global-transaction-finished" => Generation::Global,
            _ => Generation::Connect,
        };
        assert_eq!(Generation::of(fixture.body), Some(wanted), "{fixture:?}");
        assert_eq!(wanted.is_signed(), wanted == Generation::Connect);
    }
    for kind in ["process_started", "documentscopy_requested", "status_updated"] {
        let text = format!(r#"{{"type":"{kind}","uuid":"t1"}}"#);
        assert_eq!(Generation::of(text.as_bytes()), Some(Generation::Core(CoreBody::Transaction)));
    }
    for none in [
        "",
        "{}",
        "[]",
        "junk",
        r#"{"type":"NEW"}"#,
        r#"{"type":"status_updated"}"#,
        r#"{"type":"face_authentication"}"#,
        r#"{"type":"PF"}"#,
        r#"{"specversion":"1.0","source":"TRANSACTION"}"#,
        r#"{"type":"A","type":"B","specversion":"1.0","source":"TRANSACTION"}"#,
    ] {
        assert_eq!(Generation::of(none.as_bytes()), None, "{none}");
    }
}

/// Only Connect has an envelope that fits; a Global body is kept, and named for what it is.
#[test]
fn older_generations_are_no_connect_events() {
    for name in ["core-transaction", "core-profile", "core-face-authentication"] {
        assert!(Event::decode(body(name)).is_err(), "{name}");
    }
    let global = event("global-transaction-finished");
    assert!(!global.body.is_known() && !global.source.is_known());
    assert_eq!(global.body.name(), "TransactionFinished");
}

/// A report may be an address that opens it.
#[test]
fn row_49_a_report_is_hidden() {
    let event = read(
        r#"{"type":"TRANSACTIONSTATUSUPDATED","source":"TRANSACTION","id":"e1",
            "data":{"id":"t1","report":"https://example.com/report?key=CANARY"}}"#,
    );
    assert!(!format!("{event:?}").contains("CANARY"));
}
