//! Captions in the language that was spoken, as operators see and correct them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the caption is to say.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CorrectionBody {
    /// Characters.
    #[schema(min_length = 1, max_length = 1000, example = "最低起订量是五百个")]
    pub text: String,
    /// The revision that the operator saw: another one is not overwritten.
    pub rev: Option<u32>,
    /// The show that the operator saw.
    #[schema(pattern = "^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$", example = "k3f9")]
    pub epoch: Option<String>,
}

/// A caption as the host said it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpokenCaption {
    /// `partial` or `final`
    #[serde(rename = "type")]
    #[schema(pattern = "^(partial|final)$")]
    pub kind: &'static str,
    pub epoch: String,
    pub segment: u64,
    pub rev: u32,
    /// Whether a person wrote it.
    pub corrected: bool,
    pub text: String,
    pub lang: String,
    /// On the show's clock.
    pub start_ms: u64,
    pub end_ms: u64,
}
