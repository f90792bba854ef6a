//! The folder of checked model files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::{self, ModelError, SourceError, Tried};
use super::progress::Progress;
use super::spec::{MODELS, ModelSpec, Source};
use super::{fetch, lock, stamp, transfer};

/// A folder with model files, each under its own name.
#[derive(Debug, Clone)]
pub struct Store {
    dir: PathBuf,
}

/// How a model file is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Missing,
    /// There, read whole, and one of the accepted files.
    Present {
        sha256: String,
    },
    /// There, but not the file it should be: cut short, damaged, or something else.
    Broken {
        why: String,
    },
}

/// A model of the table and its file.
#[derive(Debug, Clone)]
pub struct Status {
    pub spec: &'static ModelSpec,
    pub path: PathBuf,
    pub state: State,
}

impl Store {
    /// The folder need not exist before something is fetched.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where this model's file is or will be.
    pub fn path(&self, spec: &ModelSpec) -> PathBuf {
        self.dir.join(spec.file)
    }

    /// The path of the model's file if it is there and has its length. Nothing is read: who fetched it has.
    pub fn found(&self, spec: &ModelSpec) -> Option<PathBuf> {
        let path = self.path(spec);
        fs::metadata(&path)
            .is_ok_and(|file| file.is_file() && spec.accepts_length(file.len()))
            .then_some(path)
    }

    /// Every known model. Files that are there are read whole, at some hundred megabytes a second.
    pub fn list(&self) -> Result<Vec<Status>, ModelError> {
        let status = |spec| {
            let path = self.path(spec);
            let state = check(spec, &path).map_err(|error| ModelError::io(&path, error))?;
            Ok(Status { spec, path, state })
        };
        MODELS.iter().map(status).collect()
    }

    /// The path of the model's file, which is fetched if it is missing or broken.
    ///
    /// A file that was checked before and looks unchanged is not read again. Two processes do not fetch one file at
    /// once: the second waits and takes what the first one got.
    pub fn ensure(&self, spec: &ModelSpec, progress: &mut dyn Progress) -> Result<PathBuf, ModelError> {
        self.ensure_by(spec, progress, &mut fetch::fetch)
    }

    fn ensure_by(
        &self,
        spec: &ModelSpec,
        progress: &mut dyn Progress,
        fetch: &mut Fetch<'_>,
    ) -> Result<PathBuf, ModelError> {
        let path = self.path(spec);
        if is_good(spec, &path)? {
            return Ok(path);
        }
        fs::create_dir_all(&self.dir).map_err(|error| ModelError::io(&self.dir, error))?;
        let lock = self.dir.join(format!("{}.lock", spec.file));
        let _lock = lock::take(&lock, progress).map_err(|error| ModelError::io(&lock, error))?;
        // Another process may have fetched it while this one waited.
        if is_good(spec, &path)? {
            return Ok(path);
        }
        if path.exists() {
            progress.note(&format!("{} is broken or incomplete and is fetched again", path.display()));
        }
        let partial = self.dir.join(format!("{}.partial", spec.file));
        let result = self.fetch_any(spec, &partial, progress, fetch);
        if result.is_err() {
            // What is left of it only takes up room; the error that matters is already known.
            let _ = fs::remove_file(&partial);
        }
        let sha256 = result?;
        stamp::remove(&path);
        fs::rename(&partial, &path).map_err(|error| ModelError::io(&path, error))?;
        // Without the stamp the next start reads the file again, no more.
        let _ = stamp::write(&path, &sha256);
        Ok(path)
    }

    /// Tries the sources in order until one yields its file; returns the sha256.
    fn fetch_any(
        &self,
        spec: &ModelSpec,
        partial: &Path,
        progress: &mut dyn Progress,
        fetch: &mut Fetch<'_>,
    ) -> Result<String, ModelError> {
        let mut tried = Tried::default();
        for source in spec.sources {
            let work = Work::new(self.dir.join(format!("{}.work", spec.file)))
                .map_err(|error| self.fault(spec, &self.dir, error))?;
            let got = fetch(spec, source, &work.0, partial, progress)
                .and_then(|()| transfer::sha256_of(partial, &mut |_| ()).map_err(SourceError::Disk))
                .and_then(
                    |got| if got == source.sha256 { Ok(got) } else { Err(SourceError::Checksum { got }) },
                );
            match got {
                Ok(sha256) => return Ok(sha256),
                Err(error) if error.is_disk_full() => return Err(self.disk_full(spec)),
                Err(error) => {
                    let name = error::describe(source, spec);
                    progress.note(&format!("{name}: {error}"));
                    tried.0.push((name, error));
                }
            }
        }
        let sha256 = spec.sources.first().map_or("", |source| source.sha256);
        Err(ModelError::Unavailable { file: spec.file, tried, sha256, path: self.path(spec) })
    }

    fn fault(&self, spec: &ModelSpec, path: &Path, error: io::Error) -> ModelError {
        if error.kind() == io::ErrorKind::StorageFull {
            return self.disk_full(spec);
        }
        ModelError::io(path, error)
    }

    fn disk_full(&self, spec: &ModelSpec) -> ModelError {
        // A conversion has the source, one wheel and the result at once: less than three times the file.
        ModelError::DiskFull {
            file: spec.file,
            megabytes: spec.bytes() * 3 / 1_000_000 + 1,
            dir: self.dir.clone(),
        }
    }
}

/// Takes a file from one source; another in the tests, which have no network.
type Fetch<'a> =
    dyn FnMut(&ModelSpec, &Source, &Path, &Path, &mut dyn Progress) -> Result<(), SourceError> + 'a;

/// A folder that is gone when its user is done, and empty when it begins.
struct Work(PathBuf);

impl Work {
    fn new(path: PathBuf) -> io::Result<Self> {
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // The next fetch empties it in any case.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Whether the file is there and right, by the stamp if there is one.
fn is_good(spec: &ModelSpec, path: &Path) -> Result<bool, ModelError> {
    if stamp::read(path).is_some_and(|sha256| spec.accepts(&sha256)) {
        return Ok(true);
    }
    match check(spec, path).map_err(|error| ModelError::io(path, error))? {
        State::Present { sha256 } => {
            // A read-only store works, only slower.
            let _ = stamp::write(path, &sha256);
            Ok(true)
        }
        State::Missing | State::Broken { .. } => Ok(false),
    }
}

/// Reads the whole file.
fn check(spec: &ModelSpec, path: &Path) -> io::Result<State> {
    let length = match fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(State::Missing),
        Err(error) => return Err(error),
    };
    if !spec.accepts_length(length) {
        return Ok(State::Broken { why: format!("{length} bytes instead of {}", spec.bytes()) });
    }
    let sha256 = transfer::sha256_of(path, &mut |_| ())?;
    if spec.accepts(&sha256) {
        return Ok(State::Present { sha256 });
    }
    Ok(State::Broken { why: format!("its sha256 is {sha256}") })
}

#[cfg(test)]
pub mod tests;
