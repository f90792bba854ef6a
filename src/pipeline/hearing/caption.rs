//! What was heard, in the form in which the show keeps it.

use crate::domain::event::SourceCaption;
use crate::domain::{SegmentId, Transcript, Word};
use crate::transcribe::Hypothesis;

/// A hypothesis as a transcript whose words have times of the show. `text`: the stable part alone, for a partial.
pub fn transcript(hypothesis: &Hypothesis, text: Option<String>, start_ms: u64) -> Transcript {
    let said = hypothesis.tokens.iter().filter(|t| t.text.chars().any(char::is_alphanumeric));
    let words = said.map(|t| Word {
        text: t.text.trim().to_owned(),
        start_ms: start_ms + t.start_ms,
        end_ms: start_ms + t.end_ms,
        confidence: t.probability,
    });
    Transcript {
        text: text.unwrap_or_else(|| hypothesis.text.clone()),
        lang: hypothesis.lang.clone(),
        confidence: hypothesis.confidence(),
        words: words.collect(),
    }
}

pub fn caption(
    segment: SegmentId,
    rev: u32,
    is_final: bool,
    transcript: Transcript,
    start_ms: u64,
    end_ms: u64,
) -> SourceCaption {
    let lang = transcript.lang.clone();
    SourceCaption { segment, rev, is_final, corrected: false, lang, transcript, start_ms, end_ms }
}
