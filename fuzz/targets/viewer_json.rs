//! What a viewer sends.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tradewind::protocol::viewer::ViewerMessage;

fuzz_target!(|text: &str| drop(serde_json::from_str::<ViewerMessage>(text)));
