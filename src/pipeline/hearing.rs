//! One host's audio to the room's history: voice activity, segments, passes of the recogniser, partials, finals.

mod caption;
mod course;
mod finals;
mod utterance;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::inbox::{HostInput, Inbox};
use super::meters::Dropped;
use super::room::Room;
use super::wording::Wording;
use crate::domain::{Lang, SAMPLE_RATE, Transcript, samples_to_ms};
use crate::protocol::host::{HostReply, ResultOf};
use crate::segment::{SegmentEvent, SegmentSettings, Segmenter, WINDOW};
use crate::transcribe::pool::Heard;
use crate::transcribe::{Ask, Hypothesis, Pass, TranscribeError};
use caption::{caption, transcript};
use course::Course;
use utterance::{PendingFinal, Utterance, answer};

/// Audio that voice activity is judged with, before the windows in question: the model has settled after it.
const VOICE_CONTEXT: usize = 32 * WINDOW as usize;
/// Windows judged together: 64 ms of delay for half the cost of one by one.
const VOICE_STEP: usize = 2 * WINDOW as usize;
/// At most so many at once, so that a burst does not hold up the other rooms (2 s).
const VOICE_BURST: usize = 64 * WINDOW as usize;
/// Audio kept behind the present: the longest utterance, its padding and the context.
const KEPT: usize = 40 * SAMPLE_RATE as usize;
/// Finals of one room that may be computed at once; the host's audio waits until there is room.
const FINALS_AT_ONCE: usize = 4;

/// How one host wants to be heard.
#[derive(Debug, Clone)]
pub struct HearingSettings {
    pub request_id: String,
    /// Languages the host may speak.
    pub langs: Arc<[Lang]>,
    /// Terms to listen for, besides the room's own.
    pub keyterms: Vec<String>,
    pub segment: SegmentSettings,
    pub interim_results: bool,
    pub vad_events: bool,
    pub utterance_end: bool,
}

/// Hears one host until its inbox is closed and everything in it is final. Returns the seconds of audio heard.
pub async fn hear(
    room: Arc<Room>,
    settings: HearingSettings,
    inbox: Arc<Inbox>,
    replies: mpsc::Sender<HostReply>,
) -> Result<f64, TranscribeError> {
    let segmenter = Segmenter::new(settings.segment.clone());
    let listening = {
        let (room, langs, keyterms) =
            (Arc::clone(&room), Arc::clone(&settings.langs), settings.keyterms.clone());
        tokio::task::spawn_blocking(move || room.terms.listen(&langs, &keyterms, &room.catalogue().products))
    };
    listening.await.map_err(|e| TranscribeError::Failed(e.to_string()))?;
    let wording = Wording::new(Arc::clone(&room));
    room.hears(&inbox);
    let mut hearing = Hearing {
        room: Arc::clone(&room),
        settings,
        replies,
        base_ms: None,
        audio: Vec::new(),
        first: 0,
        segmenter,
        utterance: None,
        finals: VecDeque::new(),
        wording,
    };
    let heard = hearing.run(&inbox).await;
    room.has_heard(&inbox);
    heard?;
    Ok(hearing.position() as f64 / f64::from(SAMPLE_RATE))
}

struct Hearing {
    room: Arc<Room>,
    settings: HearingSettings,
    replies: mpsc::Sender<HostReply>,
    /// Where on the show's clock this host's first sample lies.
    base_ms: Option<u64>,
    /// The latest audio; its first sample is the stream's `first`.
    audio: Vec<f32>,
    first: u64,
    segmenter: Segmenter,
    utterance: Option<Utterance>,
    finals: VecDeque<PendingFinal>,
    wording: Wording,
}

