//! How the workers are, in words for the operator.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long a crash, or a pass that was given up, is told of after which everything went on.
const TOLD: Duration = Duration::from_secs(300);
/// Of those, the times that are kept.
const KEPT: usize = 50;

#[derive(Debug, Default)]
pub struct Condition {
    /// Workers whose recogniser cannot be made.
    down: usize,
    /// Why, the last time.
    why: String,
    /// Workers whose recogniser does not come back from a pass.
    stuck: usize,
    crashes: Lately,
    last: String,
    given_up: Lately,
}

impl Condition {
    /// Workers that take no passes.
    pub fn down(&self) -> usize {
        self.down + self.stuck
    }

    /// A worker tried to make its recogniser and could not; `first`: it has not been counted yet.
    pub fn is_down(&mut self, first: bool, why: String) {
        self.down += usize::from(first);
        self.why = why;
    }

    pub fn is_up(&mut self) {
        self.down = self.down.saturating_sub(1);
    }

    /// A recogniser does not notice that its pass was given up.
    pub fn is_stuck(&mut self) {
        self.stuck += 1;
    }

    /// It is back.
    pub fn is_free(&mut self) {
        self.stuck = self.stuck.saturating_sub(1);
    }

    pub fn crashed(&mut self, now: Instant, why: String) {
        self.crashes.add(now);
        self.last = why;
    }

    /// A pass took far too long.
    pub fn gave_up(&mut self, now: Instant) {
        self.given_up.add(now);
    }

    pub fn told(&self, workers: usize, now: Instant) -> Option<String> {
        if self.down > 0 {
            let (down, why) = (self.down, &self.why);
            return Some(format!("{down} of {workers} recognisers cannot be started: {why}"));
        }
        if self.stuck > 0 {
            return Some(format!("hangs: {} of {workers} recognisers do not answer", self.stuck));
        }
        // Figures at the end: no language has to bend a word to them.
        let minutes = TOLD.as_secs() / 60;
        let crashed = self.crashes.told(now).map(|many| {
            format!("crashed and was started again (in the last {minutes} minutes: {many}): {}", self.last)
        });
        let given_up = self.given_up.told(now).map(|many| {
            format!("took far too long over an utterance and was interrupted (in the last {minutes} minutes: {many})")
        });
        let told: Vec<String> = crashed.into_iter().chain(given_up).collect();
        (!told.is_empty()).then(|| told.join("; "))
    }
}

/// The last times at which something happened.
#[derive(Debug, Default)]
struct Lately(VecDeque<Instant>);

impl Lately {
    fn add(&mut self, now: Instant) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(now);
    }

    /// How often, if at all.
    fn told(&self, now: Instant) -> Option<String> {
        let count = self.0.iter().filter(|at| now.saturating_duration_since(**at) < TOLD).count();
        match count {
            0 => None,
            KEPT => Some(format!("{KEPT} or more")),
            count => Some(count.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_is_told_for_some_minutes_and_a_worker_that_is_down_until_it_is_up() {
        let (mut condition, now) = (Condition::default(), Instant::now());
        assert_eq!(condition.told(2, now), None);
        condition.crashed(now, "index out of bounds".into());
        condition.crashed(now + TOLD / 2, "again".into());
        let told = |condition: &Condition, later| condition.told(2, now + later).unwrap_or_default();
        assert_eq!(
            told(&condition, TOLD / 2),
            "crashed and was started again (in the last 5 minutes: 2): again"
        );
        assert_eq!(told(&condition, TOLD), "crashed and was started again (in the last 5 minutes: 1): again");
        assert_eq!(told(&condition, TOLD * 2), "");
        condition.is_down(true, "no memory".into());
        condition.is_down(false, "no memory at all".into());
        assert_eq!(told(&condition, TOLD * 2), "1 of 2 recognisers cannot be started: no memory at all");
        assert_eq!(condition.down(), 1);
        condition.is_up();
        assert_eq!(told(&condition, TOLD * 2), "");
    }

    #[test]
    fn a_pass_that_was_given_up_is_told_for_some_minutes_and_a_recogniser_that_hangs_until_it_is_back() {
        let (mut condition, now) = (Condition::default(), Instant::now());
        condition.gave_up(now);
        assert!(condition.told(1, now).unwrap().ends_with("interrupted (in the last 5 minutes: 1)"));
        condition.is_stuck();
        assert_eq!((condition.down(), condition.told(1, now).unwrap().contains("1 of 1")), (1, true));
        condition.is_free();
        assert_eq!((condition.down(), condition.told(1, now + TOLD)), (0, None));
        (0..KEPT + 1).for_each(|_| condition.gave_up(now));
        assert!(condition.told(1, now).unwrap().contains("50 or more"));
    }
}
