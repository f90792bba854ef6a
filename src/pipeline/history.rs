//! One show: its epoch, its events in the order of their offsets, and the partial of the moment.

use std::collections::VecDeque;
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

    /// The last finals, oldest first.
    pub fn last_finals(&self, count: usize) -> Vec<Arc<SourceCaption>> {
        let mut finals: Vec<_> = self
            .events
            .iter()
            .rev()
            .filter_map(
                |e| if let SourceEvent::Final(caption) = e { Some(Arc::clone(caption)) } else { None },
            )
            .take(count)
            .collect();
        finals.reverse();
        finals
    }
}
