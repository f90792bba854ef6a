//! Settings: the file, checked once into types that cannot be wrong any more.

mod cluster;
mod doors;
mod gguf;
mod llm;
mod rates;
mod raw;
mod record;
mod telemetry;
mod translate;
mod video;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail, ensure};

use crate::catalogue::Catalogue;
use crate::domain::{Lang, PinMode, RoomId};
use crate::exchange::ExchangeSettings;
use crate::glossary::Glossary;
use crate::segment::SegmentSettings;
use crate::transcribe::script::ChineseScript;

pub use cluster::{ClusterSettings, Role};
pub use doors::{DoorLimits, Tls};
pub use gguf::GgufConfig;
pub use record::RecordSettings;
pub use translate::TranslateSettings;
pub use video::Video;

/// A gateway's settings.
#[derive(Debug, Clone)]
pub struct Config {
    pub listen: SocketAddr,
    pub auth: Auth,
    /// A JSON Web Key Set, read again when it changes.
    pub keys_file: Option<PathBuf>,
    /// None: no encryption of our own.
    pub tls: Option<Tls>,
    pub models_dir: Option<PathBuf>,
    /// A model's name (`base`) or the path of any ggml file.
    pub whisper: String,
    pub transcribe: TranscribeSettings,
    pub segment: SegmentSettings,
    pub limits: Limits,
    /// Language packs to use in place of the built-in ones.
    pub packs_dir: Option<PathBuf>,
    pub translate: TranslateSettings,
    pub record: RecordSettings,
    /// Where exchange rates come from, and how old they may be.
    pub rates: ExchangeSettings,
    /// Where traces are sent, such as `http://127.0.0.1:4318`; none: nowhere.
    pub otlp_endpoint: Option<String>,
    /// What this node does, and the way to the others; none where there are none.
    pub role: Role,
    pub cluster: Option<ClusterSettings>,
    pub rooms: Vec<RoomConfig>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// Everybody may do everything. On a loopback address only.
    Off,
    /// Hosts and operators need a token.
    Token,
}

/// Who may watch a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewers {
    Anybody,
    /// Those who have a token for it.
    Token,
}

#[derive(Debug, Clone)]
pub struct TranscribeSettings {
    /// Threads that recognise, each on its own. With `threads` each, never more than the cores.
    pub workers: usize,
    pub threads: usize,
    /// Hosts that may speak at once.
    pub hosts: usize,
    /// Least time between the beginnings of two partial passes over an utterance.
    pub partial_interval: Duration,
    /// Characters of earlier finals that the recogniser goes on from. 0: none.
    pub context_chars: usize,
    /// Languages that `language=multi` tells apart.
    pub detect: Arc<[Lang]>,
}

#[derive(Debug, Clone)]
pub struct Limits {
    /// How long a show waits for its host to come back.
    pub resume_window: Duration,
    /// A host that sends nothing for so long is closed.
    pub host_idle: Duration,
    /// Audio may come at this multiple of real time, after a burst of `audio_burst`.
    pub audio_speed: f64,
    pub audio_burst: Duration,
    pub viewers_per_room: usize,
    /// A viewer whose socket takes nothing for so long is closed.
    pub slow_viewer: Duration,
    /// Inquiries that one viewer may send at once, and the time after which it may send one more.
    pub inquiry_burst: u32,
    pub inquiry_interval: Duration,
    /// Inquiries of one room, all viewers together.
    pub inquiries_per_minute: u32,
    /// Reservations that one address may send at once, and the time after which it may send one more.
    pub reservation_burst: u32,
    pub reservation_interval: Duration,
    /// Reservations of one room, all shoppers together.
    pub reservations_per_minute: u32,
    /// Proxies whose word on who is behind them counts.
    pub proxies: Vec<IpAddr>,
    pub doors: DoorLimits,
    /// The header, in small letters, in which those proxies name a viewer's country.
    pub country_header: Option<String>,
}

#[derive(Debug, Clone)]
pub struct RoomConfig {
    pub id: RoomId,
    pub title: String,
    pub source_lang: Lang,
    pub script: ChineseScript,
    pub catalogue: Arc<Catalogue>,
    /// The room's own terms.
    pub glossary: Glossary,
    /// Languages translated even when nobody watches.
    pub always: Vec<Lang>,
    pub viewers: Viewers,
    /// The stream that viewers see above the captions.
    pub video: Option<Video>,
    /// How the room begins; the console can change it.
    pub pins: PinMode,
    /// Days after which exchange rates convert no price here; none: as the table or the gateway says.
    pub rates_max_age_days: Option<u32>,
    /// Whether what is said is kept as sound, too.
    pub keep_audio: bool,
}

