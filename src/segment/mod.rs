//! Speech probabilities in, utterances out: a pure state machine without audio, clock or model.
//!
//! One probability and one loudness come in for each window of [`WINDOW`] samples. All positions are sample
//! counts of the stream (at 16 kHz), so the caller cuts the audio itself.

mod quietest;

use crate::domain::SAMPLE_RATE;
use quietest::quietest_window;

/// Samples a Silero window has at 16 kHz (32 ms).
pub const WINDOW: u64 = 512;

/// How speech is told from silence. Times are milliseconds.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentSettings {
    /// Probability at which a window counts as voiced while nothing is being said.
    pub onset: f32,
    /// Probability at which a window still counts as voiced within an utterance (hang-over).
    pub hangover: f32,
    /// Voiced time within `onset_within_ms` that opens an utterance; shorter clicks do not.
    pub onset_ms: u64,
    /// Voiced time an utterance needs to be kept.
    pub min_speech_ms: u64,
    /// Audio kept before the onset and after the last voiced window.
    pub padding_ms: u64,
    /// Silence after which the utterance may be over: recognition starts early, in the hope that it is.
    pub pause_ms: u64,
    /// Silence that ends the utterance.
    pub endpointing_ms: u64,
    /// Longest utterance; a longer one is cut at its quietest point.
    pub max_utterance_ms: u64,
}

impl Default for SegmentSettings {
    fn default() -> Self {
        Self {
            onset: 0.5,
            hangover: 0.35,
            onset_ms: 96,
            min_speech_ms: 190,
            padding_ms: 300,
            pause_ms: 160,
            endpointing_ms: 420,
            max_utterance_ms: 12_000,
        }
    }
}

/// What the stream of probabilities amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SegmentEvent {
    /// Someone began to speak at sample `start` (padding included).
    Started { start: u64 },
    /// Nothing is said since `speech_end`; the utterance may be over.
    Paused { start: u64, speech_end: u64 },
    /// The pause was only a breath: speech goes on.
    Resumed,
    /// An utterance is complete.
    Ended(Span),
    /// What had started was too short to be speech.
    Cancelled,
}

/// One utterance. `start..end` is the audio to recognise, `speech_end` the end of its last voiced window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub start: u64,
    pub end: u64,
    pub speech_end: u64,
}

#[derive(Debug)]
pub struct Segmenter {
    settings: SegmentSettings,
    /// Index of the next window.
    next: u64,
    /// End of the previous utterance's audio in samples: padding never reaches behind it.
    floor: u64,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Windows that were voiced lately, newest last, as bits of a shift register.
    Silence {
        recent: u32,
    },
    Speech(Speech),
}

#[derive(Debug)]
struct Speech {
    start: u64,
    first_window: u64,
    last_voiced: u64,
    voiced: u64,
    paused: bool,
    /// Loudness of each window since `first_window`; what the cut is chosen by.
    loudness: Vec<f32>,
}

impl Segmenter {
    pub fn new(settings: SegmentSettings) -> Self {
        Self { settings, next: 0, floor: 0, state: State::Silence { recent: 0 } }
    }

    /// Takes one window's speech probability (0 to 1) and loudness (root mean square).
    pub fn push(&mut self, probability: f32, loudness: f32) -> Option<SegmentEvent> {
        let window = self.next;
        self.next += 1;
        match &mut self.state {
            State::Silence { recent } => {
                *recent = (*recent << 1) | u32::from(probability >= self.settings.onset);
                // Look at twice the onset time, so that one weak window does not hide a real onset.
                let need = windows(self.settings.onset_ms).max(1);
                let seen = *recent & ((1u32 << (2 * need).min(31)) - 1);
                if u64::from(seen.count_ones()) < need || probability < self.settings.onset {
                    return None;
                }
                let first = window - u64::from(31 - seen.leading_zeros());
                Some(self.open(first, window, loudness))
            }
            State::Speech(_) => self.within_speech(window, probability, loudness),
        }
    }

    /// Ends the utterance that is open, as `Finalize` asks for.
    pub fn flush(&mut self) -> Option<SegmentEvent> {
        match &self.state {
            State::Speech(_) => Some(self.close()),
            State::Silence { .. } => None,
        }
    }

    /// Sample position after the last window that was pushed.
    pub fn position(&self) -> u64 {
        self.next * WINDOW
    }

    fn open(&mut self, first: u64, window: u64, loudness: f32) -> SegmentEvent {
        let padding = samples(self.settings.padding_ms);
        let start = (first * WINDOW).saturating_sub(padding).max(self.floor);
        let length = window - first + 1;
        self.state = State::Speech(Speech {
            start,
            first_window: first,
            last_voiced: window,
            voiced: length,
            paused: false,
            loudness: vec![loudness; length as usize],
        });
        SegmentEvent::Started { start }
    }

    fn within_speech(&mut self, window: u64, probability: f32, loudness: f32) -> Option<SegmentEvent> {
        let State::Speech(speech) = &mut self.state else { return None };
        speech.loudness.push(loudness);
        if probability >= self.settings.hangover {
            speech.last_voiced = window;
            speech.voiced += 1;
            let resumed = std::mem::take(&mut speech.paused);
            if (window + 1) * WINDOW - speech.start >= samples(self.settings.max_utterance_ms) {
                return Some(self.cut());
            }
            return resumed.then_some(SegmentEvent::Resumed);
        }
        let silent = window - speech.last_voiced;
        if silent >= windows(self.settings.endpointing_ms).max(1) {
            return Some(self.close());
        }
        if !speech.paused && silent >= windows(self.settings.pause_ms).max(1) {
            speech.paused = true;
            return Some(SegmentEvent::Paused { start: speech.start, speech_end: speech.speech_end() });
        }
        None
    }

    fn close(&mut self) -> SegmentEvent {
        let State::Speech(speech) = std::mem::replace(&mut self.state, State::Silence { recent: 0 }) else {
            return SegmentEvent::Cancelled;
        };
        if speech.voiced < windows(self.settings.min_speech_ms) {
            return SegmentEvent::Cancelled;
        }
        let speech_end = speech.speech_end();
        let end = (speech_end + samples(self.settings.padding_ms)).min(self.position()).max(speech_end);
        self.floor = end;
        SegmentEvent::Ended(Span { start: speech.start, end, speech_end })
    }

    /// Cuts an utterance that became too long at the quietest window of its second half; what follows is the
    /// beginning of the next one, without a `Started` of its own.
    fn cut(&mut self) -> SegmentEvent {
        let State::Speech(speech) = &mut self.state else { return SegmentEvent::Cancelled };
        let cut = quietest_window(&speech.loudness);
        let at = (speech.first_window + cut as u64) * WINDOW;
        let span = Span { start: speech.start, end: at, speech_end: at };
        speech.start = at;
        speech.first_window += cut as u64;
        speech.loudness.drain(..cut);
        speech.voiced = speech.loudness.len() as u64;
        self.floor = at;
        SegmentEvent::Ended(span)
    }
}

impl Speech {
    fn speech_end(&self) -> u64 {
        (self.last_voiced + 1) * WINDOW
    }
}

const fn samples(ms: u64) -> u64 {
    ms * SAMPLE_RATE as u64 / 1000
}

const fn windows(ms: u64) -> u64 {
    samples(ms).div_ceil(WINDOW)
}

#[cfg(test)]
mod tests;
