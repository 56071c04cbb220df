//! Any body to every vendor's `decode`, to plain `serde_json`, and to a slow, obvious reader beside them: the same
//! decision, event, ids, envelope and key. Whatever has no type is kept byte for byte.

#![no_main]

use idhooks_fuzz::{reference, seeds};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: seeds::plant(seeds::small(idhooks_fixtures::all())), |body: &[u8]| {
    reference::autentique::compare(body);
    reference::caf::compare(body);
    reference::capa::compare(body);
    reference::case_keeper::compare(body);
    reference::unico::compare(body);
});
