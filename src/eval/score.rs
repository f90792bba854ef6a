//! From what viewers saw of a clip to its figures.

use std::collections::BTreeMap;

use super::collect::{Collector, Seen};
use super::distance::Edits;
use super::erasure::Erasure;
use super::lag::Spread;
use super::manifest::{Clip, Row};
use super::numbers::{NumberReader, Shown, judge};
use super::text::{Normaliser, primary};
use super::triggers::{self, Pin, TriggerScore};

/// A segment belongs to the row that begins within this time of it, in seconds: voice activity detection
/// hears a voice somewhat earlier or later than the one who cut the reference.
const ROW_BEGINS: std::ops::RangeInclusive<f64> = -0.7..=1.0;
/// The same for ends.
const ROW_ENDS: f64 = 0.8;

/// One language's figures. Lags in seconds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LanguageScore {
    pub finals: usize,
    /// `emitted_ms − end_ms` of finals.
    pub final_lag: Spread,
    /// The same by the engine whose word was shown.
    pub lag_by_engine: BTreeMap<String, Spread>,
    /// From `start_ms`, where the gateway heard a voice, to the first text of the segment.
    pub first_text: Spread,
    /// From the row's start in the reference to the first text at the viewer's socket, by the wall clock.
    pub first_text_of_row: Spread,
    /// From the row's end in the reference to its final at the viewer's socket, by the wall clock.
    pub final_of_row: Spread,
    pub erasure: Erasure,
    pub numbers: NumberScore,
    /// Finals by `fidelity`.
    pub fidelity: BTreeMap<String, usize>,
}

/// Finals whose source has a number.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NumberScore {
    pub with_numbers: usize,
    pub equal: usize,
    pub marked: usize,
    /// Source and caption of those that are neither.
    pub wrong: Vec<(String, String)>,
}

