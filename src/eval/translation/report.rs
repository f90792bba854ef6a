//! The scores as tables and as JSON.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::score::{Answer, NumberCount, Outcome, TranslationScore};
use super::tier::{tier_of, tiers};
use crate::eval::numbers::Shown;
use crate::eval::table::Table;
use crate::translate::Tier;

const COMMERCIAL: Option<&str> = Some("commercial");

/// All that was measured in one run.
#[derive(Debug, Clone, PartialEq)]
pub struct TranslationReport {
    pub scores: Vec<TranslationScore>,
}

impl TranslationReport {
    pub fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let mut table = Table::new(
            "Translation (whole, part: of the commercial sentences; chrF of what is shown whole; numbers: wrong of shown, of drafts; changed: in parts too)",
            &[
                "engine", "from", "to", "asked", "whole", "part", "held", "failed", "chrF", "numbers",
                "drafts", "changed", "ms p50", "p95", "read", "tier",
            ],
        );
        for score in &self.scores {
            table.row([
                score.engine.clone(),
                score.from.to_string(),
                score.to.to_string(),
                score.asked(None).to_string(),
                share(score.shown_whole(COMMERCIAL), score.asked(COMMERCIAL)),
                share(score.shown_part(COMMERCIAL), score.asked(COMMERCIAL)),
                score.held().to_string(),
                score.failed().to_string(),
                figure(score.chrf()),
                wrong(&score.shown_numbers()),
                wrong(&score.draft_numbers()),
                score.changed_numbers().to_string(),
                figure(score.ms().p50()),
                figure(score.ms().p95()),
                score.to_read().len().to_string(),
                tier_of(score).map_or("", Tier::as_str).to_owned(),
            ]);
        }
        table.print(out)?;
        for score in &self.scores {
            for one in score.to_read() {
                writeln!(
                    out,
                    "to read: {} {} {}→{}: {}",
                    one.key,
                    score.engine,
                    score.from,
                    score.to,
                    line(one)
                )?;
            }
        }
        Ok(())
    }

    /// Every sentence that is shown, for reading.
    pub fn print_shown(&self, out: &mut impl Write) -> io::Result<()> {
        for score in &self.scores {
            writeln!(out, "{} {} → {}", score.engine, score.from, score.to)?;
            for one in score.outcomes.iter().filter(|one| one.shown().is_some()) {
                writeln!(out, "  {} {}", one.key, line(one))?;
            }
        }
        Ok(())
    }

    /// The README's table: a row a language and engine.
    pub fn print_markdown(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(
            out,
            "| language | engine | from | shown whole | in part | chrF | wrong numbers shown | held back | ms p50 | tier |"
        )?;
        writeln!(out, "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")?;
        let tiers = tiers(&self.scores);
        let mut scores: Vec<&TranslationScore> = self.scores.iter().collect();
        scores.sort_by(|a, b| (&a.to, &a.engine).cmp(&(&b.to, &b.engine)));
        for score in scores {
            let tier = tiers.get(&score.to).and_then(|engines| engines.get(&score.engine));
            writeln!(
                out,
                "| {} | `{}` | {} | {} | {} | {} | {} | {} | {} | {} |",
                score.to,
                score.engine,
                score.from,
                share(score.shown_whole(COMMERCIAL), score.asked(COMMERCIAL)),
                share(score.shown_part(COMMERCIAL), score.asked(COMMERCIAL)),
                figure(score.chrf()),
                wrong(&score.shown_numbers()),
                share(score.held(), score.asked(None)),
                figure(score.ms().p50()),
                tier.map_or("too few", |tier| tier.as_str()),
            )?;
        }
        Ok(())
    }

    pub fn to_json(&self) -> Value {
        let tiers: Value = tiers(&self.scores)
            .iter()
            .map(|(lang, engines)| {
                let engines: Value =
                    engines.iter().map(|(engine, tier)| (engine.clone(), json!(tier.as_str()))).collect();
                (lang.to_string(), engines)
            })
            .collect();
        json!({ "tiers": tiers, "scores": self.scores.iter().map(score_json).collect::<Vec<_>>() })
    }
}

fn score_json(score: &TranslationScore) -> Value {
    json!({
        "engine": score.engine,
        "from": score.from.as_str(),
        "to": score.to.as_str(),
        "sentences": score.asked(None),
        "whole": score.shown_whole(None),
        "part": score.shown_part(None),
        "commercial": {
            "sentences": score.asked(COMMERCIAL),
            "whole": score.shown_whole(COMMERCIAL),
            "part": score.shown_part(COMMERCIAL),
        },
        "held": score.held(),
        "failed": score.failed(),
        "chrf": score.chrf(),
        "numbers_shown": numbers_json(&score.shown_numbers()),
        "numbers_drafted": numbers_json(&score.draft_numbers()),
        "changed_numbers": score.changed_numbers(),
        "ms": {"p50": score.ms().p50(), "p95": score.ms().p95(), "p99": score.ms().percentile(99.0)},
        "tier": tier_of(score).map(Tier::as_str),
        "outcomes": score.outcomes.iter().map(outcome_json).collect::<Vec<_>>(),
    })
}

fn outcome_json(one: &Outcome) -> Value {
    let (answer, why) = match &one.answer {
        Answer::Shown { whole: true, .. } => ("whole", None),
        Answer::Shown { .. } => ("part", None),
        Answer::Held { why, .. } => ("held", Some(why)),
        Answer::Declined => ("declined", None),
        Answer::Failed(why) => ("failed", Some(why)),
    };
    let numbers = one.numbers.map(|verdict| match verdict {
        Shown::NoNumber => "none",
        Shown::Equal => "equal",
        Shown::Marked => "marked",
        Shown::Wrong => "wrong",
    });
    json!({
        "key": one.key,
        "domain": one.domain,
        "source": one.source,
        "reference": one.reference,
        "answer": answer,
        "why": why,
        "text": one.text(),
        "numbers": numbers,
        "changed_number": one.changed_number,
        "chrf": one.text().map(|_| one.chrf().score()),
        "ms": one.ms,
    })
}

fn numbers_json(count: &NumberCount) -> Value {
    json!({
        "sentences": count.with,
        "equal": count.equal,
        "marked": count.marked,
        "fidelity": count.fidelity(),
        "wrong": count.wrong,
    })
}

fn line(one: &Outcome) -> String {
    let mark = match (one.shown(), one.numbers) {
        (_, Some(Shown::Wrong)) => " WRONG NUMBER",
        (Some(false), _) if one.changed_number => " (part) CHANGED NUMBER",
        (Some(false), _) => " (part)",
        _ => "",
    };
    format!(
        "{} → {}{mark} [{:.0}; {}]",
        one.source,
        one.text().unwrap_or_default(),
        one.chrf().score(),
        one.reference
    )
}

fn wrong(count: &NumberCount) -> String {
    if count.with == 0 { String::new() } else { format!("{} of {}", count.wrong.len(), count.with) }
}

fn share(part: usize, whole: usize) -> String {
    if whole == 0 { String::new() } else { format!("{:.0} %", 100.0 * part as f64 / whole as f64) }
}

fn figure(value: Option<f64>) -> String {
    value.map(|value| format!("{value:.1}")).unwrap_or_default()
}
