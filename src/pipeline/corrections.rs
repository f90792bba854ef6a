//! The operator puts a final right: a further event of the same segment, which every language translates again.

use std::sync::Arc;

use super::history::Show;
use super::inquiries::plain;
use super::room::Room;
use crate::domain::event::SourceCaption;
use crate::domain::{Epoch, SegmentId, SourceEvent, Transcript};

/// Characters of a corrected caption: twice what is said in the longest utterance (28 s).
pub const LONGEST_CAPTION: usize = 1_000;

/// What is to be put right.
#[derive(Debug, Clone)]
pub struct Correction {
    pub segment: SegmentId,
    /// The show that the operator looks at; none: the present one.
    pub epoch: Option<Epoch>,
    /// What the operator has read; none: whatever it is by now.
    pub rev: Option<u32>,
    pub text: String,
}

/// Why a caption stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum CorrectRefused {
    #[error("There is no text in it.")]
    EmptyText,
    #[error("A caption has at most {LONGEST_CAPTION} characters.")]
    TextTooLong,
    #[error("This show has no such final caption.")]
    NoSuchCaption,
    /// With what it is now.
    #[error("Somebody has corrected this caption meanwhile.")]
    Changed(Arc<SourceCaption>),
}

impl Room {
    /// Corrects a final, also of a show that has ended, and gives what stands there now once it is on disk, or the disk is known
    /// to fail. The same text again changes nothing. No card comes of it: the moment at which it was spoken of is over.
    ///
    /// # Errors
    /// The text is empty or too long, there is no such final, or it has changed since `rev`.
    pub async fn correct(&self, correction: Correction) -> Result<Arc<SourceCaption>, CorrectRefused> {
        let corrected = {
            let mut state = self.state.lock();
            if correction.epoch.as_ref().is_some_and(|epoch| *epoch != state.show.epoch) {
                return Err(CorrectRefused::NoSuchCaption);
            }
            state.show.correct(correction.segment, correction.rev, &correction.text)?
        };
        self.wake();
        self.announce(Arc::clone(&corrected)).await;
        Ok(corrected)
    }
}

impl Show {
    fn correct(
        &mut self,
        segment: SegmentId,
        rev: Option<u32>,
        text: &str,
    ) -> Result<Arc<SourceCaption>, CorrectRefused> {
        // A caption is one line.
        let text = plain(&text.replace(['\r', '\n'], " "));
        match text.chars().count() {
            0 => return Err(CorrectRefused::EmptyText),
            1..=LONGEST_CAPTION => {}
            _ => return Err(CorrectRefused::TextTooLong),
        }
        let now = self.final_of(segment).ok_or(CorrectRefused::NoSuchCaption)?;
        if rev.is_some_and(|rev| rev != now.rev) {
            return Err(CorrectRefused::Changed(now));
        }
        if now.transcript.text == text {
            return Ok(now);
        }
        let lang = now.transcript.lang.clone();
        // A person wrote it; when each word was said is not known any more.
        let transcript = Transcript { text, lang, confidence: 1.0, words: Vec::new() };
        let corrected =
            Arc::new(SourceCaption { rev: now.rev + 1, corrected: true, transcript, ..(*now).clone() });
        self.append(SourceEvent::Final(Arc::clone(&corrected)));
        Ok(corrected)
    }
}

#[cfg(test)]
mod tests {
    use super::super::history::testing::{heard, show};
    use super::super::room::ConsoleEvent;
    use super::super::testing;
    use super::*;

