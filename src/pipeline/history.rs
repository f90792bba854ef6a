//! One show: its epoch, its events in the order of their offsets, and the partial of the moment.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::clock::ShowClock;
use crate::domain::event::SourceCaption;
use crate::domain::{CardAction, Epoch, Offset, SegmentId, SourceEvent};
use crate::triggers::{Pins, PinsSettings};

/// Events a show keeps for languages that are asked for late: about a day of talk. The oldest go first.
const LONGEST_HISTORY: usize = 20_000;

pub struct Show {
    pub epoch: Epoch,
    pub clock: ShowClock,
    pub pins: Pins,
    pub ended: bool,
    /// What is being said, not yet final.
    pub partial: Option<Arc<SourceCaption>>,
    next_segment: SegmentId,
    first: Offset,
    events: VecDeque<SourceEvent>,
    pinned_at: Option<Offset>,
}

impl Show {
    pub fn new(epoch: Epoch) -> Self {
        Self {
            epoch,
            clock: ShowClock::default(),
            pins: Pins::new(PinsSettings::default()),
            ended: false,
            partial: None,
            next_segment: 1,
            first: 1,
            events: VecDeque::new(),
            pinned_at: None,
        }
    }

    pub fn new_segment(&mut self) -> SegmentId {
        let segment = self.next_segment;
        self.next_segment += 1;
        segment
    }

    /// Appends an event and returns its offset.
    pub fn append(&mut self, event: SourceEvent) -> Offset {
        let offset = self.head() + 1;
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
        self.events.push_back(event);
        offset
    }

    /// Offset of the last event; 0 when there is none.
    pub fn head(&self) -> Offset {
        self.first + self.events.len() as u64 - 1
    }

    /// Oldest offset that is still there.
    pub fn first(&self) -> Offset {
        self.first
    }

    /// What is there, oldest first.
    pub fn events(&self) -> impl Iterator<Item = &SourceEvent> {
        self.events.iter()
    }

    pub fn at(&self, offset: Offset) -> Option<&SourceEvent> {
        self.events.get(usize::try_from(offset.checked_sub(self.first)?).ok()?)
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
        for event in self.events.iter().rev() {
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
        self.events.iter().rev().find_map(|event| match event {
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
        let mut show = Show::new(Epoch::parse("k3f9").unwrap());
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
}
