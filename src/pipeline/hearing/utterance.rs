//! The utterance that is being spoken, and those whose final text is awaited.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::course::Course;
use crate::domain::{Lang, SAMPLE_RATE, SegmentId};
use crate::pipeline::wording::Worded;
use crate::segment::Span;
use crate::transcribe::TranscribeError;
use crate::transcribe::pool::{Heard, Reply};
use crate::transcribe::stabilize::Stabilizer;

/// Audio (padding included) before the first pass, in samples: with less, base hears nothing sensible.
/// 0.6 s → first text after 0.9 s (p50, tour); 0.5 s → 1.5 s, since the first pass then shows nothing.
const FIRST_PASS: u64 = SAMPLE_RATE as u64 * 6 / 10;
/// New audio that makes another pass worth its cost, in samples: 200 ms, about a syllable.
const NEW_AUDIO: u64 = SAMPLE_RATE as u64 / 5;

/// Once words are shown, the next pass may come so much later, as a fraction: whoever reads has something to read, and each pass
/// is longer than the last.
const READING: (u32, u32) = (8, 5);

pub struct Utterance {
    pub start: u64,
    /// Numbered when it first shows text: noise takes no number.
    pub segment: Option<SegmentId>,
    pub rev: u32,
    /// Cut off from the one before, so it begins in the middle of speech.
    pub continues: bool,
    pub stabilizer: Stabilizer,
    /// The language once a pass has found it, else all that the host may speak.
    pub langs: Arc<[Lang]>,
    /// The pass under way.
    pub pass: Option<Reply>,
    /// Where speech will have ended if the present pause is the end.
    pub guessed_end: Option<u64>,
    /// The final text for that case.
    pub guess: Option<Heard>,
    /// For its trace.
    pub course: Option<Box<Course>>,
    begun: Option<(Instant, u64)>,
}

pub struct PendingFinal {
    pub utterance: Utterance,
    pub span: Span,
    pub reply: Reply,
    /// The recogniser crashed over it once, or took far too long.
    pub failed: bool,
    /// What the first pass heard, while a second one decides whether it was speech.
    pub doubted: Option<Worded>,
    pub from_finalize: bool,
    /// When the utterance was taken for ended.
    pub ended: Instant,
}

impl Utterance {
    pub fn new(start: u64, langs: &Arc<[Lang]>) -> Self {
        Self {
            start,
            segment: None,
            rev: 0,
            continues: false,
            stabilizer: Stabilizer::default(),
            langs: Arc::clone(langs),
            pass: None,
            guessed_end: None,
            guess: None,
            course: None,
            begun: None,
        }
    }

    /// What follows a cut.
    pub fn going_on(start: u64, langs: &Arc<[Lang]>) -> Self {
        Self { continues: true, ..Self::new(start, langs) }
    }

    /// With what its trace is told from.
    pub fn on(self, course: Option<Box<Course>>) -> Self {
        Self { course, ..self }
    }

    /// Whether a partial pass up to sample `position` should begin, `interval` behind the last, or more once words are shown.
    pub fn is_due(&self, position: u64, interval: Duration) -> bool {
        let interval = if self.segment.is_some() { interval * READING.0 / READING.1 } else { interval };
        let new_audio =
            self.begun.is_none_or(|(begun, at)| begun.elapsed() >= interval && position - at >= NEW_AUDIO);
        self.pass.is_none() && self.guessed_end.is_none() && position - self.start >= FIRST_PASS && new_audio
    }

    pub fn begin_pass(&mut self, position: u64, reply: Reply) {
        self.begun = Some((Instant::now(), position));
        self.pass = Some(reply);
    }
}

/// Waits for a pass; for ever if there is none.
pub async fn answer(reply: Option<&mut Reply>) -> Result<Heard, TranscribeError> {
    match reply {
        Some(reply) => reply.await.unwrap_or(Err(TranscribeError::Stopped)),
        None => std::future::pending().await,
    }
}

/// A reply that is there already.
pub fn ready(heard: Heard) -> Reply {
    let (sender, reply) = oneshot::channel();
    // The receiver is in our hands.
    drop(sender.send(Ok(heard)));
    reply
}
