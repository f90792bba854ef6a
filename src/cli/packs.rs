//! `tradewind packs`

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

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
        writeln!(
            out,
            "{:6} {:16} {} {}  {}",
            pack.lang,
            pack.name,
            pack.dir.as_str(),
            pack.currency,
            engines.join(", ")
        )?;
    }
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
    writeln!(out, "{} packs, {} problems", packs.iter().count(), problems.len())?;
    Ok(problems.len())
}
