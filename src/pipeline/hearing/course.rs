//! What happened to an utterance until it was final, for its trace. It has no number before it shows text, so this is kept
//! with it and told at its end; where nobody collects traces there is none.

use std::time::Instant;

use crate::domain::Lang;
use crate::telemetry::{KeyValue, UtteranceTrace};
use crate::transcribe::Pass;
use crate::transcribe::pool::Heard;

pub struct Course {
    /// When its first sound was made.
    begun: Instant,
    speech_end: Option<Instant>,
    passes: Vec<Passed>,
    repair: Option<(Instant, Instant)>,
}

struct Passed {
    pass: Pass,
    queued: Instant,
    begun: Instant,
    done: Instant,
    lang: Lang,
}

/// How it ended.
pub struct Outcome<'a> {
    /// `final`, `noise` or `failed`.
    pub name: &'static str,
    pub lang: Option<&'a Lang>,
    /// When it was taken for ended.
    pub ended: Instant,
    /// When it was put into the history, and when it was on disk.
    pub kept: Option<(Instant, Instant)>,
}

impl Course {
    pub fn new(begun: Instant) -> Box<Self> {
        Box::new(Self { begun, speech_end: None, passes: Vec::new(), repair: None })
    }

    pub fn speech_ended(&mut self, at: Instant) {
        self.speech_end = Some(at);
    }

    /// A pass that became the final one comes here twice.
    pub fn heard(&mut self, heard: &Heard) {
        let done = heard.done;
        if self.passes.iter().any(|passed| passed.done == done) {
            return;
        }
        let begun = done.checked_sub(heard.computed).unwrap_or(done);
        let queued = begun.checked_sub(heard.waited).unwrap_or(begun);
        self.passes.push(Passed {
            pass: heard.pass,
            queued,
            begun,
            done,
            lang: heard.hypothesis.lang.clone(),
        });
    }

    pub fn repaired(&mut self, begun: Instant) {
        self.repair = Some((begun, Instant::now()));
    }

    /// Tells all of it.
    pub fn tell(&self, trace: &UtteranceTrace, outcome: &Outcome<'_>) {
        let ended = outcome.ended.max(self.begun);
        let speech_end = self.speech_end.unwrap_or(ended).clamp(self.begun, ended);
        trace.part(None, "capture", (self.begun, speech_end), Vec::new());
        trace.part(None, "segment", (speech_end, ended), Vec::new());
        for passed in &self.passes {
            let pass = match passed.pass {
                Pass::Partial => "partial",
                Pass::Final => "final",
                Pass::SecondOpinion => "second_opinion",
            };
            let about =
                || vec![KeyValue::new("pass", pass), KeyValue::new("language", passed.lang.to_string())];
            let whole = trace.part(None, "transcribe", (passed.queued, passed.done), about());
            trace.part(Some(whole), "queue", (passed.queued, passed.begun), Vec::new());
            trace.part(Some(whole), "whisper", (passed.begun, passed.done), about());
        }
        if let Some(times) = self.repair {
            trace.part(None, "repair", times, Vec::new());
        }
        if let Some(times) = outcome.kept {
            trace.part(None, "record", times, Vec::new());
        }
        let mut about = vec![KeyValue::new("outcome", outcome.name)];
        if let Some(lang) = outcome.lang {
            about.push(KeyValue::new("language", lang.to_string()));
        }
        about.push(KeyValue::new("passes", i64::try_from(self.passes.len()).unwrap_or(i64::MAX)));
        let last = self.passes.iter().map(|passed| passed.done).max();
        let end = outcome.kept.map(|(_, on_disk)| on_disk).or(last).unwrap_or(ended).max(ended);
        trace.whole(self.begun, end, about);
    }
}
