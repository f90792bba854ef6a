//! A note beside a checked file, so that its sha256 is not taken again at each start.
//!
//! The note holds the sha256 and the file's length and modification time. It saves time only; a file that is changed
//! and keeps both is not noticed here, but by `models list`, which always reads the whole file.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// The sha256 that was found when the file was last read whole, if the file still looks the same.
pub fn read(file: &Path) -> Option<String> {
    let note = fs::read_to_string(path(file)).ok()?;
    let (sha256, seal) = note.trim_end().split_once(' ')?;
    (seal == seal_of(&fs::metadata(file).ok()?)).then(|| sha256.to_owned())
}

/// Notes that the file was read whole and had this sha256.
pub fn write(file: &Path, sha256: &str) -> io::Result<()> {
    fs::write(path(file), format!("{sha256} {}\n", seal_of(&fs::metadata(file)?)))
}

/// Forgets the file.
pub fn remove(file: &Path) {
    // Without the file or its note there is nothing to forget.
    let _ = fs::remove_file(path(file));
}

fn path(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".checked");
    name.into()
}

fn seal_of(metadata: &Metadata) -> String {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!("{} {}", metadata.len(), modified.map_or(0, |since| since.as_nanos()))
}
