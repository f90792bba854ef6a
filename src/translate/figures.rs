//! What became of every question to an engine, and how often the cache knew the answer.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use crate::domain::Lang;

/// What one engine made of one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Outcome {
    Whole,
    /// Something is left out.
    Part,
    /// It does not know this.
    Declined,
    /// The gate found a number, a unit or a script wrong.
    HeldBack,
    Failed,
    Late,
    /// Its breaker is open, or it is starting.
    Unavailable,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    engine: &'static str,
    lang: String,
    outcome: &'static str,
}

/// Counted since the gateway began.
#[derive(Debug, Default, Clone)]
pub struct Figures {
    answers: Family<Answer, Counter>,
    asked: Counter,
    made: Counter,
}

impl Outcome {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Part => "part",
            Self::Declined => "declined",
            Self::HeldBack => "held_back",
            Self::Failed => "failed",
            Self::Late => "late",
            Self::Unavailable => "unavailable",
        }
    }
}

impl Figures {
    pub(super) fn answered(&self, engine: &'static str, lang: &Lang, outcome: Outcome) {
        let answer = Answer { engine, lang: lang.to_string(), outcome: outcome.as_str() };
        self.answers.get_or_create(&answer).inc();
    }

    pub(super) fn asked_for_final(&self) {
        self.asked.inc();
    }

    /// The cache did not know it.
    pub(super) fn made_final(&self) {
        self.made.inc();
    }

    pub fn register(&self, registry: &mut Registry) {
        let answers = "Questions to translation engines, by what became of them";
        registry.register("translation_answers", answers, self.answers.clone());
        registry.register("translations_asked", "Finals to be translated", self.asked.clone());
        let made = "Finals that were not found in the cache of translations";
        registry.register("translations_made", made, self.made.clone());
    }
}
