//! What was heard.

use super::Lang;

/// A word (for Chinese: a token of the recogniser) with its place on the show's clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    pub text: String,
    pub start_ms: u64,
    pub end_ms: u64,
    /// 0 to 1.
    pub confidence: f32,
}

/// Text of one utterance, or of what has been heard of it so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Transcript {
    pub text: String,
    pub lang: Lang,
    /// 0 to 1: mean probability of the tokens.
    pub confidence: f32,
    pub words: Vec<Word>,
}
