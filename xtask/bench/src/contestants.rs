//! The same job, done five ways. Each answers with something of the event, so that nothing is left out.

use std::sync::Arc;

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderValue};
use idhooks_core::{self as core, HmacSigned, PresentsCredential, Secret, WebhookEvent};
use serde_json::Value;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::Outcome;

pub(crate) const SECRET: &str = "a secret of the usual length 0123";
const API_KEY: &str = "an API key of the usual length 1";

pub type Call = Box<dyn Fn() -> usize>;

/// One way to do the job, whole and in parts.
pub(crate) struct Contestant {
    pub(crate) verify: Call,
    pub(crate) decode: Call,
    pub(crate) both: Call,
}

impl Contestant {
    fn new(verify: impl Fn() + Clone + 'static, decode: impl Fn() -> usize + Clone + 'static) -> Self {
        let (first, then) = (verify.clone(), decode.clone());
        let verify = move || {
            verify();
            1
        };
        let both = move || {
            first();
            then()
        };
        Self { verify: Box::new(verify), decode: Box::new(decode), both: Box::new(both) }
    }
}

/// All of them, over one body.
pub(crate) struct Contestants {
    /// HMAC with a kept key over a signature that is decoded already (or what the vendor has instead),
    /// and the leanest borrowed struct, whose type is known beforehand.
    pub(crate) floor: Contestant,
    pub(crate) ours: Contestant,
    /// What a careful user writes: the key set up for each request, `hex::decode`, a `Value`.
    pub(crate) by_hand: Contestant,
    /// Checks its own scheme, which also covers an id and a time; then a `Value`.
    pub(crate) standardwebhooks: Contestant,
    /// The same.
    pub(crate) svix: Contestant,
}

/// How each kind of contestant answers: with a figure of the event it has read.
pub(crate) struct Reads<E> {
    pub(crate) lean: fn(&str) -> usize,
    pub(crate) typed: fn(&E) -> Option<usize>,
    pub(crate) value: fn(&Value) -> Option<usize>,
}

struct Request {
    headers: HeaderMap,
    body: Bytes,
}

impl Contestants {
    pub(crate) fn signed<E: HmacSigned>(body: &Bytes, reads: Reads<E>) -> Outcome<Self> {
        let secret = Secret::new(SECRET)?;
        let hex = secret.sign(body);
        let given = hex::decode(&hex)?;
        let request = request(body, E::SIGNATURE_HEADER, &hex)?;
        let keyed = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes())?;
        let verifier = core::Hmac::<E>::new(secret);

