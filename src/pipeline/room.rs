//! One room, for as long as the gateway runs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::{broadcast, watch};

use super::card_texts::CardTexts;
use super::history::Show;
use super::host_slot::{HostGuard, HostRefused, HostSlot};
use super::stats::{StageLag, Stats};
use super::terms::RoomTerms;
use super::{Engines, catalogue::RoomCatalogue, flash::RoomFlashes, inquiries::InquiryDesk, keeper};
use crate::catalogue::Catalogue;
use crate::config::RoomConfig;
use crate::domain::event::SourceCaption;
use crate::domain::{
    Caption, CardAction, Epoch, Flash, Inquiry, Lang, Offset, Reservation, SegmentId, Sku, SourceEvent,
};
use crate::glossary::Glossary;
use crate::publish::{HubSettings, RoomHub};
use crate::triggers::Triggers;

/// What the console sees as it happens. A console that is behind skips.
#[derive(Debug, Clone)]
pub enum ConsoleEvent {
    Heard(Arc<SourceCaption>),
    /// A new inquiry, or one that has changed.
    Inquiry(Arc<Inquiry>),
    /// Pieces put by, or a reservation that was taken back.
    Reserved(Arc<Reservation>),
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
    stats: Mutex<Stats>,
    pub terms: RoomTerms,
    pub(super) card_texts: CardTexts,
    pub(super) catalogue: RoomCatalogue,
    pub(super) flashes: RoomFlashes,
    pub(super) inquiries: InquiryDesk,
}

