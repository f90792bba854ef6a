//! The folders of installed models, and how one is put in place: whole or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use super::{FirefoxModelError, Installed, Pair, Trial};
use crate::models::lock::{self, Lock};
use crate::models::progress::Progress;
use crate::models::transfer;

/// The folder within the model folder.
const FOLDER: &str = "firefox";
const SUMS: &str = "SHA256SUMS";

/// Every direction below the model folder `dir`, by name. Folders without a model are passed over.
///
/// # Errors
/// A folder that cannot be read.
pub fn installed(dir: &Path) -> Result<Vec<Installed>, FirefoxModelError> {
    let root = dir.join(FOLDER);
    if !root.exists() {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for entry in fs::read_dir(&root).map_err(FirefoxModelError::io(&root))? {
        let entry = entry.map_err(FirefoxModelError::io(&root))?;
        // Folders in the making begin with a dot, which no pair does.
        let pair = entry.file_name().to_str().and_then(Pair::parse);
        if let Some(pair) = pair.filter(|pair| entry.file_name() == pair.to_string().as_str())
            && let Some(found) = found(&entry.path(), &pair)?
        {
            all.push(found);
        }
    }
    all.sort_by(|a, b| a.pair.cmp(&b.pair));
    Ok(all)
}

/// Reads the direction's files whole and holds them against their sums.
///
/// # Errors
/// The first file that is missing or is not as it was installed.
pub fn verify(model: &Installed) -> Result<(), FirefoxModelError> {
    let folder = model.model.parent().unwrap_or(Path::new("."));
    for (name, sum) in sums(folder)? {
        let path = folder.join(&name);
        let got = transfer::sha256_of(&path, &mut |_| ()).map_err(FirefoxModelError::io(&path))?;
        if got != sum {
            return Err(FirefoxModelError::Damaged { path, why: format!("its sha256 is {got}") });
        }
    }
    Ok(())
}

/// Whether just these files, name and sha256, are installed and lie in their place.
pub(super) fn has(dir: &Path, pair: &Pair, files: &[(String, String)]) -> Option<Installed> {
    let folder = dir.join(FOLDER).join(pair.to_string());
    let known = sums(&folder).ok()?;
    let same = known.len() == files.len() && files.iter().all(|file| known.contains(file));
    found(&folder, pair).ok()?.filter(|_| same)
}

/// A folder in the making. What is left of it when it is dropped is removed.
pub(super) struct Staged {
    pair: Pair,
    pub folder: PathBuf,
    place: PathBuf,
    sums: String,
    _lock: Lock,
}

impl Staged {
    /// Begins with an empty folder, after whoever else is installing the same direction.
    pub fn new(dir: &Path, pair: &Pair, progress: &mut dyn Progress) -> Result<Self, FirefoxModelError> {
        let root = dir.join(FOLDER);
        fs::create_dir_all(&root).map_err(FirefoxModelError::io(&root))?;
        let lock_file = root.join(format!(".{pair}.lock"));
        let lock = lock::take(&lock_file, progress).map_err(FirefoxModelError::io(&lock_file))?;
        let folder = root.join(format!(".{pair}.partial"));
        remove(&folder)?;
        fs::create_dir(&folder).map_err(FirefoxModelError::io(&folder))?;
        let place = root.join(pair.to_string());
        Ok(Self { pair: pair.clone(), folder, place, sums: String::new(), _lock: lock })
    }

    /// Notes a file that was written to the folder.
    pub fn add(&mut self, name: &str, sha256: &str) {
        self.sums.push_str(&format!("{sha256}  {name}\n"));
    }

    /// Lets the engine try the files and puts the folder in place of an earlier one. A gateway that is running keeps
    /// the files that it has open.
    pub fn install(self, trial: &Trial<'_>) -> Result<Installed, FirefoxModelError> {
        let sums = self.folder.join(SUMS);
        fs::write(&sums, &self.sums).map_err(FirefoxModelError::io(&sums))?;
        let missing = || FirefoxModelError::Missing { what: "model", folder: self.folder.clone() };
        let staged = found(&self.folder, &self.pair)?.ok_or_else(missing)?;
        trial(&staged).map_err(|why| FirefoxModelError::Unusable { pair: self.pair.clone(), why })?;
        let older = self.folder.with_extension("older");
        remove(&older)?;
        if self.place.exists() {
            fs::rename(&self.place, &older).map_err(FirefoxModelError::io(&self.place))?;
        }
        fs::rename(&self.folder, &self.place).map_err(FirefoxModelError::io(&self.place))?;
        remove(&older)?;
        found(&self.place, &self.pair)?.ok_or_else(missing)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // Gone after it was installed; else the next attempt empties it in any case.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// What lies in a folder, by the names that Mozilla gives the files; `None` where that is no model.
fn found(folder: &Path, pair: &Pair) -> Result<Option<Installed>, FirefoxModelError> {
    if !folder.join(SUMS).exists() {
        return Ok(None);
    }
    let sums = sums(folder)?;
    let file = |start: &str| {
        let name = sums.iter().map(|(name, _)| name).find(|name| name.starts_with(start));
        name.map(|name| folder.join(name))
    };
    let (Some(model), Some(source_vocab), Some(target_vocab)) = (
        file("model."),
        file("vocab.").or_else(|| file("srcvocab.")),
        file("vocab.").or_else(|| file("trgvocab.")),
    ) else {
        return Ok(None);
    };
    if let Some(path) = [&model, &source_vocab, &target_vocab].into_iter().find(|path| !path.is_file()) {
        return Err(FirefoxModelError::Damaged { path: path.clone(), why: "it is missing".into() });
    }
    Ok(Some(Installed { pair: pair.clone(), model, source_vocab, target_vocab }))
}

/// Names and sums; a line that is neither, or a name that leads out of the folder, is damage.
fn sums(folder: &Path) -> Result<Vec<(String, String)>, FirefoxModelError> {
    let path = folder.join(SUMS);
    let text = fs::read_to_string(&path).map_err(FirefoxModelError::io(&path))?;
    let line = |line: &str| {
        let (sum, name) = line.split_once("  ")?;
        is_plain(name).then(|| (name.to_owned(), sum.to_owned()))
    };
    let sums: Option<Vec<_>> = text.lines().map(line).collect();
    sums.ok_or(FirefoxModelError::Damaged { path, why: "it is not a list of sums".into() })
}

/// A file's name that cannot lead anywhere else.
pub(super) fn is_plain(name: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    !name.is_empty() && name.len() <= 128 && !name.starts_with('.') && name.bytes().all(good)
}

fn remove(folder: &Path) -> Result<(), FirefoxModelError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(FirefoxModelError::io(folder)(error))
        }
        _ => Ok(()),
    }
}
