//! The same feed as server-sent events, for networks that let no WebSocket through.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event as Sent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::Leave;
use super::feed::{Feed, Item, More, TooSlow};
use super::socket::RETRY_MS;
use crate::pipeline::{Dropped, Room, What};
use crate::protocol::close::CloseReason;
use crate::protocol::viewer::Notice;
use crate::publish::Event;

const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A feed that hyper asks for the next message when the last one is written.
struct Stream {
    feed: Feed,
    queue: VecDeque<Item>,
    live: Receiver<Event>,
}

impl Stream {
    /// The next message. Safe to drop while it waits.
    async fn next(&mut self) -> Result<Item, TooSlow> {
        loop {
            if let Some(item) = self.queue.pop_front() {
                return Ok(item);
            }
            match self.live.recv().await {
                Ok(Event::Kept { offset, body }) if offset == self.feed.last() + 1 => {
                    self.feed.has(offset);
                    return Ok(self.feed.item(offset, &body));
                }
                Ok(Event::Kept { offset, .. }) if offset <= self.feed.last() => {}
                Ok(Event::Passing(body)) => {
                    return Ok(Item { place: None, body: body.for_market(self.feed.market()).clone() });
                }
                // It missed some.
                Ok(Event::Kept { .. }) => self.go_on(|feed| feed.catch_up(usize::MAX))?,
                Err(RecvError::Lagged(messages)) => {
                    self.feed.meters().dropped(Dropped::ViewerMessage, messages);
                    self.go_on(|feed| feed.catch_up(usize::MAX))?;
                }
                Ok(Event::NewEpoch) => self.go_on(|feed| Ok(feed.begin_anew()))?,
                // The topic lives as long as we do: its sender is in it.
                Err(RecvError::Closed) => return Err(TooSlow),
            }
        }
    }

    fn go_on(&mut self, how: impl FnOnce(&mut Feed) -> Result<More, TooSlow>) -> Result<(), TooSlow> {
        (self.queue, self.live) = how(&mut self.feed)?;
        Ok(())
    }
}

pub fn stream((feed, (queue, live)): (Feed, More), room: Arc<Room>, leave: Leave) -> Response {
    let draining = room.engines.draining.clone();
    let messages = Stream { feed, queue, live };
    // The stream's end makes the browser come back with its Last-Event-ID.
    let events = stream::unfold(Some((messages, leave.access.ended(), leave)), move |state| {
        let (draining, doors) = (draining.clone(), Arc::clone(&room.engines.doors));
        async move {
            let (mut messages, mut expired, leave) = state?;
            let item = tokio::select! {
                // In this order: what is published is sent before the end.
                biased;
                item = messages.next() => match item {
                    Ok(item) => item,
                    Err(_) => {
                        doors.refused(What::Viewer, CloseReason::SlowViewer.word());
                        return None;
                    }
                },
                // A stream has no close code: this says why it ends, and who comes back is refused with 401.
                () = &mut expired => {
                    let code = CloseReason::Unauthorized.word();
                    let told = Notice::Error { code, message: "the token has expired".into() };
                    return Some((Ok(Sent::default().data(told.to_json())), None));
                }
                () = draining.cancelled() => {
                    let drain = Notice::Drain { retry_ms: RETRY_MS }.to_json();
                    return Some((Ok(Sent::default().data(drain)), None));
                }
            };
            let mut event = Sent::default().data(String::from_utf8_lossy(&item.body));
            if let Some((epoch, offset)) = &item.place {
                event = event.id(format!("{epoch}:{offset}"));
            }
            Some((Ok::<_, Infallible>(event), Some((messages, expired, leave))))
        }
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}
