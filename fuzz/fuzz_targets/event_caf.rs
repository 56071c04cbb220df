//! Any body to the reader of this vendor's events, and of its older generations: read, written, read again.

#![no_main]

use idhooks_caf::{Event, Generation};
use idhooks_fixtures::CAF;
use idhooks_fuzz::{event, seeds};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: seeds::plant(seeds::fixtures(CAF)), |body: &[u8]| {
    let event = event::check::<Event>(body);
    let generation = Generation::of(body);
    if event.is_some_and(|event| !event.specversion.is_absent()) {
        assert!(matches!(generation, Some(Generation::Connect | Generation::Global)), "{generation:?}");
    }
});