pub(super) struct State {
    pub show: Show,
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
        engines: Arc<Engines>,
    ) -> Arc<Self> {
        let state = State {
            show: Show::new(new_epoch()),
            host_left: None,
            source_lang: config.source_lang.clone(),
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
            terms,
            card_texts: CardTexts::default(),
            catalogue: RoomCatalogue::new(catalogue),
            flashes: RoomFlashes::new(flashes),
            inquiries: InquiryDesk::default(),
            config,
            engines,
        });
        keeper::start(&room);
        room
    }

    /// Lets a host in: into the show that goes on, or into a new one if the last has ended.
    pub fn take_host(&self, lang: Option<Lang>) -> Result<HostGuard, HostRefused> {
        let guard = self.host.take(Instant::now())?;
        let mut state = self.state.lock();
        state.host_left = None;
        state.source_lang = lang.unwrap_or_else(|| self.config.source_lang.clone());
        if state.show.ended {
            state.show = Show::new(new_epoch());
        }
        drop(state);
        self.wake();
        Ok(guard)
    }

    /// To be called after the host's guard was dropped.
    pub fn host_left(&self) {
        if !self.host.is_taken() {
            self.state.lock().host_left = Some(Instant::now());
        }
    }

    /// Whether a host is connected to a show that goes on: one that has just been ended may still hold its socket.
    pub fn is_live(&self) -> bool {
        self.host.is_taken() && !self.state.lock().show.ended
    }

    pub fn source_lang(&self) -> Lang {
        self.state.lock().source_lang.clone()
    }

    pub fn epoch(&self) -> Epoch {
        self.state.lock().show.epoch.clone()
    }

    pub fn now_ms(&self) -> u64 {
        self.state.lock().show.clock.now_ms(Instant::now())
    }

    pub(super) fn begin_audio(&self, length: Duration) -> u64 {
        self.state.lock().show.clock.begin_audio(Instant::now(), length)
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

    /// Adds a final to the history, and the card it calls for. `repaired`: what the repairs of it wrote.
    pub(super) fn add_final(&self, caption: SourceCaption, repaired: &[String]) {
        let caption = Arc::new(caption);
        // Before the lanes have it: they count what became of it.
        self.terms.heard(&self.epoch(), &caption, repaired);
        let mut state = self.state.lock();
        let mention = self.triggers(&mut state, &caption.lang).spoken(&caption.transcript.text);
        let segment = caption.segment;
        self.rewritten(state.show.partial.as_deref(), &caption);
        state.show.append(SourceEvent::Final(Arc::clone(&caption)));
        let now = state.show.clock.now_ms(Instant::now());
        if let Some(action) = mention.and_then(|m| state.show.pins.heard(&m, segment, now)) {
            state.show.append(SourceEvent::Card(action));
        }
        drop(state);
        self.wake();
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
            tracing::info!(room = %self.config.id, events = state.show.head(), "the show has ended");
        }
        drop(state);
        self.wake();
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

    pub fn lag(&self) -> StageLag {
        self.stats.lock().lag()
    }

    pub fn lost_audio_ms(&self) -> u64 {
        self.stats.lock().lost_audio_ms
    }

    pub(super) fn lost_audio(&self, ms: u64) {
        self.stats.lock().lost_audio_ms += ms;
    }

    /// A final was recognised. Times in ms.
    pub(super) fn heard(&self, lang: &Lang, segment_ms: u64, transcribe_ms: u64) {
        self.stats.lock().heard(segment_ms, transcribe_ms);
        self.engines.meters.heard(lang, segment_ms, transcribe_ms);
    }

    /// A final was sent in a language. Times in ms.
    pub(super) fn translated(&self, caption: &Caption, translate_ms: u64, total_ms: u64) {
        self.stats.lock().translated(&caption.lang, translate_ms, total_ms);
        self.engines.meters.translated(caption, translate_ms, total_ms);
        tracing::debug!(
            room = %self.config.id, segment = caption.segment, lang = %caption.lang, engine = caption.engine,
            fidelity = caption.fidelity.as_str(), translate_ms, total_ms, "caption"
        );
    }

    fn rewritten(&self, before: Option<&SourceCaption>, now: &SourceCaption) {
        let before = before.filter(|before| before.segment == now.segment);
        let before = before.map_or("", |before| before.transcript.text.as_str());
        self.engines.meters.rewritten(&now.lang, before, &now.transcript.text, now.is_final);
    }

    pub(super) fn wake(&self) {
        self.changed.send_modify(|version| *version += 1);
    }

    pub(super) fn operate(&self, action: impl FnOnce(&mut Show, u64) -> Option<CardAction>) {
        let mut state = self.state.lock();
        let now = state.show.clock.now_ms(Instant::now());
        if let Some(action) = action(&mut state.show, now) {
            state.show.append(SourceEvent::Card(action));
        }
        drop(state);
        self.wake();
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

/// What a lane is to do next.
pub(super) enum Next {
    /// Another show than the lane knows.
    NewShow {
        epoch: Epoch,
        first: Offset,
        head: Offset,
        pinned: Option<(Offset, CardAction)>,
    },
    Event {
        offset: Offset,
        event: SourceEvent,
    },
    Partial(Arc<SourceCaption>),
    Nothing,
}

impl Room {
    /// The event after `cursor` in the show `epoch`, else the partial if it is newer than `shown`.
    pub(super) fn next_after(
        &self,
        epoch: Option<&Epoch>,
        cursor: Offset,
        shown: Option<(SegmentId, u32)>,
    ) -> Next {
        let state = self.state.lock();
        let show = &state.show;
        if epoch != Some(&show.epoch) || cursor + 1 < show.first() {
            let pinned = show.pinned().map(|(offset, action)| (offset, action.clone()));
            return Next::NewShow {
                epoch: show.epoch.clone(),
                first: show.first(),
                head: show.head(),
                pinned,
            };
        }
        if let Some(event) = show.at(cursor + 1) {
            return Next::Event { offset: cursor + 1, event: event.clone() };
        }
        match &show.partial {
            Some(partial) if shown.is_none_or(|s| s < (partial.segment, partial.rev)) => {
                Next::Partial(Arc::clone(partial))
            }
            _ => Next::Nothing,
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
