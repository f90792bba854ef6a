//! The show's clock: 0 is the moment at which the first sample was spoken.

use std::time::{Duration, Instant};

/// A first message may hold at most so much audio that was spoken before it was sent (a recorder's time slice).
const LONGEST_SLICE: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub struct ShowClock {
    zero: Option<Instant>,
    /// Audio received, on the clock.
    audio_ms: u64,
}

impl ShowClock {
    /// The clock of a show that was taken up again: `since_zero_ms` has passed by the world's clock, and there is audio up to
    /// `audio_ms`.
    pub fn restored(now: Instant, since_zero_ms: u64, audio_ms: u64) -> Self {
        let zero = now.checked_sub(Duration::from_millis(since_zero_ms));
        // A machine that has been up for less than the show: its clock cannot go back so far.
        let audio_ms = if zero.is_some() { audio_ms } else { audio_ms.max(since_zero_ms) };
        Self { zero: Some(zero.unwrap_or(now)), audio_ms }
    }

    /// Milliseconds since the first sample; 0 before it. Never behind the audio, which may come faster than real
    /// time from a file.
    pub fn now_ms(&self, now: Instant) -> u64 {
        let wall = self.zero.map_or(0, |zero| now.saturating_duration_since(zero).as_millis() as u64);
        wall.max(self.audio_ms)
    }

    /// How much of the show has been heard, in ms.
    pub fn audio_ms(&self) -> u64 {
        self.audio_ms
    }

    /// A host sends its first `length` of audio. Returns where on the clock it begins. A host that comes back goes on
    /// where the clock is now, never inside audio that is there already.
    pub fn begin_audio(&mut self, now: Instant, length: Duration) -> u64 {
        let length = length.min(LONGEST_SLICE);
        if self.zero.is_none() {
            self.zero = Some(now.checked_sub(length).unwrap_or(now));
            return 0;
        }
        let begun = self.now_ms(now).saturating_sub(length.as_millis() as u64);
        begun.max(self.audio_ms)
    }

    /// Audio up to `audio_ms` has come.
    pub fn audio_reached(&mut self, audio_ms: u64) {
        self.audio_ms = self.audio_ms.max(audio_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_when_the_first_sample_was_spoken() {
        let now = Instant::now();
        let mut clock = ShowClock::default();
        assert_eq!(clock.begin_audio(now, Duration::from_millis(100)), 0);
        assert_eq!(clock.now_ms(now), 100);
        assert_eq!(clock.now_ms(now + Duration::from_millis(900)), 1000);
    }

    #[test]
    fn audio_faster_than_real_time_carries_the_clock_along() {
        let now = Instant::now();
        let mut clock = ShowClock::default();
        clock.begin_audio(now, Duration::from_millis(100));
        clock.audio_reached(8_000);
        assert_eq!(clock.now_ms(now), 8_000);
    }

    #[test]
    fn a_returning_host_goes_on_at_the_time_it_is() {
        let now = Instant::now();
        let mut clock = ShowClock::default();
        clock.begin_audio(now, Duration::from_millis(100));
        clock.audio_reached(5_000);
        let back = now + Duration::from_secs(20);
        assert_eq!(clock.begin_audio(back, Duration::from_millis(100)), 20_000);
        assert_eq!(clock.begin_audio(now, Duration::from_millis(100)), 5_000, "never into old audio");
    }
}
