//! A host's binary messages to 16 kHz mono samples.
//!
//! Everything here is pushed: a message may end anywhere, also inside a sample or a header, and the
//! samples do not depend on where. Nothing blocks and nothing reads ahead, so a room decodes on its
//! own task without a thread. What is kept between two messages is bounded (64 KiB of an unfinished
//! page or packet, 4 ms of samples), and a length that a header claims never allocates anything.
//!
//! Containers are known by their first bytes whatever was announced: a header is not audio.

mod carry;
mod ebml;
mod error;
mod ogg;
mod ogg_opus;
mod opus;
mod output;
mod pcm;
mod resample;
mod sniff;
#[cfg(test)]
mod tests;
mod wav;
mod webm_opus;

use std::ops::RangeInclusive;

pub use error::DecodeError;
pub use output::MAX_SECONDS_PER_PUSH;

use crate::domain::audio::{AudioFormat, Encoding};
use ogg_opus::OggOpus;
use output::Output;
use pcm::{Pcm, SampleFormat};
use sniff::Kind;
use wav::Wav;
use webm_opus::WebmOpus;

/// Sample rates of PCM that are taken, in Hz. Telephones are at 8 kHz, and with less speech is not
/// intelligible; no sound card records above 192 kHz, and the filter's cost grows with the rate.
pub const SAMPLE_RATES: RangeInclusive<u32> = 8_000..=192_000;
/// Channels of PCM that are taken: up to 7.1. More is a mixing desk's multitrack, whose mean is noise.
pub const CHANNELS: RangeInclusive<u16> = 1..=8;

/// Decodes one host's stream. A new connection needs a new one, since a recorder starts again with its
/// header.
pub struct Decoder {
    state: State,
}

enum State {
    Sniff(Sniff),
    Pcm16(Pcm),
    Wav(Wav),
    OggOpus(OggOpus),
    WebmOpus(WebmOpus),
    /// Every further push gives the error again.
    Failed {
        error: DecodeError,
        skipped: u64,
    },
}

/// The first bytes, until they tell the container.
struct Sniff {
    first: Vec<u8>,
    /// What the bytes are when they are no container.
    pcm: Option<(u32, u16)>,
}

impl Decoder {
    /// Refuses a sample rate or a number of channels outside [`SAMPLE_RATES`] and [`CHANNELS`], where
    /// `format` says them itself, that is with [`Encoding::Linear16`].
    pub fn new(format: AudioFormat) -> Result<Self, DecodeError> {
        let pcm = match format.encoding {
            Encoding::Linear16 => {
                pcm::check(format.sample_rate, format.channels)?;
                Some((format.sample_rate, format.channels))
            }
            Encoding::Opus | Encoding::WebmOpus | Encoding::Container => None,
        };
        Ok(Self { state: State::Sniff(Sniff { first: Vec::new(), pcm }) })
    }

    /// Decodes the next bytes of the stream; returns the samples (16 kHz, mono, -1 to 1) that they
    /// complete. When the stream breaks after samples were decoded, these come first and the error with
    /// the next push. After an error the stream is over.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<f32>, DecodeError> {
        self.run(|state, out| state.push(bytes, out))
    }

    /// The end of the stream: what filters still hold (up to 8 ms).
    pub fn finish(&mut self) -> Vec<f32> {
        self.run(State::finish).unwrap_or_default()
    }

    /// Opus packets so far that could not be decoded and were concealed.
    pub fn skipped_packets(&self) -> u64 {
        self.state.skipped()
    }

    /// Bytes of the stream that are kept for the next push.
    #[cfg(test)]
    fn kept(&self) -> usize {
        match &self.state {
            State::Sniff(sniff) => sniff.first.capacity(),
            State::Wav(wav) => wav.kept(),
            State::OggOpus(ogg) => ogg.kept(),
            State::WebmOpus(webm) => webm.kept(),
            State::Pcm16(_) | State::Failed { .. } => 0,
        }
    }

    fn run(
        &mut self,
        step: impl FnOnce(&mut State, &mut Output) -> Result<(), DecodeError>,
    ) -> Result<Vec<f32>, DecodeError> {
        let mut out = Output::default();
        let Err(error) = step(&mut self.state, &mut out) else { return Ok(out.into_samples()) };
        self.state = State::Failed { error: error.clone(), skipped: self.state.skipped() };
        let samples = out.into_samples();
        if samples.is_empty() { Err(error) } else { Ok(samples) }
    }
}

impl State {
    fn push(&mut self, bytes: &[u8], out: &mut Output) -> Result<(), DecodeError> {
        match self {
            Self::Sniff(sniff) => {
                let Some((state, rest)) = sniff.settle(bytes)? else { return Ok(()) };
                let first = std::mem::take(&mut sniff.first);
                *self = state;
                self.push(&first, out)?;
                self.push(rest, out)
            }
            Self::Pcm16(pcm) => pcm.push(bytes, out),
            Self::Wav(wav) => wav.push(bytes, out),
            Self::OggOpus(ogg) => ogg.push(bytes, out),
            Self::WebmOpus(webm) => webm.push(bytes, out),
            Self::Failed { error, .. } => Err(error.clone()),
        }
    }

    fn finish(&mut self, out: &mut Output) -> Result<(), DecodeError> {
        match self {
            Self::Sniff(sniff) => {
                let Some((rate, channels)) = sniff.pcm else { return Ok(()) };
                let mut pcm = Pcm::new(SampleFormat::I16, rate, channels)?;
                pcm.push(&std::mem::take(&mut sniff.first), out)?;
                pcm.finish(out)
            }
            Self::Pcm16(pcm) => pcm.finish(out),
            Self::Wav(wav) => wav.finish(out),
            // libopus resamples itself, and an unfinished packet is not audio.
            Self::OggOpus(_) | Self::WebmOpus(_) | Self::Failed { .. } => Ok(()),
        }
    }

    fn skipped(&self) -> u64 {
        match self {
            Self::OggOpus(ogg) => ogg.skipped(),
            Self::WebmOpus(webm) => webm.skipped(),
            Self::Failed { skipped, .. } => *skipped,
            Self::Sniff(_) | Self::Pcm16(_) | Self::Wav(_) => 0,
        }
    }
}

impl Sniff {
    /// The state that the stream goes on in and the bytes that were not looked at; `None` when more are
    /// needed.
    fn settle<'a>(&mut self, bytes: &'a [u8]) -> Result<Option<(State, &'a [u8])>, DecodeError> {
        let (looked_at, rest) = bytes.split_at((sniff::LONGEST - self.first.len()).min(bytes.len()));
        self.first.extend_from_slice(looked_at);
        let Some(kind) = sniff::kind(&self.first) else { return Ok(None) };
        let state = match (kind, self.pcm) {
            (Kind::Wav, _) => State::Wav(Wav::new()),
            (Kind::Ogg, _) => State::OggOpus(OggOpus::new()?),
            (Kind::Webm, _) => State::WebmOpus(WebmOpus::new()?),
            (Kind::Other, Some((rate, channels))) => {
                State::Pcm16(Pcm::new(SampleFormat::I16, rate, channels)?)
            }
            // A few bytes more tell what it is instead, for the refusal.
            (Kind::Other, None) if self.first.len() < sniff::LONGEST => return Ok(None),
            (Kind::Other, None) => return Err(sniff::refuse(&self.first)),
        };
        Ok(Some((state, rest)))
    }
}
