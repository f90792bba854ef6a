//! Plays clips through the public WebSocket, watches them through the public viewer socket.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::{join_all, try_join_all};

use super::collect::Collector;
use super::manifest::{self, Clip, ManifestError};
use super::report::Report;
use super::score::{ClipScore, Judges, Offline, score};
use super::text::{Normaliser, primary};
use crate::client::{ClientError, PushEvent, PushOptions, Source, WatchOptions, push, read_wav, watch};

/// No message for so long after the gateway's confirmation: everything has come.
const QUIET: Duration = Duration::from_millis(1500);
/// The longest wait for quiet.
const LAST_WAIT: Duration = Duration::from_secs(15);
/// A viewer must be greeted within this time.
const GREETING: Duration = Duration::from_secs(15);

/// Recognises a whole file, mono samples (−1 to 1) at the given rate in Hz, in the given language, with the
/// gateway's weights. Runs on a blocking thread.
pub type WholeFile = Arc<dyn Fn(&[f32], u32, &str) -> Result<String, String> + Send + Sync>;

#[derive(Debug, Clone)]
pub struct EvalOptions {
    /// A manifest or a tour.
    pub manifest: PathBuf,
    /// Address of the gateway.
    pub url: String,
    /// One clip at a time is played into each. They should be fresh: a room's pinned card is not pinned again.
    pub rooms: Vec<String>,
    pub token: Option<String>,
    /// Only clips in these languages; `-` are those without speech. Empty: all.
    pub languages: Vec<String>,
    /// Only clips of these kinds. Empty: all.
    pub kinds: Vec<String>,
    /// At most so many clips.
    pub limit: Option<usize>,
    /// Languages that are watched besides the spoken one.
    pub watch: Vec<String>,
    /// 1.0 is real time; lags mean nothing at other speeds.
    pub speed: f64,
    /// What clips without speech are announced as.
    pub no_speech_language: String,
}

impl EvalOptions {
    /// Real time, two rooms, only the spoken language.
    pub fn new(manifest: PathBuf, url: &str) -> Self {
        Self {
            manifest,
            url: url.to_owned(),
            rooms: vec!["eval-1".into(), "eval-2".into()],
            token: None,
            languages: Vec::new(),
            kinds: Vec::new(),
            limit: None,
            watch: Vec::new(),
            speed: 1.0,
            no_speech_language: "zh".into(),
        }
    }

    fn wants(&self, clip: &Clip) -> bool {
        let chosen = |wanted: &String| match clip.language.as_deref() {
            Some(language) => primary(wanted) == primary(language),
            None => wanted == "-",
        };
        (self.languages.is_empty() || self.languages.iter().any(chosen))
            && (self.kinds.is_empty() || self.kinds.contains(&clip.kind))
    }
}

#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error("no clip is left of {0} after choosing languages and kinds")]
    NothingChosen(PathBuf),
    #[error("no room to play into")]
    NoRoom,
}

/// Plays and scores every chosen clip. `progress` hears of each when it is done. A clip that fails is
/// reported with its reason, and the rest go on.
pub async fn run(
    options: &EvalOptions,
    judges: &Judges,
    offline: Option<WholeFile>,
    progress: impl FnMut(&ClipScore),
) -> Result<Report, EvalError> {
    let mut clips: Vec<Clip> = manifest::read(&options.manifest)?;
    clips.retain(|clip| options.wants(clip));
    clips.truncate(options.limit.unwrap_or(usize::MAX));
    if clips.is_empty() {
        return Err(EvalError::NothingChosen(options.manifest.clone()));
    }
    if options.rooms.is_empty() {
        return Err(EvalError::NoRoom);
    }
    let waiting: Mutex<VecDeque<(usize, &Clip)>> = Mutex::new(clips.iter().enumerate().collect());
    let progress = Mutex::new(progress);
    let rooms = options.rooms.iter().map(|room| async {
        let mut scores = Vec::new();
        // The lock must not live while the clip plays.
        while let Some((n, clip)) = { lock(&waiting).pop_front() } {
            let score = one_clip(options, room, clip, judges).await;
            (lock(&progress))(&score);
            scores.push((n, score));
        }
        scores
    });
    let mut scores: Vec<(usize, ClipScore)> = join_all(rooms).await.into_iter().flatten().collect();
    scores.sort_by_key(|(n, _)| *n);
    if let Some(whole_file) = offline {
        // Afterwards, so that it takes no cores from the live run.
        for (n, score) in &mut scores {
            score.offline = recognise_whole(&clips[*n], score, &whole_file, &judges.normaliser).await;
        }
    }
    Ok(Report::new(options, scores.into_iter().map(|(_, score)| score).collect()))
}

