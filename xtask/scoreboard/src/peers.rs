//! The contestants, each called as its own documentation says.

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use idhooks_core::{Decimal, Secret, Secrets};
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;

use crate::scheme::Scheme;

/// What a contestant is given.
pub struct Attempt {
    pub secrets: Vec<String>,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// What it made of it: the event's id and its `amount`, as far as it reads them; or that it was refused.
pub type Said = Result<Read, String>;

#[derive(Default)]
pub struct Read {
    pub id: Option<String>,
    pub amount: Option<String>,
}

pub struct Peer {
    pub name: &'static str,
    pub scheme: Scheme,
    /// Looks the header up itself; else it is handed the value.
    pub takes_headers: bool,
    pub takes_several_secrets: bool,
    /// Reads the event as well.
    pub reads: bool,
    /// Has a place for numbers that are no whole ones.
    pub reads_amounts: bool,
    pub verify: fn(&Attempt) -> Said,
}

pub const PEERS: [Peer; 6] = [
    Peer {
        name: "idhooks",
        scheme: Scheme::Hex("x-caf-signature"),
        takes_headers: true,
        takes_several_secrets: true,
        reads: true,
        reads_amounts: true,
        verify: idhooks,
    },
    Peer {
        name: "by hand",
        scheme: Scheme::Hex("x-signature"),
        takes_headers: true,
        takes_several_secrets: false,
        reads: true,
        reads_amounts: true,
        verify: by_hand,
    },
    Peer {
        name: "standardwebhooks",
        scheme: Scheme::Standard,
        takes_headers: true,
        takes_several_secrets: false,
        reads: false,
        reads_amounts: false,
        verify: standardwebhooks,
    },
    Peer {
        name: "svix",
        scheme: Scheme::Standard,
        takes_headers: true,
        takes_several_secrets: false,
        reads: false,
        reads_amounts: false,
        verify: svix,
    },
    Peer {
        name: "webhook-verify",
        scheme: Scheme::Standard,
        takes_headers: true,
        takes_several_secrets: true,
        reads: false,
        reads_amounts: false,
        verify: webhook_verify,
    },
    Peer {
        name: "async-stripe",
        scheme: Scheme::Stripe,
        takes_headers: false,
        takes_several_secrets: false,
        reads: true,
        reads_amounts: false,
        verify: async_stripe,
    },
];

impl Peer {
    /// An event it can read, with this id (as JSON) and these members (with a comma before each) at its end. Its blanks
    /// are such that no JSON library writes them.
    pub fn body(&self, id: &str, more: &str) -> String {
        match self.name {
            "idhooks" => format!(
                r#"{{"specversion":"1.0","type":"COMMUNICATIONCREATEDEVENT","source":"COMMUNICATION", "id":{id},"time":"2025-07-08T18:01:19.622Z","data":{{"channel":"sms","notificationId":"n1"}}{more}}}"#
            ),
            "async-stripe" => format!(
                r#"{{"id":{id},"object":"event","api_version":"2017-05-25", "created":1492774577,"livemode":false,"pending_webhooks":1,"data":{{"object":{{"object":"bank_account","country":"us","currency":"usd","id":"ba_test","last4":"6789","status":"verified"}}}},"type":"account.external_account.created"{more}}}"#
            ),
            _ => format!(r#"{{"type":"contact.created", "id":{id},"data":{{"name":"Ana"}}{more}}}"#),
        }
    }
}

fn refused(why: impl ToString) -> String {
    why.to_string()
}

fn first(attempt: &Attempt) -> &str {
    attempt.secrets.first().map_or("", String::as_str)
}

/// Caf's verifier and event. An amount is read into a type of the user's own, for Caf's events have none.
fn idhooks(attempt: &Attempt) -> Said {
    #[derive(Deserialize)]
    struct Amount {
        amount: Option<Decimal>,
    }
    let secrets: Result<Vec<_>, _> = attempt.secrets.iter().map(Secret::new).collect();
    let secrets = Secrets::new(secrets.map_err(refused)?).map_err(refused)?;
    let verifier = idhooks_caf::Verifier::new(secrets);
    let delivery = verifier.verify(&attempt.headers, attempt.body.clone()).map_err(refused)?;
    let event = delivery.decode().map_err(refused)?;
    let amount = delivery.decode_as::<Amount>().map_err(refused)?.amount;
    Ok(Read { id: Some(event.id.as_str().to_owned()), amount: amount.map(|amount| amount.as_str().to_owned()) })
}

/// What a careful developer writes into an axum handler, over its `HeaderMap` and `Bytes`.
fn by_hand(attempt: &Attempt) -> Said {
    let given = attempt.headers.get("x-signature").ok_or("no signature")?;
    let given = hex::decode(given).map_err(refused)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(first(attempt).as_bytes()).map_err(refused)?;
    mac.update(&attempt.body);
    mac.verify_slice(&given).map_err(refused)?;
    let event: Value = serde_json::from_slice(&attempt.body).map_err(refused)?;
    event["type"].as_str().ok_or("no type")?;
    let id = event["id"].as_str().ok_or("no id")?;
    let amount = event.get("amount").map(Value::to_string);
    Ok(Read { id: Some(id.to_owned()), amount })
}

fn standardwebhooks(attempt: &Attempt) -> Said {
    let webhook = standardwebhooks::Webhook::new(first(attempt)).map_err(refused)?;
    webhook.verify(&attempt.body, &attempt.headers).map_err(refused)?;
    Ok(Read::default())
}

fn svix(attempt: &Attempt) -> Said {
    let webhook = svix::webhooks::Webhook::new(first(attempt)).map_err(refused)?;
    webhook.verify(&attempt.body, &attempt.headers).map_err(refused)?;
    Ok(Read::default())
}

fn webhook_verify(attempt: &Attempt) -> Said {
    use webhook_verify::{Provider, Secret, verify_any};
    let secrets: Vec<_> = attempt.secrets.iter().map(Secret::new).collect();
    verify_any(Provider::StandardWebhooks, &attempt.headers, &attempt.body, &secrets, Default::default())
        .map_err(refused)?;
    Ok(Read::default())
}

fn async_stripe(attempt: &Attempt) -> Said {
    let header = attempt.headers.get("stripe-signature").ok_or("no signature")?.to_str().map_err(refused)?;
    let body = std::str::from_utf8(&attempt.body).map_err(refused)?;
    let event = stripe_webhook::Webhook::construct_event(body, header, first(attempt)).map_err(refused)?;
    Ok(Read { id: Some(event.id.as_str().to_owned()), amount: None })
}
