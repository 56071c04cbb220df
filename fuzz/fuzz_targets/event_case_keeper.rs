//! Any body to the reader of this vendor's events: read, written, read again.

#![no_main]

use idhooks_fixtures::CASE_KEEPER;
use idhooks_fuzz::{event, seeds};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: seeds::plant(seeds::fixtures(CASE_KEEPER)), |body: &[u8]| {
    event::check::<idhooks_case_keeper::Event>(body);
});
