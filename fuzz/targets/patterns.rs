//! A phrasebook's pattern and rendering as a translator writes them, a line each.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tradewind::packs::{expand, parts};

fuzz_target!(|text: &str| {
    let (pattern, rendering) = text.split_once('\n').unwrap_or((text, text));
    drop(expand(pattern));
    drop(parts(rendering));
});
