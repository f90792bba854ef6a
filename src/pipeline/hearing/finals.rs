//! From the end of an utterance to its final text in the show, or to the certainty that nobody spoke.

use std::sync::Arc;
use std::time::Instant;

use super::caption::{caption, transcript};
use super::course::Outcome;
use super::utterance::{self, PendingFinal, Utterance};
use super::{Hearing, log_failed_pass};
use crate::domain::{Lang, SAMPLE_RATE};
use crate::pipeline::wording::Worded;
use crate::protocol::host::HostReply;
use crate::segment::Span;
use crate::transcribe::guard::{self, Verdict};
use crate::transcribe::pool::Heard;
use crate::transcribe::{Pass, TranscribeError};

/// What is known of a final text.
enum Proof {
    Speech(Worded),
    Noise,
    /// The second opinion comes.
    Awaited,
}

impl Hearing {
    /// The utterance is complete: its final pass is there, under way, or begins now.
    pub(super) async fn finish(&mut self, span: Span, from_finalize: bool) {
        let Some(mut utterance) = self.utterance.take() else { return };
        let guessed = utterance.guessed_end == Some(span.speech_end);
        let reply = match (utterance.guess.take(), utterance.pass.take()) {
            (Some(heard), _) if guessed => utterance::ready(heard),
            (None, Some(reply)) if guessed => reply,
            _ => self.ask(self.cut(span.start, span.end), &self.settings.langs, Pass::Final),
        };
        if span.speech_end < self.segmenter.position() && self.segmenter_goes_on(span) {
            // A long utterance was cut: the next one has begun already.
            let course = self.course(span.end);
            self.utterance = Some(Utterance::going_on(span.end, &self.settings.langs).on(course));
        }
        let ended = Instant::now();
        if let Some(course) = &mut utterance.course {
            course.speech_ended(self.moment(span.speech_end));
        }
        self.finals.push_back(PendingFinal {
            utterance,
            span,
            reply,
            failed: false,
            doubted: None,
            from_finalize,
            ended,
        });
        if self.settings.utterance_end {
            self.reply(HostReply::utterance_end(self.show_ms(span.speech_end))).await;
        }
    }

    /// A cut leaves no silence: the audio of the utterance ends exactly where its speech does.
    fn segmenter_goes_on(&self, span: Span) -> bool {
        span.end == span.speech_end
    }

    pub(super) async fn on_final(&mut self, heard: Result<Heard, TranscribeError>) {
        let Some(mut done) = self.finals.pop_front() else { return };
        let heard = match heard {
            Ok(heard) => {
                let course = &mut done.utterance.course;
                course.iter_mut().for_each(|course| course.heard(&heard));
                let begun = Instant::now();
                let worded = self.wording.apply(heard.hypothesis);
                course.iter_mut().for_each(|course| course.repaired(begun));
                worded
            }
            Err(error) => {
                log_failed_pass(&self.room, &error);
                self.room.engines.meters.crashed();
                // Once more, in another way: what broke the recogniser, or had it run on, may have been the way.
                if matches!(error, TranscribeError::Crashed | TranscribeError::GaveUp) && !done.failed {
                    done.failed = true;
                    let audio = self.cut(done.span.start, done.span.end);
                    done.reply = self.ask(audio, &self.settings.langs, Pass::SecondOpinion);
                    return self.finals.push_front(done);
                }
                self.trace(&done, "failed", None, None);
                return self.retract(&done.utterance);
            }
        };
        let heard = match self.proven(&mut done, heard) {
            Proof::Speech(heard) => heard,
            Proof::Noise => {
                self.trace(&done, "noise", None, None);
                return self.retract(&done.utterance);
            }
            Proof::Awaited => return self.finals.push_front(done),
        };
        let (start_ms, end_ms) = (self.show_ms(done.span.start), self.show_ms(done.span.speech_end));
        let transcript = transcript(&heard.hypothesis, None, start_ms);
        let segment = *done.utterance.segment.get_or_insert_with(|| self.room.new_segment());
        let lang = transcript.lang.clone();
        let caption = caption(segment, done.utterance.rev + 1, true, transcript, start_ms, end_ms);
        let of = self.result_of(segment, true, done.from_finalize);
        let reply = HostReply::results(of, &caption.transcript, start_ms, end_ms);
        let transcribe_ms = done.ended.elapsed().as_millis() as u64;
        let since_speech = self.room.now_ms().saturating_sub(end_ms);
        self.room.heard(&lang, since_speech.saturating_sub(transcribe_ms), transcribe_ms);
        let appended = Instant::now();
        let caption = self.room.add_final(caption, &heard.repaired);
        // The host is told last: what it takes for final is not lost any more.
        self.room.announce(caption).await;
        self.trace(&done, "final", Some(&lang), Some((appended, Instant::now())));
        self.reply(reply).await;
    }

    /// Tells the trace of an utterance that has a number, where anybody collects them.
    fn trace(
        &self,
        done: &PendingFinal,
        name: &'static str,
        lang: Option<&Lang>,
        kept: Option<(Instant, Instant)>,
    ) {
        let (Some(course), Some(segment)) = (&done.utterance.course, done.utterance.segment) else { return };
        let Some(trace) = self.room.trace(&self.room.epoch(), segment) else { return };
        course.tell(&trace, &Outcome { name, lang, ended: done.ended, kept });
    }

    /// Whether somebody said what was heard. Where that is in doubt and no pass before heard it, one more is asked for.
    fn proven(&self, done: &mut PendingFinal, heard: Worded) -> Proof {
        let text = &heard.hypothesis.text;
        if let Some(first) = done.doubted.take() {
            let same = guard::agree(&first.hypothesis.text, text);
            tracing::debug!(room = %self.room.config.id, first = first.hypothesis.text, again = text, same, "doubted");
            return if same { Proof::Speech(first) } else { Proof::Noise };
        }
        let span = done.span;
        let seconds = (span.speech_end - span.start) as f32 / SAMPLE_RATE as f32;
        let certain =
            done.utterance.continues || done.utterance.stabilizer.agrees_with(text) >= guard::AGREED;
        match guard::judge(&heard.hypothesis, seconds) {
            Verdict::Speech => Proof::Speech(heard),
            Verdict::Doubtful if certain => Proof::Speech(heard),
            Verdict::Doubtful => {
                let langs = Arc::from([heard.hypothesis.lang.clone()]);
                done.reply = self.ask(self.cut(span.start, span.end), &langs, Pass::SecondOpinion);
                done.doubted = Some(heard);
                Proof::Awaited
            }
            Verdict::Noise => {
                tracing::debug!(room = %self.room.config.id, seconds, text, "taken for noise");
                Proof::Noise
            }
        }
    }
}
