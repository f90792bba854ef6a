//! What leaves the gateway for good: `[record]` on disk, `[telemetry]` to a collector.

use std::path::{Path, PathBuf};

use anyhow::{bail, ensure};

use super::raw;

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

pub(super) fn record(raw: raw::Record, base: &Path) -> anyhow::Result<RecordSettings> {
    // A day at least: a mistyped 0 must not delete the show of this morning.
    if raw.keep_days == Some(0) {
        bail!("record.keep_days must be 1 or more; without it shows are kept until they are deleted");
    }
    let audio_keep_days = raw.audio_keep_days.unwrap_or(AUDIO_KEEP_DAYS);
    ensure!((1..=36_500).contains(&audio_keep_days), "record.audio_keep_days must be 1 to 36500");
    Ok(RecordSettings { dir: raw.dir.map(|dir| base.join(dir)), keep_days: raw.keep_days, audio_keep_days })
}

pub(super) fn otlp_endpoint(address: String) -> anyhow::Result<String> {
    let is_http = address.starts_with("http://") || address.starts_with("https://");
    // Not repeated: what may be a password is in no error.
    ensure!(
        !address.contains('@'),
        "telemetry.otlp_endpoint must not hold a password: set OTEL_EXPORTER_OTLP_HEADERS"
    );
    ensure!(is_http, "telemetry.otlp_endpoint must begin with http:// or https://, not {address:?}");
    Ok(address)
}
