//! What a viewer reads.

use super::{Lang, SegmentId};

/// How sure a caption is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fidelity {
    /// Every number, unit, price and SKU of the source is in it.
    Verified,
    /// The check failed or a part was left out: the source's text is to be shown beside it.
    Source,
    /// No engine could serve the language: the text is in another one, named in `text_lang`.
    Fallback,
}

impl Fidelity {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Source => "source",
            Self::Fallback => "fallback",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Verified, Self::Source, Self::Fallback].into_iter().find(|fidelity| fidelity.as_str() == name)
    }
}

/// One caption in one language. Times are milliseconds on the show's clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Caption {
    pub segment: SegmentId,
    pub rev: u32,
    pub is_final: bool,
    pub corrected: bool,
    /// The language that the viewer asked for.
    pub lang: Lang,
    /// The language that `text` is in, where it is not `lang`.
    pub text_lang: Option<Lang>,
    pub source_lang: Lang,
    pub text: String,
    pub source_text: String,
    pub start_ms: u64,
    pub end_ms: u64,
    /// Name of the engine that made the text: `phrasebook`, `source` (nothing was to translate), …
    pub engine: String,
    pub fidelity: Fidelity,
}
