//! One language of one room: a ring of encoded events and a broadcast to those who watch.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::broadcast;

use super::HubSettings;
use crate::domain::{Currency, Epoch, Habits, Lang, Market, Offset, Units};

/// Where in a room's history someone is: the offset is the last event they have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    pub epoch: Epoch,
    pub offset: Offset,
}

/// An encoded message (UTF-8 JSON), shared by all who get it.
#[derive(Debug, Clone)]
pub enum Body {
    Same(Bytes),
    /// Prices and measures differ by the viewer's market; only what differs is there. Money that is not: as for `base`.
    ByMarket {
        by: Arc<HashMap<Market, Bytes>>,
        base: Currency,
        other: Bytes,
    },
}

impl Body {
    /// Bytes that it takes, those that markets share once.
    fn size(&self) -> usize {
        match self {
            Self::Same(body) => body.len(),
            Self::ByMarket { by, other, .. } => {
                let mut seen = HashSet::new();
                let own = by.values().chain([other]).filter(|body| seen.insert(body.as_ptr()));
                own.map(Bytes::len).sum()
            }
        }
    }

    pub fn for_market(&self, market: Market) -> &Bytes {
        match self {
            Self::Same(body) => body,
            Self::ByMarket { by, base, other } => {
                let Habits { units, .. } = market.habits;
                let likeliest = [
                    market.habits,
                    Habits { units, in_europe: false },
                    Habits { units: Units::Metric, ..market.habits },
                    Habits::default(),
                ];
                [market.currency, *base]
                    .into_iter()
                    .flat_map(|currency| likeliest.map(|habits| Market { currency, habits }))
                    .find_map(|market| by.get(&market))
                    .unwrap_or(other)
            }
        }
    }
}

/// What goes to viewers. Partials have no offset and are not kept.
#[derive(Debug, Clone)]
pub enum Event {
    Kept {
        offset: Offset,
        body: Body,
    },
    Passing(Body),
    /// A new show has begun: the viewer is to be greeted again.
    NewEpoch,
}

/// One language of one room.
pub struct Topic {
    pub lang: Lang,
    /// Where the first viewer wanted to go on from; tells who fills the topic where to begin.
    pub from: Option<Position>,
    replay: usize,
    replay_bytes: usize,
    live: broadcast::Sender<Event>,
    kept: Mutex<Kept>,
    viewers: AtomicUsize,
}

struct Kept {
    epoch: Option<Epoch>,
    /// Offset that the next event must have; the ring holds those directly before it without a hole.
    next: Offset,
    ring: VecDeque<(Offset, Body)>,
    /// Of all that is in the ring.
    bytes: usize,
    /// The pin now in force, which may have left the ring.
    pinned: Option<(Offset, Body)>,
}

/// A viewer's way into a topic.
pub struct Joined {
    /// Epoch of what follows; none before the first show.
    pub epoch: Option<Epoch>,
    /// Position before the first of `missed`.
    pub offset: Offset,
    /// Whether `missed` is everything since the position that was asked for.
    pub recovered: bool,
    /// The position that was asked for is of this epoch and not reached yet: after a restart the events before it are still being
    /// put in here, one after the other.
    pub ahead: bool,
    /// Pin older than `missed`, for a viewer who starts afresh.
    pub pinned: Option<(Offset, Body)>,
    pub missed: Vec<(Offset, Body)>,
    pub live: broadcast::Receiver<Event>,
}

impl Topic {
    pub fn new(lang: Lang, settings: HubSettings, from: Option<Position>) -> Self {
        let (live, _) = broadcast::channel(settings.backlog);
        let kept = Kept { epoch: None, next: 1, ring: VecDeque::new(), bytes: 0, pinned: None };
        Self {
            lang,
            from,
            replay: settings.replay,
            replay_bytes: settings.replay_bytes,
            live,
            kept: Mutex::new(kept),
            viewers: AtomicUsize::new(0),
        }
    }

