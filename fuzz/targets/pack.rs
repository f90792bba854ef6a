//! One file of a language pack: the first byte says which. What loads is checked and translates.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use tradewind::domain::Lang;
use tradewind::packs::{Packs, check};
use tradewind::translate::{Phrasebook, Request};

const FILES: [&str; 8] =
    ["pack.toml", "patterns.tsv", "renderings.tsv", "strings.ftl", "terms.tsv", "units.toml", "glossary.tsv", "lexicon.tsv"];
const PACK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/packs/en");
static DIR: LazyLock<TempDir> = LazyLock::new(|| {
    let memory = std::path::Path::new("/dev/shm");
    let dir = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
    dir.unwrap_or_else(|error| panic!("no temporary folder: {error}"))
});

fuzz_target!(|data: &[u8]| {
    let Some((&which, text)) = data.split_first() else { return };
    let changed = FILES[usize::from(which) % FILES.len()];
    let pack = DIR.path().join("en");
    drop(std::fs::create_dir(&pack));
    for file in FILES {
        let shipped = std::fs::read(format!("{PACK}/{file}"));
        match if file == changed { Ok(text.to_vec()) } else { shipped } {
            Ok(text) => std::fs::write(pack.join(file), text).unwrap_or_else(|error| panic!("{error}")),
            Err(_) => drop(std::fs::remove_file(pack.join(file))),
        }
    }
    let (Ok(packs), Ok(lang)) = (Packs::from_dir(DIR.path()).map(Arc::new), Lang::parse("en")) else { return };
    drop(check(&packs, std::slice::from_ref(&lang)));
    let request = Request::new("the minimum order is 500 pieces", &lang, &lang);
    drop(Phrasebook::new(packs).clauses(&request));
});
