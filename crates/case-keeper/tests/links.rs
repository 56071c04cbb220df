//! Links, wherever the vendor put them.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod common;

use std::time::{Duration, UNIX_EPOCH};

use common::{body, data, get, v2, v3};
use idhooks_case_keeper::{FrontIdCardResult, LinkState, Verification, links_in};
use serde_json::{Value, json};

/// Row 27: v2 has links inside the response, v3 beside it.
#[test]
fn links_in_both_places() {
    let (old, new) = (v2(), v3());
    let signed = UNIX_EPOCH + Duration::from_secs(1_893_456_000);
    let card = |front: &FrontIdCardResult| {
        assert_eq!(front.face_image().map(|link| link.state_at(signed)), Some(LinkState::Valid));
        front.id_card_image().expect("a link").as_str().to_owned()
    };
    assert!(card(get(&old.front_id_card_result)).contains("/front/card.jpg?"));
    assert!(card(get(&new.front_id_card_result)).contains("/front/card.jpg?"));
    let page = |found: &Verification| {
        get(&found.passport_result).page_image().expect("a link").as_str().contains("/passport/")
    };
    assert!(page(&old) && page(&new));
    let older = data(json!({ "passportResult": { "response": { "passportImageUrl": "https://example.com/p.jpg" } } }));
    assert_eq!(
        get(&older.passport_result).page_image().map(|link| link.as_str().to_owned()).as_deref(),
        Some("https://example.com/p.jpg")
    );

    for name in ["verification-completed-v2-full", "verification-verified-v3-full"] {
        let links = links_in(body(name)).expect("links");
        let whole = std::str::from_utf8(body(name)).expect("text");
        assert_eq!(links.len(), whole.matches("https://").count(), "every link is found");
        let value: Value = serde_json::from_str(whole).expect("JSON");
        for found in links {
            let pointer = format!("/{}", found.path.replace(['.', '['], "/").replace(']', ""));
            assert_eq!(value.pointer(&pointer).and_then(Value::as_str), Some(found.link.as_str()), "{}", found.path);
            assert_eq!(found.link.state_at(signed), LinkState::Valid, "{}", found.path);
            assert_eq!(found.link.state_at(signed + Duration::from_secs(270)), LinkState::Expired);
        }
    }
    let response = get(&old.front_id_card_result).response.as_ref().expect("raw");
    let inside = links_in(response.get().as_bytes()).expect("links");
    assert_eq!(inside.iter().map(|found| &*found.path).collect::<Vec<_>>(), ["faceImageUrl", "idCardImageUrl"]);
}
