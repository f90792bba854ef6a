//! A room's caretaker: starts a lane for each language that is asked for, ends shows whose host stays away, and flash
//! sales whose time is over, and shows new exchange rates.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::task::JoinHandle;

use super::lane;
use super::room::Room;
use crate::domain::Lang;

/// How often a room is looked after.
const LOOK: Duration = Duration::from_millis(500);

pub fn start(room: &Arc<Room>) {
    // Languages are wanted until the last viewer has gone.
    let stopping = room.engines.draining.clone();
    let weak = Arc::downgrade(room);
    for lang in &room.config.always {
        room.hub.topic(lang, None);
    }
    crate::spawn("room keeper", async move {
        stopping.run_until_cancelled(keep(weak)).await;
    });
}

async fn keep(room: Weak<Room>) {
    let mut lanes: HashMap<Lang, JoinHandle<()>> = HashMap::new();
    let mut look = tokio::time::interval(LOOK);
    while let Some(room) = room.upgrade() {
        tokio::select! {
            () = room.hub.wanted() => {}
            _ = look.tick() => {}
        }
        for topic in room.hub.topics() {
            // A lane that crashed is started again: it goes on behind the last event of its topic.
            let running = lanes.get(&topic.lang).is_some_and(|lane| !lane.is_finished());
            if !running {
                let handle = crate::spawn("lane", lane::run(Arc::clone(&room), Arc::clone(&topic)));
                lanes.insert(topic.lang.clone(), handle);
            }
        }
        room.end_if_abandoned();
        room.look_after_flashes().await;
        room.look_after_rates();
        // A lane without viewers sleeps; one that has some again has to look.
        room.wake();
    }
}

impl Room {
    fn end_if_abandoned(&self) {
        let left = self.state.lock().host_left;
        if left.is_some_and(|left| left.elapsed() >= self.engines.config.limits.resume_window) {
            self.end_show();
        }
    }
}
