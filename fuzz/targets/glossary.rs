//! A factory's terms. What is taken is written and read again as the same terms.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tradewind::glossary::Glossary;

fuzz_target!(|text: &str| {
    if let Ok(glossary) = Glossary::parse(text) {
        let written = glossary.to_tsv();
        assert_eq!(Glossary::parse(&written).ok().map(|again| again.to_tsv()), Some(written));
    }
});
