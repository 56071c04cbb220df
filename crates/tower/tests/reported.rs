//! Deliveries that were reported as handled wrongly, from `fixtures/reported`.

#![cfg(feature = "inbox")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use idhooks_autentique as autentique;
use idhooks_caf as caf;
use idhooks_capa as capa;
use idhooks_case_keeper as case_keeper;
use idhooks_core::{Delivery, Secret, Secrets, Verify};
use idhooks_inbox::{Filter, Inbox, store::DeliveryRecord};
use idhooks_tower::{InboxService, Receiver};
use idhooks_unico as unico;
use serde_json::Value;

struct Reported(Value);

impl Reported {
    /// All of them by name, so that those of one story follow each other.
    fn all() -> BTreeMap<String, Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/reported");
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let json = files.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
        json.map(|path| {
            let text = fs::read(&path).unwrap();
            (path.file_stem().unwrap().to_string_lossy().into_owned(), Self(serde_json::from_slice(&text).unwrap()))
        })
        .collect()
    }

    fn text(&self, pointer: &str) -> &str {
        self.0.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    fn secrets(&self) -> Secrets {
        let list = self.0["secret"].as_array().cloned().unwrap_or_else(|| vec![self.0["secret"].clone()]);
        Secrets::new(list.iter().map(|text| Secret::new(text.as_str().unwrap()).unwrap())).unwrap()
    }

    fn request(&self) -> Request<Full<Bytes>> {
        let mut request = Request::post("/");
        for (name, value) in self.0["headers"].as_object().unwrap() {
            request = request.header(name, value.as_str().unwrap());
        }
        request.body(Full::new(self.text("/body").to_owned().into())).unwrap()
    }

    async fn check(&self, name: &str, inbox: &Inbox) {
        let verifier = |text: &str| unico::Verifier::new(idhooks_core::Credential::basic_pair(text).unwrap());
        match self.text("/vendor") {
            "caf" => self.send(name, inbox, caf::Verifier::new(self.secrets())).await,
            "autentique" => self.send(name, inbox, autentique::Verifier::new(self.secrets())).await,
            "capa" => self.send(name, inbox, capa::Verifier::new(self.secrets())).await,
            "case-keeper" => self.send(name, inbox, case_keeper::OpenEndpoint::new()).await,
            "unico" => self.send(name, inbox, verifier(self.text("/secret"))).await,
            other => panic!("{name}: {other}"),
        }
    }

    async fn send<V: Verify + Clone + 'static>(&self, name: &str, inbox: &Inbox, verifier: V) {
        let expected = &self.0["expected"];
        let before = count(inbox).await;
        let status = match expected["at_minute"].as_u64() {
            Some(minute) => {
                let delivery = Receiver::new().receive(self.request(), &verifier).await.unwrap();
                store_later(inbox, &delivery, Duration::from_secs(60 * minute)).await;
                200
            }
            None => {
                let service = InboxService::new(inbox.clone(), verifier.clone());
                service.handle(self.request()).await.status().as_u16()
            }
        };
        assert_eq!(Some(u64::from(status)), expected["status"].as_u64(), "{name}");
        let is_new = count(inbox).await > before;
        assert_eq!(is_new, expected["accepted"] == "new", "{name}");
        if status == 200 {
            let readable = Receiver::new().receive(self.request(), &verifier).await.unwrap().decode().is_ok();
            assert_eq!(readable, expected["readable"].as_bool().unwrap_or(true), "{name}");
        }
    }
}

async fn count(inbox: &Inbox) -> usize {
    inbox.list(&Filter::new()).await.unwrap().deliveries.len()
}

/// Stores a delivery as if it had arrived later.
async fn store_later<D: Delivery>(inbox: &Inbox, delivery: &D, later: Duration) {
    let window = <D::Event as idhooks_core::WebhookEvent>::DEDUP_WINDOW;
    let mut record = DeliveryRecord::new(delivery, window);
    record.received_at = SystemTime::now() + later;
    record.dedup_until = Some(record.received_at + window);
    inbox.store().accept(record).await.unwrap();
}

#[tokio::test]
async fn every_reported_delivery_has_the_right_outcome() {
    let all = Reported::all();
    assert!(all.len() >= 16, "{}", all.len());
    let mut story = String::new();
    let mut inbox = None;
    for (name, reported) in &all {
        // `…_1` and `…_2`, or `…_a` and `…_b`, arrive at one inbox.
        let this = name.rsplit_once('_').filter(|(_, part)| part.len() == 1).map_or(name.as_str(), |(story, _)| story);
        if this != story || inbox.is_none() {
            let folder = tempfile::tempdir().unwrap();
            let url = format!("sqlite:{}", folder.path().join("inbox.db").display());
            inbox = Some((Inbox::open(&url).await.unwrap(), folder));
            this.clone_into(&mut story);
        }
        reported.check(name, &inbox.as_ref().unwrap().0).await;
    }
}
