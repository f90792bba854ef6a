//! What one engine made of the reference set in one language.

use crate::domain::Lang;
use crate::eval::chrf::Chrf;
use crate::eval::lag::Spread;
use crate::eval::numbers::Shown;

/// Of whole sentences; a shown one that scores less is printed for a person to read. Of the phrasebook's, which say the
/// same in other words, one in ten does.
pub const READ_BELOW: f64 = 25.0;

/// One engine from one language into another.
#[derive(Debug, Clone, PartialEq)]
pub struct TranslationScore {
    pub engine: String,
    pub from: Lang,
    pub to: Lang,
    /// In the order of the reference set.
    pub outcomes: Vec<Outcome>,
}

/// One sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    pub key: String,
    pub domain: String,
    pub source: String,
    pub reference: String,
    pub answer: Answer,
    /// `None` where there is no text to judge.
    pub numbers: Option<Shown>,
    /// A number is shown that was not said; in a part too, which the source stands beside.
    pub changed_number: bool,
    pub ms: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Passed the gate; not `whole`: shown with the source beside it.
    Shown {
        text: String,
        whole: bool,
    },
    /// Stopped by the gate.
    Held {
        text: String,
        why: String,
    },
    /// The engine has nothing to say, or too little.
    Declined,
    Failed(String),
}

/// Numbers of sentences that have some.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumberCount {
    pub with: usize,
    pub equal: usize,
    /// Shown with the source beside it.
    pub marked: usize,
    /// Source and text of those that are neither.
    pub wrong: Vec<(String, String)>,
}

impl TranslationScore {
    pub fn new(engine: &str, from: &Lang, to: &Lang) -> Self {
        Self { engine: engine.to_owned(), from: from.clone(), to: to.clone(), outcomes: Vec::new() }
    }

    /// Sentences of a domain, or all.
    pub fn asked(&self, domain: Option<&str>) -> usize {
        self.of(domain).count()
    }

    pub fn shown_whole(&self, domain: Option<&str>) -> usize {
        self.of(domain).filter(|one| one.shown() == Some(true)).count()
    }

    pub fn shown_part(&self, domain: Option<&str>) -> usize {
        self.of(domain).filter(|one| one.shown() == Some(false)).count()
    }

    pub fn held(&self) -> usize {
        self.outcomes.iter().filter(|one| matches!(one.answer, Answer::Held { .. })).count()
    }

    pub fn failed(&self) -> usize {
        self.outcomes.iter().filter(|one| matches!(one.answer, Answer::Failed(_))).count()
    }

    /// Of the sentences that are shown whole, as a corpus; `None` without any.
    pub fn chrf(&self) -> Option<f64> {
        let whole = || self.outcomes.iter().filter(|one| one.shown() == Some(true));
        let counts: Chrf = whole().map(Outcome::chrf).sum();
        whole().next().map(|_| counts.score())
    }

    /// Numbers on the screen.
    pub fn shown_numbers(&self) -> NumberCount {
        self.numbers(|one| one.shown().is_some())
    }

    /// Numbers as the engine gave them, before the gate.
    pub fn draft_numbers(&self) -> NumberCount {
        self.numbers(|_| true)
    }

    /// Milliseconds an answer.
    pub fn ms(&self) -> Spread {
        let mut spread = Spread::default();
        self.outcomes.iter().for_each(|one| spread.add(one.ms));
        spread
    }

    /// Shown sentences with a number that was not said. Parts are marked, and yet this is a wrong translation.
    pub fn changed_numbers(&self) -> usize {
        self.outcomes.iter().filter(|one| one.shown().is_some() && one.changed_number).count()
    }

    /// What a person should read: shown, and a number is wrong or it says something else than the reference.
    pub fn to_read(&self) -> Vec<&Outcome> {
        let suspicious = |one: &&Outcome| {
            one.numbers == Some(Shown::Wrong)
                || one.changed_number
                || one.shown() == Some(true) && one.chrf().score() < READ_BELOW
        };
        self.outcomes.iter().filter(|one| one.shown().is_some()).filter(suspicious).collect()
    }

    fn of(&self, domain: Option<&str>) -> impl Iterator<Item = &Outcome> {
        self.outcomes.iter().filter(move |one| domain.is_none_or(|domain| one.domain == domain))
    }

    fn numbers(&self, counts: impl Fn(&Outcome) -> bool) -> NumberCount {
        let mut count = NumberCount::default();
        for one in self.outcomes.iter().filter(|one| counts(one)) {
            let text = one.text().unwrap_or_default();
            match one.numbers {
                Some(Shown::Equal) => count.equal += 1,
                Some(Shown::Marked) => count.marked += 1,
                Some(Shown::Wrong) => count.wrong.push((one.source.clone(), text.to_owned())),
                Some(Shown::NoNumber) | None => continue,
            }
            count.with += 1;
        }
        count
    }
}

impl Outcome {
    /// Whether it is shown, and then whether whole.
    pub fn shown(&self) -> Option<bool> {
        match self.answer {
            Answer::Shown { whole, .. } => Some(whole),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match &self.answer {
            Answer::Shown { text, .. } | Answer::Held { text, .. } => Some(text),
            Answer::Declined | Answer::Failed(_) => None,
        }
    }

    pub fn chrf(&self) -> Chrf {
        Chrf::of(self.text().unwrap_or_default(), &self.reference)
    }
}

impl NumberCount {
    /// Equal or marked, of all; `None` without any.
    pub fn fidelity(&self) -> Option<f64> {
        (self.with > 0).then(|| (self.equal + self.marked) as f64 / self.with as f64)
    }
}
