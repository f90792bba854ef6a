//! One show: its epoch, its events in the order of their offsets, and the partial of the moment.
//!
//! An event that was appended is not shown before the journal has it on disk ([`super::journal`]): `at` and `head` give what
//! may be shown.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use super::clock::ShowClock;
use crate::domain::event::SourceCaption;
use crate::domain::{CardAction, Epoch, KeptShow, Lang, Offset, SegmentId, ShowEntry, ShowHead, SourceEvent};
use crate::record::now_ms;
use crate::triggers::{Pins, PinsSettings};

/// Events a show keeps for languages that are asked for late: about a day of talk. The oldest go first.
pub const LONGEST_HISTORY: usize = 20_000;
/// Numbers of segments that may have been on screens as partials when the process ended: finals under way, and what was
/// being said. A show that is taken up again leaves them out, so that no old partial hides a new one.
const UNSEEN_SEGMENTS: SegmentId = 8;

pub struct Show {
    pub epoch: Epoch,
    pub clock: ShowClock,
    pub pins: Pins,
    pub ended: bool,
    /// What is being said, not yet final.
    pub partial: Option<Arc<SourceCaption>>,
    /// Events that the record does not have yet, oldest first.
    pub unkept: VecDeque<ShowEntry>,
    /// The record fails: events are shown without it.
    pub unsafe_to_wait: bool,
    /// Offset up to which viewers may see.
    shown: Offset,
    head: ShowHead,
    /// What the record has of `head`.
    kept_head: Option<ShowHead>,
    next_segment: SegmentId,
    first: Offset,
    /// With the show's clock when each came.
    events: VecDeque<(u64, SourceEvent)>,
    pinned_at: Option<Offset>,
}

impl Show {
    pub fn new(epoch: Epoch, source_lang: Lang) -> Self {
        let head =
            ShowHead { epoch: epoch.clone(), made_ms: now_ms(), zero_ms: None, ended_ms: None, source_lang };
        Self {
            epoch,
            clock: ShowClock::default(),
            pins: Pins::new(PinsSettings::default()),
            ended: false,
            partial: None,
            unkept: VecDeque::new(),
            unsafe_to_wait: false,
            shown: 0,
            head,
            kept_head: None,
            next_segment: 1,
            first: 1,
            events: VecDeque::new(),
            pinned_at: None,
        }
    }

    /// Takes a show up again where the record has it.
    pub fn restored(kept: KeptShow, now: Instant) -> Self {
        let mut show = Self::new(kept.head.epoch.clone(), kept.head.source_lang.clone());
        let reached = kept.entries.iter().map(|entry| entry.at_ms.max(entry.event.end_ms())).max();
        if let Some(zero) = kept.head.zero_ms {
            let since = now_ms().saturating_sub(zero).unsigned_abs();
            show.clock = ShowClock::restored(now, since, reached.unwrap_or(0));
        }
        show.first = kept.entries.first().map_or(1, |entry| entry.offset);
        show.kept_head = Some(kept.head.clone());
        show.head = kept.head;
        for entry in kept.entries {
            if let SourceEvent::Final(caption) = &entry.event {
                show.next_segment = show.next_segment.max(caption.segment + 1 + UNSEEN_SEGMENTS);
            }
            if let SourceEvent::Card(action) = &entry.event {
                show.pins.restore(action);
            }
            show.push(entry.at_ms, entry.event);
        }
        show.shown = show.last();
        show
    }

    /// Takes over a show of another node, of which the record here has nothing: it is written there, and waited for by nobody.
    pub fn taken_over(mut kept: KeptShow, now: Instant) -> Self {
        kept.entries.drain(..kept.entries.len().saturating_sub(LONGEST_HISTORY));
        let unkept = kept.entries.clone().into();
        let mut show = Self::restored(kept, now);
        show.unkept = unkept;
        show.kept_head = None;
        show
    }

    /// Events behind `offset` that may be shown, `most` of them.
    pub fn entries_behind(&self, offset: Offset, most: usize) -> Vec<ShowEntry> {
        let skipped = usize::try_from((offset + 1).saturating_sub(self.first)).unwrap_or(usize::MAX);
        let offsets = self.first + skipped as u64..;
        let shown = offsets.zip(self.events.iter().skip(skipped)).take_while(|(at, _)| *at <= self.shown);
        let entry = |(offset, (at_ms, event)): (Offset, &(u64, SourceEvent))| ShowEntry {
            offset,
            at_ms: *at_ms,
            event: event.clone(),
        };
        shown.take(most).map(entry).collect()
    }

    /// What the record is to know of the show besides its events.
    pub fn head_row(&self) -> &ShowHead {
        &self.head
    }

    pub fn head_is_kept(&self) -> bool {
        self.kept_head.as_ref() == Some(&self.head)
    }

    pub fn head_was_kept(&mut self, head: &ShowHead) {
        self.kept_head = Some(head.clone());
    }

