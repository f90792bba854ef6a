//! What a host sends beside its sound.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tradewind_fuzz::bodies::host_json(data);
});
