//! The configuration file as it is written. Unknown fields are errors: a typo must not become a default.

use std::collections::BTreeMap;
use std::net::IpAddr;
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
    #[serde(default)]
    pub record: Record,
    #[serde(default)]
    pub tokens: Tokens,
    pub tls: Option<Tls>,
    pub packs_dir: Option<PathBuf>,
    #[serde(default)]
    pub translate: Translate,
    pub llm: Option<Llm>,
    #[serde(default)]
    pub rates: Rates,
    #[serde(default)]
    pub telemetry: Telemetry,
    pub cluster: Option<Cluster>,
    #[serde(default)]
    pub rooms: Vec<Room>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    pub otlp_endpoint: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    #[serde(default)]
    pub servers: Vec<String>,
    /// `origin`, `edge` or `both`.
    pub role: Option<String>,
    pub name: Option<String>,
    pub stream_replicas: Option<usize>,
    pub credentials_file: Option<PathBuf>,
    pub root_certificate: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    pub dir: Option<PathBuf>,
    pub keep_days: Option<u32>,
    pub audio_keep_days: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    pub keys_file: Option<PathBuf>,
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
    pub inquiry_burst: Option<u32>,
    pub inquiry_interval_ms: Option<u64>,
    pub inquiries_per_minute: Option<u32>,
    pub reservation_burst: Option<u32>,
    pub reservation_interval_ms: Option<u64>,
    pub reservations_per_minute: Option<u32>,
    pub proxies: Option<Vec<IpAddr>>,
    pub country_header: Option<String>,
    pub rooms: Option<usize>,
    pub connections: Option<usize>,
    pub connections_per_address: Option<usize>,
    pub requests_per_second: Option<u32>,
    pub request_burst: Option<u32>,
    pub viewer_messages_per_second: Option<u32>,
    pub host_messages_per_second: Option<u32>,
    pub header_timeout_ms: Option<u64>,
    pub body_timeout_ms: Option<u64>,
    pub write_timeout_ms: Option<u64>,
    pub origins: Option<Vec<String>>,
    pub viewer_origins: Option<Vec<String>>,
    pub shutdown_ms: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    pub cert_file: PathBuf,
    pub key_file: PathBuf,
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
    pub glossary: Option<PathBuf>,
    /// `anybody` or `token`.
    pub viewers: Option<String>,
    /// Address of an HLS playlist.
    pub video: Option<String>,
    /// `auto` or `suggest`.
    pub pins: Option<String>,
    #[serde(default)]
    pub always: Vec<String>,
    pub rates_max_age_days: Option<u32>,
    #[serde(default)]
    pub keep_audio: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    pub file: Option<PathBuf>,
    pub url: Option<String>,
    pub poll_minutes: Option<u64>,
    pub timeout_ms: Option<u64>,
    pub max_bytes: Option<u64>,
    pub max_age_days: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Translate {
    pub engine_limit_ms: Option<u64>,
    /// `verified`, `usable` or `gist`.
    pub min_tier: Option<String>,
    /// Engines by language, in place of the packs' own.
    #[serde(default)]
    pub chains: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub firefox: Firefox,
    #[serde(default)]
    pub gguf: Gguf,
    #[serde(default)]
    pub apertium: Apertium,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Apertium {
    pub enabled: Option<bool>,
    pub root: Option<PathBuf>,
    pub time_limit_ms: Option<u64>,
    pub waiting: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Firefox {
    pub threads: Option<usize>,
    pub queue: Option<usize>,
    pub max_models: Option<usize>,
}

/// Without a number of threads: it computes on one, or whisper's would wait for it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gguf {
    pub enabled: Option<bool>,
    pub model: Option<String>,
    pub languages: Option<Vec<String>>,
    pub context: Option<usize>,
    pub time_limit_ms: Option<u64>,
    pub waiting: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Llm {
    pub url: String,
    pub model: String,
    /// Refused with a sentence: as an unknown field it would be quoted in the error, and so in the log.
    #[serde(alias = "api_key")]
    pub key: Option<serde::de::IgnoredAny>,
    pub key_env: Option<String>,
    pub key_file: Option<PathBuf>,
    pub languages: Option<Vec<String>>,
    pub time_limit_ms: Option<u64>,
    pub concurrent: Option<usize>,
    pub waiting: Option<usize>,
    pub context: Option<usize>,
    pub pause_after: Option<u32>,
    pub pause_ms: Option<u64>,
    #[serde(default)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

fn listen() -> String {
    "127.0.0.1:8080".into()
}

fn source_lang() -> String {
    "zh".into()
}
