//! Capa's flat bodies.

use idhooks_capa::{Event, KycEvent, TransactionEvent};
use idhooks_core::WebhookEvent as _;

use super::{ExpectedEnvelope, Object, Verdict, assert_agrees, decided, decode, is_null, text};

/// Members that may be there once only.
const NAMES: [&str; 12] = [
    "type",
    "event",
    "externalUserId",
    "transactionId",
    "firstName",
    "lastName",
    "blockchain",
    "cryptoCurrency",
    "fiatCurrency",
    "fiatAmount",
    "cryptoAmount",
    "exchangeRate",
];

struct Wanted {
    name: String,
    user: Option<String>,
    kind: Kind,
}

enum Kind {
    Kyc,
    Transaction(String),
    Kept(String),
}

pub fn compare(body: &[u8]) {
    envelope(body).compare::<Event>(body);
    let Some((event, wanted)) = decided(decode::<Event>(body), verdict(body), body) else { return };
    assert_eq!(event.name(), wanted.name);
    match (&event, &wanted.kind) {
        (Event::Kyc(kyc), Kind::Kyc) => {
            assert_eq!(kyc.external_user_id.as_ref().map(AsRef::as_ref), wanted.user.as_deref());
        }
        (Event::Transaction(transaction), Kind::Transaction(id)) => {
            assert_eq!(transaction.transaction_id.as_str(), id);
            assert_eq!(transaction.external_user_id.as_ref().map(AsRef::as_ref), wanted.user.as_deref());
            assert_agrees(&Event::envelope(body), id, body);
        }
        (Event::Other { body, .. }, Kind::Kept(raw)) => assert_eq!(body.get(), raw),
        _ => panic!("another kind of event: {}", String::from_utf8_lossy(body)),
    }
}

fn verdict(body: &[u8]) -> Verdict<Wanted> {
    let Some(object) = Object::of(body).filter(|object| !object.has_twice(&NAMES)) else { return Verdict::Rejected };
    let [family, name] = ["type", "event"].map(|member| text(object.get(member)));
    let (Some(family), Some(name)) = (family, name) else { return Verdict::Rejected };
    let kind = match family.as_str() {
        "KYC" if KycEvent::KNOWN.contains(&&*name) => Some(Kind::Kyc),
        "TRANSACTION" if TransactionEvent::KNOWN.contains(&&*name) => {
            text(object.get("transactionId")).map(Kind::Transaction)
        }
        _ => Some(Kind::Kept(String::from_utf8_lossy(body).trim_matches([' ', '\t', '\r', '\n']).to_owned())),
    };
    let user = text(object.get("externalUserId"));
    Verdict::read(kind).map(|kind| Wanted { name, user, kind })
}

fn envelope(body: &[u8]) -> ExpectedEnvelope {
    let object = Object::of(body);
    let names = ["event", "transactionId", "externalUserId"];
    let Some(object) = object.as_ref().and_then(|it| it.reliable(&names)) else { return ExpectedEnvelope::default() };
    let [event, transaction, user] = names.map(|name| object.get(name));
    let subject = if is_null(transaction) { user } else { transaction };
    ExpectedEnvelope { event: text(event), subject: text(subject), ..ExpectedEnvelope::default() }
}
