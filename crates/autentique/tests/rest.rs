//! Answers of the API: each sample is read, drift costs nothing else, and nothing personal is printed.

#![cfg(feature = "client")]
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use idhooks_autentique::{
    DocumentId, Files, OrganizationId, SignatureId,
    core::json,
    rest::{
        Account, ActionName, Context, CreatedEndpoint, DeliveryMethod, Direction, Document, DocumentFilter,
        DocumentStatus, EndpointEvent, EndpointFormat, EndpointKind, ErrorCategory, ErrorCode, ErrorItem, Link,
        NewEndpoint, Signature,
    },
};
use idhooks_fixtures::{
    drift::{places, with, without},
    rest::sample,
    suite::{Answer, Answers},
};
use serde_json::{Value, json};

/// Places of words of which there may be new ones.
const OPEN: &[&str] =
    &["action.name", "delivery_method", "extensions.category", "signatures.action.name", "signatures.delivery_method"];

/// Names of members whose text is about a person, opens a file, or is a secret. `signed` (a link and an event) is
/// looked at by name below.
const PERSONAL: [&str; 34] = [
    "birthday",
    "certified",
    "city",
    "cnpj",
    "company",
    "country",
    "countryISO",
    "cpf",
    "email",
    "email_events",
    "files",
    "geolocation",
    "ip",
    "latitude",
    "link",
    "longitude",
    "message",
    "name",
    "organization",
    "original",
    "pades",
    "phone",
    "port",
    "reason",
    "secret",
    "short_link",
    "signatures",
    "state",
    "stateISO",
    "url",
    "user",
    "validation",
    "webhook_endpoint",
    "zipcode",
];

/// What stands at that place of the sample.
fn part(name: &str, pointer: &str) -> Vec<u8> {
    let body: Value = serde_json::from_slice(sample("autentique", name).body).expect("JSON");
    body.pointer(pointer).unwrap_or_else(|| panic!("{name} has no {pointer}")).to_string().into_bytes()
}

