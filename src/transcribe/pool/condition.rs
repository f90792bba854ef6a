//! How the workers are, in words for the operator.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long a crash is told of after which everything went on.
const TOLD: Duration = Duration::from_secs(300);
/// Crashes whose times are kept: more of them are "many".
const KEPT: usize = 50;

#[derive(Debug, Default)]
pub struct Condition {
    /// Workers whose recogniser cannot be made.
    down: usize,
    /// Why, the last time.
    why: String,
    crashes: VecDeque<Instant>,
    last: String,
}

impl Condition {
    pub fn down(&self) -> usize {
        self.down
    }

    /// A worker tried to make its recogniser and could not; `first`: it has not been counted yet.
    pub fn is_down(&mut self, first: bool, why: String) {
        self.down += usize::from(first);
        self.why = why;
    }

    pub fn is_up(&mut self) {
        self.down = self.down.saturating_sub(1);
    }

    pub fn crashed(&mut self, now: Instant, why: String) {
        if self.crashes.len() == KEPT {
            self.crashes.pop_front();
        }
        self.crashes.push_back(now);
        self.last = why;
    }

    pub fn told(&self, workers: usize, now: Instant) -> Option<String> {
        if self.down > 0 {
            let (down, why) = (self.down, &self.why);
            return Some(format!("{down} of {workers} recognisers cannot be started: {why}"));
        }
        let lately = self.crashes.iter().filter(|at| now.saturating_duration_since(**at) < TOLD).count();
        let many = if lately == KEPT { format!("{KEPT} times or more") } else { format!("{lately} times") };
        (lately > 0).then(|| {
            let minutes = TOLD.as_secs() / 60;
            format!("crashed {many} in {minutes} minutes and was started again: {}", self.last)
        })
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
        assert!(condition.told(2, now + TOLD / 2).unwrap().starts_with("crashed 2 times in 5 minutes"));
        assert!(
            condition
                .told(2, now + TOLD)
                .unwrap()
                .ends_with("1 times in 5 minutes and was started again: again")
        );
        assert_eq!(condition.told(2, now + TOLD * 2), None);
        condition.is_down(true, "no memory".into());
        condition.is_down(false, "no memory at all".into());
        let told = condition.told(2, now + TOLD * 2).unwrap();
        assert_eq!(told, "1 of 2 recognisers cannot be started: no memory at all");
        condition.is_up();
        assert_eq!(condition.told(2, now + TOLD * 2), None);
    }
}
