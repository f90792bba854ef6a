//! Utterances to text: a pool of recognisers on threads of their own, and what keeps their text steady.

pub mod guard;
pub mod pool;
pub mod script;
pub mod stabilize;
mod until;
pub mod voice;
pub mod whisper;

use std::any::Any;
use std::sync::Arc;

use crate::domain::Lang;
pub use until::Until;

/// Recognition did not work. The utterance is lost; the room goes on.
#[derive(Debug, thiserror::Error)]
pub enum TranscribeError {
    #[error("the model file {path} cannot be loaded: {reason}")]
    Load { path: String, reason: String },
    #[error("the recogniser failed: {0}")]
    Failed(String),
    #[error("the recogniser crashed on this utterance and was started again")]
    Crashed,
    #[error("the recogniser took far too long over this utterance and was interrupted")]
    GaveUp,
    #[error("no recogniser works at present")]
    Down,
    #[error("a newer partial took this one's place")]
    Superseded,
    #[error("the recognisers have stopped")]
    Stopped,
}

/// One pass over (the beginning of) an utterance.
#[derive(Debug, Clone)]
pub struct Ask {
    /// 16 kHz mono, −1 to 1.
    pub audio: Arc<[f32]>,
    /// Languages it may be in. One: taken as given. Several: detected among them.
    pub langs: Arc<[Lang]>,
    /// What was said before, for the model to go on from. May be empty.
    pub context: String,
    pub pass: Pass,
}

/// How much care a pass takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// Quick; of each room only the latest counts.
    Partial,
    /// Guarded and retried.
    Final,
    /// A final pass again, in another way: what was said is heard twice alike, what was not is not.
    SecondOpinion,
}

impl Ask {
    pub fn is_final(&self) -> bool {
        self.pass != Pass::Partial
    }
}

/// What a recogniser heard. Token times are milliseconds from the start of the audio.
#[derive(Debug, Clone, PartialEq)]
pub struct Hypothesis {
    pub text: String,
    pub lang: Lang,
    pub tokens: Vec<Token>,
    /// 0 to 1: how sure the model is that nobody speaks.
    pub no_speech: f32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    pub text: String,
    pub start_ms: u64,
    pub end_ms: u64,
    pub probability: f32,
}

impl Hypothesis {
    /// Mean probability of the tokens, 0 to 1.
    pub fn confidence(&self) -> f32 {
        let sum: f32 = self.tokens.iter().map(|t| t.probability).sum();
        if self.tokens.is_empty() { 0.0 } else { sum / self.tokens.len() as f32 }
    }
}

/// A speech recogniser. One worker thread owns it; it need not be shared.
pub trait Transcriber: Send {
    /// Recognises what was said.
    ///
    /// # Errors
    /// It failed, or `until` was over before it was done.
    fn transcribe(&mut self, ask: &Ask, until: &Until) -> Result<Hypothesis, TranscribeError>;
}

/// What a panic says of itself.
fn panicked(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without words").to_owned()
}
