//! Rooms: where the stages are joined. A [`Room`] holds its show; a [`hearing`] turns one host's audio into
//! the show's history; a lane a language turns the history into what viewers get.

mod allowance;
mod audience;
mod audio;
mod card_texts;
mod catalogue;
mod clock;
mod corrections;
mod doors;
mod flash;
pub mod hearing;
mod history;
mod host_slot;
pub mod inbox;
mod inquiries;
mod journal;
mod keeper;
mod lane;
mod meters;
mod next;
mod nodes;
mod owner;
mod pinning;
mod rates;
mod reservations;
mod retention;
mod room;
mod settle;
mod shows;
mod stats;
mod summary;
mod terms;
#[cfg(test)]
mod testing;
mod traces;
mod wire_card;
mod wording;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::auth::Guard;
use crate::config::Config;
use crate::domain::RoomId;
use crate::exchange::Exchange;
use crate::packs::Packs;
use crate::publish::Broker;
use crate::record::{Record, RecordError};
use crate::telemetry::Traces;
use crate::transcribe::pool::Pool;
use crate::transcribe::script::ScriptConverter;
use crate::transcribe::voice::VoiceActivity;
use crate::translate::Route;

pub use crate::triggers::UndoRefused;
pub use allowance::Allowance;
pub use audience::{Attending, Seats};
pub use audio::AudioState;
pub use card_texts::{CardTexts, PATIENCE as CARD_PATIENCE, card_texts, make_ahead};
pub use corrections::{CorrectRefused, Correction};
pub use doors::{Counted, Doors, Full, What};
pub use flash::FlashRefused;
pub use host_slot::{HostGuard, HostRefused};
pub use inquiries::{AnswerRefused, Answered, AskRefused, Asked};
pub use lane::SNAPSHOT;
pub use meters::{Dropped, Meters};
pub use owner::NotOurs;
pub use pinning::PinState;
pub use reservations::ReserveRefused;
pub use room::{ConsoleEvent, Room};
pub use settle::{Hearings, Underway};
pub use shows::{DeleteRefused, Read};
pub use stats::StageLag;
pub use summary::Summary;
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
    /// The gateway's own exchange rates.
    pub exchange: Arc<Exchange>,
    /// One permit a host that may speak.
    pub hosts: Arc<Semaphore>,
    pub config: Config,
    /// The way to other nodes.
    pub broker: Arc<dyn Broker>,
    /// What outlives the process.
    pub record: Record,
    pub guard: Guard,
    pub meters: Meters,
    pub doors: Arc<Doors>,
    pub traces: Traces,
    /// Cancelled when the gateway is to stop: hosts finish, and no new ones come.
    pub stopping: CancellationToken,
    /// Cancelled when what was being said is with the viewers: they go too.
    pub draining: CancellationToken,
    pub hearings: Hearings,
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
            let record = &engines.record;
            if let Err(error) = record.remember_prices(&config.id, &catalogue.products).await {
                tracing::error!(room = %config.id, %error, "the prices of today are not kept");
            }
            let flashes = record.flashes(&config.id).await?;
            let kept =
                record.take_up_show(&config.id, history::LONGEST_HISTORY).await.unwrap_or_else(|error| {
                    tracing::error!(room = %config.id, %error, "no show can be gone on with");
                    None
                });
            let terms = engines.record.glossary(&config.id).await?.unwrap_or_else(|| config.glossary.clone());
            let room = Room::open(config.clone(), catalogue, terms, flashes, kept, Arc::clone(engines));
            rooms.insert(config.id.clone(), room);
        }
        let rooms = Self { rooms, engines: Arc::clone(engines) };
        rooms.forget_in_time();
        Ok(rooms)
    }

    pub fn get(&self, room: &RoomId) -> Option<&Arc<Room>> {
        self.rooms.get(room)
    }

    /// Waits until what has happened is on disk, for so long at most.
    pub async fn settled(&self, patience: Duration) {
        let all = futures_util::future::join_all(self.iter().map(|room| room.settled()));
        let all = async { tokio::join!(all, self.stop_tapes()) };
        if tokio::time::timeout(patience, all).await.is_err() {
            tracing::error!("the last events are not on disk");
        }
        futures_util::future::join_all(self.iter().map(|room| room.give_back())).await;
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<Room>> {
        self.rooms.values()
    }
}
