//! What machines are told of all rooms together: how long each stage takes, what was shown, taken back and lost.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::domain::{Caption, Lang};

/// Upper ends in seconds: the phrasebook answers within 5 ms, Whisper within a second, a language model within four.
const BUCKETS: [f64; 12] = [0.005, 0.025, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.5, 4.0, 8.0, 20.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Stage {
    stage: &'static str,
    /// What is spoken, for the stages before translation; else what is shown.
    lang: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Shown {
    lang: String,
    fidelity: &'static str,
    engine: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InLanguage {
    lang: String,
}

/// What was left out since something behind it was too slow. Nothing of it is final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dropped {
    /// A pass over an utterance that a newer one replaced before a recogniser had time.
    Pass,
    /// A partial that the host's own socket had no room for.
    HostPartial,
    /// An event that a lane far behind did not translate, since it began anew at the present.
    CaptionOfThePast,
    /// A message that a viewer far behind got from the ring, or (a partial) not at all.
    ViewerMessage,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct What {
    what: &'static str,
}

type Stages = Family<Stage, Histogram, fn() -> Histogram>;

/// Counted since the gateway began.
#[derive(Debug)]
pub struct Meters {
    stages: Stages,
    captions: Family<Shown, Counter>,
    /// Characters that partials wrote and a later one took back, and those of the finals: the first by the second is the
    /// normalized erasure.
    erased: Family<InLanguage, Counter>,
    written: Family<InLanguage, Counter>,
    crashed: Counter,
    given_up: Counter,
    dropped: Family<What, Counter>,
}

impl Default for Meters {
    fn default() -> Self {
        let histogram: fn() -> Histogram = || Histogram::new(BUCKETS);
        Self {
            stages: Family::new_with_constructor(histogram),
            captions: Family::default(),
            erased: Family::default(),
            written: Family::default(),
            crashed: Counter::default(),
            given_up: Counter::default(),
            dropped: Family::default(),
        }
    }
}

impl Meters {
    /// A final was recognised. Times in ms, as [`super::StageLag`] has them.
    pub(super) fn heard(&self, lang: &Lang, segment_ms: u64, transcribe_ms: u64) {
        self.took("segment", lang, segment_ms);
        self.took("transcribe", lang, transcribe_ms);
    }

    /// A final was put into a language and sent.
    pub(super) fn translated(&self, caption: &Caption, translate_ms: u64, total_ms: u64) {
        let lang = &caption.lang;
        self.took("translate", lang, translate_ms);
        self.took("total", lang, total_ms);
        let (fidelity, engine) = (caption.fidelity.as_str(), caption.engine.clone());
        self.captions.get_or_create(&Shown { lang: lang.to_string(), fidelity, engine }).inc();
    }

    /// What is being said was written as `before` and is now `after`.
    pub(super) fn rewritten(&self, lang: &Lang, before: &str, after: &str, is_final: bool) {
        let same = before.chars().zip(after.chars()).take_while(|(a, b)| a == b).count();
        let erased = before.chars().count() - same;
        let of = InLanguage { lang: lang.to_string() };
        self.erased.get_or_create(&of).inc_by(erased as u64);
        if is_final {
            self.written.get_or_create(&of).inc_by(after.chars().count() as u64);
        }
    }

    /// A final pass of the recogniser ended in a panic or an error.
    pub(super) fn crashed(&self) {
        self.crashed.inc();
    }

    /// A pass of the recogniser took far too long and was interrupted.
    pub(super) fn gave_up(&self) {
        self.given_up.inc();
    }

    /// Something was left out, so many times.
    pub fn dropped(&self, what: Dropped, count: u64) {
        let what = match what {
            Dropped::Pass => "pass",
            Dropped::HostPartial => "host_partial",
            Dropped::CaptionOfThePast => "past_caption",
            Dropped::ViewerMessage => "viewer_message",
        };
        self.dropped.get_or_create(&What { what }).inc_by(count);
    }

    pub fn register(&self, registry: &mut Registry) {
        let stages = "Time of each stage for a final caption: segment and total count from the end of speech";
        registry.register_with_unit("stage_duration", stages, Unit::Seconds, self.stages.clone());
        let captions = "Final captions sent, by language, engine and what the gate made of them";
        registry.register("captions", captions, self.captions.clone());
        let erased = "Characters of partials in the spoken language that were taken back";
        registry.register("erased_characters", erased, self.erased.clone());
        registry.register(
            "final_characters",
            "Characters of finals in the spoken language",
            self.written.clone(),
        );
        let about = "Left out since something was too slow for it: passes, partials, captions of the past";
        registry.register("dropped", about, self.dropped.clone());
        registry.register(
            "recognition_failures",
            "Passes of the recogniser for finals that failed",
            self.crashed.clone(),
        );
        let about = "Passes of the recogniser that took far too long and were interrupted";
        registry.register("recognition_given_up", about, self.given_up.clone());
    }

    fn took(&self, stage: &'static str, lang: &Lang, ms: u64) {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of minutes")]
        let seconds = ms as f64 / 1_000.0;
        self.stages.get_or_create(&Stage { stage, lang: lang.to_string() }).observe(seconds);
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::text::encode;

    use super::*;

    fn text(meters: &Meters) -> String {
        let mut registry = Registry::default();
        meters.register(&mut registry);
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        text
    }

    #[test]
    fn a_rewritten_partial_counts_what_it_took_back() {
        let (meters, zh) = (Meters::default(), Lang::parse("zh").unwrap());
        meters.rewritten(&zh, "", "最低七", false);
        meters.rewritten(&zh, "最低七", "最低起订", false);
        meters.rewritten(&zh, "最低起订", "最低起订量", true);
        let text = text(&meters);
        assert!(text.contains("erased_characters_total{lang=\"zh\"} 1"), "{text}");
        assert!(text.contains("final_characters_total{lang=\"zh\"} 5"), "{text}");
    }

    #[test]
    fn a_stage_is_a_histogram_in_seconds_by_language() {
        let (meters, es) = (Meters::default(), Lang::parse("es").unwrap());
        meters.took("translate", &es, 3);
        meters.took("total", &es, 950);
        let text = text(&meters);
        let of = |stage: &str, end: &str| {
            format!("stage_duration_seconds_bucket{{le=\"{end}\",stage=\"{stage}\",lang=\"es\"}} 1")
        };
        assert!(text.contains(&of("translate", "0.005")), "{text}");
        assert!(text.contains(&of("total", "1.0")), "{text}");
        assert!(!text.contains(&of("total", "0.75")), "{text}");
    }
}
