//! A host's WAV: the first byte says where the stream is cut.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tradewind_fuzz::bodies::decoded(data);
});