/// One clip's figures.
#[derive(Debug, Clone, PartialEq)]
pub struct ClipScore {
    pub name: String,
    pub kind: String,
    /// What was announced to the gateway.
    pub language: String,
    pub without_speech: bool,
    /// Seconds of audio.
    pub seconds: f64,
    pub hypothesis: String,
    pub reference: Option<String>,
    pub edits: Option<Edits>,
    /// Whole-file recognition with the same weights.
    pub offline: Option<Offline>,
    /// The first is the source language.
    pub languages: BTreeMap<String, LanguageScore>,
    /// Captions of a clip in which nobody speaks.
    pub false_finals: usize,
    pub false_partials: usize,
    /// A tour's product cards.
    pub triggers: Option<TriggerScore>,
    /// Why the clip could not be played to its end.
    pub failure: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Offline {
    pub hypothesis: String,
    pub edits: Edits,
}

/// What the scores are made with.
pub struct Judges {
    pub normaliser: Normaliser,
    pub numbers: NumberReader,
}

/// Scores a clip. The first collector watched the source language. `speed` is the audio's per wall time.
pub fn score(clip: &Clip, language: &str, seen: &[Collector], speed: f64, judges: &Judges) -> ClipScore {
    let source = seen.first();
    let finals: Vec<&Seen> = source.map(|c| c.finals().collect()).unwrap_or_default();
    let between = if primary(language) == "zh" { "" } else { " " };
    let hypothesis = finals.iter().map(|f| f.source_text.as_str()).collect::<Vec<_>>().join(between);
    let edits = clip.transcript.as_ref().map(|t| judges.normaliser.score(t, &hypothesis, language));
    let silent = |finals: bool| {
        let captions = source.map(|c| c.captions.iter().filter(|s| s.is_final == finals).count());
        if clip.is_without_speech() { captions.unwrap_or(0) } else { 0 }
    };
    let on_clip = |pin: &Pin| Pin { sku: pin.sku.clone(), at: pin.at * speed };
    let pins: Vec<Pin> = source.map(|c| c.pins.iter().map(on_clip).collect()).unwrap_or_default();
    ClipScore {
        name: clip.name(),
        kind: clip.kind.clone(),
        language: language.to_owned(),
        without_speech: clip.is_without_speech(),
        seconds: clip.seconds.unwrap_or(0.0),
        hypothesis,
        reference: clip.transcript.clone(),
        edits,
        offline: None,
        languages: seen.iter().map(|c| (c.lang.clone(), of_language(c, &clip.rows, speed, judges))).collect(),
        false_finals: silent(true),
        false_partials: silent(false),
        triggers: (!clip.rows.is_empty()).then(|| triggers::score(&clip.rows, &pins)),
        failure: None,
    }
}

fn of_language(seen: &Collector, rows: &[Row], speed: f64, judges: &Judges) -> LanguageScore {
    let mut score = LanguageScore::default();
    for shown in seen.segments() {
        let first = shown[0];
        if let Some(emitted) = first.emitted {
            score.first_text.add(emitted - first.start);
        }
        // Text that never became final was erased, but no final says for whom.
        if shown.iter().any(|s| s.is_final) {
            score.erasure += Erasure::of(shown.iter().map(|s| s.text.as_str()));
        }
    }
    for caption in seen.finals() {
        score.finals += 1;
        if let Some(emitted) = caption.emitted {
            score.final_lag.add(emitted - caption.end);
            score.lag_by_engine.entry(caption.engine.clone()).or_default().add(emitted - caption.end);
        }
        *score.fidelity.entry(caption.fidelity.clone()).or_default() += 1;
        count_numbers(caption, judges, &mut score.numbers);
    }
    let zero = clip_zero(seen);
    for row in rows {
        // Where the row stands on the wall clock.
        let (start, end) = (row.start / speed, row.end / speed);
        let begins = |s: &Seen| ROW_BEGINS.contains(&(s.start - zero - start));
        if let Some(first) = seen.segments().into_iter().map(|shown| shown[0]).find(|s| begins(s)) {
            score.first_text_of_row.add(first.at - start);
        }
        if let Some(last) = seen.finals().find(|s| (s.end - zero - end).abs() <= ROW_ENDS) {
            score.final_of_row.add(last.at - end);
        }
    }
    score
}

/// Where the clip's first sample stands on the show's clock: a room's earlier clips moved it. A message
/// cannot come before it was emitted, so the least delayed one tells best.
fn clip_zero(seen: &Collector) -> f64 {
    seen.captions.iter().filter_map(|s| Some(s.emitted? - s.at)).fold(f64::NEG_INFINITY, f64::max)
}

fn count_numbers(caption: &Seen, judges: &Judges, score: &mut NumberScore) {
    let said = (judges.numbers)(&caption.source_text, &caption.source_lang);
    match judge(&said, &caption.text, &caption.text_lang, caption.fidelity == "source") {
        Shown::NoNumber => return,
        Shown::Equal => score.equal += 1,
        Shown::Marked => score.marked += 1,
        Shown::Wrong => score.wrong.push((caption.source_text.clone(), caption.text.clone())),
    }
    score.with_numbers += 1;
}

impl LanguageScore {
    pub fn merge(&mut self, other: &Self) {
        self.finals += other.finals;
        self.final_lag.merge(&other.final_lag);
        for (engine, lags) in &other.lag_by_engine {
            self.lag_by_engine.entry(engine.clone()).or_default().merge(lags);
        }
        self.first_text.merge(&other.first_text);
        self.first_text_of_row.merge(&other.first_text_of_row);
        self.final_of_row.merge(&other.final_of_row);
        self.erasure += other.erasure;
        self.numbers.merge(&other.numbers);
        for (fidelity, count) in &other.fidelity {
            *self.fidelity.entry(fidelity.clone()).or_default() += count;
        }
    }
}

impl NumberScore {
    /// Of the finals with a number in the source, those that show it or say that they may not.
    pub fn fidelity(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "counts of captions")]
        (self.with_numbers > 0).then(|| (self.equal + self.marked) as f64 / self.with_numbers as f64)
    }

    fn merge(&mut self, other: &Self) {
        self.with_numbers += other.with_numbers;
        self.equal += other.equal;
        self.marked += other.marked;
        self.wrong.extend_from_slice(&other.wrong);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use serde_json::{Value, json};

    use super::super::numbers::numbers_said;
    use super::*;

    fn judges() -> Judges {
        Judges { normaliser: Normaliser::new().unwrap(), numbers: Arc::new(numbers_said) }
    }

    fn tour() -> Clip {
        let row = |start: f64, end: f64, sku: &str| Row {
            start,
            end,
            texts: BTreeMap::new(),
            sku: (!sku.is_empty()).then(|| sku.to_owned()),
        };
        Clip {
            path: "tour-zh.wav".into(),
            language: Some("zh".into()),
            seconds: Some(9.0),
            transcript: Some("大家好。最低五百个".into()),
            translations: BTreeMap::new(),
            kind: "tour".into(),
            rows: vec![row(0.5, 3.0, ""), row(4.0, 8.0, "A")],
        }
    }

    fn collector(lang: &str, messages: &[(u64, Value)]) -> Collector {
        let zero = Instant::now();
        let mut collector = Collector::new(lang);
        collector.start(zero);
        for (at_ms, message) in messages {
            collector.hear(message, zero + Duration::from_millis(*at_ms));
        }
        collector
    }

    /// The show's clock stands at 100 s when the clip begins.
    fn caption(at: u64, segment: u64, last: bool, times: (u64, u64), texts: (&str, &str)) -> (u64, Value) {
        let message = json!({"type":"caption","segment":segment,"final":last,"text":texts.0,"source_text":texts.1,
            "lang":"es","source_lang":"zh","start_ms":100_000 + times.0,"end_ms":100_000 + times.1,
            "emitted_ms":100_000 + at,"fidelity":"verified","engine":if segment == 1 { "phrasebook" } else { "gguf" }});
        (at, message)
    }

    #[test]
    fn a_tour_s_figures_come_from_what_viewers_saw() {
        let zh = collector(
            "zh",
            &[
                caption(1400, 1, false, (600, 1400), ("大家", "大家")),
                caption(3700, 1, true, (600, 2900), ("大家好", "大家好")),
                caption(5000, 2, false, (4100, 4900), ("最低五", "最低五")),
                caption(8900, 2, true, (4100, 7900), ("最低500个", "最低500个")),
                (9000, json!({"type":"card","offset":9,"action":"pin","sku":"A","reason":"spoken"})),
            ],
        );
        let es = collector(
            "es",
            &[
                caption(3750, 1, true, (600, 2900), ("Hola", "大家好")),
                caption(9100, 2, true, (4100, 7900), ("Mínimo 50", "最低500个")),
            ],
        );
        let score = score(&tour(), "zh", &[zh, es], 1.0, &judges());
        assert_eq!(score.edits.unwrap().errors(), 0);
        let zh = &score.languages["zh"];
        assert_eq!(zh.finals, 2);
        let near = |value: Option<f64>, wanted: f64| (value.unwrap() - wanted).abs() < 1e-6;
        assert!(near(zh.final_lag.p50(), 0.9), "{:?}", zh.final_lag);
        let by = |engine: &str| zh.lag_by_engine[engine].p50();
        assert!(near(by("phrasebook"), 0.8) && near(by("gguf"), 1.0), "{:?}", zh.lag_by_engine);
        assert!(near(zh.first_text.p50(), 0.85), "{:?}", zh.first_text);
        assert!(near(zh.first_text_of_row.p50(), 0.95), "{:?}", zh.first_text_of_row);
        assert!(near(zh.final_of_row.p50(), 0.8), "{:?}", zh.final_of_row);
        assert_eq!(zh.erasure, Erasure { erased: 1, kept: 9 });
        let es = &score.languages["es"];
        assert_eq!((es.numbers.with_numbers, es.numbers.wrong.len()), (1, 1));
        assert_eq!(es.numbers.fidelity(), Some(0.0));
        assert_eq!(score.triggers.unwrap().recall(), Some(1.0));
        assert_eq!(score.false_finals, 0);
    }

    #[test]
    fn every_caption_of_a_clip_without_speech_is_false() {
        let clip = Clip { language: None, transcript: None, rows: Vec::new(), ..tour() };
        let seen = [collector(
            "zh",
            &[caption(9, 1, false, (0, 1), ("谢", "谢")), caption(9, 1, true, (0, 1), ("谢", "谢"))],
        )];
        let score = score(&clip, "zh", &seen, 1.0, &judges());
        assert_eq!((score.false_finals, score.false_partials, score.edits), (1, 1, None));
    }
}
