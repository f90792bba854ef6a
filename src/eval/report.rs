//! The figures as tables for people and as JSON for programs.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::distance::Edits;
use super::lag::Spread;
use super::run::EvalOptions;
use super::score::{ClipScore, LanguageScore};
use super::table::Table;
use super::text::Measure;
use super::triggers::TriggerScore;

/// Everything that was measured in one run.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub manifest: String,
    pub speed: f64,
    pub rooms: usize,
    pub clips: Vec<ClipScore>,
}

/// Clips of one kind and language taken together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Group {
    pub clips: usize,
    pub failed: usize,
    pub seconds: f64,
    /// Over clips with a reference.
    pub edits: Edits,
    /// Live and whole-file edits over the clips that have both.
    pub live_of_both: Edits,
    pub offline: Edits,
    pub false_finals: usize,
    pub false_partials: usize,
    pub languages: BTreeMap<String, LanguageScore>,
    pub triggers: TriggerScore,
}

impl Report {
    pub fn new(options: &EvalOptions, clips: Vec<ClipScore>) -> Self {
        Self {
            manifest: options.manifest.display().to_string(),
            speed: options.speed,
            rooms: options.rooms.len(),
            clips,
        }
    }

    /// By kind and by the language that is spoken (`-`: none).
    pub fn groups(&self) -> BTreeMap<(String, String), Group> {
        let mut groups: BTreeMap<(String, String), Group> = BTreeMap::new();
        for clip in &self.clips {
            let language = if clip.without_speech { "-".to_owned() } else { clip.language.clone() };
            groups.entry((clip.kind.clone(), language)).or_default().add(clip);
        }
        groups
    }

    /// Captions of clips in which nobody speaks.
    pub fn false_finals(&self) -> usize {
        self.clips.iter().map(|clip| clip.false_finals).sum()
    }

    pub fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let groups = self.groups();
        recognition(&groups).print(out)?;
        viewers(&groups).print(out)?;
        by_engine(&groups).print(out)?;
        products(&groups).print(out)?;
        for clip in &self.clips {
            if let Some(why) = &clip.failure {
                writeln!(out, "failed: {}: {why}", clip.name)?;
            }
            if clip.false_finals > 0 {
                writeln!(out, "false caption: {}: {}", clip.name, clip.hypothesis)?;
            }
            for (lang, score) in &clip.languages {
                for (source, text) in &score.numbers.wrong {
                    writeln!(out, "wrong number ({lang}): {source} → {text}")?;
                }
            }
        }
        if (self.speed - 1.0).abs() > 1e-9 {
            writeln!(out, "Played at {} times real time: the lags mean nothing.", self.speed)?;
        }
        Ok(())
    }

    pub fn to_json(&self) -> Value {
        let groups: Vec<Value> = self
            .groups()
            .iter()
            .map(|((kind, language), group)| {
                let mut value = group.to_json(language);
                value["kind"] = json!(kind);
                value["language"] = json!(language);
                value
            })
            .collect();
        json!({
            "manifest": self.manifest,
            "speed": self.speed,
            "rooms": self.rooms,
            "false_captions": self.false_finals(),
            "groups": groups,
            "clips": self.clips.iter().map(clip_json).collect::<Vec<_>>(),
        })
    }
}

impl Group {
    fn add(&mut self, clip: &ClipScore) {
        self.clips += 1;
        self.failed += usize::from(clip.failure.is_some());
        self.seconds += clip.seconds;
        self.edits += clip.edits.unwrap_or_default();
        if let Some(offline) = &clip.offline {
            self.live_of_both += clip.edits.unwrap_or_default();
            self.offline += offline.edits;
        }
        self.false_finals += clip.false_finals;
        self.false_partials += clip.false_partials;
        for (lang, score) in &clip.languages {
            self.languages.entry(lang.clone()).or_default().merge(score);
        }
        if let Some(triggers) = &clip.triggers {
            self.triggers.merge(triggers);
        }
    }

    fn to_json(&self, language: &str) -> Value {
        json!({
            "clips": self.clips,
            "failed": self.failed,
            "seconds": self.seconds,
            "measure": Measure::of(language).name(),
            "recognition": edits_json(&self.edits),
            "whole_file": (self.offline.reference > 0).then(|| json!({
                "live": edits_json(&self.live_of_both), "whole_file": edits_json(&self.offline),
            })),
            "false_finals": self.false_finals,
            "false_partials": self.false_partials,
            "viewers": self.languages.iter().map(|(l, s)| (l.clone(), language_json(s))).collect::<serde_json::Map<_, _>>(),
            "products": (self.triggers.expected + self.triggers.pins > 0).then(|| triggers_json(&self.triggers)),
        })
    }
}

fn recognition(groups: &BTreeMap<(String, String), Group>) -> Table {
    let mut table = Table::new(
        "Recognition",
        &[
            "kind",
            "lang",
            "clips",
            "audio s",
            "measure",
            "error",
            "S",
            "D",
            "I",
            "whole file",
            "difference",
            "false",
            "failed",
        ],
    );
    for ((kind, language), group) in groups {
        let difference =
            group.live_of_both.rate().zip(group.offline.rate()).map(|(live, whole)| live - whole);
        table.row([
            kind.clone(),
            language.clone(),
            group.clips.to_string(),
            format!("{:.0}", group.seconds),
            if language == "-" { String::new() } else { Measure::of(language).name().to_owned() },
            percent(group.edits.rate()),
            group.edits.substitutions.to_string(),
            group.edits.deletions.to_string(),
            group.edits.insertions.to_string(),
            percent(group.offline.rate()),
            difference.map(|d| format!("{:+.1}", d * 100.0)).unwrap_or_default(),
            if language == "-" { group.false_finals.to_string() } else { String::new() },
            group.failed.to_string(),
        ]);
    }
    table
}

