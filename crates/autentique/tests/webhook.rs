//! The fields that matter, of every kind of event and in every layout.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use idhooks_autentique::{
    Action, Event, EventBody, Format, ObjectType, SignatureEventKind, Verifier,
    core::{Decimal, DedupKey, Pii, Secret, Secrets, WebhookEvent as _, testing::verified},
};
use idhooks_fixtures::AUTENTIQUE;
use support::{body, document, read, signature};

fn text(value: Option<&Pii<Box<str>>>) -> Option<&str> {
    value.map(|value| &**value.expose())
}

#[test]
fn a_finished_document() {
    let event = read("document-finished-2026-09");
    assert_eq!(event.id.as_str(), "a1d13063-c9c2-4296-a376-395407085064");
    assert_eq!(event.object.as_ref(), Some(&ObjectType::Event));
    assert_eq!(event.organization.map(|organization| organization.get()), Some(1));
    assert_eq!(event.created_at.as_ref().map(|time| time.as_str()), Some("2026-09-21T18:09:30.997045Z"));
    let envelope = &event.webhook;
    assert_eq!(
        envelope.id.as_ref().map(|id| id.as_str()),
        Some("MTIyNzh8YTFkMTMwNjMtYzljMi00Mjk2LWEzNzYtMzk1NDA3MDg1MDY0")
    );
    assert_eq!((envelope.object.as_ref(), envelope.format.as_ref()), (Some(&ObjectType::Webhook), Some(&Format::Json)));
    assert_eq!(text(envelope.name.as_ref()), Some("laravel-autentique e2e"));
    assert_eq!(text(envelope.url.as_ref()), Some("https://example.com/webhooks/autentique"));

    let EventBody::DocumentFinished(document) = &event.body else { panic!("{event:?}") };
    assert!(!document.is_wrapped());
    assert_eq!(document.id.as_str(), "da0454a42b8859527151f6cd08430a40850cc873e35b52714");
    assert_eq!(document.object.as_ref(), Some(&ObjectType::Document));
    assert_eq!(text(document.name.as_ref()), Some("laravel-autentique webhook e2e"));
    assert_eq!(document.message.as_ref(), None);
    assert_eq!(document.sandbox.map(bool::from), Some(true));
    assert_eq!(
        (*document.refusable, *document.stop_on_rejected, *document.qualified),
        (Some(false), Some(true), Some(false))
    );
    assert_eq!(document.made_by_api(), Some(true));
    assert_eq!(
        (*document.signatures_count, *document.signed_count, *document.rejected_count),
        (Some(1), Some(1), Some(0))
    );
    let locale = document.locale.as_ref().unwrap();
    assert_eq!((locale.country.as_deref(), locale.timezone.as_deref()), (Some("BR"), Some("America/Sao_Paulo")));
    let files = document.files.as_ref().unwrap();
    assert!(text(files.pades.as_ref()).is_some_and(|link| link.ends_with("/pades.pdf")));

    let signature = &document.signatures.as_ref().unwrap()[0];
    assert_eq!(signature.action.as_ref(), Some(&Action::Sign));
    assert_eq!(signature.viewed.as_ref(), None, "signed, yet never viewed");
    assert_eq!(signature.signed.as_ref().map(|time| time.as_str()), Some("2026-09-21T18:09:30.000000Z"));
    let steps = signature.events.as_ref().unwrap();
    let step = &steps[0];
    assert_eq!(step.kind.as_ref(), Some(&SignatureEventKind::Signed));
    assert_eq!(text(step.ip.as_ref()), Some("192.0.2.10"));
    assert_eq!(step.port.as_ref().map(Pii::expose), Some(&47_372));
    let actor = step.user.as_ref().unwrap();
    assert_eq!(actor.uuid.as_ref().map(|id| id.as_str()), Some("0000000000000000000000000000000000000001"));
    let place = step.geolocation.as_ref().unwrap();
    assert_eq!(text(place.state_iso.as_ref()), Some("RS"));
    assert_eq!(place.latitude.as_ref().map(|degrees| degrees.expose().as_str()), Some("-27.6767"));

    let previous = event.previous().unwrap();
    assert_eq!(previous.names().collect::<Vec<_>>(), ["signed_count"]);
    assert_eq!(previous.get("signed_count").unwrap().decode::<u32>(), Ok(1));
    assert_eq!(previous.get("name"), None);
}

#[test]
fn the_authors_own_row_is_no_signer() {
    let document = document("document-finished-2025-11");
    assert_eq!(document.signatures.as_ref().unwrap().len(), 2);
    let signers: Vec<_> = document.signers().unwrap().collect();
    assert_eq!(signers.len(), 1);
    assert_eq!(document.signatures_count.map(|count| count as usize), Some(signers.len()));
    assert!(signers[0].signed.is_some());
    assert_eq!(text(signers[0].signer().unwrap().name.as_ref()), Some("João Exemplo"));
    let files = document.files.as_ref().unwrap();
    assert!(files.signed.is_some() && files.certified.is_absent());
}

