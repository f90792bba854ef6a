//! A show as it is read afterwards in one language: the last revision of each utterance, and the cards.

use std::collections::BTreeMap;

use crate::domain::event::SourceCaption;
use crate::domain::{
    Caption, CardAction, Fidelity, KeptShow, Lang, Offset, Rendering, SegmentId, ShowHead, SourceEvent,
};

/// The engine's name where nothing was to be translated.
const SOURCE: &str = "source";
/// No cue is shorter, unless the next one follows sooner: shorter ones cannot be read.
const SHORTEST_CUE_MS: u64 = 1_200;

/// A show in one language.
#[derive(Debug, Clone)]
pub struct Transcript {
    pub head: ShowHead,
    pub lang: Lang,
    /// In the order in which they were spoken.
    pub lines: Vec<Line>,
    pub cards: Vec<CardEvent>,
    /// The show's clock at its last event.
    pub last_ms: u64,
    /// Finals that nobody has translated into `lang`: they are shown in the language that was spoken, marked.
    pub missing: Vec<Offset>,
}

#[derive(Debug, Clone)]
pub struct Line {
    pub offset: Offset,
    pub caption: Caption,
}

/// A card that was pinned or taken away.
#[derive(Debug, Clone)]
pub struct CardEvent {
    pub offset: Offset,
    pub at_ms: u64,
    pub action: CardAction,
}

impl Transcript {
    /// Puts a show together with what was read of it. A correction takes the place of what it corrects: the highest revision
    /// wins, and of two equal ones the later.
    pub fn new(kept: KeptShow, lang: &Lang, renderings: &BTreeMap<Offset, Rendering>) -> Self {
        let mut finals: BTreeMap<SegmentId, (Offset, &SourceCaption)> = BTreeMap::new();
        let mut cards = Vec::new();
        for entry in &kept.entries {
            match &entry.event {
                SourceEvent::Final(heard) => {
                    let before = finals.get(&heard.segment);
                    if before.is_none_or(|(_, before)| before.rev <= heard.rev) {
                        finals.insert(heard.segment, (entry.offset, heard));
                    }
                }
                SourceEvent::Card(action) => {
                    let (offset, at_ms, action) = (entry.offset, entry.at_ms, action.clone());
                    cards.push(CardEvent { offset, at_ms, action });
                }
                SourceEvent::Ended => {}
            }
        }
        let mut missing = Vec::new();
        let mut lines: Vec<_> = finals
            .into_values()
            .filter(|(_, heard)| !heard.transcript.text.trim().is_empty())
            .map(|(offset, heard)| {
                let rendering = renderings.get(&offset);
                let same = heard.lang.primary() == lang.primary();
                if rendering.is_none() && !same {
                    missing.push(offset);
                }
                Line { offset, caption: caption(heard, lang, rendering.filter(|_| !same), same) }
            })
            .collect();
        lines.sort_by_key(|line| (line.caption.start_ms, line.offset));
        let last_ms = kept.entries.iter().map(|entry| entry.at_ms.max(entry.event.end_ms())).max();
        Self { head: kept.head, lang: lang.clone(), lines, cards, last_ms: last_ms.unwrap_or(0), missing }
    }

    /// As WebVTT (W3C): UTF-8, `\n` at the ends of lines.
    pub fn vtt(&self) -> String {
        let mut text = "WEBVTT\n".to_owned();
        for (n, (from, to, words)) in self.cues().enumerate() {
            let words = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            text.push_str(&format!("\n{}\n{} --> {}\n{words}\n", n + 1, time(from, '.'), time(to, '.')));
        }
        text
    }

    /// As SubRip: UTF-8, `\r\n` at the ends of lines.
    pub fn srt(&self) -> String {
        let mut text = String::new();
        for (n, (from, to, words)) in self.cues().enumerate() {
            // The form has no way to write these as themselves: players take them for markup.
            let words = words.replace('<', "‹").replace('>', "›").replace("{\\", "(").replace('\n', "\r\n");
            let (from, to) = (time(from, ','), time(to, ','));
            text.push_str(&format!("{}\r\n{from} --> {to}\r\n{words}\r\n\r\n", n + 1));
        }
        text
    }

    /// Begin, end and words of each cue, in lines without empty ones.
    fn cues(&self) -> impl Iterator<Item = (u64, u64, String)> {
        let nexts = self.lines.iter().skip(1).map(|line| line.caption.start_ms).chain([u64::MAX]);
        self.lines.iter().zip(nexts).map(|(line, next)| {
            let caption = &line.caption;
            let from = caption.start_ms;
            let readable = (from + SHORTEST_CUE_MS).min(next);
            (from, caption.end_ms.max(readable).max(from + 1), words(caption))
        })
    }
}

/// A final in `lang`: as it was read, or else as it was spoken.
fn caption(heard: &SourceCaption, lang: &Lang, rendering: Option<&Rendering>, same: bool) -> Caption {
    let source_text = heard.transcript.text.clone();
    let (text, text_lang, engine, fidelity) = match rendering {
        Some(read) => (read.text.clone(), read.text_lang.clone(), read.engine.clone(), read.fidelity),
        None if same => (source_text.clone(), None, SOURCE.to_owned(), Fidelity::Verified),
        None => (source_text.clone(), Some(heard.lang.clone()), SOURCE.to_owned(), Fidelity::Fallback),
    };
    Caption {
        segment: heard.segment,
        rev: heard.rev,
        is_final: true,
        corrected: heard.corrected,
        lang: lang.clone(),
        text_lang,
        source_lang: heard.lang.clone(),
        text,
        source_text,
        start_ms: heard.start_ms,
        end_ms: heard.end_ms,
        engine,
        fidelity,
    }
}

/// What a cue says. Where the figures could not be proven equal the original stands below, as on the pages.
fn words(caption: &Caption) -> String {
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = line(&caption.text);
    let source = line(&caption.source_text);
    if caption.fidelity == Fidelity::Source && source != text && !source.is_empty() {
        return if text.is_empty() { source } else { format!("{text}\n{source}") };
    }
    text
}

/// 01:02:03.004
fn time(ms: u64, point: char) -> String {
    let (seconds, ms) = (ms / 1000, ms % 1000);
    format!("{:02}:{:02}:{:02}{point}{ms:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
