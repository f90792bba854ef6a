//! How each engine has done lately, in words for the operator: one that is here, says that it is ready, and still gives
//! nothing that can be shown.

use std::collections::{BTreeMap, VecDeque};

use parking_lot::Mutex;

use super::figures::Outcome;

/// Finals in a row that failed or were late before it is told: one alone happens.
const IN_A_ROW: usize = 3;
/// Drafts of finals that are looked back on, and how many of them the gate may hold back before it is told.
const DRAFTS: usize = 20;
const HELD_BACK: usize = 10;

/// All engines, by name. Partials do not count: for them every engine has little time.
#[derive(Debug, Default)]
pub struct Health(Mutex<BTreeMap<&'static str, Lately>>);

#[derive(Debug, Default)]
struct Lately {
    /// Of the last finals, those since the last answer.
    failures: usize,
    why: String,
    /// Whether each of the last drafts was held back.
    drafts: VecDeque<bool>,
}

impl Health {
    pub(super) fn answered(&self, engine: &'static str, outcome: Outcome) {
        let mut engines = self.0.lock();
        let lately = engines.entry(engine).or_default();
        match outcome {
            // What it says of itself is asked for where it is told.
            Outcome::Unavailable => return,
            Outcome::Failed | Outcome::Late => {
                lately.failures += 1;
                return;
            }
            Outcome::Declined => {}
            Outcome::Whole | Outcome::Part | Outcome::HeldBack => {
                if lately.drafts.len() == DRAFTS {
                    lately.drafts.pop_front();
                }
                lately.drafts.push_back(outcome == Outcome::HeldBack);
            }
        }
        lately.failures = 0;
    }

    /// Why the last final was not translated.
    pub(super) fn failed(&self, engine: &'static str, why: String) {
        self.0.lock().entry(engine).or_default().why = why;
    }

    /// What is wrong with an engine, if anything is.
    pub fn trouble(&self, engine: &str) -> Option<String> {
        let engines = self.0.lock();
        let lately = engines.get(engine)?;
        if lately.failures >= IN_A_ROW {
            return Some(format!("{} sentences in a row failed: {}", lately.failures, lately.why));
        }
        let held = lately.drafts.iter().filter(|held| **held).count();
        (held >= HELD_BACK).then(|| {
            format!(
                "{held} of its last {} translations had wrong numbers or words and were not shown",
                lately.drafts.len()
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_in_a_row_are_told_until_the_next_answer() {
        let health = Health::default();
        for _ in 0..IN_A_ROW {
            assert_eq!(health.trouble("llm"), None);
            health.answered("llm", Outcome::Late);
            health.failed("llm", "late".into());
        }
        assert_eq!(health.trouble("llm").unwrap(), "3 sentences in a row failed: late");
        health.answered("llm", Outcome::Unavailable);
        assert!(health.trouble("llm").is_some() && health.trouble("phrasebook").is_none());
        health.answered("llm", Outcome::Declined);
        assert_eq!(health.trouble("llm"), None);
    }

    #[test]
    fn an_engine_that_is_held_back_half_the_time_is_told() {
        let health = Health::default();
        (0..HELD_BACK - 1).for_each(|_| health.answered("llm", Outcome::HeldBack));
        assert_eq!(health.trouble("llm"), None);
        health.answered("llm", Outcome::HeldBack);
        assert!(health.trouble("llm").unwrap().starts_with("10 of its last 10 translations"));
        (0..DRAFTS).for_each(|_| health.answered("llm", Outcome::Whole));
        assert_eq!(health.trouble("llm"), None);
    }
}