    /// Begins a history at `first`, with the pin in force before it: what was kept until now is gone, and whoever
    /// watches is greeted anew.
    pub fn begin(&self, epoch: Epoch, first: Offset, pinned: Option<(Offset, Body)>) {
        *self.kept.lock() = Kept { epoch: Some(epoch), next: first, ring: VecDeque::new(), bytes: 0, pinned };
        // Nobody listening is no error.
        drop(self.live.send(Event::NewEpoch));
    }

    /// Publishes the event after the last one. An offset that is there already is ignored.
    pub fn publish(&self, offset: Offset, body: Body) {
        let mut kept = self.kept.lock();
        if offset < kept.next {
            return;
        }
        kept.next = offset + 1;
        kept.bytes += body.size();
        kept.ring.push_back((offset, body.clone()));
        // The last one stays, however large it is.
        while kept.ring.len() > self.replay || (kept.bytes > self.replay_bytes && kept.ring.len() > 1) {
            let Some((_, oldest)) = kept.ring.pop_front() else { break };
            kept.bytes -= oldest.size();
        }
        drop(self.live.send(Event::Kept { offset, body }));
    }

    /// Shows something that will not be kept.
    pub fn pass(&self, body: Body) {
        drop(self.live.send(Event::Passing(body)));
    }

    /// Remembers the pin in force, for those who come later.
    pub fn set_pinned(&self, pinned: Option<(Offset, Body)>) {
        self.kept.lock().pinned = pinned;
    }

    /// Subscribes. With a position of this epoch, everything since follows; else the last `snapshot` events.
    pub fn join(&self, from: Option<&Position>, snapshot: usize) -> Joined {
        let kept = self.kept.lock();
        // Under the same lock as publish: nothing falls between the copy and the subscription.
        let live = self.live.subscribe();
        let first_kept = kept.ring.front().map_or(kept.next, |(offset, _)| *offset);
        let recovered_from = from.filter(|p| {
            Some(&p.epoch) == kept.epoch.as_ref() && p.offset < kept.next && p.offset + 1 >= first_kept
        });
        let missed: Vec<_> = match recovered_from {
            Some(p) => kept.ring.iter().filter(|(offset, _)| *offset > p.offset).cloned().collect(),
            None => kept.ring.iter().skip(kept.ring.len().saturating_sub(snapshot)).cloned().collect(),
        };
        let before = missed.first().map_or(kept.next, |(offset, _)| *offset).saturating_sub(1);
        let pinned = kept.pinned.clone().filter(|(offset, _)| recovered_from.is_none() && *offset <= before);
        Joined {
            epoch: kept.epoch.clone(),
            offset: before,
            recovered: recovered_from.is_some(),
            ahead: from.is_some_and(|p| Some(&p.epoch) == kept.epoch.as_ref() && p.offset >= kept.next),
            pinned,
            missed,
            live,
        }
    }

    /// What was published after `offset`, or nothing if part of it has left the ring.
    pub fn since(&self, offset: Offset) -> Option<Vec<(Offset, Body)>> {
        let kept = self.kept.lock();
        let first_kept = kept.ring.front().map_or(kept.next, |(offset, _)| *offset);
        (offset + 1 >= first_kept)
            .then(|| kept.ring.iter().filter(|(kept, _)| *kept > offset).cloned().collect())
    }

    /// The history that it has, and the offset of its last event.
    pub fn head(&self) -> (Option<Epoch>, Offset) {
        let kept = self.kept.lock();
        (kept.epoch.clone(), kept.next - 1)
    }

    pub fn epoch(&self) -> Option<Epoch> {
        self.kept.lock().epoch.clone()
    }

    pub fn viewers(&self) -> usize {
        self.viewers.load(Ordering::Relaxed)
    }

    /// Counts a viewer until the returned value is dropped.
    pub fn count_viewer(self: &Arc<Self>) -> CountedViewer {
        self.viewers.fetch_add(1, Ordering::Relaxed);
        CountedViewer(Arc::clone(self))
    }
}

/// A viewer that is connected.
pub struct CountedViewer(Arc<Topic>);

impl Drop for CountedViewer {
    fn drop(&mut self) {
        self.0.viewers.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
#[path = "topic_tests.rs"]
mod tests;
