//! Why a host's audio was refused.

use thiserror::Error;

/// The stream cannot be decoded any further. The text is short enough to be sent to the host.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// Outside [`super::SAMPLE_RATES`], in Hz.
    #[error("a sample rate of {0} Hz is not supported: send 8000 to 192000 Hz")]
    SampleRate(u32),
    /// Outside [`super::CHANNELS`].
    #[error("{0} channels are not supported: send 1 to 8")]
    Channels(u16),
    /// The stream is well formed, or at least known, but nothing here decodes it.
    #[error("{0} is not supported")]
    Unsupported(String),
    /// The bytes are not what they claim to be.
    #[error("the audio is broken: {0}")]
    Broken(&'static str),
    /// One binary message decodes to more than [`super::MAX_SECONDS_PER_PUSH`] seconds of audio.
    #[error("one message holds more than 300 seconds of audio")]
    TooMuchAtOnce,
}

impl DecodeError {
    /// Stable code for the protocol's `Error` message.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SampleRate(_) | Self::Channels(_) | Self::Unsupported(_) => "unsupported_audio",
            Self::Broken(_) => "bad_audio",
            Self::TooMuchAtOnce => "audio_too_fast",
        }
    }

    /// A codec's or container's name that came from the host: what is not plain text in it is left
    /// out, since it is quoted in a log line and in an answer.
    pub(super) fn unsupported_name(kind: &str, name: &[u8]) -> Self {
        let name: String =
            name.iter().filter(|b| b.is_ascii_graphic()).take(32).map(|b| char::from(*b)).collect();
        Self::Unsupported(if name.is_empty() { format!("this {kind}") } else { format!("{kind} {name}") })
    }
}
