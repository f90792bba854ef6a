//! How late each stage is, for the console: the last figures of a room.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Weak};

use super::inbox::Inbox;
use super::room::Room;
use crate::domain::event::SourceCaption;
use crate::domain::{Caption, Lang};

/// Figures kept of each stage.
const KEPT: usize = 100;

#[derive(Debug, Default)]
pub struct Stats {
    segment: Figures,
    transcribe: Figures,
    total: Figures,
    /// Tenths of a millisecond.
    record: Figures,
    translate: BTreeMap<Lang, Figures>,
    pub lost_audio_ms: u64,
    /// What the present host's audio waits in.
    inbox: Weak<Inbox>,
}

/// Medians (and a 95th percentile) in ms; none before the first final.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StageLag {
    /// From the end of speech until it is taken for ended.
    pub segment_ms: Option<u64>,
    /// From there until the text is there.
    pub transcribe_ms: Option<u64>,
    /// From there until it is on disk, with fractions.
    pub record_ms: Option<f64>,
    pub translate_ms: BTreeMap<Lang, u64>,
    /// From the end of speech until the caption is sent.
    pub total_p50_ms: Option<u64>,
    pub total_p95_ms: Option<u64>,
}

impl Stats {
    /// Another show: how late the last one was says nothing of it. What was lost in the room stays counted.
    pub fn begin_show(&mut self) {
        let inbox = std::mem::take(&mut self.inbox);
        *self = Self { lost_audio_ms: self.lost_audio_ms, inbox, ..Self::default() };
    }

    pub fn heard(&mut self, segment_ms: u64, transcribe_ms: u64) {
        self.segment.add(segment_ms);
        self.transcribe.add(transcribe_ms);
    }

    pub fn translated(&mut self, lang: &Lang, translate_ms: u64, total_ms: u64) {
        self.translate.entry(lang.clone()).or_default().add(translate_ms);
        self.total.add(total_ms);
    }

    pub fn kept(&mut self, ms: f64) {
        self.record.add((ms * 10.0).round() as u64);
    }

    pub fn lag(&self) -> StageLag {
        StageLag {
            segment_ms: self.segment.percentile(50),
            transcribe_ms: self.transcribe.percentile(50),
            record_ms: self.record.percentile(50).map(|tenths| tenths as f64 / 10.0),
            translate_ms: self
                .translate
                .iter()
                .filter_map(|(lang, figures)| Some((lang.clone(), figures.percentile(50)?)))
                .collect(),
            total_p50_ms: self.total.percentile(50),
            total_p95_ms: self.total.percentile(95),
        }
    }
}

impl Room {
    pub fn lag(&self) -> StageLag {
        self.stats.lock().lag()
    }

    pub fn lost_audio_ms(&self) -> u64 {
        let stats = self.stats.lock();
        stats.lost_audio_ms + stats.inbox.upgrade().map_or(0, |inbox| inbox.lost_ms())
    }

    /// The host's audio that nobody has heard yet, in ms.
    pub fn waiting_audio_ms(&self) -> u64 {
        self.stats.lock().inbox.upgrade().map_or(0, |inbox| inbox.waiting_ms())
    }

    pub(super) fn hears(&self, inbox: &Arc<Inbox>) {
        self.stats.lock().inbox = Arc::downgrade(inbox);
    }

    /// All of it was heard, or lost.
    pub(super) fn has_heard(&self, inbox: &Arc<Inbox>) {
        let mut stats = self.stats.lock();
        stats.lost_audio_ms += inbox.lost_ms();
        if stats.inbox.ptr_eq(&Arc::downgrade(inbox)) {
            stats.inbox = Weak::new();
        }
    }

    /// A final was recognised. Times in ms.
    pub(super) fn heard(&self, lang: &Lang, segment_ms: u64, transcribe_ms: u64) {
        self.stats.lock().heard(segment_ms, transcribe_ms);
        self.engines.meters.heard(lang, segment_ms, transcribe_ms);
    }

    /// A final was sent in a language. Times in ms.
    pub(super) fn translated(&self, caption: &Caption, translate_ms: u64, total_ms: u64) {
        self.stats.lock().translated(&caption.lang, translate_ms, total_ms);
        self.engines.meters.translated(caption, translate_ms, total_ms);
        tracing::debug!(
            room = %self.config.id, segment = caption.segment, lang = %caption.lang, engine = caption.engine,
            fidelity = caption.fidelity.as_str(), translate_ms, total_ms, "caption"
        );
    }

    /// What is being said was written as `before` and is `now`.
    pub(super) fn rewritten(&self, before: Option<&SourceCaption>, now: &SourceCaption) {
        let before = before.filter(|before| before.segment == now.segment);
        let before = before.map_or("", |before| before.transcript.text.as_str());
        self.engines.meters.rewritten(&now.lang, before, &now.transcript.text, now.is_final);
    }
}

#[derive(Debug, Default)]
struct Figures(VecDeque<u64>);

impl Figures {
    fn add(&mut self, figure: u64) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(figure);
    }

    /// Nearest rank.
    fn percentile(&self, percent: usize) -> Option<u64> {
        let mut sorted: Vec<u64> = self.0.iter().copied().collect();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_latest_figures() {
        let mut figures = Figures::default();
        assert_eq!(figures.percentile(50), None);
        (1..=200).for_each(|n| figures.add(n));
        assert_eq!((figures.percentile(50), figures.percentile(95)), (Some(150), Some(195)));
    }
}
