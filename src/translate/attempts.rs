//! Which engines were asked for one translation, for whoever wants to know.

use std::time::Instant;

use parking_lot::Mutex;

use super::figures::Outcome;
use crate::domain::Lang;

/// A question to an engine.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub engine: &'static str,
    /// The language asked for: another than the reader's, where his falls back or goes by way of it.
    pub lang: Lang,
    pub begun: Instant,
    pub ended: Instant,
    /// As in the figures: `whole`, `part`, `declined`, `held_back`, `failed`, `late`, `unavailable`.
    pub outcome: &'static str,
}

/// The questions of one translation. Where nobody wants to know them, none is kept.
#[derive(Debug, Default)]
pub struct Attempts(Option<Mutex<Vec<Attempt>>>);

impl Attempts {
    /// Kept, if `wanted`.
    pub fn kept(wanted: bool) -> Self {
        Self(wanted.then(Mutex::default))
    }

    pub(super) fn note(&self, engine: &'static str, lang: &Lang, begun: Instant, outcome: Outcome) {
        let Some(attempts) = &self.0 else { return };
        let outcome = outcome.as_str();
        attempts.lock().push(Attempt { engine, lang: lang.clone(), begun, ended: Instant::now(), outcome });
    }

    /// In the order of asking. None: the cache knew the answer, or there was nothing to ask.
    pub fn all(self) -> Vec<Attempt> {
        self.0.map(Mutex::into_inner).unwrap_or_default()
    }
}