        let with_kept_key = {
            let request = Arc::clone(&request);
            move || keyed.clone().chain_update(&request.body).verify_slice(&given).expect("signed")
        };
        let with_new_key = {
            let request = Arc::clone(&request);
            move || {
                let given = hex::decode(request.headers.get(E::SIGNATURE_HEADER).expect("signed")).expect("hex");
                let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any key");
                mac.update(&request.body);
                mac.verify_slice(&given).expect("signed");
            }
        };
        let take = move |request: &Request| verifier.verify(&request.headers, request.body.clone()).expect("signed");
        let ours = ours(&request, reads.typed, take, |delivery| delivery.decode().expect("reads"));
        Self::over(&request, &reads, with_kept_key, with_new_key, ours)
    }

    pub(crate) fn presented<E: PresentsCredential>(body: &Bytes, reads: Reads<E>) -> Outcome<Self> {
        const HEADER: &str = "x-api-key";
        let request = request(body, HEADER, API_KEY)?;
        let verifier = core::SharedCredential::<E>::api_key(&format!("{HEADER}:{API_KEY}"))?;
        let same = |given: &[u8]| assert!(bool::from(given.ct_eq(API_KEY.as_bytes())), "presented");

        let given = HeaderValue::from_static(API_KEY);
        let compared = move || same(given.as_bytes());
        let looked_up = {
            let request = Arc::clone(&request);
            move || same(request.headers.get(HEADER).expect("presented").as_bytes())
        };
        let take = move |request: &Request| verifier.verify(&request.headers, request.body.clone()).expect("presented");
        let ours = ours(&request, reads.typed, take, |delivery| delivery.decode().expect("reads"));
        Self::over(&request, &reads, compared, looked_up, ours)
    }

    pub(crate) fn open<E: WebhookEvent>(body: &Bytes, reads: Reads<E>) -> Outcome<Self> {
        let request = request(body, "accept", "*/*")?;
        let verifier = core::Unauthenticated::<E>::new();
        let take = move |request: &Request| verifier.verify(&request.headers, request.body.clone()).expect("open");
        let ours = ours(&request, reads.typed, take, |delivery| delivery.decode().expect("reads"));
        Self::over(&request, &reads, || (), || (), ours)
    }

    fn over<E>(
        request: &Arc<Request>,
        reads: &Reads<E>,
        least: impl Fn() + Clone + 'static,
        by_hand: impl Fn() + Clone + 'static,
        ours: Contestant,
    ) -> Outcome<Self> {
        let lean = {
            let (request, read) = (Arc::clone(request), reads.lean);
            move || read(std::str::from_utf8(&request.body).expect("text"))
        };
        let value = {
            let (request, read) = (Arc::clone(request), reads.value);
            move || read(&serde_json::from_slice(&request.body).expect("JSON")).expect("reads")
        };
        let standardwebhooks = {
            let (request, verifier) = (Arc::clone(request), standardwebhooks::Webhook::from_bytes(SECRET.into())?);
            let verifier = Arc::new(verifier);
            move || verifier.verify(&request.body, &request.headers).expect("signed")
        };
        let svix = {
            let (request, verifier) = (Arc::clone(request), svix::webhooks::Webhook::from_bytes(SECRET.into())?);
            let verifier = Arc::new(verifier);
            move || verifier.verify(&request.body, &request.headers).expect("signed")
        };
        let all = Self {
            floor: Contestant::new(least, lean),
            ours,
            by_hand: Contestant::new(by_hand, value.clone()),
            standardwebhooks: Contestant::new(standardwebhooks, value.clone()),
            svix: Contestant::new(svix, value),
        };
        let each = [&all.floor, &all.ours, &all.by_hand, &all.standardwebhooks, &all.svix];
        let read = each.map(|contestant| [(contestant.both)(), (contestant.decode)()]);
        if read == [[read[0][0]; 2]; 5] {
            Ok(all)
        } else {
            Err(format!("not all read the same event: {read:?}").into())
        }
    }
}

fn ours<E: WebhookEvent, D: 'static>(
    request: &Arc<Request>,
    read: fn(&E) -> Option<usize>,
    take: impl Fn(&Request) -> D + Clone + 'static,
    event: impl Fn(&D) -> E + 'static,
) -> Contestant {
    let (to_verify, to_decode, request) = (Arc::clone(request), Arc::clone(request), Arc::clone(request));
    let verify = take.clone();
    Contestant {
        verify: Box::new(move || {
            std::hint::black_box(verify(&to_verify));
            1
        }),
        decode: Box::new(move || read(&E::decode(&to_decode.body).expect("reads")).expect("as asked")),
        both: Box::new(move || read(&event(&take(&request))).expect("as asked")),
    }
}

/// With what the vendor sends as proof, and with the peers' headers.
fn request(body: &Bytes, header: &'static str, proof: &str) -> Outcome<Arc<Request>> {
    let now = time::OffsetDateTime::now_utc().unix_timestamp();
    let signature = standardwebhooks::Webhook::from_bytes(SECRET.into())?.sign("msg_1", now, body)?;
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("content-type", "application/json"),
        ("user-agent", "a vendor/1"),
        (header, proof),
        ("webhook-id", "msg_1"),
        ("webhook-timestamp", &now.to_string()),
        ("webhook-signature", &signature),
    ] {
        headers.insert(name, HeaderValue::from_str(value)?);
    }
    Ok(Arc::new(Request { headers, body: body.clone() }))
}
