//! The samples of one push, with a bound.

use super::DecodeError;
use crate::domain::audio::SAMPLE_RATE;

/// Most audio that one binary message may decode to, in seconds.
///
/// An Opus packet of one byte decodes to up to 120 ms, so that 1 MiB of hostile packets would become
/// 4 GB of samples. An honest host sends 20 ms to a few seconds; a client that sends a file at once
/// (32 s for each MiB of 16 kHz PCM) stays below, too.
pub const MAX_SECONDS_PER_PUSH: u32 = 300;

const MAX_SAMPLES: usize = (MAX_SECONDS_PER_PUSH * SAMPLE_RATE) as usize;

/// 16 kHz mono samples, -1 to 1.
#[derive(Debug, Default)]
pub(super) struct Output {
    samples: Vec<f32>,
}

impl Output {
    pub(super) fn extend(&mut self, samples: &[f32]) -> Result<(), DecodeError> {
        if self.samples.len() + samples.len() > MAX_SAMPLES {
            return Err(DecodeError::TooMuchAtOnce);
        }
        self.samples.extend_from_slice(samples);
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.samples.len()
    }

    /// Takes the last `count` samples away again.
    pub(super) fn drop_last(&mut self, count: usize) {
        self.samples.truncate(self.samples.len().saturating_sub(count));
    }

    pub(super) fn into_samples(self) -> Vec<f32> {
        self.samples
    }
}

/// The stages behind work on finite samples of full scale 1; a float WAV or a broken Opus packet can
/// hold anything, and one NaN would stay in every filter behind.
pub(super) fn sane(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }
}
