//! A clerk's spreadsheet. What is taken is written and read again as the same products.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tradewind::catalogue::{products_from_csv, products_to_csv};
use tradewind::domain::Lang;

fuzz_target!(|bytes: &[u8]| {
    let Ok(lang) = Lang::parse("zh") else { return };
    let term_of = |written: &str| (written == "红色").then(|| "color.red".to_owned());
    if let Ok(products) = products_from_csv(bytes, &lang, &term_of)
        && let Ok(written) = products_to_csv(&products)
    {
        assert_eq!(products_from_csv(written.as_bytes(), &lang, &term_of).as_deref().ok(), Some(&products[..]), "{written}");
    }
});
