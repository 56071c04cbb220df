//! The same job, done five ways. Each answers with something of the event, so that nothing is left out.

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderValue};
use idhooks_core::Secret;
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;

use crate::bodies::{Kind, Sample};

const SECRET: &str = "a secret of the usual length 0123";

pub struct Contestants {
    kind: Kind,
    body: Bytes,
    keyed: Hmac<Sha256>,
    given: [u8; 32],
    headers: HeaderMap,
    caf: idhooks_caf::Verifier,
    autentique: idhooks_autentique::Verifier,
    standard: standardwebhooks::Webhook,
    svix: svix::webhooks::Webhook,
}

impl Contestants {
    pub fn new(sample: &Sample) -> Self {
        let secret = Secret::new(SECRET).expect("a secret");
        let hex = secret.sign(&sample.body);
        let mut given = [0; 32];
        hex::decode_to_slice(&hex, &mut given).expect("hex");
        let standard = standardwebhooks::Webhook::from_bytes(SECRET.into()).expect("a secret");
        let now = time::OffsetDateTime::now_utc().unix_timestamp();
        let signature = standard.sign("msg_1", now, &sample.body).expect("signs");
        let mut headers = HeaderMap::new();
        let mut put = |name: &'static str, value: &str| {
            headers.insert(name, HeaderValue::from_str(value).expect("a header"));
        };
        put("content-type", "application/json");
        put("user-agent", "Caf-Webhook/Connect");
        put("x-caf-signature", &hex);
        put("x-autentique-signature", &hex);
        put("webhook-id", "msg_1");
        put("webhook-timestamp", &now.to_string());
        put("webhook-signature", &signature);
        let contestants = Self {
            kind: sample.kind,
            body: Bytes::copy_from_slice(&sample.body),
            keyed: Hmac::new_from_slice(SECRET.as_bytes()).expect("any key"),
            given,
            headers,
            caf: idhooks_caf::Verifier::new(secret.clone()),
            autentique: idhooks_autentique::Verifier::new(secret),
            standard,
            svix: svix::webhooks::Webhook::from_bytes(SECRET.into()).expect("a secret"),
        };
        let wanted = contestants.floor();
        let others = [contestants.ours(), contestants.by_hand(), contestants.standardwebhooks(), contestants.svix()];
        assert_eq!(others, [wanted; 4], "all read the same event");
        contestants
    }

    /// HMAC with a kept key over a signature that is decoded already, and the leanest borrowed
    /// struct, whose type is known beforehand.
    pub fn floor(&self) -> usize {
        let mut mac = self.keyed.clone();
        mac.update(&self.body);
        mac.verify_slice(&self.given).expect("signed");
        let text = std::str::from_utf8(&self.body).expect("text");
        match self.kind {
            Kind::Caf => borrowed::<CafEvent>(text).data.notification_id.len(),
            Kind::Signature => borrowed::<Delivery<Signature>>(text).event.data.public_id.len(),
            Kind::Document => borrowed::<Delivery<Document>>(text).event.data.signatures.len(),
        }
    }

    pub fn ours(&self) -> usize {
        match self.kind {
            Kind::Caf => {
                let event = self.caf.verify(&self.headers, self.body.clone()).expect("signed").event().expect("reads");
                match event.body {
                    idhooks_caf::EventBody::CommunicationCreated(message) => message.notification_id.as_str().len(),
                    _ => 0,
                }
            }
            Kind::Signature | Kind::Document => {
                let delivery = self.autentique.verify(&self.headers, self.body.clone()).expect("signed");
                let body = delivery.event().expect("reads").body;
                let signature = body.signature().map(|signature| signature.public_id.as_str().len());
                let signatures = || body.document()?.signatures.as_ref().map(|list| list.len());
                signature.or_else(signatures).unwrap_or(0)
            }
        }
    }

    /// What a careful user writes: the key set up for each request, `hex::decode`, a `Value`.
    pub fn by_hand(&self) -> usize {
        let name = if self.kind == Kind::Caf { "x-caf-signature" } else { "x-autentique-signature" };
        let given = hex::decode(self.headers.get(name).expect("signed")).expect("hex");
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any key");
        mac.update(&self.body);
        mac.verify_slice(&given).expect("signed");
        self.in_value()
    }

    pub fn standardwebhooks(&self) -> usize {
        self.standard.verify(&self.body, &self.headers).expect("signed");
        self.in_value()
    }

    pub fn svix(&self) -> usize {
        self.svix.verify(&self.body, &self.headers).expect("signed");
        self.in_value()
    }

    fn in_value(&self) -> usize {
        let value: Value = serde_json::from_slice(&self.body).expect("JSON");
        let data = &value["event"]["data"];
        match self.kind {
            Kind::Caf => value["data"]["notificationId"].as_str().map_or(0, str::len),
            Kind::Signature => data["public_id"].as_str().map_or(0, str::len),
            Kind::Document => data["signatures"].as_array().map_or(0, Vec::len),
        }
    }
}