impl Config {
    /// Reads and checks a file; paths in it are relative to it.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let base = path.parent().unwrap_or(Path::new("."));
        Self::parse(&text, base).with_context(|| format!("{} is not a valid configuration", path.display()))
    }

    pub fn parse(text: &str, base: &Path) -> anyhow::Result<Self> {
        check(toml::from_str(text).map_err(|error| without_snippet(&error, text))?, base)
    }

    /// `auth = "off"` is for this computer only.
    pub fn check_address(&self) -> anyhow::Result<()> {
        ensure!(
            self.auth == Auth::Token || self.listen.ip().is_loopback(),
            "auth = \"off\" works on a loopback address only (127.0.0.1 or [::1]), not on {}: set auth = \"token\"",
            self.listen.ip()
        );
        Ok(())
    }
}

/// The mistake, its line and the setting, without the line's text: somebody may have written a secret there.
fn without_snippet(error: &toml::de::Error, text: &str) -> anyhow::Error {
    let Some(before) = error.span().and_then(|span| text.get(..span.start)) else {
        return anyhow::anyhow!("{}", error.message());
    };
    let number = before.matches('\n').count();
    let written = text.lines().nth(number).and_then(|line| line.split_once('=')).map(|(name, _)| name.trim());
    // Names of settings are no secrets; whatever else stands before an `=` could be one.
    let plain = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let setting = written.filter(plain).map(|name| format!(", {name}")).unwrap_or_default();
    anyhow::anyhow!("line {}{setting}: {}", number + 1, error.message())
}

fn check(raw: raw::Config, base: &Path) -> anyhow::Result<Config> {
    let rooms =
        raw.rooms.into_iter().map(|room| check_room(room, base)).collect::<anyhow::Result<Vec<_>>>()?;
    for (index, room) in rooms.iter().enumerate() {
        ensure!(!rooms.iter().take(index).any(|r| r.id == room.id), "the room {} is there twice", room.id);
    }
    let (role, cluster) = cluster::check(raw.cluster, base)?;
    let translate = translate::check(raw.translate, raw.llm, base)?;
    let config = Config {
        translate,
        rates: rates::check(raw.rates, base)?,
        record: record::check(raw.record, base, &rooms)?,
        listen: raw
            .listen
            .parse()
            .with_context(|| format!("listen: {:?} is not ADDRESS:PORT", raw.listen))?,
        auth: match raw.auth.as_str() {
            "off" => Auth::Off,
            "token" => Auth::Token,
            other => bail!("auth must be \"off\" or \"token\", not {other:?}"),
        },
        keys_file: raw.tokens.keys_file.map(|file| base.join(file)),
        models_dir: raw.models.dir.map(|dir| base.join(dir)),
        whisper: raw.models.whisper.unwrap_or_else(|| "base".into()),
        transcribe: transcribe(raw.transcribe)?,
        segment: segment(&raw.segment)?,
        limits: limits(&raw.limits, rooms.len())?,
        tls: doors::tls(raw.tls, base),
        packs_dir: raw.packs_dir.map(|dir| base.join(dir)),
        otlp_endpoint: telemetry::check(raw.telemetry)?,
        role,
        cluster,
        rooms,
    };
    Ok(config)
}

fn check_room(raw: raw::Room, base: &Path) -> anyhow::Result<RoomConfig> {
    let name = raw.id.clone();
    let room = || -> anyhow::Result<RoomConfig> {
        let source_lang = Lang::parse(&raw.source_lang)?;
        let catalogue = match raw.catalogue {
            Some(path) => Catalogue::load(&base.join(path))?,
            None => Catalogue::empty(source_lang.clone()),
        };
        Ok(RoomConfig {
            id: RoomId::parse(&raw.id)?,
            title: raw.title,
            source_lang,
            script: match raw.script.as_deref() {
                None | Some("simplified") => ChineseScript::Simplified,
                Some("traditional") => ChineseScript::Traditional,
                Some(other) => bail!("script must be \"simplified\" or \"traditional\", not {other:?}"),
            },
            catalogue: Arc::new(catalogue),
            glossary: match raw.glossary {
                Some(path) => Glossary::load(&base.join(path))?,
                None => Glossary::default(),
            },
            always: raw.always.iter().map(|tag| Ok(Lang::parse(tag)?)).collect::<anyhow::Result<_>>()?,
            viewers: match raw.viewers.as_deref() {
                None | Some("anybody") => Viewers::Anybody,
                Some("token") => Viewers::Token,
                Some(other) => bail!("viewers must be \"anybody\" or \"token\", not {other:?}"),
            },
            video: raw.video.as_deref().map(Video::parse).transpose()?,
            pins: match raw.pins.as_deref() {
                None => PinMode::default(),
                Some(word) => PinMode::parse(word)
                    .with_context(|| format!("pins must be \"auto\" or \"suggest\", not {word:?}"))?,
            },
            rates_max_age_days: raw.rates_max_age_days,
            keep_audio: raw.keep_audio,
        })
    };
    room().with_context(|| format!("room {name:?}"))
}

