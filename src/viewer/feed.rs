//! What one viewer is to get next, the same for both transports.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use super::Wish;
use crate::domain::{Country, Currency, Epoch, Lang, Market, Offset};
use crate::pipeline::{Attending, Dropped, Room, SNAPSHOT};
use crate::protocol::viewer::{Hello, Notice, as_snapshot};
use crate::publish::{Body, CountedViewer, Event, Joined, Topic};

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
    queue: VecDeque<Item>,
    live: Receiver<Event>,
    _counted: CountedViewer,
    attending: Attending,
}

impl Feed {
    /// Joins, and waits the moment that a language needs that nobody watched before.
    pub async fn open(room: &Arc<Room>, wish: Wish) -> Self {
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
            queue: VecDeque::new(),
            live: joined.live.resubscribe(),
            _counted: counted,
            attending: room.audience.enter(&wish.lang, wish.country),
            topic,
        };
        feed.enter(joined);
        feed
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

    /// The next message. Safe to drop while it waits.
    pub async fn next(&mut self) -> Result<Item, TooSlow> {
        loop {
            if let Some(item) = self.queue.pop_front() {
                return Ok(item);
            }
            match self.live.recv().await {
                Ok(Event::Kept { offset, body }) if offset == self.last + 1 => {
                    self.last = offset;
                    return Ok(self.item(offset, &body));
                }
                Ok(Event::Kept { offset, .. }) if offset <= self.last => {}
                Ok(Event::Passing(body)) => {
                    return Ok(Item { place: None, body: body.for_market(self.market).clone() });
                }
                // It missed some: back to the ring, where finals are, and partials are not.
                Ok(Event::Kept { .. }) => self.catch_up()?,
                Err(RecvError::Lagged(messages)) => {
                    self.room.engines.meters.dropped(Dropped::ViewerMessage, messages);
                    self.catch_up()?;
                }
                Ok(Event::NewEpoch) => {
                    let joined = self.topic.join(None, SNAPSHOT as usize);
                    self.enter(joined);
                }
                // The topic lives as long as we do: its sender is in it.
                Err(RecvError::Closed) => return Err(TooSlow),
            }
        }
    }

    fn enter(&mut self, joined: Joined) {
        let hello = self.hello(&joined);
        self.epoch = joined.epoch;
        self.live = joined.live;
        self.queue = VecDeque::from([Item { place: None, body: Notice::Hello(hello).to_json().into() }]);
        let fresh = !joined.recovered;
        for (offset, body) in joined.pinned.iter().chain(&joined.missed) {
            let mut item = self.item(*offset, body);
            if fresh {
                item.body = as_snapshot(&item.body);
            }
            self.queue.push_back(item);
        }
        let stocks = self.room.stock_messages().into_iter();
        self.queue.extend(stocks.map(|body| Item { place: None, body }));
        self.last = joined.missed.last().map_or(joined.offset, |(offset, _)| *offset);
    }

    fn catch_up(&mut self) -> Result<(), TooSlow> {
        // Another epoch's events are no continuation of ours: its NewEpoch is among what was missed.
        if self.topic.epoch() != self.epoch {
            let joined = self.topic.join(None, SNAPSHOT as usize);
            self.enter(joined);
            return Ok(());
        }
        for (offset, body) in self.topic.since(self.last).ok_or(TooSlow)? {
            let item = self.item(offset, &body);
            self.queue.push_back(item);
            self.last = offset;
        }
        Ok(())
    }

    fn item(&self, offset: Offset, body: &Body) -> Item {
        let place = self.epoch.clone().map(|epoch| (epoch, offset));
        Item { place, body: body.for_market(self.market).clone() }
    }

    fn hello(&self, joined: &Joined) -> Hello {
        let (room, lang) = (&self.room, &self.topic.lang);
        let pack = room.engines.packs.get(lang);
        let source_lang = room.source_lang();
        let quality = match pack {
            _ if source_lang.primary() == lang.primary() => "verified",
            _ if room.engines.route.engines(&source_lang, lang).is_empty() => "fallback",
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
