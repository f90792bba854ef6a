//! What audio a host sends and what the stages behind the decoder work on.

/// Rate that every stage behind the decoder works at, in Hz (Whisper's and Silero's own).
pub const SAMPLE_RATE: u32 = 16_000;

/// Milliseconds that `samples` samples at [`SAMPLE_RATE`] last.
pub const fn samples_to_ms(samples: u64) -> u64 {
    samples * 1000 / SAMPLE_RATE as u64
}

/// How the host's binary frames are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Signed 16-bit little-endian PCM, interleaved.
    Linear16,
    /// Opus; in Ogg pages.
    Opus,
    /// Opus in WebM, as a browser's MediaRecorder sends it.
    WebmOpus,
    /// Found from the first bytes: WAV, Ogg Opus or WebM Opus.
    Container,
}

/// The host's announced format. `sample_rate` (Hz) and `channels` matter for [`Encoding::Linear16`]
/// only: containers carry their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudioFormat {
    pub encoding: Encoding,
    pub sample_rate: u32,
    pub channels: u16,
}