    /// Whether the record has all of it.
    pub fn is_kept(&self) -> bool {
        self.unkept.is_empty() && self.head_is_kept()
    }

    pub fn spoken_in(&mut self, lang: &Lang) {
        self.head.source_lang.clone_from(lang);
    }

    /// The clock's 0 is known now, in ms since 1970.
    pub fn began(&mut self, zero_ms: i64) {
        self.head.zero_ms.get_or_insert(zero_ms);
    }

    pub fn new_segment(&mut self) -> SegmentId {
        let segment = self.next_segment;
        self.next_segment += 1;
        segment
    }

    /// Appends an event and returns its offset.
    pub fn append(&mut self, event: SourceEvent) -> Offset {
        if matches!(event, SourceEvent::Ended) {
            self.head.ended_ms = Some(now_ms());
        }
        let at_ms = self.clock.now_ms(Instant::now());
        let offset = self.push(at_ms, event.clone());
        if self.unkept.len() == LONGEST_HISTORY {
            self.unkept.pop_front();
        }
        self.unkept.push_back(ShowEntry { offset, at_ms, event });
        if self.unsafe_to_wait {
            self.shown = offset;
        }
        offset
    }

    fn push(&mut self, at_ms: u64, event: SourceEvent) -> Offset {
        let offset = self.last() + 1;
        match &event {
            SourceEvent::Card(CardAction::Pin { .. }) => self.pinned_at = Some(offset),
            SourceEvent::Card(CardAction::Unpin { .. }) => self.pinned_at = None,
            SourceEvent::Ended => self.ended = true,
            SourceEvent::Final(caption) => {
                if self.partial.as_ref().is_some_and(|p| p.segment <= caption.segment) {
                    self.partial = None;
                }
            }
        }
        if self.events.len() == LONGEST_HISTORY {
            self.events.pop_front();
            self.first += 1;
        }
        self.events.push_back((at_ms, event));
        offset
    }

    /// Viewers may see what comes up to `offset`.
    pub fn show_to(&mut self, offset: Offset) {
        self.shown = self.shown.max(offset);
        while self.unkept.front().is_some_and(|entry| entry.offset <= offset) {
            self.unkept.pop_front();
        }
    }

    /// The record fails: what is there may be seen, and what comes, too.
    pub fn show_unkept(&mut self) {
        self.unsafe_to_wait = true;
        self.shown = self.last();
    }

    /// Offset of the last event, shown or not; 0 when there is none.
    pub fn last(&self) -> Offset {
        self.first + self.events.len() as u64 - 1
    }

    /// Offset of the last event that may be shown; 0 when there is none.
    pub fn head(&self) -> Offset {
        self.shown
    }

    /// Oldest offset that is still there.
    pub fn first(&self) -> Offset {
        self.first
    }

    /// What is there, oldest first, shown or not.
    pub fn events(&self) -> impl Iterator<Item = &SourceEvent> {
        self.events.iter().map(|(_, event)| event)
    }

    /// The event at an offset, if it may be shown.
    pub fn at(&self, offset: Offset) -> Option<&SourceEvent> {
        if offset > self.shown {
            return None;
        }
        self.events.get(usize::try_from(offset.checked_sub(self.first)?).ok()?).map(|(_, event)| event)
    }

    /// The pin in force: its offset and what it was.
    pub fn pinned(&self) -> Option<(Offset, &CardAction)> {
        let offset = self.pinned_at?;
        match self.at(offset)? {
            SourceEvent::Card(action) => Some((offset, action)),
            _ => None,
        }
    }

    /// The last finals, oldest first, each as it was corrected.
    pub fn last_finals(&self, count: usize) -> Vec<Arc<SourceCaption>> {
        self.finals_before(SegmentId::MAX, count)
    }

    /// The last finals of segments before this one, oldest first, each as it was corrected.
    pub fn finals_before(&self, segment: SegmentId, count: usize) -> Vec<Arc<SourceCaption>> {
        // A correction comes after what it corrects, and takes its place.
        let mut corrected: HashMap<SegmentId, &Arc<SourceCaption>> = HashMap::new();
        let mut finals = Vec::with_capacity(count.min(self.events.len()));
        for (_, event) in self.events.iter().rev() {
            match event {
                SourceEvent::Final(caption) if caption.corrected => {
                    corrected.entry(caption.segment).or_insert(caption);
                }
                SourceEvent::Final(caption) if caption.segment < segment => {
                    finals.push(Arc::clone(corrected.get(&caption.segment).copied().unwrap_or(caption)));
                }
                _ => {}
            }
            if finals.len() == count {
                break;
            }
        }
        finals.reverse();
        finals
    }

