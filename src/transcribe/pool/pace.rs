//! How fast this machine recognises, and how long a pass may take therefore.

use std::time::Duration;

use crate::domain::SAMPLE_RATE;
use crate::transcribe::Ask;

/// Beyond so many times what passes of its length took lately a pass is not slow but stuck. A pass that hears itself repeat is
/// made again, a busy machine is slower by three or four, and both may come together.
const FAR: f64 = 12.0;
/// Seconds of computing for a second of audio (and one more for what every pass costs) until one was measured: what the largest
/// model needs on a machine that can just about follow. `base` takes 0.1 to 0.2 on one core of the development machine.
const UNKNOWN: f64 = 1.0;
/// What the latest pass counts for in the mean.
const SHARE: f64 = 0.2;

/// How long a pass may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// However short its audio is: machines pause.
    pub shortest: Duration,
    /// However long it is, and however slow the machine has been.
    pub longest: Duration,
    /// How long after its end a recogniser may take to notice: Whisper looks between two steps, and the first one, over a whole
    /// window, takes 1 to 2 s.
    pub grace: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let [shortest, longest, grace] = [12, 180, 10].map(Duration::from_secs);
        Self { shortest, longest, grace }
    }
}

/// What passes cost lately: seconds of computing for a second of audio, finals and partials each.
#[derive(Debug, Default)]
pub struct Pace {
    finals: Option<f64>,
    partials: Option<f64>,
}

impl Pace {
    pub fn limit(&self, ask: &Ask, patience: &Patience) -> Duration {
        let pace = if ask.is_final() { self.finals } else { self.partials };
        let expected = pace.unwrap_or(UNKNOWN) * length(ask);
        let limit = Duration::try_from_secs_f64(expected * FAR).unwrap_or(patience.longest);
        limit.clamp(patience.shortest, patience.longest)
    }

    /// A pass was done.
    pub fn took(&mut self, ask: &Ask, computed: Duration) {
        let cost = computed.as_secs_f64() / length(ask);
        let pace = self.of(ask);
        *pace = Some(pace.map_or(cost, |before| before + SHARE * (cost - before)));
    }

    /// A pass was given up. Perhaps the machine has become that slow: the next one gets more time.
    pub fn was_exceeded(&mut self, ask: &Ask) {
        let pace = self.of(ask);
        *pace = pace.map(|before| before * 2.0);
    }

    fn of(&mut self, ask: &Ask) -> &mut Option<f64> {
        if ask.is_final() { &mut self.finals } else { &mut self.partials }
    }
}

fn length(ask: &Ask) -> f64 {
    1.0 + ask.audio.len() as f64 / f64::from(SAMPLE_RATE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Lang;
    use crate::transcribe::Pass;

    fn ask(seconds: usize, pass: Pass) -> Ask {
        let audio = vec![0.0; seconds * SAMPLE_RATE as usize].into();
        Ask { audio, langs: [Lang::parse("zh").unwrap()].into(), context: String::new(), pass }
    }

    #[test]
    fn a_limit_follows_the_length_of_the_audio_and_the_speed_of_the_machine() {
        let (mut pace, patience) = (Pace::default(), Patience::default());
        let (short, long) = (ask(1, Pass::Final), ask(19, Pass::Final));
        assert_eq!(pace.limit(&short, &patience), Duration::from_secs(24), "not measured yet");
        for _ in 0..3 {
            pace.took(&long, Duration::from_secs(5));
        }
        assert_eq!(pace.limit(&long, &patience), Duration::from_secs(60), "12 times 5 s");
        assert_eq!(pace.limit(&short, &patience), patience.shortest);
        assert_eq!(pace.limit(&ask(99, Pass::Final), &patience), patience.longest);
        assert_eq!(pace.limit(&ask(1, Pass::Partial), &patience), Duration::from_secs(24), "of its own");
        // Twice as slow, and the limit goes there.
        (0..30).for_each(|_| pace.took(&long, Duration::from_secs(10)));
        assert!(pace.limit(&long, &patience) > Duration::from_secs(118));
        pace.was_exceeded(&long);
        assert_eq!(pace.limit(&long, &patience), patience.longest);
        assert!(pace.limit(&ask(1, Pass::SecondOpinion), &patience) > patience.shortest);
    }
}