async fn one_clip(options: &EvalOptions, room: &str, clip: &Clip, judges: &Judges) -> ClipScore {
    let language = clip.language.clone().unwrap_or_else(|| options.no_speech_language.clone());
    let mut watched = vec![language.clone()];
    for lang in &options.watch {
        if !watched.contains(lang) {
            watched.push(lang.clone());
        }
    }
    let collectors: Vec<Mutex<Collector>> = watched.iter().map(|l| Mutex::new(Collector::new(l))).collect();
    let viewers = try_join_all(collectors.iter().map(|collector| view(options, room, collector)));
    let outcome = tokio::select! {
        ended = viewers => Err(match ended {
            Err(e) => e.to_string(),
            Ok(_) => "the gateway ended the viewers' connections".to_owned(),
        }),
        played = play(options, room, clip, &language, &collectors) => played,
    };
    let seen: Vec<Collector> =
        collectors.into_iter().map(|c| c.into_inner().unwrap_or_else(PoisonError::into_inner)).collect();
    let mut score = score(clip, &language, &seen, options.speed, judges);
    match outcome {
        Ok(spoken) => score.seconds = spoken.as_secs_f64(),
        Err(why) => score.failure = Some(why),
    }
    score
}

/// Watches one language until dropped.
async fn view(options: &EvalOptions, room: &str, collector: &Mutex<Collector>) -> Result<(), ClientError> {
    let lang = lock(collector).lang.clone();
    let options = WatchOptions {
        url: options.url.clone(),
        room: room.to_owned(),
        lang: Some(lang),
        ..WatchOptions::default()
    };
    watch(options, |heard| {
        lock(collector).hear(heard.message, heard.at);
        ControlFlow::Continue(())
    })
    .await
}

/// Pushes a clip once every viewer is greeted, and waits until nothing more comes. Gives the audio's length.
async fn play(
    options: &EvalOptions,
    room: &str,
    clip: &Clip,
    language: &str,
    collectors: &[Mutex<Collector>],
) -> Result<Duration, String> {
    let since = Instant::now();
    while !collectors.iter().all(|c| lock(c).greeted) {
        if since.elapsed() > GREETING {
            return Err("a viewer was not greeted".to_owned());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // A snapshot of the room's past may follow the greeting.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let push_options = PushOptions {
        token: options.token.clone(),
        speed: options.speed,
        reconnect: false,
        ..PushOptions::new(&options.url, room, language, Source::File(clip.path.clone()))
    };
    let pushed = push(push_options, |event| {
        if let PushEvent::Started { at, .. } = event {
            for collector in collectors {
                lock(collector).start(at);
            }
        }
    })
    .await;
    let confirmed = Instant::now();
    let quiet_since =
        || collectors.iter().filter_map(|c| lock(c).last_heard).fold(confirmed, Instant::max).elapsed();
    while quiet_since() < QUIET && confirmed.elapsed() < LAST_WAIT {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    pushed.map(|summary| summary.spoken).map_err(|e| e.to_string())
}

async fn recognise_whole(
    clip: &Clip,
    score: &ClipScore,
    whole_file: &WholeFile,
    normaliser: &Normaliser,
) -> Option<Offline> {
    let reference = clip.transcript.as_ref()?;
    let recognised = async {
        let wav = read_wav(&clip.path).await.map_err(|e| e.to_string())?;
        let (whole_file, language) = (whole_file.clone(), score.language.clone());
        let work = move || whole_file(&wav.samples, wav.sample_rate, &language);
        tokio::task::spawn_blocking(work).await.map_err(|e| e.to_string())?
    };
    match recognised.await {
        Ok(hypothesis) => {
            let edits = normaliser.score(reference, &hypothesis, &score.language);
            Some(Offline { hypothesis, edits })
        }
        Err(why) => {
            tracing::warn!(clip = %score.name, %why, "not recognised as a whole file");
            None
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