#[track_caller]
fn read<T: for<'de> idhooks_core::json::FromJson<'de>>(name: &str, pointer: &str) -> T {
    json::decode(&part(name, pointer)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn document() -> Document {
    read("document-response", "/data/document")
}

fn pii(field: &idhooks_autentique::core::Lenient<idhooks_autentique::core::Pii<Box<str>>>) -> Option<&str> {
    field.as_ref().map(|value| &**value.expose())
}

#[test]
fn a_document_with_everyone_who_is_to_sign() {
    let document = document();
    assert_eq!(document.id, DocumentId::from("7b1c40de9a3f5c2286e0d94b71af53c8e26d0a9b4f7c31e58"));
    assert_eq!(pii(&document.name), Some("Contrato de Bruno Assinante"));
    assert_eq!(
        (*document.signatures_count, *document.signed_count, *document.rejected_count),
        (Some(2), Some(1), Some(1))
    );
    assert_eq!((*document.sandbox, *document.refusable, *document.is_from_api), (Some(true), Some(true), Some(true)));
    assert_eq!((*document.stop_on_rejected, *document.sortable), (Some(false), Some(false)));
    let at = |time: &Option<idhooks_autentique::core::Timestamp>| time.as_ref().map(|time| time.as_str().to_owned());
    assert_eq!(at(&document.created_at).as_deref(), Some("2026-10-05T13:00:02.000000Z"));
    assert_eq!(at(&document.updated_at).as_deref(), Some("2026-10-05T13:20:41.000000Z"));
    assert_eq!(at(&document.deadline_at).as_deref(), Some("2026-12-31T23:59:59.000000Z"));
    assert!(document.deleted_at.is_absent() && document.expiration_at.is_absent());
    let author = document.author.as_ref().expect("an author");
    assert_eq!(pii(&author.email), Some("joana.autora@example.com"));
    let files: &Files = document.files.as_ref().expect("files");
    assert!(pii(&files.signed).is_some_and(|link| link.ends_with("/assinado.pdf")));
    assert!(pii(&files.original).is_some() && pii(&files.certified).is_some() && pii(&files.pades).is_some());
}

#[test]
fn the_author_is_no_signer() {
    let document = document();
    assert_eq!(document.signatures.as_ref().map(|rows| rows.len()), Some(3));
    let signers: Vec<_> = document.signers().expect("rows").collect();
    assert_eq!(signers.len(), 2);
    assert_eq!(signers[0].public_id.as_str(), "f0a1b2c3d4e511f09c8742010a2b610e");
    assert!(signers[0].public_id.same_as(&SignatureId::from("f0a1b2c3-d4e5-11f0-9c87-42010a2b610e")));

    let body = part("document-response", "/data/document");
    let rows = places(&body).expect("JSON").into_iter().find(|place| place.to_string() == "signatures");
    let odd = with(&body, &rows.expect("rows"), json!([{ "public_id": 7 }])).expect("JSON");
    let odd: Document = json::decode(&odd).expect("a document");
    assert!(odd.signers().is_none(), "rows that cannot be read are not no rows");
}

#[test]
fn a_signature_that_was_signed_and_one_that_was_declined() {
    let document = document();
    let [signed, declined] = document.signers().expect("rows").collect::<Vec<_>>()[..] else { panic!("two rows") };
    assert_eq!(*signed.action.as_ref().expect("an action").name, Some(ActionName::Sign));
    assert_eq!(*signed.delivery_method, Some(DeliveryMethod::Email));
    let event = signed.signed.as_ref().expect("signed");
    assert_eq!(event.created_at.as_ref().map(|at| at.as_str()), Some("2026-10-05T13:09:30.000000Z"));
    assert_eq!(pii(&event.ip), Some("192.0.2.77"));
    assert_eq!(event.port.map(|port| *port.expose()), Some(51234));
    let place = event.geolocation.as_ref().expect("a place");
    assert_eq!(place.latitude.as_ref().map(|degrees| degrees.expose().as_str()), Some("-22.9064"), "text here");
    assert_eq!(pii(&event.user.as_ref().expect("a user").cpf), Some("111.444.777-35"));
    assert!(signed.viewed.is_some() && signed.signed_unapproved.is_some() && signed.biometric_approved.is_some());
    assert!(signed.rejected.is_absent() && signed.biometric_rejected.is_absent());
    assert!(signed.biometric_auto_rejected.is_absent() && signed.biometric_reset.is_absent());
    let mail = signed.email_events.as_ref().expect("mail");
    assert_eq!(mail.opened.as_ref().map(|at| at.as_str()), Some("2026-10-05 10:04:12"));
    let account = signed.user.as_ref().expect("an account");
    assert_eq!(account.id.as_ref().map(|id| id.as_str()), Some("9c8b7a6f5e4d3c2b1a0f9e8d7c6b5a4f3e2d1c0b"));

    assert_eq!(*declined.action.as_ref().expect("an action").name, Some(ActionName::SignAsAWitness));
    assert_eq!(*declined.delivery_method, Some(DeliveryMethod::Link));
    assert_eq!(pii(&declined.link.as_ref().expect("a link").short_link), Some("https://assina.ae/Zq7Constructed41"));
    let rejected = declined.rejected.as_ref().expect("declined");
    assert_eq!(pii(&rejected.reason), Some("O endereço da cláusula 3 é o antigo"));
    assert!(declined.signed.is_absent() && declined.email.is_absent());
}

#[test]
fn what_the_vendor_published() {
    let signature: Signature = read("create-signer-response", "/data/createSigner");
    assert_eq!(signature.public_id.as_str(), "434fcd4c6d0c11eea3c542010a2b60c6");
    assert_eq!(*signature.delivery_method, Some(DeliveryMethod::Email));
    assert!(signature.name.is_absent() && signature.link.is_absent() && signature.is_signer());

    let link: Link = read("create-link-response", "/data/createLinkToSignature");
    assert_eq!(pii(&link.short_link), Some("https://assina.ae/A9pQN40FuNc10Na8K8"));
    assert!(link.id.is_absent());

    let me: Account = read("me-response", "/data/me");
    assert_eq!(me.id.as_ref().map(|id| id.as_str()), Some("1ac41a793ed27015abd0a381eb2846e1c3e7fe01"));
    assert_eq!(pii(&me.birthday), Some("01/01/2001"));
    let subscription = me.subscription.as_ref().expect("a subscription");
    assert_eq!(
        (*subscription.documents, *subscription.credits, *subscription.has_premium_features),
        (Some(20), Some(200), Some(false))
    );
    assert_eq!(me.organization.as_ref().map(|it| it.id), Some(OrganizationId::from(179)));
}

#[test]
fn an_endpoint_and_its_secret() {
    let created: CreatedEndpoint = read("create-endpoint-response", "/data/createEndpoint");
    assert_eq!(created.secret.expose(), "constructed-endpoint-secret-5d1f");
    let secret = created.secret.to_secret().expect("a secret");
    let same = idhooks_autentique::core::Secret::new("constructed-endpoint-secret-5d1f").expect("a secret");
    assert_eq!(secret.sign(b"body"), same.sign(b"body"));
    let endpoint = created.webhook_endpoint.as_ref().expect("an endpoint");
    assert_eq!((endpoint.id.as_ref().map(|id| id.as_str()), *endpoint.active), (Some("4417"), Some(true)));
    let events = endpoint.events.as_ref().expect("events");
    assert_eq!(**events, [EndpointEvent::SignatureAccepted, EndpointEvent::SignatureRejected]);

    let odd = r#"{"secret":"kept","webhook_endpoint":{"id":7,"events":"all"}}"#;
    let odd: CreatedEndpoint = json::decode(odd.as_bytes()).expect("an endpoint");
    assert_eq!(odd.secret.expose(), "kept", "whatever else is odd, the secret is there");
}

#[test]
fn errors_with_codes_with_fields_and_with_prose() {
    let first = |name: &str| -> ErrorItem { read(name, "/errors/0") };
    let coded = first("error-coded");
    assert_eq!(coded.code(), Some(ErrorCode::TooManyResentEmails));
    assert_eq!(
        coded.path.as_ref().map(|path| path.decode_as::<Vec<String>>()),
        Some(Ok(vec!["resendSignatures".into()]))
    );
    assert!(coded.violations().is_empty());
    assert_eq!(first("error-document-not-found").code(), Some(ErrorCode::DocumentNotFound));
    assert_eq!(first("error-missing-scope").code(), Some(ErrorCode::MissingScope));
    assert_eq!(first("error-no-enterprise-access").code(), Some(ErrorCode::NoEnterpriseAccess));

    let prose = first("error-not-found");
    assert_eq!((prose.code(), pii(&prose.message)), (None, Some("Folder not found")));
    assert_eq!(first("error-invalid-variable").code(), None);

    let validation = first("error-validation");
    assert_eq!(validation.code(), Some(ErrorCode::Validation));
    assert_eq!(*validation.extensions.as_ref().expect("details").category, Some(ErrorCategory::Validation));
    let [folder] = &validation.violations()[..] else { panic!("one field") };
    assert_eq!((&*folder.field, &folder.code), ("folder.name", &ErrorCode::MustBeAtLeastCharacters));
    assert_eq!(folder.parameter.as_deref(), Some("3"));

    let more = first("error-endpoint-validation").violations();
    let more: Vec<_> = more.iter().map(|it| (&*it.field, it.code.as_str(), it.parameter.as_deref())).collect();
    assert_eq!(
        more,
        [
            ("name", "must_be_at_least_characters", Some("3")),
            ("name", "may_not_be_greater_than", Some("60")),
            ("url", "format_is_invalid", None),
        ]
    );
}

#[test]
fn codes_say_what_sort_of_error_it_is() {
    let kinds = |text: &str| (ErrorCode::from(text).is_not_found(), ErrorCode::from(text).is_auth());
    for code in ["document_not_found", "folder_not_found", "signature_not_found"] {
        assert_eq!(kinds(code), (true, false), "{code}");
    }
    for code in
        ["unauthorized", "Unauthorized", "no_enterprise_access", "without_permission", "not_a_member_of_organization"]
    {
        assert_eq!(kinds(code), (false, true), "{code}");
    }
    for code in ["validation", "too_many_resent_emails", "some_new_code"] {
        assert_eq!(kinds(code), (false, false), "{code}");
    }
}

#[test]
fn drift_is_read_and_nothing_personal_is_printed() {
    let signature = |name, pointer| Answer::of::<Signature>(name, part(name, pointer), &["public_id"]);
    let document = |name, pointer| Answer::of::<Document>(name, part(name, pointer), &["id"]);
    let error = |name| Answer::of::<ErrorItem>(name, part(name, "/errors/0"), &[]);
    let (link, me, endpoint) = ("create-link-response", "me-response", "create-endpoint-response");
    // Its message is the word that its category, which is shown, is as well.
    let body = part("error-endpoint-validation", "/errors/0");
    let message = places(&body).expect("JSON").into_iter().find(|place| place.member() == "message");
    let validation = without(&body, &message.expect("a message")).expect("a place");
    let each = vec![
        document("document-response", "/data/document"),
        document("documents-page-1", "/data/documents/data/1"),
        document("documents-page-2", "/data/documents/data/0"),
        signature("document-response", "/data/document/signatures/0"),
        signature("document-response", "/data/document/signatures/1"),
        signature("document-response", "/data/document/signatures/2"),
        signature("create-signer-response", "/data/createSigner"),
        Answer::of::<Link>(link, part(link, "/data/createLinkToSignature"), &[]),
        Answer::of::<Account>(me, part(me, "/data/me"), &[]),
        Answer::of::<CreatedEndpoint>(endpoint, part(endpoint, "/data/createEndpoint"), &["secret"]),
        error("error-coded"),
        error("error-document-not-found"),
        error("error-missing-scope"),
        error("error-no-enterprise-access"),
        Answer::of::<ErrorItem>("error-endpoint-validation", validation, &[]),
    ];
    let impersonal = &["action.name", "signatures.action.name"];
    Answers { each, personal: &PERSONAL, impersonal, open: OPEN }.keep_their_promises();
}

#[test]
fn drift_in_errors_is_read_and_nothing_they_quote_is_printed() {
    for name in ["error-coded", "error-invalid-variable", "error-not-found", "error-validation"] {
        let item: ErrorItem = read(name, "/errors/0");
        let message = pii(&item.message).expect("a message").to_owned();
        assert!(name == "error-validation" || !format!("{item:?}").contains(&message), "{name}");
        let body = part(name, "/errors/0");
        for place in places(&body).expect("JSON") {
            for other in [json!(null), json!(7), json!("x"), json!([]), json!({})] {
                let bent = with(&body, &place, other).expect("a place");
                let bent: ErrorItem = json::decode(&bent).unwrap_or_else(|error| panic!("{name}, {place}: {error}"));
                drop((bent.code(), bent.violations()));
            }
        }
    }
    let quoting =
        r#"{"message":"CANARY-7f3a-do-not-print","extensions":{"validation":{"signer":["CANARY-7f3a-do-not-print"]}}}"#;
    let item: ErrorItem = json::decode(quoting.as_bytes()).expect("an error");
    assert!(!format!("{item:?}").contains("CANARY"));
}

/// A list of rows in which nothing is said must not be taken for one out of proportion.
#[test]
fn a_long_list_of_bare_rows_is_read() {
    let body = part("documents-page-1", "/data/documents/data/1");
    let mut document: Value = serde_json::from_slice(&body).expect("JSON");
    let row = document["signatures"][0].clone();
    document["signatures"] = Value::Array(vec![row; 500]);
    let documents = Value::Array(vec![document; 60]).to_string();
    let read: idhooks_autentique::core::List<Document> = json::decode(documents.as_bytes()).expect("a list");
    assert!(read.iter().all(|it| it.signers().is_some_and(|rows| rows.count() == 500)));
}

#[test]
fn what_is_asked_for() {
    assert_eq!(serde_json::to_value(DocumentFilter::new()).expect("writes"), json!({ "limit": 60, "page": 1 }));
    let filter = DocumentFilter::new()
        .limit(20)
        .page(3)
        .status(DocumentStatus::NotSigned)
        .name("Contrato")
        .signer("bruno.assinante@example.com")
        .search("adesão")
        .start_date("2026-10-01")
        .end_date("2026-10-31")
        .include_deleted(true)
        .include_archived(false)
        .order_by("created_at", Direction::Descending)
        .show_sandbox(true)
        .only_sandbox(false)
        .context(Context::Organization)
        .folder_id(&"folder-1".into())
        .group_uuid(&"group-1".into())
        .member_id(&"member-1".into())
        .organization_id(OrganizationId::from(179));
    assert_eq!(
        serde_json::to_value(&filter).expect("writes"),
        json!({
            "limit": 20, "page": 3, "status": "NOT_SIGNED", "name": "Contrato",
            "signer": "bruno.assinante@example.com", "search": "adesão", "start_date": "2026-10-01",
            "end_date": "2026-10-31", "include_deleted": true, "include_archived": false,
            "orderBy": { "field": "created_at", "direction": "DESC" }, "showSandbox": true, "onlySandbox": false,
            "context": "ORGANIZATION", "folder_id": "folder-1", "group_uuid": "group-1", "member_id": "member-1",
            "organization_id": 179,
        })
    );
    let shown = format!("{filter:?}");
    assert!(!shown.contains("bruno") && !shown.contains("Contrato") && !shown.contains("adesão"), "{shown}");
}

#[test]
fn an_endpoint_that_is_asked_for() {
    let url = "https://hooks.example.com/t0ken";
    let events = [EndpointEvent::DocumentFinished, EndpointEvent::from("DOCUMENT_NEW")];
    let endpoint = NewEndpoint::new(OrganizationId::from(179), url, EndpointKind::Document, "Ana's", &events);
    assert_eq!(
        serde_json::to_value(&endpoint).expect("writes"),
        json!({
            "organization_id": 179, "url": url, "format": "JSON", "type": "DOCUMENT", "name": "Ana's",
            "events": ["DOCUMENT_FINISHED", "DOCUMENT_NEW"],
        })
    );
    let endpoint = endpoint.format(EndpointFormat::UrlEncoded).folder_id(&"folder-1".into());
    let written = serde_json::to_value(&endpoint).expect("writes");
    assert_eq!((&written["format"], &written["folder_id"]), (&json!("URLENCODED"), &json!("folder-1")));
    let shown = format!("{endpoint:?}");
    assert!(!shown.contains("t0ken") && !shown.contains("Ana"), "{shown}");
}

#[test]
fn every_event_of_a_webhook_can_be_asked_for() {
    let of_webhooks: std::collections::BTreeSet<_> =
        idhooks_fixtures::AUTENTIQUE.iter().map(|fixture| fixture.event.replace('.', "_").to_uppercase()).collect();
    let of_the_call: std::collections::BTreeSet<_> = EndpointEvent::KNOWN.iter().map(|it| (*it).to_owned()).collect();
    assert_eq!(of_webhooks, of_the_call);
}
