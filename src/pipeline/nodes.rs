//! A room on several nodes: whether this one owns it, what its owner tells, and who watches it elsewhere.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::time::timeout;

use super::audience::AttendingElsewhere;
use super::inquiries::Answered;
use super::owner::Ownership;
use super::room::Room;
use crate::domain::{Country, Epoch, InquiryId, Lang, Offset};
use crate::protocol::nodes::{Demand, News, RoomState, WantedLang};
use crate::publish::{CountedViewer, Kept, Link, Position, Told};

/// How often state and demand are told when nothing has changed.
pub const TELL_STATE: Duration = Duration::from_secs(1);
pub const TELL_DEMAND: Duration = Duration::from_secs(2);
/// A node that tells nothing for so long, three times its turn, has no viewers any more.
const GONE: Duration = Duration::from_secs(6);
/// How long a viewer waits to be told of the room by its owner.
const INTRODUCTION: Duration = Duration::from_millis(1_500);

/// What a room has of other nodes.
pub(super) struct Nodes {
    /// Whether this node owns the room.
    pub here: watch::Sender<bool>,
    /// What the owner told last, and when.
    owner: watch::Sender<Option<(Instant, RoomState)>>,
    /// By node.
    guests: Mutex<HashMap<String, Guests>>,
    /// Up to where the cluster has the show.
    pub kept: watch::Sender<Kept>,
    pub ownership: tokio::sync::Mutex<Ownership>,
    /// Languages whose history here is not the one that the others have.
    diverged: Mutex<HashSet<Lang>>,
    told: Mutex<LastTold>,
}

/// Viewers of another node.
struct Guests {
    heard: Instant,
    demand: Demand,
    langs: HashSet<Lang>,
    _counted: Vec<CountedViewer>,
    _attending: AttendingElsewhere,
}

/// What this node told last, and when.
#[derive(Default)]
struct LastTold {
    state: Option<(Instant, RoomState)>,
    demand: Option<(Instant, Demand)>,
}

impl Nodes {
    /// `alone`: there are no others.
    pub fn new(alone: bool) -> Self {
        Self {
            here: watch::Sender::new(alone),
            owner: watch::Sender::new(None),
            guests: Mutex::default(),
            kept: watch::Sender::new(None),
            ownership: tokio::sync::Mutex::default(),
            diverged: Mutex::default(),
            told: Mutex::default(),
        }
    }

    /// What the room's owner told last; none while it is here, or nobody has told anything.
    pub fn owner(&self) -> Option<RoomState> {
        if *self.here.borrow() {
            return None;
        }
        self.owner.borrow().as_ref().map(|(_, state)| state.clone())
    }

    /// How long ago another node spoke as the owner.
    pub fn heard_ago(&self) -> Option<Duration> {
        self.owner.borrow().as_ref().map(|(at, _)| at.elapsed())
    }

    /// Whether the topic's history is to be replaced when it is followed. Asked once.
    pub fn take_diverged(&self, lang: &Lang) -> bool {
        self.diverged.lock().remove(lang)
    }

    pub fn wanted_elsewhere(&self, lang: &Lang) -> bool {
        self.guests.lock().values().any(|guests| guests.langs.contains(lang))
    }
}

impl Room {
    /// Whether this node owns the room: hears its host, and has its history. Always without a cluster.
    pub fn is_here(&self) -> bool {
        *self.nodes.here.borrow()
    }

    /// Whether the owner is here, or was heard of lately.
    pub fn has_owner(&self) -> bool {
        self.is_here() || self.nodes.heard_ago().is_some_and(|ago| ago < GONE)
    }

    /// Changes with [`Room::is_here`].
    pub fn here(&self) -> watch::Receiver<bool> {
        self.nodes.here.subscribe()
    }

    pub(super) fn is_alone(&self) -> bool {
        self.engines.broker.link() == Link::Alone
    }

