//! A circuit breaker: an endpoint that keeps failing is left alone for a while, and then asked one question before it
//! gets the others. A pure state machine; the time comes in from outside.

use std::time::{Duration, Instant};

/// When to leave the endpoint alone, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct BreakerSettings {
    /// Failures in a row that open it. It also opens when half of the last twenty answers were failures.
    pub failures: u32,
    /// Pause before the first probe. Each probe that fails doubles it, up to eight times this.
    pub pause: Duration,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self { failures: 5, pause: Duration::from_secs(5) }
    }
}

/// What `/readyz` says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Requests go through.
    Closed,
    /// Requests are turned away until the pause is over.
    Open,
    /// The pause is over: one request probes.
    HalfOpen,
}

/// The longest that an endpoint's own `Retry-After` is believed.
const LONGEST_HOLD: Duration = Duration::from_secs(60);
/// Answers that are looked back on, and how many failures among them open it.
const WINDOW: u32 = 20;
const FAILED_IN_WINDOW: u32 = 10;
const MOST_PAUSES: u32 = 8;

#[derive(Debug)]
pub(super) struct Breaker {
    settings: BreakerSettings,
    state: State,
    /// Grows with every change of state: answers to requests from before it say nothing about after it.
    era: u64,
}

#[derive(Debug)]
enum State {
    /// `recent`: the last answers, the latest lowest; a set bit is a failure.
    Closed {
        in_row: u32,
        recent: u32,
    },
    Open {
        until: Instant,
        pauses: u32,
    },
    Probing {
        pauses: u32,
    },
}

/// Leave to make one request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    era: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It answered, whatever it said.
    Answered,
    Failed,
    /// It failed and asks to be left alone for so long. Less than our own pause is a failure like others.
    Hold(Duration),
    /// Nobody waited for the answer.
    Abandoned,
}

impl Breaker {
    pub fn new(settings: BreakerSettings) -> Self {
        Self { settings, state: State::Closed { in_row: 0, recent: 0 }, era: 0 }
    }

    /// Leave to ask, or `None` while the endpoint is left alone.
    pub fn admit(&mut self, now: Instant) -> Option<Ticket> {
        match self.state {
            State::Closed { .. } => {}
            State::Open { until, pauses } if now >= until => self.become_(State::Probing { pauses }),
            State::Open { .. } | State::Probing { .. } => return None,
        }
        Some(Ticket { era: self.era })
    }

    /// What came of it. Returns the state that this led to, if it is another one.
    pub fn report(&mut self, ticket: &Ticket, outcome: Outcome, now: Instant) -> Option<BreakerState> {
        if ticket.era != self.era {
            return None;
        }
        let before = self.state(now);
        match (&mut self.state, outcome) {
            (State::Closed { .. }, Outcome::Abandoned) => {}
            (State::Closed { .. }, Outcome::Hold(wish)) if wish >= self.settings.pause => {
                self.open(1, wish, now);
            }
            (State::Closed { in_row, recent }, outcome) => {
                let failed = outcome != Outcome::Answered;
                *in_row = if failed { *in_row + 1 } else { 0 };
                *recent = (*recent << 1 | u32::from(failed)) & ((1 << WINDOW) - 1);
                if *in_row >= self.settings.failures || recent.count_ones() >= FAILED_IN_WINDOW {
                    self.open(1, Duration::ZERO, now);
                }
            }
            (State::Probing { .. }, Outcome::Answered) => {
                self.become_(State::Closed { in_row: 0, recent: 0 });
            }
            (State::Probing { pauses }, Outcome::Failed | Outcome::Hold(_)) => {
                let pauses = (*pauses * 2).min(MOST_PAUSES);
                let wish = if let Outcome::Hold(wish) = outcome { wish } else { Duration::ZERO };
                self.open(pauses, wish, now);
            }
            // Nothing was learnt: the next request probes.
            (State::Probing { pauses }, Outcome::Abandoned) => {
                let pauses = *pauses;
                self.become_(State::Open { until: now, pauses });
            }
            (State::Open { .. }, _) => {}
        }
        let after = self.state(now);
        (after != before).then_some(after)
    }

    pub fn state(&self, now: Instant) -> BreakerState {
        match self.state {
            State::Closed { .. } => BreakerState::Closed,
            State::Open { until, .. } if now < until => BreakerState::Open,
            State::Open { .. } | State::Probing { .. } => BreakerState::HalfOpen,
        }
    }

    /// Never shorter than our own pause: an endpoint that says "at once" and fails again is in trouble all the same.
    fn open(&mut self, pauses: u32, wish: Duration, now: Instant) {
        let pause = (self.settings.pause * pauses).max(wish.min(LONGEST_HOLD));
        self.become_(State::Open { until: now + pause, pauses });
    }

