//! The same feed as server-sent events, for networks that let no WebSocket through.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::feed::Feed;
use crate::pipeline::Room;

const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub fn stream(feed: Feed, room: Arc<Room>) -> Response {
    let stopping = room.engines.stopping.clone();
    // The stream's end makes the browser come back with its Last-Event-ID.
    let events = stream::unfold(feed, move |mut feed| {
        let stopping = stopping.clone();
        async move {
            let item = stopping.run_until_cancelled(feed.next()).await?.ok()?;
            let mut event = Event::default().data(String::from_utf8_lossy(&item.body));
            if let Some((epoch, offset)) = &item.place {
                event = event.id(format!("{epoch}:{offset}"));
            }
            Some((Ok::<_, Infallible>(event), feed))
        }
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}
