//! Audio that comes faster than anybody can speak: a file sent at once, or a sample rate that is not true.

use std::time::{Duration, Instant};

/// Lets through a multiple of real time, with a burst for what a recorder or a reconnecting host had saved up.
#[derive(Debug)]
pub struct Pace {
    begun: Instant,
    speed: f64,
    burst: Duration,
    received: Duration,
}

impl Pace {
    pub fn new(now: Instant, speed: f64, burst: Duration) -> Self {
        Self { begun: now, speed, burst, received: Duration::ZERO }
    }

    /// Counts audio that has come. False when it is too much for the time that has passed.
    pub fn accept(&mut self, now: Instant, length: Duration) -> bool {
        self.received += length;
        let allowed = now.saturating_duration_since(self.begun).mul_f64(self.speed) + self.burst;
        self.received <= allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