fn viewers(groups: &BTreeMap<(String, String), Group>) -> Table {
    let mut table = Table::new(
        "Viewers (lags in s; \"row\": by the wall clock, from the reference's times)",
        &[
            "kind",
            "spoken",
            "shown",
            "finals",
            "lag p50",
            "p95",
            "row p50",
            "p95",
            "first p50",
            "row p50",
            "erasure",
            "numbers",
            "wrong",
            "verified",
            "source",
            "fallback",
        ],
    );
    for ((kind, spoken), group) in groups.iter().filter(|((_, spoken), _)| spoken != "-") {
        for (shown, score) in &group.languages {
            let share = |name: &str| score.fidelity.get(name).copied().unwrap_or(0).to_string();
            table.row([
                kind.clone(),
                spoken.clone(),
                shown.clone(),
                score.finals.to_string(),
                seconds(score.final_lag.p50()),
                seconds(score.final_lag.p95()),
                seconds(score.final_of_row.p50()),
                seconds(score.final_of_row.p95()),
                seconds(score.first_text.p50()),
                seconds(score.first_text_of_row.p50()),
                seconds(score.erasure.normalized()),
                percent(score.numbers.fidelity()),
                score.numbers.wrong.len().to_string(),
                share("verified"),
                share("source"),
                share("fallback"),
            ]);
        }
    }
    table
}

fn by_engine(groups: &BTreeMap<(String, String), Group>) -> Table {
    let columns = ["kind", "spoken", "shown", "engine", "finals", "lag p50", "p95"];
    let mut table = Table::new("Viewers, by the engine that was shown (lags in s)", &columns);
    for ((kind, spoken), group) in groups.iter().filter(|((_, spoken), _)| spoken != "-") {
        for (shown, score) in &group.languages {
            for (engine, lags) in &score.lag_by_engine {
                table.row([
                    kind.clone(),
                    spoken.clone(),
                    shown.clone(),
                    engine.clone(),
                    lags.count().to_string(),
                    seconds(lags.p50()),
                    seconds(lags.p95()),
                ]);
            }
        }
    }
    table
}

fn products(groups: &BTreeMap<(String, String), Group>) -> Table {
    let mut table = Table::new(
        "Products",
        &["kind", "lang", "named", "pinned", "pins", "recall", "precision", "missed", "false"],
    );
    for ((kind, language), group) in groups {
        let score = &group.triggers;
        if score.expected + score.pins == 0 {
            continue;
        }
        table.row([
            kind.clone(),
            language.clone(),
            score.expected.to_string(),
            score.pinned.to_string(),
            score.pins.to_string(),
            percent(score.recall()),
            percent(score.precision()),
            score.missed.join(" "),
            score.false_pins.iter().map(|p| format!("{}@{:.0}s", p.sku, p.at)).collect::<Vec<_>>().join(" "),
        ]);
    }
    table
}

fn clip_json(clip: &ClipScore) -> Value {
    json!({
        "name": clip.name,
        "kind": clip.kind,
        "language": clip.language,
        "without_speech": clip.without_speech,
        "seconds": clip.seconds,
        "hypothesis": clip.hypothesis,
        "reference": clip.reference,
        "recognition": clip.edits.as_ref().map(edits_json),
        "whole_file": clip.offline.as_ref().map(|o| json!({"hypothesis": o.hypothesis, "recognition": edits_json(&o.edits)})),
        "false_finals": clip.false_finals,
        "false_partials": clip.false_partials,
        "viewers": clip.languages.iter().map(|(l, s)| (l.clone(), language_json(s))).collect::<serde_json::Map<_, _>>(),
        "products": clip.triggers.as_ref().map(triggers_json),
        "failure": clip.failure,
    })
}

fn edits_json(edits: &Edits) -> Value {
    json!({
        "rate": edits.rate(),
        "substitutions": edits.substitutions,
        "deletions": edits.deletions,
        "insertions": edits.insertions,
        "reference": edits.reference,
    })
}

fn language_json(score: &LanguageScore) -> Value {
    json!({
        "finals": score.finals,
        "final_lag_s": spread_json(&score.final_lag),
        "final_lag_by_engine_s":
            score.lag_by_engine.iter().map(|(e, l)| (e.clone(), spread_json(l))).collect::<serde_json::Map<_, _>>(),
        "final_lag_by_row_s": spread_json(&score.final_of_row),
        "first_text_s": spread_json(&score.first_text),
        "first_text_by_row_s": spread_json(&score.first_text_of_row),
        "normalized_erasure": score.erasure.normalized(),
        "numbers": {
            "finals": score.numbers.with_numbers,
            "equal": score.numbers.equal,
            "marked": score.numbers.marked,
            "fidelity": score.numbers.fidelity(),
            "wrong": score.numbers.wrong,
        },
        "fidelity": score.fidelity,
    })
}

fn spread_json(spread: &Spread) -> Value {
    json!({"count": spread.count(), "p50": spread.p50(), "p95": spread.p95()})
}

fn triggers_json(score: &TriggerScore) -> Value {
    let false_pins: Vec<Value> =
        score.false_pins.iter().map(|pin| json!({"sku": pin.sku, "at_s": pin.at})).collect();
    json!({
        "named": score.expected,
        "pinned": score.pinned,
        "pins": score.pins,
        "recall": score.recall(),
        "precision": score.precision(),
        "missed": score.missed,
        "false": false_pins,
    })
}

fn percent(rate: Option<f64>) -> String {
    rate.map(|rate| format!("{:.1} %", rate * 100.0)).unwrap_or_default()
}

fn seconds(value: Option<f64>) -> String {
    value.map(|value| format!("{value:.2}")).unwrap_or_default()
}
