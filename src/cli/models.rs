//! `tradewind models`: which files there are, fetch them, take them over from a folder.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, ensure};

use super::{ModelsCommand, progress};
use crate::app::model_files;
use crate::models::cli;
use crate::models::firefox::{Hosting, Installed, Pair, fetch, import, installed, verify};
use crate::translate::firefox;

pub fn run(command: ModelsCommand, dir: &Path) -> anyhow::Result<()> {
    let mut out = io::stdout();
    match command {
        ModelsCommand::List => list(dir, &mut out)?,
        ModelsCommand::Fetch { names } => {
            for path in cli::fetch(dir, &names, progress().as_mut())? {
                writeln!(out, "{}", path.display())?;
            }
        }
        ModelsCommand::FetchFirefox { pairs } => {
            ensure!(!pairs.is_empty(), "name a direction, such as zh-en or en-es");
            let pairs = pairs.iter().map(|text| pair(text)).collect::<anyhow::Result<Vec<_>>>()?;
            for pair in pairs {
                let model = fetch(dir, &pair, &Hosting::default(), &tried, progress().as_mut())?;
                writeln!(out, "{}", model.model.display())?;
            }
        }
        ModelsCommand::Import { folder, pair: given } => {
            let given = given.as_deref().map(pair).transpose()?;
            let model = import(dir, &folder, given, &tried, progress().as_mut())?;
            writeln!(out, "{}", model.model.display())?;
        }
    }
    Ok(())
}

fn list(dir: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(out, "{}", dir.display())?;
    for status in cli::list(dir)? {
        writeln!(out, "{}", cli::line(&status))?;
    }
    for model in installed(dir)? {
        let state = match verify(&model) {
            Ok(()) => "checked".to_owned(),
            Err(error) => format!("broken: {error}"),
        };
        writeln!(out, "firefox {:<8}  {}  {state}", model.pair.to_string(), model.model.display())?;
    }
    Ok(())
}

fn pair(text: &str) -> anyhow::Result<Pair> {
    Pair::parse(text)
        .with_context(|| format!("{text:?} is no direction to or from English, such as zh-en or en-es"))
}

/// The engine's own look at a model before it is put in place.
fn tried(model: &Installed) -> Result<(), String> {
    firefox::trial(&model_files(model))
}
