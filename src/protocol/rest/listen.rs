//! The query of `/v1/listen`, for the document: `protocol::host` reads it, and names what is wrong.

use utoipa::IntoParams;

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what ListenRequest reads")]
pub struct ListenQuery {
    #[param(pattern = "^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$", example = "demo")]
    room: String,
    /// `zh`, `en`, or `multi`: detected for each utterance. The room's own without it.
    #[param(example = "multi")]
    language: Option<String>,
    /// Without it the container is found from the first bytes: WAV, Ogg Opus, WebM Opus.
    #[param(pattern = "^(linear16|opus|webm-opus)$")]
    encoding: Option<String>,
    /// Hz; for `linear16` only. 16000 without it.
    #[param(minimum = 8_000, maximum = 192_000)]
    sample_rate: Option<u32>,
    /// Mixed to one; for `linear16` only.
    #[param(minimum = 1, maximum = 8)]
    channels: Option<u16>,
    /// Whether this socket gets partials. `true` without it.
    interim_results: Option<bool>,
    /// Milliseconds of silence that end an utterance, 10 to 5000, or `false`.
    #[param(pattern = "^(true|false|[0-9]{2,4})$")]
    endpointing: Option<String>,
    /// Milliseconds; asks for `UtteranceEnd` messages.
    #[param(minimum = 100, maximum = 10_000)]
    utterance_end_ms: Option<u64>,
    /// Asks for `SpeechStarted` messages.
    vad_events: Option<bool>,
    /// A term to listen for, up to 64 characters; may be repeated.
    #[param(max_items = 100)]
    keyterm: Option<Vec<String>>,
}
