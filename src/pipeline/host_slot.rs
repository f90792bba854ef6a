//! One host a room. A host that is silent on the line for long is taken for gone and may be replaced: its network
//! may have dropped without a word, and it is often the same host who comes back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

/// A host that sent no frame for so long no longer holds the room against another.
const GONE: Duration = Duration::from_secs(4);

/// Another host is speaking here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostRefused;

#[derive(Default)]
pub struct HostSlot(Mutex<Option<Present>>);

struct Present {
    id: u64,
    last_frame: Instant,
    replaced: CancellationToken,
}

/// Holds the room for one host until it is dropped.
pub struct HostGuard {
    slot: Arc<HostSlot>,
    id: u64,
    /// Cancelled when another host has taken the room.
    pub replaced: CancellationToken,
}

impl HostSlot {
    pub fn take(self: &Arc<Self>, now: Instant) -> Result<HostGuard, HostRefused> {
        let mut present = self.0.lock();
        if let Some(host) = present.as_ref() {
            if now.saturating_duration_since(host.last_frame) < GONE {
                return Err(HostRefused);
            }
            host.replaced.cancel();
        }
        let id = present.as_ref().map_or(1, |host| host.id + 1);
        let replaced = CancellationToken::new();
        *present = Some(Present { id, last_frame: now, replaced: replaced.clone() });
        Ok(HostGuard { slot: Arc::clone(self), id, replaced })
    }

    /// Sends the host away: the room is another node's.
    pub fn evict(&self) {
        if let Some(host) = self.0.lock().take() {
            host.replaced.cancel();
        }
    }

    pub fn is_taken(&self) -> bool {
        self.0.lock().is_some()
    }
}

impl HostGuard {
    /// A frame has come: the host is there.
    pub fn seen(&self, now: Instant) {
        if let Some(host) = self.slot.0.lock().as_mut().filter(|host| host.id == self.id) {
            host.last_frame = now;
        }
    }
}

impl Drop for HostGuard {
    fn drop(&mut self) {
        let mut present = self.slot.0.lock();
        if present.as_ref().is_some_and(|host| host.id == self.id) {
            *present = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_host_is_refused_until_the_first_has_left() {
        let (slot, now) = (Arc::new(HostSlot::default()), Instant::now());
        let first = slot.take(now).ok();
        assert!(slot.take(now).is_err());
        drop(first);
        assert!(!slot.is_taken());
        assert!(slot.take(now).is_ok());
    }

    #[test]
    fn a_host_that_went_silent_is_replaced_and_told() {
        let (slot, now) = (Arc::new(HostSlot::default()), Instant::now());
        let first = slot.take(now).unwrap_or_else(|_| panic!("free"));
        first.seen(now + Duration::from_secs(3));
        assert!(slot.take(now + Duration::from_secs(5)).is_err(), "it spoke 2 s ago");
        let second = slot.take(now + Duration::from_secs(8)).unwrap_or_else(|_| panic!("gone"));
        assert!(first.replaced.is_cancelled() && !second.replaced.is_cancelled());
        drop(first);
        assert!(slot.is_taken(), "the old host's end does not free the room");
    }
}