    #[tokio::test]
    async fn consoles_hear_of_a_correction_when_it_is_on_disk() {
        let room = testing::room("").await;
        let heard = room.add_final(heard(1, "五百个"), &[]);
        room.announce(heard).await;
        let mut console = room.console.subscribe();
        // The disk is busy until the gate opens.
        let (open, gate) = std::sync::mpsc::sync_channel::<()>(0);
        let correction = Correction { segment: 1, epoch: None, rev: None, text: "六百个".into() };
        let look = async {
            while room.state.lock().show.last() < 2 {
                tokio::task::yield_now().await;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            assert!(console.try_recv().is_err(), "it is not on disk");
            drop(open);
        };
        let ((), corrected, ()) =
            tokio::join!(room.engines.record.hold(gate), room.correct(correction), look);
        assert_eq!(corrected.unwrap().transcript.text, "六百个");
        let told = console.try_recv().unwrap();
        assert!(matches!(told, ConsoleEvent::Heard(now) if now.corrected && now.transcript.text == "六百个"));
        let kept = room.engines.record.show(&room.config.id, &room.epoch()).await.unwrap().unwrap();
        assert_eq!(kept.entries.len(), 2);
    }

    #[test]
    fn a_correction_is_a_new_event_of_the_same_segment() {
        let mut show = show(&["最低起订量是五百个", "单价两美元"]);
        let corrected = show.correct(1, Some(3), " 最低起订量是\n六百个 ").unwrap();
        assert_eq!((corrected.segment, corrected.rev, corrected.corrected), (1, 4, true));
        assert_eq!(corrected.transcript.text, "最低起订量是 六百个");
        assert_eq!((corrected.start_ms, corrected.end_ms), (1_000, 1_900), "it was said when it was said");
        assert_eq!(show.head(), 3);
        assert!(matches!(show.at(3), Some(SourceEvent::Final(last)) if last.rev == 4));
        assert!(matches!(show.at(1), Some(SourceEvent::Final(first)) if first.rev == 3), "what was is kept");
    }

    #[test]
    fn of_two_operators_the_second_is_told_what_the_first_wrote() {
        let mut show = show(&["五百个"]);
        show.correct(1, Some(3), "六百个").unwrap();
        match show.correct(1, Some(3), "七百个") {
            Err(CorrectRefused::Changed(now)) => assert_eq!(now.transcript.text, "六百个"),
            other => panic!("{other:?}"),
        }
        assert_eq!(show.correct(1, Some(4), "七百个").unwrap().rev, 5);
        assert_eq!(show.correct(1, None, "八百个").unwrap().rev, 6, "who names no rev takes what is there");
    }

    #[test]
    fn the_same_text_is_no_event() {
        let mut show = show(&["五百个"]);
        assert_eq!(show.correct(1, None, "五百个").unwrap().rev, 3);
        assert_eq!(show.head(), 1);
    }

    #[test]
    fn nothing_empty_endless_or_unknown_is_taken() {
        let mut show = show(&["五百个"]);
        show.append(SourceEvent::Final(Arc::new(SourceCaption { segment: 9, ..heard(9, "九") })));
        let refused = |show: &mut Show, segment, text: &str| show.correct(segment, None, text).unwrap_err();
        assert!(matches!(refused(&mut show, 1, "\u{202e}\u{0} \n"), CorrectRefused::EmptyText));
        let long = "五".repeat(LONGEST_CAPTION);
        assert!(matches!(refused(&mut show, 1, &format!("{long}百")), CorrectRefused::TextTooLong));
        assert!(matches!(refused(&mut show, 2, "二"), CorrectRefused::NoSuchCaption));
        assert_eq!(show.head(), 2);
        assert!(show.correct(1, None, &long).is_ok());
    }

    #[test]
    fn what_is_being_said_now_stays_on_screen() {
        let mut show = show(&["五百个"]);
        let partial = SourceCaption { is_final: false, ..heard(2, "单价") };
        show.partial = Some(Arc::new(partial));
        show.correct(1, None, "六百个").unwrap();
        assert!(show.partial.is_some());
    }

    #[test]
    fn a_show_that_has_ended_can_still_be_put_right() {
        let mut show = show(&["五百个"]);
        show.append(SourceEvent::Ended);
        assert_eq!(show.correct(1, None, "六百个").unwrap().rev, 4);
        assert!(show.ended);
    }
}