    fn become_(&mut self, state: State) {
        self.state = state;
        self.era += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_secs(5);

    fn breaker() -> (Breaker, Instant) {
        (Breaker::new(BreakerSettings { failures: 3, pause: PAUSE }), Instant::now())
    }

    fn say(breaker: &mut Breaker, outcome: Outcome, now: Instant) {
        let ticket = breaker.admit(now).unwrap();
        breaker.report(&ticket, outcome, now);
    }

    fn opened() -> (Breaker, Instant) {
        let (mut breaker, now) = breaker();
        (0..3).for_each(|_| say(&mut breaker, Outcome::Failed, now));
        assert_eq!(breaker.state(now), BreakerState::Open);
        (breaker, now)
    }

    #[test]
    fn failures_in_a_row_open_it_and_an_answer_begins_the_row_anew() {
        let (mut breaker, now) = breaker();
        for outcome in [Outcome::Failed, Outcome::Failed, Outcome::Answered, Outcome::Failed, Outcome::Failed]
        {
            say(&mut breaker, outcome, now);
        }
        assert_eq!(breaker.state(now), BreakerState::Closed);
        let ticket = breaker.admit(now).unwrap();
        assert_eq!(breaker.report(&ticket, Outcome::Failed, now), Some(BreakerState::Open));
        assert_eq!(breaker.admit(now), None);
        assert_eq!(breaker.admit(now + PAUSE - Duration::from_millis(1)), None);
    }

    #[test]
    fn half_of_the_last_answers_failing_opens_it_though_never_three_in_a_row() {
        let (mut breaker, now) = breaker();
        for _ in 0..9 {
            say(&mut breaker, Outcome::Failed, now);
            say(&mut breaker, Outcome::Answered, now);
        }
        assert_eq!(breaker.state(now), BreakerState::Closed);
        say(&mut breaker, Outcome::Failed, now);
        assert_eq!(breaker.state(now), BreakerState::Open);
    }

    #[test]
    fn after_the_pause_one_request_probes_and_its_answer_closes_it() {
        let (mut breaker, now) = opened();
        let later = now + PAUSE;
        assert_eq!(breaker.state(later), BreakerState::HalfOpen);
        let probe = breaker.admit(later).unwrap();
        assert_eq!(breaker.admit(later), None, "a second one while the first probes");
        assert_eq!(breaker.report(&probe, Outcome::Answered, later), Some(BreakerState::Closed));
        assert!(breaker.admit(later).is_some());
    }

    #[test]
    fn each_failed_probe_doubles_the_pause_up_to_eight_times() {
        let (mut breaker, mut now) = opened();
        let mut pause = PAUSE;
        for factor in [2, 4, 8, 8] {
            now += pause;
            say(&mut breaker, Outcome::Failed, now);
            pause = PAUSE * factor;
            assert_eq!(breaker.admit(now + pause - Duration::from_millis(1)), None, "{factor}");
        }
    }

    #[test]
    fn a_probe_that_nobody_waited_for_leaves_room_for_the_next() {
        let (mut breaker, now) = opened();
        let later = now + PAUSE;
        say(&mut breaker, Outcome::Abandoned, later);
        assert!(breaker.admit(later).is_some());
    }

    #[test]
    fn answers_to_questions_from_before_it_opened_change_nothing() {
        let (mut breaker, now) = breaker();
        let old: Vec<Ticket> = (0..2).map(|_| breaker.admit(now).unwrap()).collect();
        (0..3).for_each(|_| say(&mut breaker, Outcome::Failed, now));
        assert_eq!(breaker.report(&old[0], Outcome::Answered, now), None);
        assert_eq!(breaker.admit(now), None);
        let probe = breaker.admit(now + PAUSE).unwrap();
        assert_eq!(breaker.report(&old[1], Outcome::Failed, now + PAUSE), None);
        assert_eq!(breaker.report(&probe, Outcome::Answered, now + PAUSE), Some(BreakerState::Closed));
    }

    #[test]
    fn a_wish_to_be_left_alone_is_granted_for_a_minute_at_most() {
        let (mut breaker, now) = breaker();
        say(&mut breaker, Outcome::Hold(Duration::from_secs(20)), now);
        assert_eq!(breaker.admit(now + Duration::from_secs(19)), None);
        assert!(breaker.admit(now + Duration::from_secs(20)).is_some());
        let (mut breaker, now) = self::breaker();
        say(&mut breaker, Outcome::Hold(Duration::from_secs(86_400)), now);
        assert!(breaker.admit(now + LONGEST_HOLD).is_some());
    }

    #[test]
    fn a_wish_for_less_than_our_pause_is_one_failure_and_shortens_nothing() {
        let (mut breaker, now) = breaker();
        say(&mut breaker, Outcome::Hold(Duration::ZERO), now);
        say(&mut breaker, Outcome::Hold(Duration::ZERO), now);
        assert_eq!(breaker.state(now), BreakerState::Closed);
        say(&mut breaker, Outcome::Hold(Duration::ZERO), now);
        assert_eq!(breaker.admit(now + PAUSE - Duration::from_millis(1)), None);
        say(&mut breaker, Outcome::Hold(Duration::ZERO), now + PAUSE);
        assert_eq!(breaker.admit(now + PAUSE * 3 - Duration::from_millis(1)), None);
    }
}
