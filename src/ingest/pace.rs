//! Audio that comes faster than anybody can speak: a file sent at once, or a sample rate that is not true.

use std::time::{Duration, Instant};

/// Audio of the time in which a host was silent that may come at once: what its network had held up. Without a bound, an
/// hour's silence would let an hour of audio in with one breath.
const WINDOW: Duration = Duration::from_secs(60);

/// Lets through a multiple of real time, with a burst for what a recorder or a reconnecting host had saved up.
#[derive(Debug)]
pub struct Pace {
    speed: f64,
    /// Most that may be sent at once.
    most: Duration,
    /// What may be sent now, as of `seen`.
    credit: Duration,
    seen: Instant,
}

impl Pace {
    pub fn new(now: Instant, speed: f64, burst: Duration) -> Self {
        Self { speed, most: burst.max(WINDOW), credit: burst, seen: now }
    }

    /// Counts audio that has come. False when it is too much for the time that has passed.
    pub fn accept(&mut self, now: Instant, length: Duration) -> bool {
        let earned = now.saturating_duration_since(self.seen).min(self.most).mul_f64(self.speed);
        self.credit = (self.credit + earned).min(self.most);
        self.seen = now;
        match self.credit.checked_sub(length) {
            Some(left) => {
                self.credit = left;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_saves_up_no_more_than_a_minute() {
        let (start, second) = (Instant::now(), Duration::from_secs(1));
        let mut pace = Pace::new(start, 1.5, 15 * second);
        let later = start + 3_600 * second;
        assert!((0..60).all(|_| pace.accept(later, second)) && !pace.accept(later, second));
        let mut stalled = Pace::new(start, 1.5, 15 * second);
        assert!(
            stalled.accept(start, 10 * second) && stalled.accept(start + 20 * second, 30 * second),
            "a dead spot"
        );
        let mut breath = Pace::new(start, 1.5, 15 * second);
        assert!(!breath.accept(later, 8 * 3_600 * second));
    }

    #[test]
    fn real_time_with_a_burst_passes_and_a_lying_rate_does_not() {
        let (start, second) = (Instant::now(), Duration::from_secs(1));
        let mut honest = Pace::new(start, 1.5, 10 * second);
        assert!(honest.accept(start, 9 * second), "a burst");
        assert!((1..600).all(|s| honest.accept(start + s * second, second)));
        // 48 kHz declared as 8 kHz.
        let mut lying = Pace::new(start, 1.5, 10 * second);
        let refused = (1..10).find(|s| !lying.accept(start + *s * second, 6 * second));
        assert_eq!(refused, Some(3));
    }
}
