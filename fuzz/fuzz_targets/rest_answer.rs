//! Any body to the types of all vendors' REST answers: what is read is written, and reads as the same again. Plain
//! `serde_json` reads the same.

#![no_main]

use std::fmt::Debug;

use idhooks_core::json::{self, FromJson};
use idhooks_fixtures::rest;
use idhooks_fuzz::{
    assert_plain, assert_same_but_for_drift,
    reference::{Object, agreed},
    seeds,
};
use libfuzzer_sys::fuzz_target;
use serde::{Serialize, de::DeserializeOwned};

fuzz_target!(init: seeds::plant(seeds()), |body: &[u8]| {
    check::<idhooks_autentique::rest::Account>(body);
    check::<idhooks_autentique::rest::CreatedEndpoint>(body);
    check::<idhooks_autentique::rest::Document>(body);
    check::<idhooks_autentique::rest::ErrorItem>(body);
    check::<idhooks_autentique::rest::Link>(body);
    check::<idhooks_caf::rest::CompanyProfile>(body);
    check::<idhooks_caf::rest::CreatedTransaction>(body);
    check::<idhooks_caf::rest::FaceAttempt>(body);
    check::<idhooks_caf::rest::PersonProfile>(body);
    check::<idhooks_caf::rest::TransactionDetails>(body);
    check::<idhooks_capa::rest::KybDetails>(body);
    check::<idhooks_capa::rest::KycDetails>(body);
    check::<idhooks_capa::rest::Transaction>(body);
    check::<idhooks_capa::rest::WebhookNotification>(body);
    check::<idhooks_capa::rest::WebhookSettings>(body);
    check::<idhooks_case_keeper::Verification>(body);
    check::<idhooks_unico::rest::api::Process>(body);
    check::<idhooks_unico::rest::web::File>(body);
    check::<idhooks_unico::rest::web::Process>(body);
});

fn check<T: for<'de> FromJson<'de> + DeserializeOwned + Serialize + Debug + PartialEq>(body: &[u8]) {
    let read: T = match agreed(json::decode(body), body) {
        Ok(read) => read,
        Err(error) => return assert_plain(&error.to_string()),
    };
    drop(format!("{read:?}"));
    let written = serde_json::to_vec(&read).expect("an answer can be written");
    let again: T =
        json::decode(&written).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&written)));
    assert_same_but_for_drift(&read, &again);
    assert!(serde_json::to_vec(&again).expect("an answer can be written") == written, "written otherwise");
}

/// The samples, and what stands in their envelopes, two deep.
fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for sample in rest::all().filter(|sample| sample.body.len() < 8192) {
        seeds.push(sample.body.to_vec());
        for outer in ["data", "process"] {
            let inner = Object::of(sample.body).and_then(|object| object.get(outer));
            seeds.extend(inner.map(|raw| raw.get().as_bytes().to_vec()));
            for name in ["document", "me", "createEndpoint", "createLinkToSignature"] {
                let deeper = inner.and_then(Object::inside).and_then(|object| object.get(name));
                seeds.extend(deeper.map(|raw| raw.get().as_bytes().to_vec()));
            }
        }
    }
    seeds
}
