//! `tradewind packs`

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};

use crate::catalogue::Catalogue;
use crate::domain::{Lang, Product};
use crate::packs::{self, Packs};
use crate::translate::check_examples;

/// Languages that hosts speak.
const SOURCES: [&str; 2] = ["zh", "en"];

pub fn list(out: &mut impl Write) -> anyhow::Result<()> {
    for pack in Packs::builtin()?.iter() {
        let engines: Vec<_> = pack
            .chain
            .iter()
            .map(|engine| match pack.tiers.get(engine) {
                Some(tier) => format!("{engine} ({tier})"),
                None => format!("{engine} (not measured)"),
            })
            .collect();
        let via = pack.via.as_ref().map_or_else(String::new, |via| format!(", by way of {via}"));
        writeln!(
            out,
            "{:6} {:16} {} {}  {}{via}",
            pack.lang,
            pack.name,
            pack.dir.as_str(),
            pack.currency,
            engines.join(", ")
        )?;
    }
    Ok(())
}

/// Writes the files of a language that is to be translated into `dir`, made from the English ones there.
pub fn new(lang: &str, dir: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let lang = Lang::parse(lang)?;
    let folder = dir.join(lang.as_str());
    ensure!(!folder.exists(), "{} is there already", folder.display());
    let english = dir.join("en").is_dir();
    let files = packs::scaffold(&lang, english.then_some(dir)).map_err(anyhow::Error::msg)?;
    let failed = || format!("cannot write {}", folder.display());
    std::fs::create_dir_all(&folder).with_context(failed)?;
    for (name, text) in &files {
        std::fs::write(folder.join(name), text).with_context(failed)?;
        writeln!(out, "{}", folder.join(name).display())?;
    }
    writeln!(
        out,
        "Write each text in the place of {}; `tradewind packs check --dir {}` says what is left.",
        packs::TODO,
        dir.display()
    )?;
    Ok(())
}

/// Products that examples may speak of: the demo's.
fn example_products() -> anyhow::Result<Arc<[Product]>> {
    Ok(Catalogue::parse(include_str!("../../config/demo-catalogue.toml"))?.products)
}

/// Prints every problem and returns how many there are.
pub fn check(dir: Option<&Path>, out: &mut impl Write) -> anyhow::Result<usize> {
    let packs = Arc::new(match dir {
        Some(dir) => Packs::from_dir(dir)?,
        None => Packs::builtin()?,
    });
    let sources =
        SOURCES.map(Lang::parse).into_iter().collect::<Result<Vec<_>, _>>().context("source languages")?;
    let mut problems = packs::check(&packs, &sources);
    problems.extend(check_examples(&packs, &sources, &example_products()?));
    for problem in &problems {
        writeln!(out, "{problem}")?;
    }
    for (lang, via) in packs.iter().filter_map(|pack| Some((&pack.lang, pack.via.as_ref()?))) {
        writeln!(out, "{lang}: its captions are made from those in {via}; no renderings were looked for")?;
    }
    writeln!(out, "{} packs, {} problems", packs.iter().count(), problems.len())?;
    Ok(problems.len())
}