impl Hearing {
    async fn run(&mut self, inbox: &Inbox) -> Result<(), TranscribeError> {
        let mut open = true;
        while open || !self.finals.is_empty() {
            let may_read = open && self.finals.len() < FINALS_AT_ONCE;
            tokio::select! {
                biased;
                heard = answer(self.finals.front_mut().map(|f| &mut f.reply)) => self.on_final(heard).await,
                heard = answer(self.utterance.as_mut().and_then(|u| u.pass.as_mut())) => self.on_pass(heard),
                input = inbox.next(), if may_read => match input {
                    Some(HostInput::Audio(samples)) => self.on_audio(&samples).await?,
                    Some(HostInput::Lost(samples)) => self.on_lost(samples).await,
                    Some(HostInput::Finalize) => self.on_finalize(true).await,
                    None => {
                        self.on_finalize(false).await;
                        open = false;
                    }
                },
            }
        }
        Ok(())
    }

    async fn on_audio(&mut self, samples: &[f32]) -> Result<(), TranscribeError> {
        let base = self.base_of(samples.len());
        self.room.keep_audio(base, self.position(), samples);
        self.audio.extend_from_slice(samples);
        self.room.audio_reached(base + samples_to_ms(self.position()));
        while self.position() - self.segmenter.position() >= VOICE_STEP as u64 {
            self.judge_voice().await?;
        }
        self.forget_old_audio();
        self.begin_pass();
        Ok(())
    }

    /// Audio that found no room in the inbox: its time goes on as silence, in pieces, since it may be hours. No model looks at it.
    async fn on_lost(&mut self, samples: usize) {
        let base = self.base_of(samples);
        let mut left = samples;
        while left > 0 {
            let piece = left.min(VOICE_BURST);
            left -= piece;
            self.audio.resize(self.audio.len() + piece, 0.0);
            self.room.audio_reached(base + samples_to_ms(self.position()));
            while self.position() - self.segmenter.position() >= VOICE_STEP as u64 {
                let (judged, fresh) = self.fresh();
                self.follow(judged, fresh, &[]).await;
            }
            self.forget_old_audio();
            tokio::task::yield_now().await;
        }
    }

    /// Where on the show's clock this host's first sample lies: so many samples before now, if these are the first.
    fn base_of(&mut self, samples: usize) -> u64 {
        let length = Duration::from_millis(samples_to_ms(samples as u64));
        *self.base_ms.get_or_insert_with(|| self.room.begin_audio(length))
    }

    /// The first sample in `audio` that is not judged yet, and how many whole windows are to be judged together.
    fn fresh(&self) -> (usize, usize) {
        let judged = (self.segmenter.position() - self.first) as usize;
        (judged, (self.audio.len() - judged).min(VOICE_BURST) / WINDOW as usize)
    }

    /// Asks the voice model about the windows not yet judged, and follows what the segmenter makes of them.
    async fn judge_voice(&mut self) -> Result<(), TranscribeError> {
        let (judged, fresh) = self.fresh();
        let end = judged + fresh * WINDOW as usize;
        let from = judged.saturating_sub(VOICE_CONTEXT);
        let asked = self.audio.get(from..end).unwrap_or_default().to_vec();
        let probabilities = self.voice(asked).await?;
        let before = (judged - from) / WINDOW as usize;
        self.follow(judged, fresh, probabilities.get(before..).unwrap_or_default()).await;
        Ok(())
    }

    /// Tells the segmenter of `fresh` windows from sample `judged` of `audio` on; without a probability, nobody speaks.
    async fn follow(&mut self, judged: usize, fresh: usize, probabilities: &[f32]) {
        for index in 0..fresh {
            let at = judged + index * WINDOW as usize;
            let window = self.audio.get(at..at + WINDOW as usize).unwrap_or_default();
            let loudness = root_mean_square(window);
            let probability = probabilities.get(index).copied().unwrap_or(0.0);
            if let Some(event) = self.segmenter.push(probability, loudness) {
                self.on_segment(event, false).await;
            }
        }
    }

