//! Rooms: where the stages are joined. A [`Room`] holds its show; a [`hearing`] turns one host's audio into
//! the show's history; a lane a language turns the history into what viewers get.

mod allowance;
mod card_texts;
mod catalogue;
mod clock;
mod flash;
pub mod hearing;
mod history;
mod host_slot;
pub mod inbox;
mod inquiries;
mod keeper;
mod lane;
mod meters;
mod reservations;
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
use crate::record::{Record, RecordError};
use crate::transcribe::pool::Pool;
use crate::transcribe::script::ScriptConverter;
use crate::transcribe::voice::VoiceActivity;
use crate::translate::Route;

pub use allowance::Allowance;
pub use card_texts::{CardTexts, PATIENCE as CARD_PATIENCE, card_texts, make_ahead};
pub use flash::FlashRefused;
pub use host_slot::{HostGuard, HostRefused};
pub use inquiries::{AnswerRefused, AskRefused, Asked};
pub use lane::SNAPSHOT;
pub use meters::Meters;
pub use reservations::ReserveRefused;
pub use room::{ConsoleEvent, Room};
pub use stats::StageLag;
pub use terms::{KnownTerms, RoomTerms};
pub use wire_card::{card_gaps, card_json};

/// What all rooms share.
pub struct Engines {
    pub pool: Pool,
    pub voice: VoiceActivity,
    pub scripts: ScriptConverter,
    pub route: Route,
    /// Translation engines that cannot work here, and what they lack.
    pub missing: BTreeMap<&'static str, String>,
    pub packs: Arc<Packs>,
    pub terms: KnownTerms,
    /// One permit a host that may speak.
    pub hosts: Arc<Semaphore>,
    pub config: Config,
    /// What outlives the process.
    pub record: Record,
    pub guard: Guard,
    pub meters: Meters,
    /// Cancelled when the gateway is to stop.
    pub stopping: CancellationToken,
}

/// All rooms of the gateway. Made once from the configuration.
pub struct Rooms {
    rooms: BTreeMap<RoomId, Arc<Room>>,
    pub engines: Arc<Engines>,
}

impl Rooms {
    /// Makes the rooms, with the products, terms and flash sales that the record has of them, and starts their keepers.
    ///
    /// # Errors
    /// The record cannot be read.
    pub async fn open(engines: &Arc<Engines>) -> Result<Self, RecordError> {
        let mut rooms = BTreeMap::new();
        for config in &engines.config.rooms {
            let kept = engines.record.products(&config.id, &config.catalogue.source_lang).await?;
            let catalogue = match kept {
                Some(products) => Arc::new(config.catalogue.with(products)),
                None => Arc::clone(&config.catalogue),
            };
            engines.record.remember_prices(&config.id, &catalogue.products).await?;
            let flashes = engines.record.flashes(&config.id).await?;
            let terms = engines.record.glossary(&config.id).await?.unwrap_or_else(|| config.glossary.clone());
            let room = Room::open(config.clone(), catalogue, terms, flashes, Arc::clone(engines));
            rooms.insert(config.id.clone(), room);
        }
        Ok(Self { rooms, engines: Arc::clone(engines) })
    }

    pub fn get(&self, room: &RoomId) -> Option<&Arc<Room>> {
        self.rooms.get(room)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<Room>> {
        self.rooms.values()
    }
}
