//! A history event as a row: its kind, and the rest of it as JSON.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::domain::event::SourceCaption;
use crate::domain::{CardAction, Lang, PinReason, Sku, SourceEvent, Transcript, Word};

/// A row that this version cannot read.
#[derive(Debug, thiserror::Error)]
#[error("an event of kind {0:?} that cannot be read")]
pub struct BadEvent(String);

pub fn kind(event: &SourceEvent) -> &'static str {
    match event {
        SourceEvent::Final(_) => "final",
        SourceEvent::Card(CardAction::Pin { .. }) => "pin",
        SourceEvent::Card(CardAction::Unpin { .. }) => "unpin",
        SourceEvent::Ended => "ended",
    }
}

pub fn body(event: &SourceEvent) -> String {
    let body = match event {
        SourceEvent::Final(caption) => {
            let said = &caption.transcript;
            let words: Vec<_> =
                said.words.iter().map(|w| json!([w.text, w.start_ms, w.end_ms, w.confidence])).collect();
            json!({
                "segment": caption.segment, "rev": caption.rev, "corrected": caption.corrected,
                "lang": caption.lang.as_str(), "text": said.text, "text_lang": said.lang.as_str(),
                "confidence": said.confidence, "words": words,
                "start_ms": caption.start_ms, "end_ms": caption.end_ms,
            })
        }
        SourceEvent::Card(CardAction::Pin { sku, reason, segment }) => {
            json!({ "sku": sku.as_str(), "reason": reason.as_str(), "segment": segment })
        }
        SourceEvent::Card(CardAction::Unpin { sku }) => json!({ "sku": sku.as_str() }),
        SourceEvent::Ended => json!({}),
    };
    body.to_string()
}

pub fn read(kind: &str, body: &str) -> Result<SourceEvent, BadEvent> {
    let bad = || BadEvent(kind.to_owned());
    let body: Value = serde_json::from_str(body).map_err(|_| bad())?;
    let sku = || body["sku"].as_str().and_then(|sku| Sku::parse(sku).ok());
    let event = match kind {
        "final" => caption(&body).map(|caption| SourceEvent::Final(Arc::new(caption))),
        "pin" => sku().zip(body["reason"].as_str().and_then(PinReason::parse)).map(|(sku, reason)| {
            SourceEvent::Card(CardAction::Pin { sku, reason, segment: body["segment"].as_u64() })
        }),
        "unpin" => sku().map(|sku| SourceEvent::Card(CardAction::Unpin { sku })),
        "ended" => Some(SourceEvent::Ended),
        _ => None,
    };
    event.ok_or_else(bad)
}

fn caption(body: &Value) -> Option<SourceCaption> {
    let lang = |key: &str| body[key].as_str().and_then(|tag| Lang::parse(tag).ok());
    let words = body["words"].as_array()?.iter().map(|word| {
        Some(Word {
            text: word[0].as_str()?.to_owned(),
            start_ms: word[1].as_u64()?,
            end_ms: word[2].as_u64()?,
            confidence: word[3].as_f64()? as f32,
        })
    });
    Some(SourceCaption {
        segment: body["segment"].as_u64()?,
        rev: u32::try_from(body["rev"].as_u64()?).ok()?,
        is_final: true,
        corrected: body["corrected"].as_bool()?,
        lang: lang("lang")?,
        transcript: Transcript {
            text: body["text"].as_str()?.to_owned(),
            lang: lang("text_lang")?,
            confidence: body["confidence"].as_f64()? as f32,
            words: words.collect::<Option<Vec<_>>>()?,
        },
        start_ms: body["start_ms"].as_u64()?,
        end_ms: body["end_ms"].as_u64()?,
    })
}
