//! Any body to every vendor's fast reading path and to a slow, obvious one beside it: the same decision, event, ids,
//! facts and key, and whatever has no type is kept byte for byte.

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
