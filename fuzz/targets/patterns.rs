//! A phrasebook's pattern and rendering.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tradewind_fuzz::bodies::patterns(data);
});
