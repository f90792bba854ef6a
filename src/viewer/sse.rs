//! The same feed as server-sent events, for networks that let no WebSocket through.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::Leave;
use super::feed::Feed;
use super::socket::RETRY_MS;
use crate::pipeline::{Room, What};
use crate::protocol::close::CloseReason;
use crate::protocol::viewer::Notice;

const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub fn stream(feed: Feed, room: Arc<Room>, leave: Leave) -> Response {
    let draining = room.engines.draining.clone();
    // The stream's end makes the browser come back with its Last-Event-ID.
    let events = stream::unfold(Some((feed, leave.access.ended(), leave)), move |state| {
        let (draining, doors) = (draining.clone(), Arc::clone(&room.engines.doors));
        async move {
            let (mut feed, mut expired, leave) = state?;
            let item = tokio::select! {
                // In this order: what is published is sent before the end.
                biased;
                item = feed.next() => match item {
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
                    return Some((Ok(Event::default().data(told.to_json())), None));
                }
                () = draining.cancelled() => {
                    let drain = Notice::Drain { retry_ms: RETRY_MS }.to_json();
                    return Some((Ok(Event::default().data(drain)), None));
                }
            };
            let mut event = Event::default().data(String::from_utf8_lossy(&item.body));
            if let Some((epoch, offset)) = &item.place {
                event = event.id(format!("{epoch}:{offset}"));
            }
            Some((Ok::<_, Infallible>(event), Some((feed, expired, leave))))
        }
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}
