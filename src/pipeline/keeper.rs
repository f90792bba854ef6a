//! A room's caretaker: has each language that is asked for filled, by a lane where the room is this node's and by what its owner
//! publishes where it is another's; ends shows whose host stays away, and flash sales whose time is over, and shows new
//! exchange rates; tells other nodes what they need to know.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use super::lane;
use super::room::Room;
use crate::domain::Lang;
use crate::publish::Topic;

/// How often a room is looked after.
const LOOK: Duration = Duration::from_millis(500);
/// A language that nobody watches is followed or published for so long: somebody may come back.
const LINGER: Duration = Duration::from_secs(60);

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
    let mut keeping = Keeping::default();
    let mut look = tokio::time::interval(LOOK);
    let Some(mut here) = room.upgrade().map(|room| room.here()) else { return };
    while let Some(room) = room.upgrade() {
        tokio::select! {
            () = room.hub.wanted() => {}
            _ = look.tick() => {}
            _ = here.changed() => {}
        }
        keeping.fill(&room);
        if room.is_here() {
            room.end_if_abandoned();
            room.look_after_guests();
            room.look_after_flashes().await;
            room.look_after_rates();
        }
        room.tell_nodes().await;
        // A lane without viewers sleeps; one that has some again has to look.
        room.wake();
    }
}

/// What runs for each language.
#[derive(Default)]
struct Keeping {
    /// Whether they fill topics of a room that is here.
    here: bool,
    fillers: HashMap<Lang, Task>,
    relays: HashMap<Lang, Task>,
}

/// Something that runs for a language. Dropped it runs on: at the end of the gateway lanes publish what is left.
struct Task {
    handle: JoinHandle<()>,
    /// When somebody last wanted it.
    wanted: Instant,
}

impl Task {
    fn end(self) {
        self.handle.abort();
    }

    fn runs(&self) -> bool {
        !self.handle.is_finished()
    }
}

impl Keeping {
    fn fill(&mut self, room: &Arc<Room>) {
        let (here, now) = (room.is_here(), Instant::now());
        if here != self.here {
            let before = std::mem::replace(self, Self { here, ..Self::default() });
            before.fillers.into_values().chain(before.relays.into_values()).for_each(Task::end);
        }
        for topic in room.hub.topics() {
            let lang = &topic.lang;
            if here {
                // A lane that crashed is started again: it goes on behind the last event of its topic.
                keep_running(&mut self.fillers, lang, true, now, || lane_of(room, &topic));
                let wanted = !room.is_alone() && room.nodes.wanted_elsewhere(lang);
                keep_running(&mut self.relays, lang, wanted, now, || relay_of(room, &topic));
            } else {
                keep_running(&mut self.fillers, lang, topic.viewers() > 0, now, || follower_of(room, &topic));
            }
        }
    }
}

/// Starts what is wanted and does not run, and ends what was not wanted for long.
fn keep_running(
    tasks: &mut HashMap<Lang, Task>,
    lang: &Lang,
    wanted: bool,
    now: Instant,
    start: impl FnOnce() -> JoinHandle<()>,
) {
    match tasks.get_mut(lang).filter(|task| task.runs()) {
        Some(task) if wanted => task.wanted = now,
        Some(task) if now - task.wanted > LINGER => {
            if let Some(task) = tasks.remove(lang) {
                task.end();
            }
        }
        Some(_) => {}
        None if wanted => drop(tasks.insert(lang.clone(), Task { handle: start(), wanted: now })),
        None => drop(tasks.remove(lang)),
    }
}

fn lane_of(room: &Arc<Room>, topic: &Arc<Topic>) -> JoinHandle<()> {
    let (room, topic) = (Arc::clone(room), Arc::clone(topic));
    crate::spawn("lane", async move {
        // What other nodes have of the show is gone on with: they and their viewers hold its offsets.
        let epoch = room.epoch();
        if !room.is_alone() && topic.epoch().is_none_or(|of| of != epoch) {
            room.engines.broker.recall(&room.config.id, &topic, &epoch).await;
        }
        lane::run(room, topic).await;
    })
}

fn relay_of(room: &Arc<Room>, topic: &Arc<Topic>) -> JoinHandle<()> {
    let (room, topic) = (Arc::clone(room), Arc::clone(topic));
    let kept = room.nodes.kept.subscribe();
    crate::spawn("relay", async move { room.engines.broker.relay(&room.config.id, &topic, kept).await })
}

fn follower_of(room: &Arc<Room>, topic: &Arc<Topic>) -> JoinHandle<()> {
    let (room, topic) = (Arc::clone(room), Arc::clone(topic));
    let afresh = room.nodes.take_diverged(&topic.lang);
    crate::spawn("follower", async move {
        let present = || room.epoch_elsewhere();
        room.engines.broker.follow(&room.config.id, &topic, afresh, &present).await;
    })
}

impl Room {
    fn end_if_abandoned(&self) {
        let left = self.state.lock().host_left;
        if left.is_some_and(|left| left.elapsed() >= self.engines.config.limits.resume_window) {
            self.end_show();
        }
    }
}
