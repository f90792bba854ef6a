//! Products as JSON and the catalogue as TOML. What is taken is written and read again as the same products.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tradewind::catalogue::{Catalogue, products_from_json, products_to_json};
use tradewind::domain::Lang;

fuzz_target!(|text: &str| {
    drop(Catalogue::parse(text));
    let Ok(lang) = Lang::parse("zh") else { return };
    if let Ok(products) = products_from_json(text, &lang)
        && let Ok(written) = products_to_json(&products)
    {
        assert_eq!(products_from_json(&written, &lang).ok(), Some(products), "{written}");
    }
});
