//! Products as JSON, and the catalogue as TOML.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tradewind_fuzz::bodies::catalogue_json(data);
});