fn transcribe(raw: raw::Transcribe) -> anyhow::Result<TranscribeSettings> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = raw.threads.unwrap_or(1);
    let workers = raw.workers.unwrap_or(cores / threads.max(1)).max(1);
    ensure!(threads > 0, "transcribe.threads must be at least 1");
    ensure!(
        threads == 1 || workers * threads <= cores,
        "transcribe: {workers} workers of {threads} threads are more than the {cores} cores; \
         compute threads that wait for each other become a hundred times slower"
    );
    let detect = raw.detect.unwrap_or_else(|| vec!["zh".into(), "en".into()]);
    ensure!(!detect.is_empty(), "transcribe.detect names no language");
    let detect = detect.iter().map(|tag| Ok(Lang::parse(tag)?)).collect::<anyhow::Result<Vec<_>>>()?;
    Ok(TranscribeSettings {
        workers,
        threads,
        hosts: raw.hosts.unwrap_or(workers * 2),
        partial_interval: Duration::from_millis(raw.partial_interval_ms.unwrap_or(400)),
        context_chars: raw.context_chars.unwrap_or(0),
        detect: detect.into(),
    })
}

fn segment(raw: &raw::Segment) -> anyhow::Result<SegmentSettings> {
    let default = SegmentSettings::default();
    let settings = SegmentSettings {
        endpointing_ms: raw.endpointing_ms.unwrap_or(default.endpointing_ms),
        max_utterance_ms: raw.max_utterance_ms.unwrap_or(default.max_utterance_ms),
        ..default
    };
    ensure!((50..=5_000).contains(&settings.endpointing_ms), "segment.endpointing_ms must be 50 to 5000");
    ensure!(
        (2_000..=28_000).contains(&settings.max_utterance_ms),
        "segment.max_utterance_ms must be 2000 to 28000: Whisper hears 30 s at once"
    );
    Ok(settings)
}