#[test]
fn the_wrapped_layout() {
    let event = read("document-updated-nested");
    let EventBody::DocumentUpdated(document) = &event.body else { panic!("{event:?}") };
    assert!(document.is_wrapped());
    assert_eq!(document.id.as_str(), "89c7d2ab31f9f5a13b3d20ecf53319af387e54d240ae7be993");
    assert_eq!(document.object.as_ref(), Some(&ObjectType::Document));
    assert_eq!(document.sandbox.map(bool::from), Some(false), "0");
    assert_eq!(serde_json::to_string(&document.sandbox).unwrap(), "0");
    assert_eq!((*document.api, *document.is_from_api, document.made_by_api()), (None, Some(false), Some(false)));

    let signature = document.signers().unwrap().next().unwrap();
    assert!(signature.user.is_absent());
    let signer = signature.signer().unwrap();
    assert_eq!(text(signer.name.as_ref()), Some("Felipe Autentique"));
    assert_eq!(text(signer.cpf.as_ref()), Some("123.456.789-09"));
    assert_eq!(signer.cpf_digits().unwrap().expose(), "12345678909");

    assert!(event.previous_attributes.is_absent());
    let previous = event.previous().unwrap();
    assert_eq!(previous.get("name").unwrap().decode::<String>().as_deref(), Ok("teste"));
    assert_eq!(previous.names().count(), 5);
    assert_eq!(event.body.document_id(), Some(&document.id));
}

#[test]
fn a_signature_was_accepted() {
    for name in ["signature-accepted", "signature-accepted-2025-02"] {
        let event = read(name);
        let EventBody::SignatureAccepted(signature) = &event.body else { panic!("{event:?}") };
        assert!(signature.signed.is_some() && signature.is_signer());
        assert!(signature.user.is_some() && signature.name.is_absent());
        assert!(signature.signer().unwrap().email.is_some());
        assert_eq!(event.previous(), None, "[] says nothing");
        assert_eq!(event.previous_attributes.as_ref().map(|previous| previous.is_empty()), Some(true));
    }
    let bare = signature("signature-accepted-2025-02");
    assert!(bare.mail.is_absent() && bare.events.is_absent());
}

#[test]
fn times_of_mail_have_no_zone() {
    let signature = signature("signature-delivery-failed");
    let mail = signature.mail.as_ref().unwrap();
    assert_eq!(mail.refused.as_ref().map(|time| time.as_str()), Some("2026-10-05 10:00:31"));
    assert!(!mail.refused.as_ref().unwrap().has_offset());
    assert_eq!(text(mail.reason.as_ref()), Some("550 5.1.1 mailbox unavailable"));
    assert!(signature.created_at.as_ref().unwrap().has_offset());
}

#[test]
fn a_signature_was_rejected() {
    let event = read("signature-rejected");
    let EventBody::SignatureRejected(signature) = &event.body else { panic!("{event:?}") };
    assert_eq!(text(signature.reason.as_ref()), Some("O valor da cláusula 3 está errado."), "escapes are read");
    let steps = signature.events.as_ref().unwrap();
    let last = steps.last().unwrap();
    assert_eq!(last.kind.as_ref(), Some(&SignatureEventKind::Rejected));
    assert!(signature.rejected.is_some() && signature.signed.is_absent());
}

#[test]
fn identity_checks() {
    let signature = signature("signature-biometric-unapproved");
    assert_eq!(signature.identity_pending().map(|time| time.as_str()), Some("2026-10-05T13:08:00.000000Z"));
    assert_eq!((signature.identity_approved(), signature.identity_rejected()), (None, None));
}

#[test]
fn a_member_joined() {
    let event = read("member-created");
    let EventBody::MemberCreated(member) = &event.body else { panic!("{event:?}") };
    assert_eq!(text(member.user.as_ref().unwrap().email.as_ref()), Some("felipe@autentique.com.br"));
    let group = member.group.as_ref().unwrap();
    assert_eq!(group.uuid.as_ref().map(|id| id.as_str()), Some("96d50d5a-b69c-4c84-b2d9-3f37c227cebf"));
    assert_eq!(text(group.name.as_ref()), Some("Administrador"));
    assert_eq!(*group.organization, *event.organization);
    let may = group.permissions.as_ref().unwrap();
    assert_eq!((may.get("sign_documents"), may.get("enterprise_access")), (Some(true), Some(false)));
    assert_eq!((may.get("validate_biometry"), may.iter().count()), (None, 26));
    assert_eq!(group.configs.as_ref().unwrap().get("sobrescrever_modelos"), Some(false));
    assert_eq!(member.permissions.as_ref().unwrap().iter().filter(|(_, on)| *on).count(), 9);
    assert_eq!(event.body.document_id(), None);
}

