//! One room, for as long as the gateway runs.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::{broadcast, watch};

use super::audience::Counter;
use super::audio;
use super::card_texts::CardTexts;
use super::history::Show;
use super::host_slot::{HostGuard, HostRefused, HostSlot};
use super::nodes::{self, Nodes};
use super::rates::RoomRates;
use super::stats::Stats;
use super::terms::RoomTerms;
use super::{
    Engines, catalogue::RoomCatalogue, flash::RoomFlashes, inquiries::InquiryDesk, journal, keeper, owner,
};
use crate::catalogue::Catalogue;
use crate::config::RoomConfig;
use crate::domain::event::SourceCaption;
use crate::domain::{
    CardAction, Epoch, Flash, Inquiry, KeptShow, Lang, PinMode, Reservation, SegmentId, Sku, SourceEvent,
};
use crate::glossary::Glossary;
use crate::publish::{HubSettings, Link, RoomHub};
use crate::record::{Tape, now_ms};
use crate::triggers::{Moment, Triggers};

/// What the console sees as it happens. A console that is behind skips.
#[derive(Debug, Clone)]
pub enum ConsoleEvent {
    Heard(Arc<SourceCaption>),
    /// A new inquiry, or one that has changed.
    Inquiry(Arc<Inquiry>),
    /// Pieces put by, or a reservation that was taken back.
    Reserved(Arc<Reservation>),
    /// Another card is pinned, suggested or to be undone than before.
    Pins,
    /// Other products than before, or in another order.
    Products,
}

const CONSOLE_BACKLOG: usize = 64;

/// A room: its show, its viewers, its host.
pub struct Room {
    pub config: RoomConfig,
    pub hub: RoomHub,
    pub engines: Arc<Engines>,
    pub console: broadcast::Sender<ConsoleEvent>,
    host: Arc<HostSlot>,
    pub(super) state: Mutex<State>,
    /// Told whenever `state` has something new for the lanes.
    pub(super) changed: watch::Sender<u64>,
    pub(super) stats: Mutex<Stats>,
    /// Who watches, in numbers.
    pub audience: Counter,
    pub terms: RoomTerms,
    pub(super) card_texts: CardTexts,
    pub(super) catalogue: RoomCatalogue,
    pub(super) flashes: RoomFlashes,
    pub(super) inquiries: InquiryDesk,
    pub(super) rates: RoomRates,
    /// Where the room keeps its sound.
    pub(super) tape: Option<Tape>,
    /// What it has of other nodes.
    pub(super) nodes: Nodes,
    opened: Instant,
    /// Held while a show is translated into a language that nobody read live.
    pub(super) exporting: Arc<tokio::sync::Mutex<()>>,
}

pub(super) struct State {
    pub show: Show,
    pub pin_mode: PinMode,
    /// Shows before it that the record does not have whole yet.
    pub unkept_shows: VecDeque<Show>,
    /// When the host left; none while one is here, or before the first.
    pub host_left: Option<Instant>,
    pub source_lang: Lang,
    pub triggers: Vec<(Lang, Arc<Triggers>)>,
}

impl Room {
    /// Makes the room and starts its keeper.
    pub(super) fn open(
        config: RoomConfig,
        catalogue: Arc<Catalogue>,
        terms: Glossary,
        flashes: Vec<Flash>,
        kept: Option<KeptShow>,
        engines: Arc<Engines>,
    ) -> Arc<Self> {
        let show = match kept {
            Some(kept) => Show::restored(kept, Instant::now()),
            None => Show::new(new_epoch(), config.source_lang.clone()),
        };
        // Whoever spoke when the process ended has as long to come back as after any cut.
        let interrupted = !show.ended && show.head_row().zero_ms.is_some();
        if interrupted {
            tracing::info!(room = %config.id, epoch = %show.epoch, events = show.last(), "a show goes on");
        }
        let state = State {
            pin_mode: config.pins,
            host_left: interrupted.then(Instant::now),
            source_lang: show.head_row().source_lang.clone(),
            show,
            unkept_shows: VecDeque::new(),
            triggers: Vec::new(),
        };
        let terms = RoomTerms::new(terms, Arc::clone(&engines));
        let room = Arc::new(Self {
            hub: RoomHub::new(config.id.clone(), HubSettings::default()),
            console: broadcast::channel(CONSOLE_BACKLOG).0,
            host: Arc::default(),
            state: Mutex::new(state),
            changed: watch::Sender::new(0),
            stats: Mutex::default(),
            audience: Counter::default(),
            terms,
            card_texts: CardTexts::default(),
            catalogue: RoomCatalogue::new(catalogue),
            flashes: RoomFlashes::new(flashes),
            inquiries: InquiryDesk::default(),
            rates: RoomRates::default(),
            tape: audio::tape(&config, &engines.record),
            nodes: Nodes::new(engines.broker.link() == Link::Alone),
            opened: Instant::now(),
            exporting: Arc::default(),
            config,
            engines,
        });
        journal::start(&room);
        keeper::start(&room);
        if !room.is_alone() {
            nodes::listen(&room);
            owner::start(&room);
        }
        room
    }

