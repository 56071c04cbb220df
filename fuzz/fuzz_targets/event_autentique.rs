//! Any body to the reader of this vendor's events: read, written, read again.

#![no_main]

use idhooks_fixtures::AUTENTIQUE;
use idhooks_fuzz::{event, seeds};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: seeds::plant(seeds::fixtures(AUTENTIQUE)), |body: &[u8]| {
    event::check::<idhooks_autentique::Event>(body);
});
