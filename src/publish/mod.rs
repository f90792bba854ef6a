//! The hub: rooms × languages, each event encoded once, a ring to replay from.
//!
//! A [`Topic`] is one language of one room. It holds the last events already encoded, so that any number of viewers
//! share the same bytes. This module neither knows what the bytes mean nor who reads them.

mod topic;

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::domain::{Lang, RoomId};
pub use topic::{Body, CountedViewer, Event, Joined, Position, Topic};

/// How much a topic keeps.
#[derive(Debug, Clone, Copy)]
pub struct HubSettings {
    /// Events kept for replay in each language of each room.
    pub replay: usize,
    /// Bytes of them. A product card is there once for each currency: 41 KB with the demo's rates, a caption 0.6 KB.
    pub replay_bytes: usize,
    /// Events a viewer may fall behind before it is served from the ring.
    pub backlog: usize,
}

impl Default for HubSettings {
    fn default() -> Self {
        // Three hours of talk at 12 finals a minute, or the last 200 cards; a viewer's backlog of about half a minute.
        Self { replay: 2_048, replay_bytes: 8 << 20, backlog: 64 }
    }
}

/// All languages of one room that somebody watches or has watched.
pub struct RoomHub {
    pub room: RoomId,
    settings: HubSettings,
    topics: Mutex<HashMap<Lang, Arc<Topic>>>,
    /// Told when a language gets its first viewer.
    wanted: Notify,
}

impl RoomHub {
    pub fn new(room: RoomId, settings: HubSettings) -> Self {
        Self { room, settings, topics: Mutex::default(), wanted: Notify::new() }
    }

    /// The topic of `lang`, made if nobody has asked for it yet. `from` is where a returning viewer left off.
    pub fn topic(&self, lang: &Lang, from: Option<Position>) -> Arc<Topic> {
        let mut topics = self.topics.lock();
        let topic = topics
            .entry(lang.clone())
            .or_insert_with(|| Arc::new(Topic::new(lang.clone(), self.settings, from)));
        let topic = Arc::clone(topic);
        drop(topics);
        self.wanted.notify_one();
        topic
    }

    /// Languages that have been asked for.
    pub fn topics(&self) -> Vec<Arc<Topic>> {
        self.topics.lock().values().cloned().collect()
    }

    /// Completes after a language was asked for.
    pub async fn wanted(&self) {
        self.wanted.notified().await;
    }

    /// Viewers now connected, by language, without the languages that have none.
    pub fn viewers(&self) -> Vec<(Lang, usize)> {
        let mut viewers: Vec<_> =
            self.topics().iter().map(|t| (t.lang.clone(), t.viewers())).filter(|(_, n)| *n > 0).collect();
        viewers.sort();
        viewers
    }
}