    /// Completes when the owner is known, or does not speak for a moment.
    pub async fn introduced(&self) {
        if self.is_here() {
            return;
        }
        let mut owner = self.nodes.owner.subscribe();
        let mut here = self.here();
        let known = async {
            tokio::select! {
                _ = owner.wait_for(Option::is_some) => {}
                _ = here.wait_for(|here| *here) => {}
            }
        };
        drop(timeout(INTRODUCTION, known).await);
    }

    /// Whether an engine translates into a language, or it is what is spoken.
    pub fn serves(&self, lang: &Lang) -> bool {
        match self.nodes.owner() {
            Some(owner) => !owner.unserved.iter().any(|unserved| unserved == lang.as_str()),
            None if !self.is_here() => true,
            None => !self.engines.route.engines(&self.source_lang(), lang).is_empty(),
        }
    }

    /// The show that the owner last spoke of.
    pub(super) fn epoch_elsewhere(&self) -> Option<Epoch> {
        self.nodes.owner().and_then(|owner| Epoch::parse(&owner.epoch).ok())
    }

    /// The owner's words on what is left of sales.
    pub(super) fn stock_elsewhere(&self) -> Vec<Bytes> {
        self.nodes.owner().map(|owner| owner.stock.into_iter().map(Bytes::from).collect()).unwrap_or_default()
    }

    fn state_to_tell(&self) -> RoomState {
        let (epoch, head, ended) = {
            let state = self.state.lock();
            (state.show.epoch.to_string(), state.show.head(), state.show.ended)
        };
        let spoken = self.source_lang();
        let unserved = |lang: &Lang| {
            lang.primary() != spoken.primary() && self.engines.route.engines(&spoken, lang).is_empty()
        };
        let text = |bytes: Bytes| String::from_utf8_lossy(&bytes).into_owned();
        RoomState {
            epoch,
            head,
            ended,
            live: self.is_live(),
            stock: self.stock_messages().into_iter().map(text).collect(),
            unserved: self
                .hub
                .topics()
                .iter()
                .map(|topic| &topic.lang)
                .filter(|lang| unserved(lang))
                .map(ToString::to_string)
                .collect(),
            source_lang: spoken.to_string(),
        }
    }

    fn demand(&self) -> Demand {
        let wanted = self.hub.topics().into_iter().filter(|topic| topic.viewers() > 0);
        let mut langs: Vec<_> = wanted
            .map(|topic| WantedLang {
                lang: topic.lang.to_string(),
                viewers: topic.viewers(),
                from: topic.from.as_ref().map(|from| (from.epoch.to_string(), from.offset)),
            })
            .collect();
        langs.sort_by(|a, b| a.lang.cmp(&b.lang));
        let countries = self.audience.audience().countries.into_iter().filter(|(_, seats)| seats.now > 0);
        Demand {
            langs,
            countries: countries.map(|(country, seats)| (country.as_str().to_owned(), seats.now)).collect(),
        }
    }

    /// Tells the other nodes what they need to know, at its time or when it has changed.
    pub(super) async fn tell_nodes(&self) {
        if self.is_alone() {
            return;
        }
        let news = {
            let now = Instant::now();
            let mut told = self.nodes.told.lock();
            if self.is_here() {
                told.demand = None;
                let state = self.state_to_tell();
                // Each final moves the head: that alone is no news.
                let same = |before: &RoomState| RoomState { head: state.head, ..before.clone() } == state;
                let fresh = told.state.as_ref();
                if fresh.is_some_and(|(at, before)| now - *at < TELL_STATE && same(before)) {
                    return;
                }
                told.state = Some((now, state.clone()));
                News::State(state)
            } else {
                told.state = None;
                let demand = self.demand();
                let fresh = told.demand.as_ref();
                if fresh.is_some_and(|(at, before)| now - *at < TELL_DEMAND && *before == demand) {
                    return;
                }
                told.demand = Some((now, demand.clone()));
                News::Demand(demand)
            }
        };
        self.engines.broker.tell(&self.config.id, &news).await;
    }

    /// An inquiry was answered here: who follows it elsewhere is told that there is something to ask for.
    pub(super) async fn tell_answered(&self, inquiry: &InquiryId) {
        let news = News::Answered { inquiry: inquiry.to_string() };
        self.engines.broker.tell(&self.config.id, &news).await;
    }