    /// Speech probabilities; none (nobody speaks) where voice detection fails twice: the room goes on, and the console says why
    /// nothing is heard.
    async fn voice(&self, audio: Vec<f32>) -> Result<Vec<f32>, TranscribeError> {
        let voice = &self.room.engines.voice;
        match voice.probabilities(audio.clone()).await {
            Err(TranscribeError::Stopped) => Err(TranscribeError::Stopped),
            Err(_) => match voice.probabilities(audio).await {
                Err(TranscribeError::Stopped) => Err(TranscribeError::Stopped),
                again => Ok(again.unwrap_or_default()),
            },
            Ok(probabilities) => Ok(probabilities),
        }
    }

    async fn on_segment(&mut self, event: SegmentEvent, from_finalize: bool) {
        match event {
            SegmentEvent::Started { start } => {
                let course = self.course(start);
                self.utterance = Some(Utterance::new(start, &self.settings.langs).on(course));
                if self.settings.vad_events {
                    self.reply(HostReply::speech_started(self.show_ms(start))).await;
                }
            }
            // In the hope that this is the end: if it is, the text is there when the silence is long enough.
            SegmentEvent::Paused { start, speech_end } => {
                let audio = self.cut(start, self.segmenter.position());
                let reply = self.ask(audio, &self.settings.langs, Pass::Final);
                if let Some(utterance) = &mut self.utterance {
                    utterance.pass = Some(reply);
                    utterance.guessed_end = Some(speech_end);
                }
            }
            SegmentEvent::Resumed => {
                if let Some(utterance) = &mut self.utterance {
                    utterance.guessed_end = None;
                    utterance.guess = None;
                }
            }
            SegmentEvent::Cancelled => self.take_back_partial(),
            SegmentEvent::Ended(span) => self.finish(span, from_finalize).await,
        }
    }

    async fn on_finalize(&mut self, asked: bool) {
        if let Some(event) = self.segmenter.flush() {
            self.on_segment(event, asked).await;
        }
    }

    /// Begins a partial pass if one is due and none is under way.
    fn begin_pass(&mut self) {
        let position = self.segmenter.position();
        let waiting = self.room.engines.pool.waiting();
        let interval = self.room.engines.config.transcribe.partial_interval;
        let Some(utterance) = &self.utterance else { return };
        // Every job that waits makes partials rarer: finals come first.
        if !utterance.is_due(position, interval * (1 + waiting as u32)) {
            return;
        }
        let audio = self.cut(utterance.start, position);
        let reply = self.ask(audio, &utterance.langs.clone(), Pass::Partial);
        if let Some(utterance) = &mut self.utterance {
            utterance.begin_pass(position, reply);
        }
    }

    fn on_pass(&mut self, heard: Result<Heard, TranscribeError>) {
        let Some(utterance) = &mut self.utterance else { return };
        utterance.pass = None;
        let heard = match heard {
            Ok(heard) => heard,
            Err(error) => {
                utterance.guessed_end = None;
                return log_failed_pass(&self.room, &error);
            }
        };
        utterance.course.iter_mut().for_each(|course| course.heard(&heard));
        let written = self.wording.apply(heard.hypothesis.clone()).hypothesis;
        if written.tokens.is_empty() && utterance.guessed_end.is_none() {
            return;
        }
        utterance.langs = Arc::from([written.lang.clone()]);
        let shown = utterance.stabilizer.push(&written.text).map(str::to_owned);
        if utterance.guessed_end.is_some() {
            // As it was heard: what is repaired of it is counted when it is final.
            utterance.guess = Some(heard);
        }
        if let Some(text) = shown {
            self.show_partial(text, &written);
        }
    }

    fn show_partial(&mut self, text: String, hypothesis: &Hypothesis) {
        let position = self.segmenter.position();
        let (start, end) = match &self.utterance {
            Some(u) => (u.start, u.guessed_end.unwrap_or(position)),
            None => return,
        };
        let (start_ms, end_ms) = (self.show_ms(start), self.show_ms(end));
        let transcript = transcript(hypothesis, Some(text), start_ms);
        let Some(utterance) = &mut self.utterance else { return };
        let segment = *utterance.segment.get_or_insert_with(|| self.room.new_segment());
        utterance.rev += 1;
        let caption = caption(segment, utterance.rev, false, transcript, start_ms, end_ms);
        if self.settings.interim_results {
            let of = self.result_of(segment, false, false);
            // The host's view of a partial may be skipped when its socket is behind.
            if self.replies.try_send(HostReply::results(of, &caption.transcript, start_ms, end_ms)).is_err() {
                self.room.engines.meters.dropped(Dropped::HostPartial, 1);
            }
        }
        self.room.show_partial(caption);
    }

