//! Writes each show to the record as it happens. What is final is on disk before anybody is told of it.
//!
//! One task a room takes what the history has that the record does not, writes it in one transaction (the record's thread joins
//! several rooms' into one), and only then lets it be seen. Where the disk fails the show goes on without waiting, and the
//! task keeps trying: what was said meanwhile is written when the disk can be written again.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::history::Show;
use super::room::Room;
use crate::domain::{Offset, ShowEntry, ShowHead};

/// Events written together.
const TOGETHER: usize = 256;
/// Longer than this nobody waits for the disk: the show goes on and the console is told. On this machine (two cores, busy) an event
/// is on disk after 4.0 ms (p50 of a show; 0.3 ms without a disk to wait for), 30 acknowledged pins took 1.6 to 33 ms.
const PATIENCE: Duration = Duration::from_secs(2);
/// How soon a disk that failed is tried again.
const AGAIN: Duration = Duration::from_secs(1);
/// Shows that ended while the record failed and are still to be written.
pub const ENDED_UNKEPT: usize = 8;

/// What is to be written next.
struct Batch {
    head: ShowHead,
    entries: Vec<ShowEntry>,
}

pub fn start(room: &Arc<Room>) {
    let (weak, changed) = (Arc::downgrade(room), room.changed.subscribe());
    crate::spawn("journal", keep(weak, changed));
}

/// Ends with the room, not when the gateway is to stop: the last events come then.
async fn keep(room: Weak<Room>, mut changed: tokio::sync::watch::Receiver<u64>) {
    loop {
        changed.mark_unchanged();
        loop {
            let Some(room) = room.upgrade() else { return };
            let Some(batch) = room.next_batch() else { break };
            if !room.write_batch(batch).await {
                drop(room);
                tokio::time::sleep(AGAIN).await;
            }
        }
        if changed.changed().await.is_err() {
            return;
        }
    }
}

impl Room {
    /// Completes when all that has happened until now is on disk, or the disk is known to fail.
    pub async fn settled(&self) {
        let mut changed = self.changed.subscribe();
        let (epoch, last) = {
            let state = self.state.lock();
            (state.show.epoch.clone(), state.show.last())
        };
        loop {
            changed.mark_unchanged();
            {
                let state = self.state.lock();
                if state.show.epoch != epoch || state.show.head() >= last {
                    return;
                }
            }
            if changed.changed().await.is_err() {
                return;
            }
        }
    }

    /// Events that are not on disk yet, whether it fails or they have just happened.
    pub fn not_on_disk(&self) -> usize {
        let state = self.state.lock();
        state.unkept_shows.iter().chain([&state.show]).map(|show| show.unkept.len()).sum()
    }

    /// Offset of the last event that may be seen.
    pub fn head(&self) -> Offset {
        self.state.lock().show.head()
    }

    /// Events that are in memory only because the disk fails; none while it does not.
    pub fn unkept(&self) -> Option<usize> {
        let state = self.state.lock();
        let before: usize = state.unkept_shows.iter().map(|show| show.unkept.len()).sum();
        state.show.unsafe_to_wait.then_some(before + state.show.unkept.len())
    }

    fn next_batch(&self) -> Option<Batch> {
        let state = self.state.lock();
        let show = state.unkept_shows.front().unwrap_or(&state.show);
        let entries: Vec<_> = show.unkept.iter().take(TOGETHER).cloned().collect();
        (!entries.is_empty() || !show.head_is_kept())
            .then(|| Batch { head: show.head_row().clone(), entries })
    }

    /// False if it could not be written.
    async fn write_batch(&self, batch: Batch) -> bool {
        let Batch { head, entries } = batch;
        let begun = Instant::now();
        let last = entries.last().map_or(0, |entry| entry.offset);
        let written = self.engines.record.keep_events(&self.config.id, head.clone(), entries);
        let failed = match timeout(PATIENCE, written).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("the disk does not answer".to_owned()),
        };
        match &failed {
            None => {
                let ms = begun.elapsed().as_secs_f64() * 1000.0;
                self.stats.lock().kept(ms);
                self.was_kept(&head, last);
            }
            Some(error) => self.goes_on_without(error),
        }
        self.wake();
        failed.is_none()
    }

    fn was_kept(&self, head: &ShowHead, last: u64) {
        let mut state = self.state.lock();
        let state = &mut *state;
        let of_old = state.unkept_shows.front_mut().filter(|show| show.epoch == head.epoch);
        let of_present = (state.show.epoch == head.epoch).then_some(&mut state.show);
        if let Some(show) = of_old.or(of_present) {
            show.head_was_kept(head);
            show.show_to(last);
        }
        if state.unkept_shows.front().is_some_and(Show::is_kept) {
            state.unkept_shows.pop_front();
        }
        if state.unkept_shows.is_empty() && state.show.unsafe_to_wait && state.show.is_kept() {
            state.show.unsafe_to_wait = false;
            tracing::info!(room = %self.config.id, "the show is on disk again");
        }
    }

    fn goes_on_without(&self, error: &str) {
        let mut state = self.state.lock();
        if !state.show.unsafe_to_wait {
            tracing::error!(room = %self.config.id, %error, "the show is not being kept: it goes on live");
        }
        state.show.show_unkept();
    }
}
