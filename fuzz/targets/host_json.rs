//! What a host sends beside its sound, and what it writes behind the question mark.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tradewind::protocol::host::{HostMessage, ListenRequest};

fuzz_target!(|text: &str| {
    drop(HostMessage::parse(text));
    if let Ok(pairs) = serde_urlencoded::from_str::<Vec<(String, String)>>(text) {
        drop(ListenRequest::parse(&pairs));
    }
});