    /// Nothing was said after all: a partial that is on the screens is taken away.
    fn take_back_partial(&mut self) {
        if let Some(utterance) = self.utterance.take() {
            self.retract(&utterance);
        }
    }

    fn retract(&self, utterance: &Utterance) {
        let Some(segment) = utterance.segment else { return };
        let lang = utterance.langs.first().cloned().unwrap_or_else(|| self.room.source_lang());
        let nothing = Transcript { text: String::new(), lang, confidence: 0.0, words: Vec::new() };
        let at = self.show_ms(utterance.start);
        self.room.show_partial(caption(segment, utterance.rev + 1, false, nothing, at, at));
    }

    fn ask(&self, audio: Arc<[f32]>, langs: &Arc<[Lang]>, pass: Pass) -> crate::transcribe::pool::Reply {
        let chars = self.room.engines.config.transcribe.context_chars;
        let context = langs.first().map(|lang| self.room.context(lang, chars)).unwrap_or_default();
        let ask = Ask { audio, langs: Arc::clone(langs), context, pass };
        self.room.engines.pool.submit(self.room.config.id.clone(), ask)
    }

    fn result_of(&self, segment: u64, is_final: bool, from_finalize: bool) -> ResultOf<'_> {
        let request_id = &self.settings.request_id;
        ResultOf { request_id, room: &self.room.config.id, segment, is_final, from_finalize }
    }

    async fn reply(&self, reply: HostReply) {
        // A host that is gone gets nothing; its finals are in the history all the same.
        drop(self.replies.send(reply).await);
    }

    fn show_ms(&self, sample: u64) -> u64 {
        self.base_ms.unwrap_or(0) + samples_to_ms(sample)
    }

    /// The course of an utterance that begins at a sample; none where nobody collects traces.
    fn course(&self, start: u64) -> Option<Box<Course>> {
        self.room.engines.traces.is_on().then(|| Course::new(self.moment(start)))
    }

    /// When a sample was spoken, as far as the show's clock knows: audio from a file runs ahead of the world's.
    fn moment(&self, sample: u64) -> Instant {
        let (now, ago) = (Instant::now(), self.room.now_ms().saturating_sub(self.show_ms(sample)));
        now.checked_sub(Duration::from_millis(ago)).unwrap_or(now)
    }

    fn position(&self) -> u64 {
        self.first + self.audio.len() as u64
    }

    fn cut(&self, start: u64, end: u64) -> Arc<[f32]> {
        let from = start.saturating_sub(self.first) as usize;
        let to = (end.saturating_sub(self.first) as usize).min(self.audio.len());
        self.audio.get(from..to).unwrap_or_default().into()
    }

    fn forget_old_audio(&mut self) {
        // In large steps: moving the rest down costs.
        if self.audio.len() > 2 * KEPT {
            let old = self.audio.len() - KEPT;
            // Whole windows only, so that `first` stays on the segmenter's grid.
            let old = old / WINDOW as usize * WINDOW as usize;
            self.audio.drain(..old);
            self.first += old as u64;
        }
    }
}

fn log_failed_pass(room: &Room, error: &TranscribeError) {
    match error {
        TranscribeError::Superseded => room.engines.meters.dropped(Dropped::Pass, 1),
        TranscribeError::Stopped => {}
        TranscribeError::GaveUp => room.engines.meters.gave_up(),
        error => tracing::warn!(room = %room.config.id, %error, "an utterance was not recognised"),
    }
}

fn root_mean_square(samples: &[f32]) -> f32 {
    (samples.iter().map(|s| s * s).sum::<f32>() / samples.len().max(1) as f32).sqrt()
}
