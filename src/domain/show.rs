//! A show as it is kept: what was said and shown in it, and what viewers of each language read.

use super::{Epoch, Fidelity, Lang, Offset, SourceEvent};

/// What is known of a show besides its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShowHead {
    pub epoch: Epoch,
    /// When it was made, ms since 1970.
    pub made_ms: i64,
    /// When its clock was 0, ms since 1970; none while nothing has been heard.
    pub zero_ms: Option<i64>,
    /// When it ended, ms since 1970; none while it goes on.
    pub ended_ms: Option<i64>,
    /// What the host spoke at first.
    pub source_lang: Lang,
}

/// An event with its place and the show's clock when it came.
#[derive(Debug, Clone)]
pub struct ShowEntry {
    pub offset: Offset,
    pub at_ms: u64,
    pub event: SourceEvent,
}

/// A whole show, in the order of its offsets.
#[derive(Debug, Clone)]
pub struct KeptShow {
    pub head: ShowHead,
    pub entries: Vec<ShowEntry>,
}

/// A final caption as viewers of one language read it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendering {
    pub offset: Offset,
    pub lang: Lang,
    pub text: String,
    /// The language that `text` is in, where it is not `lang`.
    pub text_lang: Option<Lang>,
    pub engine: String,
    pub fidelity: Fidelity,
    /// The show's clock when it was sent.
    pub emitted_ms: u64,
}
