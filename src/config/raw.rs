//! The configuration file as it is written. Unknown fields are errors: a typo must not become a default.

use std::path::PathBuf;

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    #[serde(default = "listen")]
    pub listen: String,
    /// `off` or `token`.
    pub auth: String,
    #[serde(default)]
    pub models: Models,
    #[serde(default)]
    pub transcribe: Transcribe,
    #[serde(default)]
    pub segment: Segment,
    #[serde(default)]
    pub limits: Limits,
    pub packs_dir: Option<PathBuf>,
    #[serde(default)]
    pub rooms: Vec<Room>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Models {
    pub dir: Option<PathBuf>,
    pub whisper: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transcribe {
    pub workers: Option<usize>,
    pub threads: Option<usize>,
    pub hosts: Option<usize>,
    pub partial_interval_ms: Option<u64>,
    pub context_chars: Option<usize>,
    pub detect: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    pub endpointing_ms: Option<u64>,
    pub max_utterance_ms: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub resume_window_ms: Option<u64>,
    pub host_idle_ms: Option<u64>,
    pub audio_speed: Option<f64>,
    pub audio_burst_ms: Option<u64>,
    pub viewers_per_room: Option<usize>,
    pub slow_viewer_ms: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Room {
    pub id: String,
    pub title: String,
    #[serde(default = "source_lang")]
    pub source_lang: String,
    /// `simplified` or `traditional`.
    pub script: Option<String>,
    pub catalogue: Option<PathBuf>,
    #[serde(default)]
    pub always: Vec<String>,
}

fn listen() -> String {
    "127.0.0.1:8080".into()
}

fn source_lang() -> String {
    "zh".into()
}
