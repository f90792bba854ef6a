//! What is kept on disk, and for how long.

use std::path::{Path, PathBuf};

use anyhow::{bail, ensure};

use super::{RoomConfig, raw};

/// Voices are personal data: unless somebody says otherwise they are not kept for ever.
const AUDIO_KEEP_DAYS: u32 = 30;

/// What is kept on disk.
#[derive(Debug, Clone, Default)]
pub struct RecordSettings {
    /// Folder of the database. Without it all is forgotten at the end.
    pub dir: Option<PathBuf>,
    /// Shows are deleted so many days after their end; none: never.
    pub keep_days: Option<u32>,
    /// The sound of shows, so many days after it was last written to.
    pub audio_keep_days: u32,
}

pub(super) fn check(raw: raw::Record, base: &Path, rooms: &[RoomConfig]) -> anyhow::Result<RecordSettings> {
    // A day at least: a mistyped 0 must not delete the show of this morning.
    if raw.keep_days == Some(0) {
        bail!("record.keep_days must be 1 or more; without it shows are kept until they are deleted");
    }
    let audio_keep_days = raw.audio_keep_days.unwrap_or(AUDIO_KEEP_DAYS);
    ensure!((1..=36_500).contains(&audio_keep_days), "record.audio_keep_days must be 1 to 36500");
    if let (Some(room), None) = (rooms.iter().find(|room| room.keep_audio), &raw.dir) {
        bail!("room {}: keep_audio needs a [record] dir to keep it in", room.id);
    }
    Ok(RecordSettings { dir: raw.dir.map(|dir| base.join(dir)), keep_days: raw.keep_days, audio_keep_days })
}
