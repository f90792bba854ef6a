//! Rooms: where the stages are joined. A [`Room`] holds its show; a [`hearing`] turns one host's audio into
//! the show's history; a lane a language turns the history into what viewers get.

mod card_texts;
mod clock;
pub mod hearing;
mod history;
mod host_slot;
pub mod inbox;
mod keeper;
mod lane;
mod room;
mod stats;
mod terms;
mod wire_card;
mod wording;

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::auth::Guard;
use crate::config::Config;
use crate::domain::RoomId;
use crate::packs::Packs;
use crate::transcribe::pool::Pool;
use crate::transcribe::script::ScriptConverter;
use crate::transcribe::voice::VoiceActivity;
use crate::translate::Route;

pub use card_texts::{CardTexts, PATIENCE as CARD_PATIENCE, card_texts, make_ahead};
pub use host_slot::{HostGuard, HostRefused};
pub use lane::SNAPSHOT;
pub use room::{ConsoleEvent, Room};
pub use stats::StageLag;
pub use terms::{KnownTerms, RoomTerms};
pub use wire_card::card_json;

/// What all rooms share.
pub struct Engines {
    pub pool: Pool,
    pub voice: VoiceActivity,
    pub scripts: ScriptConverter,
    pub route: Route,
    /// Translation engines that are here, whether or not a pack's chain names them.
    pub engine_names: Vec<String>,
    pub packs: Arc<Packs>,
    pub terms: KnownTerms,
    /// One permit a host that may speak.
    pub hosts: Arc<Semaphore>,
    pub config: Config,
    pub guard: Guard,
    /// Cancelled when the gateway is to stop.
    pub stopping: CancellationToken,
}

/// All rooms of the gateway. Made once from the configuration.
pub struct Rooms {
    rooms: BTreeMap<RoomId, Arc<Room>>,
    pub engines: Arc<Engines>,
}

impl Rooms {
    /// Makes the rooms and starts their keepers.
    pub fn open(engines: &Arc<Engines>) -> Self {
        let rooms = engines.config.rooms.iter().map(|config| {
            let room = Room::open(config.clone(), Arc::clone(engines));
            (room.config.id.clone(), room)
        });
        Self { rooms: rooms.collect(), engines: Arc::clone(engines) }
    }

    pub fn get(&self, room: &RoomId) -> Option<&Arc<Room>> {
        self.rooms.get(room)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<Room>> {
        self.rooms.values()
    }
}