/// What the inbox sees without reading the event agrees with the event.
#[test]
fn facts_agree_with_the_event() {
    for fixture in AUTENTIQUE {
        let event = Event::decode(fixture.body).unwrap();
        let envelope = Event::envelope(fixture.body);
        assert_eq!(envelope.event_name(), Some(event.body.name()), "{fixture:?}");
        assert_eq!(envelope.subject_id(), event.body.document_id().map(|id| id.as_str()), "{fixture:?}");
        assert_eq!(envelope.time(), event.created_at.as_ref().map(|time| time.as_str()), "{fixture:?}");
        assert_eq!(envelope.dedup_key(fixture.body).to_string(), event.id.as_str(), "{fixture:?}");
        let families =
            [event.body.document().is_some(), event.body.signature().is_some(), event.body.member().is_some()];
        let wanted = ["document.", "signature.", "member."].map(|family| fixture.event.starts_with(family));
        assert_eq!(families, wanted, "{fixture:?}");
        assert_eq!(envelope.subject_id().is_some(), !wanted[2], "{fixture:?}");
    }
}

#[test]
fn every_type_of_event_has_a_fixture() {
    let mut seen: Vec<_> = AUTENTIQUE.iter().map(|fixture| fixture.event).collect();
    seen.sort_unstable();
    seen.dedup();
    let mut known = EventBody::KNOWN.to_vec();
    known.sort_unstable();
    assert_eq!(seen, known);
    assert_eq!(known.len(), 17);
}

/// One event comes to two endpoints under two envelope ids; it is still one event.
#[test]
fn one_event_at_two_endpoints_has_one_key() {
    let first = body("signature-viewed");
    let id = read("signature-viewed").webhook.id.as_ref().unwrap().as_str().to_owned();
    let second = first.replace(&id, "OTk5fDAwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDBhMDAwNg==");
    assert_ne!(first, second);
    let key = |body: &str| Event::envelope(body.as_bytes()).dedup_key(body.as_bytes());
    assert_eq!(key(&first), key(&second));
    assert_ne!(key(&first), key(&body("signature-updated")));
    assert_ne!(
        Event::decode(first.as_bytes()).unwrap().webhook.id,
        Event::decode(second.as_bytes()).unwrap().webhook.id
    );
}

/// The envelopes differ in `id`, `name` and `url`, and each endpoint signs with a secret of its own.
#[test]
fn one_event_at_two_endpoints_has_one_content() {
    let secrets = ["made-up-autentique-secret-a", "made-up-autentique-secret-b"].map(|text| Secret::new(text).unwrap());
    let verifier = Verifier::new(Secrets::new(secrets).unwrap());
    let verify =
        |name: &str, signature: &str| verifier.verify(&[("x-autentique-signature", signature)], body(name)).unwrap();
    let one =
        verify("document-created-at-endpoint-a", "7be901fd515656ee957501cd9ec031b7f351bcae60fee93c24518b6203cd3aea");
    let two =
        verify("document-created-at-endpoint-b", "e69093165ac75f20aaccbcf2a9bdc18eb54199ab94bae6ee337d2d3369bb3627");
    assert_ne!(one.body(), two.body());
    assert_eq!([one.authentication().secret_index(), two.authentication().secret_index()], [Some(0), Some(1)]);
    assert_eq!(one.dedup_key(), two.dedup_key());
    assert_eq!(one.content_digest(), two.content_digest(), "a duplicate");
}

#[test]
fn another_event_under_the_same_id_has_other_content() {
    let sent = body("document-created-at-endpoint-a");
    let digest = |body: &str| verified::<Event>(body.to_owned()).content_digest();
    let changed = sent.replace("\"refusable\":true", "\"refusable\":false");
    assert_ne!(changed, sent);
    assert_ne!(digest(&changed), digest(&sent), "a conflict");

    // Without one event to select, the content is the whole body.
    for body in [r#"{"event":{"id":"a"},"event":{"id":"b"}}"#, r#"{"id":"a"}"#, "[]", ""] {
        let delivery = verified::<Event>(body);
        assert_eq!(Event::content(body.as_bytes()), body.as_bytes());
        let DedupKey::BodyDigest(whole) = delivery.dedup_key() else { panic!("{body}") };
        assert_eq!(*whole.digest(), delivery.content_digest(), "{body}");
    }
}

/// Two members that `payload.rs` cannot look for by name, because harmless ones share it.
#[test]
fn row_49_a_signers_country_and_the_signed_file_are_hidden() {
    let event = read("document-finished-2025-11");
    let shown = format!("{event:?} {event:#?}");
    assert!(!shown.contains("Brazil"), "the signer's country");
    assert!(!shown.contains("assinado.pdf"), "the link to the signed file");
    assert!(!shown.contains("-23.5475"), "where the signer was");
    assert!(!shown.contains("38192"), "the port they came from");
    assert!(shown.contains("America/Sao_Paulo") && shown.contains("2025-11-08T19:36:04"), "the rest is there");
}

#[test]
fn coordinates_are_digits_not_floats() {
    let document = document("document-finished-2025-11");
    let steps = document.signatures.as_ref().unwrap()[1].events.as_ref().unwrap();
    let step = &steps[0];
    let longitude = step.geolocation.as_ref().unwrap().longitude.as_ref().unwrap();
    assert_eq!(longitude.expose(), &"-46.63610".parse::<Decimal>().unwrap());
}
