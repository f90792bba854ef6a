//! What one viewer's own task and its row in the [`hall`](super::hall) share: the connection, and how far the viewer has come.
//!
//! The row writes an event to each of its seats as long as they are up with it. Everything else is the task's: what did not fit
//! into the socket, what is then caught up with from the topic's ring, what the viewer says, and the end.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use parking_lot::{Mutex, MutexGuard};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::batch::Batch;
use super::feed::{Feed, Item, TooSlow};
use super::line::{Line, Offered};
use crate::pipeline::Dropped;
use crate::publish::Topic;

/// Events that a viewer who is behind has waiting for its socket; the others stay in the ring, which it shares with all.
const PORTION: usize = 64;

pub struct Seat(Mutex<Seated>);

struct Seated {
    line: Line<TokioIo<Upgraded>>,
    /// None before the viewer has joined and when it is leaving.
    feed: Option<Feed>,
    /// Wakes the viewer's own task.
    waker: Option<Waker>,
    /// There may be more for it in the ring.
    behind: bool,
    /// A new show has begun.
    anew: bool,
    broken: bool,
}

/// Why a row calls those who are on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// The row itself has missed something.
    Behind,
    /// A new show has begun.
    Anew,
}

/// What a viewer's task waits for.
pub enum Attention {
    /// Something is to be written, or to be caught up with.
    Called,
    Said(Result<Message, Error>),
}

impl Seat {
    pub fn new(io: Upgraded) -> Arc<Self> {
        let line = Line::new(TokioIo::new(io));
        Arc::new(Self(Mutex::new(Seated {
            line,
            feed: None,
            waker: None,
            behind: false,
            anew: false,
            broken: false,
        })))
    }

    /// Joins a topic, or another one. To be followed by a place on one of its rows, and then by `catch_up`.
    pub fn enter(&self, feed: Feed, opening: VecDeque<Item>) {
        let mut seated = self.0.lock();
        opening.into_iter().for_each(|item| seated.line.push(item.body));
        (seated.feed, seated.anew) = (Some(feed), false);
    }

    /// What was published before it had its place on the row is looked for in the ring.
    pub fn look_back(&self) {
        self.0.lock().behind = true;
    }

    /// Takes nothing from its row any more, and is not counted as a viewer.
    pub fn leave(&self) {
        let feed = self.0.lock().feed.take();
        drop(feed);
    }

    /// Writes events to the viewer, if it has all before them and has read enough.
    pub fn deliver(&self, topic: &Arc<Topic>, batch: &mut Batch) {
        let mut seated = self.0.lock();
        let Seated { line, feed, waker, behind, anew, broken } = &mut *seated;
        let Some(feed) = feed.as_mut().filter(|feed| feed.is_in(topic)) else { return };
        let up = !*behind && !*anew && line.is_settled() && feed.epoch() == batch.epoch();
        let own = match (batch.kept(), waker.as_ref()) {
            (Some((_, last)), _) if up && feed.last() >= last => return,
            (Some((first, last)), Some(own)) if up && feed.last() + 1 == first => {
                feed.has(last);
                own
            }
            (None, Some(own)) if up => own,
            (kept, _) => {
                feed.meters().dropped(Dropped::ViewerMessage, batch.passing());
                if kept.is_some() && !std::mem::replace(behind, true) {
                    wake(waker);
                }
                return;
            }
        };
        match line.offer(batch.frames(feed.market()), own) {
            Offered::Written => {}
            Offered::Stuck => wake(waker),
            Offered::Broken => {
                *broken = true;
                wake(waker);
            }
        }
    }

    /// Sends the viewer's task to the topic.
    pub fn call(&self, topic: &Arc<Topic>, call: Call) {
        let mut seated = self.0.lock();
        if !seated.feed.as_ref().is_some_and(|feed| feed.is_in(topic)) {
            return;
        }
        match call {
            Call::Behind => seated.behind = true,
            Call::Anew => seated.anew = true,
        }
        wake(&seated.waker);
    }

    /// Whether there was something to catch up with, which is then to be written.
    pub fn catch_up(&self) -> Result<bool, TooSlow> {
        let mut seated = self.0.lock();
        let Seated { line, feed, behind, anew, .. } = &mut *seated;
        let Some(feed) = feed else { return Ok(false) };
        let more = match (*anew, *behind && feed.is_behind()) {
            (true, _) => feed.begin_anew().0,
            (false, true) => feed.catch_up(PORTION)?.0,
            (false, false) => VecDeque::new(),
        };
        // An event that comes now finds us here: its row needs the same lock.
        (*anew, *behind) = (false, feed.is_behind());
        let any = !more.is_empty();
        more.into_iter().for_each(|item| line.push(item.body));
        Ok(any)
    }

    /// All that is published, whether or not the row has come to it.
    pub fn catch_up_with_all(&self) -> Result<bool, TooSlow> {
        self.look_back();
        self.catch_up()
    }

    /// Puts a message of the viewer's own behind what waits.
    pub fn say(&self, text: String) {
        self.0.lock().line.push(text.into());
    }

    pub fn close(&self, frame: CloseFrame) {
        self.0.lock().line.close(frame);
    }

    pub fn is_settled(&self) -> bool {
        self.0.lock().line.is_settled()
    }

    /// Completes when a piece more is written, or all is.
    pub async fn write_some(&self) -> io::Result<()> {
        poll_fn(|cx| self.polled(cx).line.poll_out(cx)).await
    }

    /// The same, and never waits.
    pub fn poll_write_some(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.polled(cx).line.poll_out(cx)
    }

    /// Waits for the row's call, or for what the viewer says.
    pub async fn attention(&self) -> Attention {
        poll_fn(|cx| {
            let mut seated = self.polled(cx);
            if seated.broken {
                return Poll::Ready(Attention::Said(Err(Error::ConnectionClosed)));
            }
            if seated.behind || seated.anew || !seated.line.is_settled() {
                return Poll::Ready(Attention::Called);
            }
            let said = ready!(seated.line.poll_hear(cx));
            Poll::Ready(Attention::Said(said))
        })
        .await
    }

    /// What the viewer says next.
    pub async fn hear(&self) -> Result<Message, Error> {
        poll_fn(|cx| self.polled(cx).line.poll_hear(cx)).await
    }

    /// Something of the way that the viewer goes; none when it is leaving.
    pub fn with_feed<T>(&self, tell: impl FnOnce(&Feed) -> T) -> Option<T> {
        self.0.lock().feed.as_ref().map(tell)
    }

    /// Remembers who polls: the row wakes the same task.
    fn polled(&self, cx: &Context<'_>) -> MutexGuard<'_, Seated> {
        let mut seated = self.0.lock();
        match &mut seated.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            none => *none = Some(cx.waker().clone()),
        }
        seated
    }
}

fn wake(waker: &Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake_by_ref();
    }
}
