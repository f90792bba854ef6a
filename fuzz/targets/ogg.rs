//! An encoder's Ogg.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tradewind_fuzz::bodies::ogg(data);
});
