//! Opus packets in a stream that is right but for them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tradewind_fuzz::bodies::opus(data);
});
