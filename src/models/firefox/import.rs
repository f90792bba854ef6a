//! Models out of a folder: one pair's `model.*.bin` with `vocab.*.spm`, or with `srcvocab.*.spm` and `trgvocab.*.spm`.
//! A `lex.*.s2t.bin` beside them may stay: the engine weighs the whole vocabulary, as Firefox itself has come to do.

use std::fs::{self, File};
use std::path::Path;

use super::shelf::{self, Staged};
use super::{FirefoxModelError, Installed, Pair, Trial};
use crate::models::error::SourceError;
use crate::models::progress::Progress;
use crate::models::transfer;

/// What a shelf needs: the beginnings of the files' names, and their ends.
const MODEL: (&str, &str) = ("model.", ".bin");
const VOCAB: (&str, &str) = ("vocab.", ".spm");
const SOURCE_VOCAB: (&str, &str) = ("srcvocab.", ".spm");
const TARGET_VOCAB: (&str, &str) = ("trgvocab.", ".spm");

/// Checks the files in `folder` and copies them into the model folder `dir`, whole or not at all. Without `pair` the
/// names of the files tell it: `model.enes.intgemm.alphas.bin` is en → es.
///
/// # Errors
/// Files are missing or more than one pair's, the pair is unknown, the trial failed, or the disk did.
pub fn import(
    dir: &Path,
    folder: &Path,
    pair: Option<Pair>,
    trial: &Trial<'_>,
    progress: &mut dyn Progress,
) -> Result<Installed, FirefoxModelError> {
    let names = names(folder)?;
    let find = |kind| find(&names, kind, folder);
    let model = find(MODEL)?.ok_or_else(|| missing("model.*.bin", folder))?;
    let vocabularies = match find(VOCAB)? {
        Some(vocab) => vec![vocab],
        None => vec![
            find(SOURCE_VOCAB)?.ok_or_else(|| missing("vocab.*.spm (or srcvocab.*.spm)", folder))?,
            find(TARGET_VOCAB)?.ok_or_else(|| missing("trgvocab.*.spm", folder))?,
        ],
    };
    let pair = pair.or_else(|| model.split('.').nth(1).and_then(Pair::parse));
    let pair = pair.ok_or_else(|| FirefoxModelError::NoPair { file: model.to_owned() })?;
    let mut staged = Staged::new(dir, &pair, progress)?;
    for name in vocabularies.into_iter().chain([model]) {
        let sha256 = copy(&folder.join(name), &staged.folder.join(name), progress)?;
        staged.add(name, &sha256);
    }
    staged.install(trial)
}

fn names(folder: &Path) -> Result<Vec<String>, FirefoxModelError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(FirefoxModelError::io(folder))? {
        let entry = entry.map_err(FirefoxModelError::io(folder))?;
        if let Ok(name) = entry.file_name().into_string()
            && shelf::is_plain(&name)
            && entry.path().is_file()
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// The one file of the kind.
fn find<'a>(
    names: &'a [String],
    (start, end): (&'static str, &'static str),
    folder: &Path,
) -> Result<Option<&'a str>, FirefoxModelError> {
    let mut found = names.iter().filter(|name| name.starts_with(start) && name.ends_with(end));
    match (found.next(), found.next()) {
        (Some(first), Some(second)) => Err(FirefoxModelError::Several {
            what: start.trim_end_matches('.'),
            folder: folder.to_owned(),
            first: first.clone(),
            second: second.clone(),
        }),
        (first, _) => Ok(first.map(String::as_str)),
    }
}

fn copy(from: &Path, to: &Path, progress: &mut dyn Progress) -> Result<String, FirefoxModelError> {
    let file = File::open(from).map_err(FirefoxModelError::io(from))?;
    let bytes = file.metadata().map_err(FirefoxModelError::io(from))?.len();
    let mut out = File::create(to).map_err(FirefoxModelError::io(to))?;
    progress.begin(&from.display().to_string(), bytes);
    let copied = transfer::copy(file, &mut out, bytes, &mut |bytes| progress.reached(bytes));
    progress.finish();
    let sha256 = copied.map_err(|error| match error {
        SourceError::Disk(source) => FirefoxModelError::io(to)(source),
        SourceError::Broken { source, .. } => FirefoxModelError::io(from)(source),
        // Somebody is still writing it.
        other => FirefoxModelError::Damaged { path: from.to_owned(), why: other.to_string() },
    })?;
    out.sync_all().map_err(FirefoxModelError::io(to))?;
    Ok(sha256)
}

fn missing(what: &'static str, folder: &Path) -> FirefoxModelError {
    FirefoxModelError::Missing { what, folder: folder.to_owned() }
}