fn limits(raw: &raw::Limits, rooms: usize) -> anyhow::Result<Limits> {
    let audio_speed = raw.audio_speed.unwrap_or(1.5);
    ensure!(audio_speed >= 1.0, "limits.audio_speed must be at least 1: hosts speak at real time");
    let (burst, per_minute) = (raw.inquiry_burst.unwrap_or(3), raw.inquiries_per_minute.unwrap_or(120));
    let interval = raw.inquiry_interval_ms.unwrap_or(20_000);
    ensure!((1..=1_000).contains(&burst), "limits.inquiry_burst must be 1 to 1000");
    ensure!((1..=86_400_000).contains(&interval), "limits.inquiry_interval_ms must be 1 to 86400000, a day");
    ensure!((1..=60_000).contains(&per_minute), "limits.inquiries_per_minute must be 1 to 60000");
    let rush = raw.reservations_per_minute.unwrap_or(1_200);
    let (wishes, pause) = (raw.reservation_burst.unwrap_or(12), raw.reservation_interval_ms.unwrap_or(5_000));
    ensure!((1..=1_000).contains(&wishes), "limits.reservation_burst must be 1 to 1000");
    ensure!((1..=86_400_000).contains(&pause), "limits.reservation_interval_ms must be 1 to 86400000, a day");
    let country_header = raw.country_header.as_ref().map(|name| name.to_ascii_lowercase());
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    ensure!(
        country_header.as_deref().is_none_or(is_name),
        "limits.country_header is the name of a header, such as CF-IPCountry"
    );
    ensure!((1..=60_000).contains(&rush), "limits.reservations_per_minute must be 1 to 60000");
    Ok(Limits {
        resume_window: Duration::from_millis(raw.resume_window_ms.unwrap_or(60_000)),
        host_idle: Duration::from_millis(raw.host_idle_ms.unwrap_or(12_000)),
        audio_speed,
        audio_burst: Duration::from_millis(raw.audio_burst_ms.unwrap_or(15_000)),
        viewers_per_room: raw.viewers_per_room.unwrap_or(5_000),
        slow_viewer: Duration::from_millis(raw.slow_viewer_ms.unwrap_or(5_000)),
        inquiry_burst: burst,
        inquiry_interval: Duration::from_millis(interval),
        inquiries_per_minute: per_minute,
        reservation_burst: wishes,
        reservation_interval: Duration::from_millis(pause),
        reservations_per_minute: rush,
        doors: doors::check(raw, rooms)?,
        proxies: raw
            .proxies
            .clone()
            .unwrap_or_else(|| vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]),
        country_header,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> anyhow::Result<Config> {
        Config::parse(text, Path::new("."))
    }

    #[test]
    fn mistakes_are_named() {
        for (text, word) in [
            ("", "auth"),
            ("auth = \"maybe\"", "maybe"),
            ("auth = \"off\"\nlisten = \"here\"", "here"),
            ("auth = \"off\"\nlisten_on = \"x\"", "listen_on"),
            ("auth = \"off\"\n[[rooms]]\nid = \"a/b\"\ntitle = \"\"", "a/b"),
            ("auth = \"off\"\n[[rooms]]\nid = \"a\"\ntitle = \"\"\nvideo = \"ftp://x/i.m3u8\"", "https"),
            ("auth = \"off\"\n[[rooms]]\nid = \"a\"\ntitle = \"\"\nviewers = \"some\"", "viewers"),
            ("auth = \"off\"\n[[rooms]]\nid = \"a\"\ntitle = \"\"\npins = \"maybe\"", "suggest"),
            ("auth = \"off\"\n[transcribe]\nthreads = 4\nworkers = 900", "cores"),
            ("auth = \"off\"\n[limits]\ninquiry_burst = 0", "inquiry_burst"),
            ("auth = \"off\"\n[limits]\ninquiry_interval_ms = 9223372036854775807", "a day"),
            ("auth = \"off\"\n[limits]\norigins = [\"shop.example\"]", "https://shop.example"),
            ("auth = \"off\"\n[limits]\nheader_timeout_ms = 0", "header_timeout_ms"),
            ("auth = \"off\"\n[limits]\nrooms = 0\n[[rooms]]\nid = \"a\"\ntitle = \"\"", "limits.rooms"),
            ("auth = \"off\"\n[limits]\nproxies = [\"proxy.example\"]", "proxies"),
            ("auth = \"off\"\n[limits]\ncountry_header = \"X Country\"", "country_header"),
            ("auth = \"off\"\n[telemetry]\notlp_endpoint = \"collector:4317\"", "http://"),
            ("auth = \"off\"\n[telemetry]\notlp_endpoint = \"https://u:p@c\"", "HEADERS"),
            ("auth = \"off\"\n[record]\ndir = \"x\"\naudio_keep_days = 0", "audio_keep_days"),
            ("auth = \"off\"\n[[rooms]]\nid = \"a\"\ntitle = \"\"\nkeep_audio = true", "[record] dir"),
            ("auth = \"off\"\n[cluster]\nservers = []", "servers"),
            ("auth = \"off\"\n[cluster]\nservers = [\"nats://a:4222\"]", "cluster.name"),
            ("auth = \"off\"\n[cluster]\nservers = [\"nats://u:p@a\"]\nname = \"a\"", "TRADEWIND_NATS"),
            ("auth = \"off\"\n[cluster]\nservers = [\"nats://a\"]\nname = \"a\"\nrole = \"x\"", "edge"),
            ("auth = \"off\"\n[segment]\nmax_utterance_ms = 60000", "30 s"),
        ] {
            let error = format!("{:#}", parse(text).unwrap_err());
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn a_secret_in_the_wrong_place_is_not_repeated() {
        let error = format!("{:#}", parse("auth = \"token\"\nsecret = \"hunter2\"").unwrap_err());
        assert!(
            error.contains("line 2") && error.contains("secret") && !error.contains("hunter2"),
            "{error}"
        );
    }

    #[test]
    fn without_authorisation_only_this_computer_is_served() {
        let open = parse("auth = \"off\"\nlisten = \"0.0.0.0:80\"").unwrap();
        assert!(open.check_address().is_err());
        assert!(parse("auth = \"off\"").unwrap().check_address().is_ok());
    }
}