    /// What stands for a segment now: its final, or the last correction of it.
    pub fn final_of(&self, segment: SegmentId) -> Option<Arc<SourceCaption>> {
        self.events.iter().rev().find_map(|(_, event)| match event {
            SourceEvent::Final(caption) if caption.segment == segment => Some(Arc::clone(caption)),
            _ => None,
        })
    }
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;
    use crate::domain::{Lang, Transcript};

    /// The third pass over an utterance of 0.9 s, one each second.
    pub fn heard(segment: SegmentId, text: &str) -> SourceCaption {
        let lang = Lang::parse("zh").unwrap();
        let transcript =
            Transcript { text: text.into(), lang: lang.clone(), confidence: 0.9, words: Vec::new() };
        let (start_ms, end_ms) = (segment * 1_000, segment * 1_000 + 900);
        SourceCaption {
            segment,
            rev: 3,
            is_final: true,
            corrected: false,
            lang,
            transcript,
            start_ms,
            end_ms,
        }
    }

    /// A show in which this was said.
    pub fn show(texts: &[&str]) -> Show {
        let mut show = Show::new(Epoch::parse("k3f9").unwrap(), Lang::parse("zh").unwrap());
        // As where nothing is kept: an event is seen at once.
        show.show_unkept();
        for text in texts {
            let segment = show.new_segment();
            show.append(SourceEvent::Final(Arc::new(heard(segment, text))));
        }
        show
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{heard, show};
    use super::*;
    use crate::domain::{PinReason, Sku};

    fn texts(finals: &[Arc<SourceCaption>]) -> Vec<&str> {
        finals.iter().map(|caption| caption.transcript.text.as_str()).collect()
    }

    #[test]
    fn a_corrected_final_stands_where_it_was_said() {
        let mut show = show(&["一", "二", "三", "四"]);
        for (rev, text) in [(4, "貳"), (5, "贰")] {
            let correction = SourceCaption { rev, corrected: true, ..heard(2, text) };
            show.append(SourceEvent::Final(Arc::new(correction)));
        }
        assert_eq!(texts(&show.last_finals(4)), ["一", "贰", "三", "四"]);
        assert_eq!(texts(&show.last_finals(2)), ["三", "四"], "a late correction pushes nothing out");
        assert_eq!(texts(&show.finals_before(3, 3)), ["一", "贰"]);
        assert_eq!(show.final_of(2).unwrap().rev, 5);
        assert!(show.final_of(5).is_none());
    }

    fn empty() -> Show {
        Show::new(Epoch::parse("e").unwrap(), Lang::parse("zh").unwrap())
    }

    fn pin(sku: &str) -> SourceEvent {
        let (sku, reason) = (Sku::parse(sku).unwrap(), PinReason::Operator);
        SourceEvent::Card(CardAction::Pin { sku, reason, segment: None })
    }

    #[test]
    fn an_event_is_shown_only_when_it_is_kept() {
        let mut show = empty();
        assert_eq!((show.append(pin("A")), show.append(pin("B"))), (1, 2));
        assert!(show.at(1).is_none() && show.head() == 0 && show.last() == 2);
        show.show_to(1);
        assert!(show.at(1).is_some() && show.at(2).is_none());
        assert_eq!(show.unkept.iter().map(|entry| entry.offset).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn while_the_record_fails_events_are_shown_and_still_wait_for_it() {
        let mut show = empty();
        show.append(pin("A"));
        show.show_unkept();
        show.append(pin("B"));
        assert_eq!((show.head(), show.unkept.len()), (2, 2));
    }

    #[test]
    fn a_show_that_is_taken_up_again_goes_on_behind_what_is_kept() {
        let mut first = empty();
        first.append(pin("A"));
        let mut kept = KeptShow { head: first.head_row().clone(), entries: first.unkept.into() };
        kept.head.zero_ms = Some(now_ms() - 5_000);
        let again = Show::restored(kept, Instant::now());
        assert_eq!((again.head(), again.last(), again.unkept.len()), (1, 1, 0));
        assert_eq!(again.pins.pinned().map(Sku::as_str), Some("A"));
        assert!(again.clock.now_ms(Instant::now()) >= 5_000);
    }

    #[test]
    fn a_show_of_another_node_is_seen_at_once_and_still_written_here() {
        let mut first = empty();
        for sku in ["A", "B", "C"] {
            first.append(pin(sku));
        }
        first.show_to(2);
        let entries = first.entries_behind(0, 9);
        assert_eq!(
            entries.iter().map(|entry| entry.offset).collect::<Vec<_>>(),
            [1, 2],
            "not before the disk has it"
        );
        assert_eq!(first.entries_behind(1, 9).len(), 1);
        assert!(first.entries_behind(2, 9).is_empty() && first.entries_behind(7, 9).is_empty());
        let taken = Show::taken_over(KeptShow { head: first.head_row().clone(), entries }, Instant::now());
        assert_eq!((taken.head(), taken.unkept.len(), taken.head_is_kept()), (2, 2, false));
    }
}
