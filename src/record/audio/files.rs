//! The files of sound that are there: listed, and deleted with their show or when they are old.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::Tape;
use super::track::EXTENSION;
use crate::domain::{Epoch, RoomId};
use crate::ogg::last_granule;
use crate::record::{Record, RecordError};

/// Below the record's folder.
const FOLDER: &str = "audio";
/// The longest page fits twice.
const TAIL: u64 = 128 * 1024;
/// Where the header has its pre-skip.
const PRE_SKIP: u64 = 28 + 10;
/// A show that the database does not know may be one that it cannot write yet. After so long it is not.
const UNKNOWN_AFTER: Duration = Duration::from_secs(86_400);

/// A file of a show's sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioPart {
    /// Where it begins on the show's clock, and its name.
    pub start_ms: u64,
    pub duration_ms: u64,
    pub bytes: u64,
    pub path: PathBuf,
}

impl Record {
    /// Begins to keep a room's sound. None where nothing is kept.
    ///
    /// # Errors
    /// There is no thread to be had.
    pub fn tape(&self, room: &RoomId) -> io::Result<Option<Tape>> {
        let Some(folder) = self.audio_folder() else { return Ok(None) };
        Tape::start(folder.join(room.as_str()), room.clone()).map(Some)
    }

    /// The files of a show's sound, in the order of the show.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub async fn audio(&self, room: &RoomId, epoch: &Epoch) -> Result<Vec<AudioPart>, RecordError> {
        let Some(folder) = self.show_folder(room, epoch) else { return Ok(Vec::new()) };
        blocking(folder, |folder| {
            let mut parts: Vec<AudioPart> = entries(folder)?.iter().filter_map(|path| part(path)).collect();
            parts.sort_by_key(|part| part.start_ms);
            Ok(parts)
        })
        .await
    }

    /// Deletes a show's sound.
    ///
    /// # Errors
    /// The folder cannot be deleted.
    pub(in crate::record) async fn delete_audio(
        &self,
        room: &RoomId,
        epoch: &Epoch,
    ) -> Result<(), RecordError> {
        let Some(folder) = self.show_folder(room, epoch) else { return Ok(()) };
        blocking(folder, remove).await
    }

    /// Deletes sound that was last written longer than `keep` before `now`, and sound of shows that are no more (a process
    /// that died while it deleted them), of whatever room. `present`: the shows that memory has, and whether they are on;
    /// those that are keep theirs whatever its age. Gives how many shows lost theirs.
    ///
    /// # Errors
    /// The folder cannot be read, or something in it not be deleted.
    pub async fn delete_old_audio(
        &self,
        keep: Duration,
        now: SystemTime,
        present: &BTreeMap<(RoomId, Epoch), bool>,
    ) -> Result<usize, RecordError> {
        let Some(folder) = self.audio_folder() else { return Ok(0) };
        let shows = blocking(folder, shows_below).await?;
        let mut deleted = 0;
        for (room, epoch, path) in shows {
            let is_on = present.get(&(room.clone(), epoch.clone())).copied();
            if is_on == Some(true) {
                continue;
            }
            let newest = blocking(path.clone(), newest).await?;
            let age = now.duration_since(newest).unwrap_or_default();
            let looked_up = is_on.is_none() && age > UNKNOWN_AFTER.min(keep);
            let unknown = looked_up && self.show(&room, &epoch).await?.is_none();
            if age > keep || unknown {
                blocking(path, remove).await?;
                deleted += 1;
            }
        }
        Ok(deleted)
    }

    fn audio_folder(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join(FOLDER))
    }

    /// Both names are of letters, digits, `-`, `_` and `.`, and begin with no dot: their types see to it.
    fn show_folder(&self, room: &RoomId, epoch: &Epoch) -> Option<PathBuf> {
        self.audio_folder().map(|folder| folder.join(room.as_str()).join(epoch.as_str()))
    }
}

async fn blocking<T: Send + 'static>(
    path: PathBuf,
    work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
) -> Result<T, RecordError> {
    let done = tokio::task::spawn_blocking(move || {
        work(&path).map_err(|source| RecordError::Folder { path: path.clone(), source })
    });
    done.await.map_err(|_| RecordError::Stopped)?
}

fn remove(folder: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// What is in a folder; nothing where there is none.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        read => read?.map(|entry| entry.map(|entry| entry.path())).collect(),
    }
}

fn shows_below(folder: &Path) -> io::Result<Vec<(RoomId, Epoch, PathBuf)>> {
    let mut shows = Vec::new();
    for room_folder in entries(folder)? {
        let Some(room) = name(&room_folder).and_then(|name| RoomId::parse(name).ok()) else { continue };
        for path in entries(&room_folder)? {
            if let Some(epoch) = name(&path).and_then(|name| Epoch::parse(name).ok()) {
                shows.push((room.clone(), epoch, path));
            }
        }
    }
    Ok(shows)
}

fn name(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

/// When the newest file was written.
fn newest(folder: &Path) -> io::Result<SystemTime> {
    let mut newest = std::fs::metadata(folder)?.modified()?;
    for path in entries(folder)? {
        newest = newest.max(std::fs::metadata(path)?.modified()?);
    }
    Ok(newest)
}

fn part(path: &Path) -> Option<AudioPart> {
    if path.extension()? != EXTENSION {
        return None;
    }
    let start_ms = path.file_stem()?.to_str()?.parse().ok()?;
    let (duration_ms, bytes) = measured(path).ok()?;
    Some(AudioPart { start_ms, duration_ms, bytes, path: path.to_owned() })
}

/// The length of a file in ms and bytes. One that was cut short is as long as its whole pages.
fn measured(path: &Path) -> io::Result<(u64, u64)> {
    let mut file = std::fs::File::open(path)?;
    let bytes = file.metadata()?.len();
    let mut pre_skip = [0; 2];
    file.seek(SeekFrom::Start(PRE_SKIP))?;
    file.read_exact(&mut pre_skip)?;
    file.seek(SeekFrom::Start(bytes.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    file.take(TAIL).read_to_end(&mut tail)?;
    let granules = last_granule(&tail).unwrap_or(0).saturating_sub(u16::from_le_bytes(pre_skip).into());
    Ok((granules / 48, bytes))
}