    /// Lets a host in: into the show that goes on, or into a new one if the last has ended.
    pub fn take_host(&self, lang: Option<Lang>) -> Result<HostGuard, HostRefused> {
        let guard = self.host.take(Instant::now())?;
        let mut state = self.state.lock();
        state.host_left = None;
        state.source_lang = lang.unwrap_or_else(|| self.config.source_lang.clone());
        if state.show.ended {
            self.begin_show(&mut state);
        }
        let state = &mut *state;
        state.show.spoken_in(&state.source_lang);
        self.wake();
        Ok(guard)
    }

    /// A new show in the place of one that was deleted, if that is the present one.
    pub(super) fn forget_show(&self, epoch: &Epoch) {
        let mut state = self.state.lock();
        if state.show.epoch == *epoch {
            self.begin_show(&mut state);
        }
        state.unkept_shows.retain(|show| show.epoch != *epoch);
        drop(state);
        self.wake();
    }

    /// To be called after the host's guard was dropped.
    pub fn host_left(&self) {
        if !self.host.is_taken() {
            self.state.lock().host_left = Some(Instant::now());
        }
    }

    /// Whether a host is connected to a show that goes on: one that has just been ended may still hold its socket.
    pub fn is_live(&self) -> bool {
        if let Some(owner) = self.nodes.owner() {
            return owner.live;
        }
        self.host.is_taken() && !self.state.lock().show.ended
    }

    pub(super) fn evict_host(&self) {
        self.host.evict();
    }

    pub fn has_ended(&self) -> bool {
        self.state.lock().show.ended
    }

    pub fn source_lang(&self) -> Lang {
        if let Some(lang) = self.nodes.owner().and_then(|owner| Lang::parse(&owner.source_lang).ok()) {
            return lang;
        }
        self.state.lock().source_lang.clone()
    }

    pub fn epoch(&self) -> Epoch {
        self.state.lock().show.epoch.clone()
    }

    pub fn now_ms(&self) -> u64 {
        self.state.lock().show.clock.now_ms(Instant::now())
    }

    pub(super) fn begin_audio(&self, length: Duration) -> u64 {
        let mut state = self.state.lock();
        let now = Instant::now();
        let base = state.show.clock.begin_audio(now, length);
        let since_zero = i64::try_from(state.show.clock.now_ms(now)).unwrap_or_default();
        state.show.began(now_ms() - since_zero);
        drop(state);
        self.wake();
        base
    }

    pub(super) fn audio_reached(&self, ms: u64) {
        self.state.lock().show.clock.audio_reached(ms);
    }

    pub(super) fn new_segment(&self) -> SegmentId {
        self.state.lock().show.new_segment()
    }

    /// Shows what is being said. Replaces the partial before it.
    pub(super) fn show_partial(&self, caption: SourceCaption) {
        let caption = Arc::new(caption);
        let before = self.state.lock().show.partial.replace(Arc::clone(&caption));
        self.rewritten(before.as_deref(), &caption);
        self.wake();
        // No console listening is no error.
        drop(self.console.send(ConsoleEvent::Heard(caption)));
    }

    /// Adds a final to the history, and the card it calls for. `repaired`: what the repairs of it wrote. To be followed by
    /// [`Room::announce`].
    pub(super) fn add_final(&self, caption: SourceCaption, repaired: &[String]) -> Arc<SourceCaption> {
        let caption = Arc::new(caption);
        // Before the lanes have it: they count what became of it.
        self.terms.heard(&self.epoch(), &caption, repaired);
        let mut state = self.state.lock();
        let triggers = self.triggers(&mut state, &caption.lang);
        let mention = triggers.spoken(&caption.transcript.text, state.show.pins.shown());
        self.rewritten(state.show.partial.as_deref(), &caption);
        state.show.append(SourceEvent::Final(Arc::clone(&caption)));
        if let Some(mention) = mention {
            self.spoken_of(&mut state, &mention, caption.segment);
        }
        drop(state);
        self.wake();
        caption
    }

