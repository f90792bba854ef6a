//! How late each stage is, for the console: the last figures of a room.

use std::collections::{BTreeMap, VecDeque};

use crate::domain::Lang;

/// Figures kept of each stage.
const KEPT: usize = 100;

#[derive(Debug, Default)]
pub struct Stats {
    segment: Figures,
    transcribe: Figures,
    total: Figures,
    translate: BTreeMap<Lang, Figures>,
    pub lost_audio_ms: u64,
}

/// Medians (and a 95th percentile) in ms; none before the first final.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StageLag {
    /// From the end of speech until it is taken for ended.
    pub segment_ms: Option<u64>,
    /// From there until the text is there.
    pub transcribe_ms: Option<u64>,
    pub translate_ms: BTreeMap<Lang, u64>,
    /// From the end of speech until the caption is sent.
    pub total_p50_ms: Option<u64>,
    pub total_p95_ms: Option<u64>,
}

impl Stats {
    pub fn heard(&mut self, segment_ms: u64, transcribe_ms: u64) {
        self.segment.add(segment_ms);
        self.transcribe.add(transcribe_ms);
    }

    pub fn translated(&mut self, lang: &Lang, translate_ms: u64, total_ms: u64) {
        self.translate.entry(lang.clone()).or_default().add(translate_ms);
        self.total.add(total_ms);
    }

    pub fn lag(&self) -> StageLag {
        StageLag {
            segment_ms: self.segment.percentile(50),
            transcribe_ms: self.transcribe.percentile(50),
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
