//! A bank's table of exchange rates.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tradewind::catalogue::rates_from_text;
use tradewind::domain::Day;

fuzz_target!(|text: &str| drop(rates_from_text(text, "fuzz", Day::of_unix_ms(1_790_000_000_000))));
