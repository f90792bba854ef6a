//! Interleaved PCM of any layout to 16 kHz mono.

use super::output::{Output, sane};
use super::resample::Resampler;
use super::{CHANNELS, DecodeError, SAMPLE_RATES};
use crate::domain::audio::SAMPLE_RATE;

/// How one sample is written; all are little endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SampleFormat {
    /// Unsigned, 128 is zero (WAV's 8 bit).
    U8,
    I16,
    I24,
    I32,
    F32,
}

impl SampleFormat {
    const fn bytes(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::I16 => 2,
            Self::I24 => 3,
            Self::I32 | Self::F32 => 4,
        }
    }

    /// `bytes` holds one sample, -1 to 1 afterwards.
    fn sample(self, bytes: &[u8]) -> f32 {
        match (self, bytes) {
            (Self::U8, &[a]) => (f32::from(a) - 128.0) / 128.0,
            (Self::I16, &[a, b]) => f32::from(i16::from_le_bytes([a, b])) / 32_768.0,
            (Self::I24, &[a, b, c]) => from_i32(i32::from_le_bytes([0, a, b, c])),
            (Self::I32, &[a, b, c, d]) => from_i32(i32::from_le_bytes([a, b, c, d])),
            (Self::F32, &[a, b, c, d]) => sane(f32::from_le_bytes([a, b, c, d])),
            _ => 0.0,
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "24 bits of mantissa are what the target has")]
fn from_i32(sample: i32) -> f32 {
    (f64::from(sample) / 2_147_483_648.0) as f32
}

/// Turns bytes into samples; a frame (one sample of every channel) that is cut by the end of a push
/// waits for its rest.
pub(super) struct Pcm {
    format: SampleFormat,
    channels: usize,
    /// The bytes of an incomplete frame: less than 8 channels × 4 bytes.
    partial: Vec<u8>,
    mono: Vec<f32>,
    resampler: Option<Box<Resampler>>,
}

/// Frames that are downmixed at a time, which bounds `mono` whatever a push's size.
const FRAMES_AT_ONCE: usize = 4096;

impl Pcm {
    /// Refuses a `rate` (Hz) or a number of `channels` out of range.
    pub(super) fn new(format: SampleFormat, rate: u32, channels: u16) -> Result<Self, DecodeError> {
        check(rate, channels)?;
        let resampler = if rate == SAMPLE_RATE { None } else { Some(Box::new(Resampler::new(rate)?)) };
        Ok(Self { format, channels: channels.into(), partial: Vec::new(), mono: Vec::new(), resampler })
    }

    pub(super) fn push(&mut self, mut bytes: &[u8], out: &mut Output) -> Result<(), DecodeError> {
        let frame = self.frame_bytes();
        if !self.partial.is_empty() {
            let (taken, rest) = bytes.split_at((frame - self.partial.len()).min(bytes.len()));
            self.partial.extend_from_slice(taken);
            bytes = rest;
            if self.partial.len() < frame {
                return Ok(());
            }
            let whole = std::mem::take(&mut self.partial);
            self.frames(&whole, out)?;
        }
        let (whole, rest) = bytes.split_at(bytes.len() - bytes.len() % frame);
        for frames in whole.chunks(frame * FRAMES_AT_ONCE) {
            self.frames(frames, out)?;
        }
        self.partial.extend_from_slice(rest);
        Ok(())
    }

    /// What the resampler still holds.
    pub(super) fn finish(&mut self, out: &mut Output) -> Result<(), DecodeError> {
        self.resampler.as_mut().map_or(Ok(()), |resampler| resampler.finish(out))
    }

    fn frame_bytes(&self) -> usize {
        self.format.bytes() * self.channels
    }

    /// The mean of the channels: a speaker on one side of a stereo pair stays as loud as on both
    /// sides of it at half the level, and the sum of two never clips.
    #[expect(clippy::cast_precision_loss, reason = "1 to 8 channels")]
    fn frames(&mut self, bytes: &[u8], out: &mut Output) -> Result<(), DecodeError> {
        self.mono.clear();
        self.mono.extend(bytes.chunks_exact(self.frame_bytes()).map(|frame| {
            let sum: f32 = frame.chunks_exact(self.format.bytes()).map(|s| self.format.sample(s)).sum();
            sum / self.channels as f32
        }));
        match &mut self.resampler {
            Some(resampler) => resampler.push(&self.mono, out),
            None => out.extend(&self.mono),
        }
    }
}

/// Refuses what [`Pcm::new`] would refuse, before any byte has come.
pub(super) fn check(rate: u32, channels: u16) -> Result<(), DecodeError> {
    if !SAMPLE_RATES.contains(&rate) {
        return Err(DecodeError::SampleRate(rate));
    }
    if !CHANNELS.contains(&channels) {
        return Err(DecodeError::Channels(channels));
    }
    Ok(())
}