    /// Tells the console of a final once it is on disk, or the disk is known to fail.
    pub(super) async fn announce(&self, caption: Arc<SourceCaption>) {
        self.settled().await;
        // No console listening is no error.
        drop(self.console.send(ConsoleEvent::Heard(caption)));
    }

    /// The operator pins a product. False if the catalogue has none of that SKU.
    pub fn pin(&self, sku: &Sku) -> bool {
        if self.catalogue().product(sku).is_none() {
            return false;
        }
        self.operate(|show, now| show.pins.operator_pins(sku, now));
        true
    }

    pub fn unpin(&self) {
        self.operate(|show, now| show.pins.operator_unpins(now));
    }

    pub fn pinned(&self) -> Option<Sku> {
        self.state.lock().show.pins.pinned().cloned()
    }

    /// Ends the show. The next host begins a new one.
    pub fn end_show(&self) {
        let mut state = self.state.lock();
        if !state.show.ended {
            state.show.append(SourceEvent::Ended);
            state.host_left = None;
            tracing::info!(room = %self.config.id, events = state.show.last(), "the show has ended");
            self.tape.iter().for_each(Tape::end);
        }
        drop(state);
        self.wake();
    }

    /// The last finals, oldest first, for a console that comes in.
    pub fn last_finals(&self, count: usize) -> Vec<Arc<SourceCaption>> {
        self.state.lock().show.last_finals(count)
    }

    /// The last finals' text, for the recogniser to go on from.
    pub(super) fn context(&self, lang: &Lang, chars: usize) -> String {
        if chars == 0 {
            return String::new();
        }
        let finals = self.state.lock().show.last_finals(4);
        let text: String =
            finals.iter().filter(|f| f.lang == *lang).map(|f| f.transcript.text.as_str()).collect();
        let skip = text.chars().count().saturating_sub(chars);
        text.chars().skip(skip).collect()
    }

    pub(super) fn wake(&self) {
        self.changed.send_modify(|version| *version += 1);
    }

    pub(super) fn operate(&self, action: impl FnOnce(&mut Show, Moment) -> Option<CardAction>) {
        let mut state = self.state.lock();
        let now = self.moment(&state.show);
        if let Some(action) = action(&mut state.show, now) {
            state.show.append(SourceEvent::Card(action));
        }
        drop(state);
        self.wake();
        drop(self.console.send(ConsoleEvent::Pins));
    }

    pub(super) fn moment(&self, show: &Show) -> Moment {
        let now = Instant::now();
        let wall_ms = now.saturating_duration_since(self.opened).as_millis() as u64;
        Moment { show_ms: show.clock.now_ms(now), wall_ms }
    }

    /// Made when the language is first heard: matching names by sound takes its tables.
    fn triggers(&self, state: &mut State, lang: &Lang) -> Arc<Triggers> {
        if let Some((_, triggers)) = state.triggers.iter().find(|(l, _)| l == lang) {
            return Arc::clone(triggers);
        }
        let triggers = Arc::new(Triggers::new(&self.catalogue().products, lang));
        state.triggers.push((lang.clone(), Arc::clone(&triggers)));
        triggers
    }
}

impl State {
    /// The next show. What the record does not have of the one before is still written.
    pub fn begin_show(&mut self) {
        let mut show = Show::new(new_epoch(), self.source_lang.clone());
        show.unsafe_to_wait = self.show.unsafe_to_wait;
        let before = std::mem::replace(&mut self.show, show);
        if !before.is_kept() {
            if self.unkept_shows.len() == journal::ENDED_UNKEPT {
                self.unkept_shows.pop_front();
            }
            self.unkept_shows.push_back(before);
        }
    }
}

fn new_epoch() -> Epoch {
    use rand::RngExt;
    const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut rng = rand::rng();
    let name: String = (0..10).map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())])).collect();
    Epoch::parse(&name).unwrap_or_else(|_| unreachable!("ten plain letters are a valid epoch"))
}
