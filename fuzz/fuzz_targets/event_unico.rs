//! Any body to the reader of this vendor's events: read, written, read again.

#![no_main]

use idhooks_fixtures::UNICO;
use idhooks_fuzz::{event, seeds};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: seeds::plant(seeds::fixtures(UNICO)), |body: &[u8]| {
    event::check::<idhooks_unico::Event>(body);
});