    pub(super) fn heard_of_node(&self, told: Told) {
        match told.news {
            News::State(state) => {
                self.nodes.owner.send_replace(Some((Instant::now(), state)));
            }
            News::Demand(demand) if self.is_here() => self.welcome(told.node, demand),
            News::Demand(_) => {}
            News::Answered { inquiry } => {
                if let Ok(id) = InquiryId::parse(&inquiry) {
                    // Nobody following is no error.
                    drop(self.inquiries.answered.send(Answered::Elsewhere(id)));
                }
            }
        }
    }

    /// Counts another node's viewers, so that their languages are translated.
    fn welcome(&self, node: String, demand: Demand) {
        let mut guests = self.nodes.guests.lock();
        if let Some(known) = guests.get_mut(&node).filter(|known| known.demand == demand) {
            known.heard = Instant::now();
            return;
        }
        let parsed = demand.langs.iter().filter(|wanted| wanted.viewers > 0);
        let wanted: Vec<_> =
            parsed.filter_map(|wanted| Some((Lang::parse(&wanted.lang).ok()?, wanted))).collect();
        let counted = wanted.iter().map(|(lang, wanted)| {
            let topic = self.hub.topic(lang, wanted.from.as_ref().and_then(position));
            topic.count_viewers(wanted.viewers)
        });
        let counted = counted.collect();
        let countries = demand.countries.iter();
        let countries = countries.filter_map(|(code, count)| Some((Country::parse(code)?, *count))).collect();
        // First out, then in: the same people are not counted twice.
        guests.remove(&node);
        let languages = wanted.iter().map(|(lang, wanted)| (lang.clone(), wanted.viewers)).collect();
        let langs = wanted.into_iter().map(|(lang, _)| lang).collect();
        let attending = self.audience.elsewhere(languages, countries);
        let heard = Instant::now();
        guests.insert(node, Guests { heard, demand, langs, _counted: counted, _attending: attending });
        drop(guests);
        self.wake();
    }

    /// From time to time: nodes that tell nothing any more have no viewers.
    pub(super) fn look_after_guests(&self) {
        self.nodes.guests.lock().retain(|_, guests| guests.heard.elapsed() < GONE);
    }

    /// The room is another node's: whoever speaks here is sent away, and what it has not told the others is forgotten.
    pub(super) fn give_up(&self, why: &str) {
        // Held before the room is anybody else's: a follower that begins at that moment asks whether its topic is one of these.
        let mut diverged = self.nodes.diverged.lock();
        if !self.nodes.here.send_replace(false) {
            return;
        }
        let kept = self.nodes.kept.borrow().clone();
        for topic in self.hub.topics() {
            let (epoch, head) = topic.head();
            let known = |(of, offset): &(Epoch, Offset)| epoch.as_ref() == Some(of) && head <= *offset;
            if epoch.is_some() && !kept.as_ref().is_some_and(known) {
                diverged.insert(topic.lang.clone());
            }
        }
        drop(diverged);
        tracing::warn!(room = %self.config.id, why, "the room is another node's now");
        self.evict_host();
        self.nodes.guests.lock().clear();
        self.wake();
    }
}

fn position((epoch, offset): &(String, Offset)) -> Option<Position> {
    Some(Position { epoch: Epoch::parse(epoch).ok()?, offset: *offset })
}

/// Listens to what other nodes tell of the room, for as long as it is there.
pub(super) fn listen(room: &Arc<Room>) {
    let (weak, broker) = (Arc::downgrade(room), Arc::clone(&room.engines.broker));
    let (id, stopping) = (room.config.id.clone(), room.engines.draining.clone());
    crate::spawn("news of other nodes", async move {
        let mut news = broker.news(&id).await;
        while let Some(Some(told)) = stopping.run_until_cancelled(news.recv()).await {
            let Some(room) = weak.upgrade() else { return };
            room.heard_of_node(told);
        }
    });
}
