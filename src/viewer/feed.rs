//! What one viewer is to get next: its place in a topic, the same for both transports.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use tokio::sync::broadcast::Receiver;
use tokio::time::{Instant, timeout_at};

use super::Wish;
use crate::domain::{Country, Currency, Epoch, Lang, Market, Offset};
use crate::pipeline::{Attending, Meters, Room, SNAPSHOT};
use crate::protocol::viewer::{Hello, Notice, as_snapshot};
use crate::publish::{Body, CountedViewer, Event, Joined, Position, Topic};

/// Longest for a language to come to where a viewer was before the restart: 400 events, a product card's texts among them.
const CATCHING_UP: Duration = Duration::from_secs(10);

/// One message for a viewer.
pub struct Item {
    /// Its place in the history; none for greetings and partials.
    pub place: Option<(Epoch, Offset)>,
    pub body: Bytes,
}

/// The viewer fell so far behind that its next event is gone.
#[derive(Debug, PartialEq, Eq)]
pub struct TooSlow;

/// A viewer's way through one language of one room. Counts as a viewer while it lives.
pub struct Feed {
    room: Arc<Room>,
    topic: Arc<Topic>,
    market: Market,
    epoch: Option<Epoch>,
    /// Offset of the last event handed out.
    last: Offset,
    _counted: CountedViewer,
    attending: Attending,
}

/// What a viewer gets at once, and what is published after it.
pub type More = (VecDeque<Item>, Receiver<Event>);

impl Feed {
    /// Joins, and waits the moment that a language needs that nobody watched before.
    pub async fn open(room: &Arc<Room>, wish: Wish) -> (Self, More) {
        let topic = room.hub.topic(&wish.lang, wish.from.clone());
        let counted = topic.count_viewer();
        let currency = wish.currency.unwrap_or_else(|| pack_currency(room, &wish.lang));
        let market = Market { currency, habits: wish.habits };
        let mut joined = topic.join(wish.from.as_ref(), SNAPSHOT as usize);
        while joined.epoch.is_none() {
            // The lane begins the topic; it is told of us by `room.hub.topic`.
            drop(joined.live.recv().await);
            joined = topic.join(wish.from.as_ref(), SNAPSHOT as usize);
        }
        room.introduced().await;
        // After a restart it comes to where we were event by event. Whoever was elsewhere is told so at once.
        let known = wish.from.as_ref().is_some_and(|from| from.offset <= room.head());
        let until = Instant::now() + CATCHING_UP;
        while joined.ahead && known && timeout_at(until, joined.live.recv()).await.is_ok() {
            joined = topic.join(wish.from.as_ref(), SNAPSHOT as usize);
        }
        let mut feed = Self {
            room: Arc::clone(room),
            market,
            epoch: None,
            last: 0,
            _counted: counted,
            attending: room.audience.enter(&wish.lang, wish.country),
            topic,
        };
        let more = feed.enter(joined);
        (feed, more)
    }

    pub fn market(&self) -> Market {
        self.market
    }

    pub fn country(&self) -> Option<Country> {
        self.attending.country()
    }

    pub fn lang(&self) -> &Lang {
        &self.topic.lang
    }

    pub fn topic(&self) -> &Arc<Topic> {
        &self.topic
    }

    pub fn is_in(&self, topic: &Arc<Topic>) -> bool {
        Arc::ptr_eq(&self.topic, topic)
    }

    pub fn epoch(&self) -> Option<&Epoch> {
        self.epoch.as_ref()
    }

    pub fn last(&self) -> Offset {
        self.last
    }

    /// It was given everything up to this event by somebody else.
    pub fn has(&mut self, offset: Offset) {
        self.last = offset;
    }

    pub fn meters(&self) -> &Meters {
        &self.room.engines.meters
    }

    /// A new show: a greeting and what there is of it.
    pub fn begin_anew(&mut self) -> More {
        let joined = self.topic.join(None, SNAPSHOT as usize);
        self.enter(joined)
    }

    /// Whether the topic has events that it has not got yet.
    pub fn is_behind(&self) -> bool {
        let (epoch, offset) = self.topic.head();
        epoch != self.epoch || offset != self.last
    }

    /// What it has not got yet, so many at `most`, from the ring, where finals are, and partials are not.
    pub fn catch_up(&mut self, most: usize) -> Result<More, TooSlow> {
        let Some(epoch) = self.epoch.clone() else { return Ok(self.begin_anew()) };
        let joined = self.topic.join(Some(&Position { epoch, offset: self.last }), SNAPSHOT as usize);
        if joined.epoch != self.epoch {
            // Another epoch's events are no continuation of ours.
            return Ok(self.enter(joined));
        }
        if !joined.recovered {
            return Err(TooSlow);
        }
        let missed = joined.missed.iter().take(most);
        let last = missed.clone().last().map_or(self.last, |(offset, _)| *offset);
        let missed = missed.map(|(offset, body)| self.item(*offset, body)).collect();
        self.last = last;
        Ok((missed, joined.live))
    }

    fn enter(&mut self, joined: Joined) -> More {
        let hello = self.hello(&joined);
        self.epoch = joined.epoch;
        let mut queue = VecDeque::from([Item { place: None, body: Notice::Hello(hello).to_json().into() }]);
        let fresh = !joined.recovered;
        for (offset, body) in joined.pinned.iter().chain(&joined.missed) {
            let mut item = self.item(*offset, body);
            if fresh {
                item.body = as_snapshot(&item.body);
            }
            queue.push_back(item);
        }
        let stocks = self.room.stock_messages().into_iter();
        queue.extend(stocks.map(|body| Item { place: None, body }));
        self.last = joined.missed.last().map_or(joined.offset, |(offset, _)| *offset);
        (queue, joined.live)
    }

    pub fn item(&self, offset: Offset, body: &Body) -> Item {
        let place = self.epoch.clone().map(|epoch| (epoch, offset));
        Item { place, body: body.for_market(self.market).clone() }
    }

    fn hello(&self, joined: &Joined) -> Hello {
        let (room, lang) = (&self.room, &self.topic.lang);
        let pack = room.engines.packs.get(lang);
        let source_lang = room.source_lang();
        let quality = match pack {
            _ if source_lang.primary() == lang.primary() => "verified",
            _ if !room.serves(lang) => "fallback",
            pack => pack.map_or("fallback", |pack| pack.quality()),
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Hello {
            room: room.config.id.to_string(),
            lang: lang.to_string(),
            currency: self.market.currency.to_string(),
            units: self.market.habits.units.as_str(),
            epoch: joined.epoch.as_ref().map(ToString::to_string).unwrap_or_default(),
            offset: joined.pinned.as_ref().map_or(joined.offset, |(offset, _)| offset - 1),
            recovered: joined.recovered,
            live: room.is_live(),
            dir: pack.map_or("ltr", |pack| pack.dir.as_str()),
            source_lang: source_lang.to_string(),
            quality: quality.to_owned(),
            title: room.config.title.clone(),
            server_time_ms: now.as_millis() as u64,
        }
    }
}

fn pack_currency(room: &Room, lang: &Lang) -> Currency {
    room.engines.packs.get(lang).map_or(Currency::USD, |pack| pack.currency)
}
