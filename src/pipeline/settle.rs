//! The end of a gateway: when everything that was said is with the viewers.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::{Room, Rooms};
use crate::publish::Topic;

/// How often lanes are looked at that have something left to publish.
const LOOK: Duration = Duration::from_millis(20);

/// How many hosts' words are being heard, those of hosts that have left among them.
#[derive(Clone)]
pub struct Hearings(Arc<watch::Sender<usize>>);

/// Counts as a hearing until it is dropped.
pub struct Underway(Arc<watch::Sender<usize>>);

impl Default for Hearings {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Hearings {
    pub fn begin(&self) -> Underway {
        self.0.send_modify(|count| *count += 1);
        Underway(Arc::clone(&self.0))
    }

    async fn all_ended(&self) {
        // We hold the sender: it cannot be gone.
        drop(self.0.subscribe().wait_for(|count| *count == 0).await);
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

impl Rooms {
    /// Completes when no host is being heard any more and every language that is watched has all of the show. Unlike
    /// [`Rooms::settled`] it does not end with what is on disk.
    pub async fn told(&self) {
        self.engines.hearings.all_ended().await;
        while !self.iter().all(|room| room.is_told()) {
            tokio::time::sleep(LOOK).await;
        }
    }
}

impl Room {
    fn is_told(&self) -> bool {
        // What other nodes' hosts say is theirs to finish.
        if !self.is_here() {
            return true;
        }
        let (epoch, head) = {
            let state = self.state.lock();
            (state.show.epoch.clone(), state.show.last())
        };
        let wanted = |topic: &Topic| topic.viewers() > 0 || self.config.always.contains(&topic.lang);
        let watched = self.hub.topics().into_iter().filter(|topic| wanted(topic));
        watched.map(|topic| topic.head()).all(|(of, at)| of.as_ref() == Some(&epoch) && at >= head)
    }
}
