//! One fetcher a file, also among processes.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use super::progress::Progress;

/// Held while a file is fetched; let go when dropped, or by the system when the process dies.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Takes the lock, waiting for another process if need be. The lock file stays behind: removing it would let two
/// processes hold two files of the same name.
pub fn take(path: &Path, progress: &mut dyn Progress) -> io::Result<Lock> {
    let file = File::options().create(true).truncate(false).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            progress.note("another process is fetching this file; waiting for it");
            file.lock()?;
        }
        // Some network file systems have no locks. Two fetches then cost time, not correctness: the last rename wins.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
        Err(TryLockError::Error(error)) => return Err(error),
    }
    Ok(Lock { _file: file })
}
