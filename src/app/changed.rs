//! Files that are read again when they change: keys and certificates. They are looked at every two seconds instead of
//! being watched: that costs two small reads, and works for mounted secrets and links that are swung over too.

use std::path::PathBuf;
use std::time::Duration;

use sha2::{Digest, Sha256};

const LOOK: Duration = Duration::from_secs(2);

/// Some files, and what was in them when they were last looked at.
pub struct Watched {
    paths: Vec<PathBuf>,
    seen: [u8; 32],
}

impl Watched {
    pub fn new(paths: Vec<PathBuf>) -> Self {
        let seen = digest(&paths);
        Self { paths, seen }
    }

    /// Completes when what is in one of them is no longer what it was.
    pub async fn changed(&mut self) {
        loop {
            tokio::time::sleep(LOOK).await;
            let paths = self.paths.clone();
            let Ok(now) = tokio::task::spawn_blocking(move || digest(&paths)).await else { continue };
            if now != self.seen {
                self.seen = now;
                return;
            }
        }
    }
}

/// A file that cannot be read counts as empty: whoever reads it says why.
fn digest(paths: &[PathBuf]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for path in paths {
        let bytes = std::fs::read(path).unwrap_or_default();
        digest.update((bytes.len() as u64).to_le_bytes());
        digest.update(bytes);
    }
    digest.finalize().into()
}