fn borrowed<'a, T: Deserialize<'a>>(text: &'a str) -> T {
    serde_json::from_str(text).expect("reads")
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read, not used: that is the job")]
struct CafEvent<'a> {
    specversion: &'a str,
    r#type: &'a str,
    source: &'a str,
    id: &'a str,
    time: &'a str,
    datacontenttype: Option<&'a str>,
    data: Communication<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "read, not used: that is the job")]
struct Communication<'a> {
    tenant_id: Option<&'a str>,
    channel: &'a str,
    external_id: Option<&'a str>,
    notification_id: &'a str,
    system: Option<&'a str>,
    occurred_on: Option<&'a str>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read, not used: that is the job")]
struct Delivery<'a, T> {
    id: &'a str,
    object: &'a str,
    name: &'a str,
    format: &'a str,
    url: &'a str,
    event: Event<'a, T>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read, not used: that is the job")]
struct Event<'a, T> {
    id: &'a str,
    object: &'a str,
    organization: u64,
    r#type: &'a str,
    data: T,
    #[serde(borrow)]
    previous_attributes: &'a serde_json::value::RawValue,
    created_at: &'a str,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read, not used: that is the job")]
struct Document<'a> {
    id: &'a str,
    object: &'a str,
    name: &'a str,
    message: Option<&'a str>,
    refusable: bool,
    author: Person<'a>,
    #[serde(borrow)]
    signatures: Vec<Signature<'a>>,
    stop_on_rejected: bool,
    qualified: bool,
    ignore_cpf: bool,
    ignore_birthdate: bool,
    sortable: bool,
    is_blocked: bool,
    sandbox: bool,
    api: bool,
    scrolling_required: bool,
    locale: Locale<'a>,
    email_template_id: Option<u64>,
    expiration_at: Option<&'a str>,
    notify_in: Option<u64>,
    reminder: Option<&'a str>,
    reply_to: Option<&'a str>,
    signatures_count: u64,
    signed_count: u64,
    rejected_count: u64,
    files: Files<'a>,
    created_at: &'a str,
    updated_at: &'a str,
    deleted_at: Option<&'a str>,
    deadline_at: Option<&'a str>,
    lifecycle_in: &'a str,
    author_folder_id: Option<&'a str>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read, not used: that is the job")]
struct Locale<'a> {
    country: &'a str,
    language: &'a str,
    timezone: &'a str,
    date_format: &'a str,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read, not used: that is the job")]
struct Files<'a> {
    original: &'a str,
    signed: &'a str,
    certified: Option<&'a str>,
    pades: Option<&'a str>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read, not used: that is the job")]
struct Person<'a> {
    name: Option<&'a str>,
    company: Option<&'a str>,
    email: Option<&'a str>,
    phone: Option<&'a str>,
    cpf: Option<&'a str>,
    cnpj: Option<&'a str>,
    birthday: Option<&'a str>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read, not used: that is the job")]
struct Signature<'a> {
    public_id: &'a str,
    object: &'a str,
    #[serde(borrow)]
    user: Person<'a>,
    document: &'a str,
    events: Vec<SignatureEvent<'a>>,
    mail: Option<Mail<'a>>,
    action: Option<&'a str>,
    viewed: Option<&'a str>,
    signed: Option<&'a str>,
    rejected: Option<&'a str>,
    reason: Option<&'a str>,
    biometric_unapproved: Option<&'a str>,
    biometric_approved: Option<&'a str>,
    biometric_rejected: Option<&'a str>,
    created_at: &'a str,
    archived_at: Option<&'a str>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read, not used: that is the job")]
struct Mail<'a> {
    sent: Option<&'a str>,
    opened: Option<&'a str>,
    refused: Option<&'a str>,
    delivered: Option<&'a str>,
    reason: Option<&'a str>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read, not used: that is the job")]
struct SignatureEvent<'a> {
    r#type: &'a str,
    document: &'a str,
    #[serde(borrow)]
    user: EventUser<'a>,
    geolocation: Geolocation<'a>,
    reason: Option<&'a str>,
    ip: &'a str,
    port: u32,
    created_at: &'a str,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read, not used: that is the job")]
struct EventUser<'a> {
    uuid: &'a str,
    name: Option<&'a str>,
    email: Option<&'a str>,
    cpf: Option<&'a str>,
    cnpj: Option<&'a str>,
    birthday: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "read, not used: that is the job")]
struct Geolocation<'a> {
    country: &'a str,
    #[serde(rename = "countryISO")]
    country_iso: &'a str,
    state: &'a str,
    #[serde(rename = "stateISO")]
    state_iso: &'a str,
    city: &'a str,
    zipcode: &'a str,
    latitude: f64,
    longitude: f64,
}
