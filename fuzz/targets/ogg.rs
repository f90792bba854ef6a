//! An encoder's Ogg, as it is and with checksums that are right: the first byte says where the stream is cut.
#![no_main]

use tradewind_fuzz::{decode, with_checksums};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    decode(data);
    decode(&with_checksums(data));
});
