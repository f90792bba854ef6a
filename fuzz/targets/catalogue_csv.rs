//! A clerk's spreadsheet.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tradewind_fuzz::bodies::catalogue_csv(data);
});
