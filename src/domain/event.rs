//! The history of a show, before it is put into any viewer's language.

use std::sync::Arc;

use super::{Lang, SegmentId, Sku, Transcript};

/// Why a product came to be pinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinReason {
    Spoken,
    Operator,
    /// It was pinned, and its price or text is another now.
    Changed,
}

impl PinReason {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Spoken => "spoken",
            Self::Operator => "operator",
            Self::Changed => "changed",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Spoken, Self::Operator, Self::Changed].into_iter().find(|reason| reason.as_str() == name)
    }
}

/// What becomes of a product that the host speaks of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PinMode {
    /// Its card is pinned.
    #[default]
    Auto,
    /// The console proposes it, and the operator pins.
    Suggest,
}

impl PinMode {
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Auto, Self::Suggest].into_iter().find(|mode| mode.as_str() == word)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Suggest => "suggest",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardAction {
    Pin { sku: Sku, reason: PinReason, segment: Option<SegmentId> },
    Unpin { sku: Sku },
}

/// One entry of a room's history. Its position is its offset, the same for every language.
#[derive(Debug, Clone)]
pub enum SourceEvent {
    Final(Arc<SourceCaption>),
    Card(CardAction),
    Ended,
}

impl SourceEvent {
    /// Where the audio that it came from ends, on the show's clock; 0 for what came from no audio.
    pub fn end_ms(&self) -> u64 {
        match self {
            Self::Final(caption) => caption.end_ms,
            Self::Card(_) | Self::Ended => 0,
        }
    }
}

/// A caption in the language that was spoken. Times are milliseconds on the show's clock.
#[derive(Debug, Clone)]
pub struct SourceCaption {
    pub segment: SegmentId,
    pub rev: u32,
    pub is_final: bool,
    pub corrected: bool,
    pub lang: Lang,
    pub transcript: Transcript,
    pub start_ms: u64,
    pub end_ms: u64,
}
