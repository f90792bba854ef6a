//! Spans of an utterance on its way to viewers, for whoever collects traces: no words of it, only times and names.

use std::time::Instant;

use super::room::Room;
use crate::domain::{Caption, Epoch, Offset, SegmentId};
use crate::telemetry::{KeyValue, UtteranceTrace};
use crate::translate::Attempt;

impl Room {
    /// The trace of an utterance of this room; none where nobody collects them.
    pub(super) fn trace(&self, epoch: &Epoch, segment: SegmentId) -> Option<UtteranceTrace> {
        self.engines.traces.utterance(self.config.id.as_str(), epoch.as_str(), segment)
    }
}

/// A final's way through a lane.
pub(super) struct Way {
    pub begun: Instant,
    pub translated: Instant,
    pub kept: Instant,
    pub published: Instant,
    pub offset: Offset,
    pub viewers: usize,
}

/// What was shown in a language, and which engines were asked for it.
pub(super) fn shown(trace: &UtteranceTrace, caption: &Caption, way: &Way, attempts: &[Attempt]) {
    let lang = || KeyValue::new("language", caption.lang.to_string());
    let made = || {
        let (engine, fidelity) = (caption.engine.clone(), caption.fidelity.as_str());
        vec![lang(), KeyValue::new("engine", engine), KeyValue::new("fidelity", fidelity)]
    };
    let mut about = made();
    about.push(KeyValue::new("corrected", caption.corrected));
    about.push(KeyValue::new("offset", i64::try_from(way.offset).unwrap_or(i64::MAX)));
    let whole = trace.part(None, "caption", (way.begun, way.published), about);
    let same = caption.lang.primary() == caption.source_lang.primary();
    if !same {
        let mut about = made();
        about.push(KeyValue::new("cached", attempts.is_empty()));
        let translate = trace.part(Some(whole), "translate", (way.begun, way.translated), about);
        for attempt in attempts {
            let about = vec![
                KeyValue::new("engine", attempt.engine),
                KeyValue::new("language", attempt.lang.to_string()),
                KeyValue::new("outcome", attempt.outcome),
            ];
            trace.part(Some(translate), "engine", (attempt.begun, attempt.ended), about);
        }
        trace.part(Some(whole), "record", (way.translated, way.kept), vec![lang()]);
    }
    let viewers = KeyValue::new("viewers", i64::try_from(way.viewers).unwrap_or(i64::MAX));
    trace.part(Some(whole), "publish", (way.kept, way.published), vec![lang(), viewers]);
}
