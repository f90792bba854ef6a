//! The console's live view of a show, as server-sent events: its state each second, its transcript as it grows.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::Interval;
use utoipa::IntoParams;

use super::flash::sales;
use super::inquiries::for_console;
use super::reservations::for_console as for_operator;
use super::summary::{countries, lag};
use super::token::header_token;
use super::{Problem, audio, find, operate, pins, trouble};
use crate::domain::event::SourceCaption;
use crate::pipeline::{ConsoleEvent, Room, Rooms};
use crate::protocol::close::CloseReason;
use crate::protocol::rest::SpokenCaption;
use crate::record::now_ms;

/// How often the state is told.
const EVERY: Duration = Duration::from_secs(1);
/// Finals that a console finds when it comes, as far as an operator scrolls back to correct one.
const PAST: usize = 100;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConsoleQuery {
    /// The token: an EventSource cannot send a header.
    token: Option<String>,
}

struct View {
    room: Arc<Room>,
    expired: BoxFuture<'static, ()>,
    last: bool,
    /// What was said before the console came.
    past: VecDeque<Arc<SourceCaption>>,
    heard: Receiver<ConsoleEvent>,
    tick: Interval,
}

/// `GET /v1/rooms/{room}/console`: the show as it goes on, as server-sent events.
#[utoipa::path(get, path = "/v1/rooms/{room}/console", tag = "rooms", params(ConsoleQuery),
    security(("query" = ["host"])),
    responses((status = 200, description = "Without an end; docs/PROTOCOL.md has the events", content(("text/event-stream")))))]
pub async fn console(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    Query(query): Query<ConsoleQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = find(&rooms, &name)?;
    let token = header_token(&headers).or(query.token);
    let expired = operate::check(&rooms, &room, token.as_deref())?.ended();
    let draining = rooms.engines.draining.clone();
    // In this order: what is heard in between comes twice, with the same rev, and is not missed.
    let heard = room.console.subscribe();
    let past = room.last_finals(PAST).into();
    let view = View { expired, last: false, past, heard, room, tick: tokio::time::interval(EVERY) };
    let events = stream::unfold(view, move |mut view| {
        let draining = draining.clone();
        async move {
            if view.last {
                return None;
            }
            let event = draining.run_until_cancelled(view.next()).await?;
            Some((Ok::<_, Infallible>(Event::default().data(event.to_string())), view))
        }
    });
    Ok(Sse::new(events).into_response())
}

impl View {
    async fn next(&mut self) -> Value {
        if let Some(caption) = self.past.pop_front() {
            return json!(transcript(&self.room, &caption));
        }
        loop {
            tokio::select! {
                // A stream has no close code: this says why it ends, and who comes back is refused with 401.
                () = &mut self.expired => {
                    self.last = true;
                    return json!({ "type": "error", "code": CloseReason::Unauthorized.word(),
                                   "message": "the token has expired" });
                }
                _ = self.tick.tick() => return state(&self.room),
                heard = self.heard.recv() => match heard {
                    Ok(ConsoleEvent::Heard(caption)) => return json!(transcript(&self.room, &caption)),
                    Ok(ConsoleEvent::Inquiry(inquiry)) => {
                        return json!({ "type": "inquiry", "inquiry": for_console(&self.room, &inquiry) });
                    }
                    Ok(ConsoleEvent::Reserved(one)) => {
                        return json!({ "type": "reservation", "reservation": for_operator(&self.room, &one) });
                    }
                    Ok(ConsoleEvent::Pins) => {
                        return json!({ "type": "pins", "pins": pins::for_console(&self.room) });
                    }
                    Ok(ConsoleEvent::Products) => return json!({ "type": "products" }),
                    // A console that was behind has missed some lines; the next ones come. An inquiry must not be
                    // missed: it asks for the list.
                    Err(RecvError::Lagged(_)) => return json!({ "type": "missed" }),
                    Err(RecvError::Closed) => std::future::pending().await,
                },
            }
        }
    }
}

pub(super) fn transcript(room: &Room, caption: &SourceCaption) -> SpokenCaption {
    SpokenCaption {
        kind: if caption.is_final { "final" } else { "partial" },
        epoch: room.epoch().to_string(),
        segment: caption.segment,
        rev: caption.rev,
        corrected: caption.corrected,
        text: caption.transcript.text.clone(),
        lang: caption.lang.to_string(),
        start_ms: caption.start_ms,
        end_ms: caption.end_ms,
    }
}

fn state(room: &Room) -> Value {
    let viewers: Map<_, _> =
        room.hub.viewers().into_iter().map(|(lang, count)| (lang.to_string(), json!(count))).collect();
    json!({
        "type": "state", "host": room.is_live(), "source_lang": room.source_lang().as_str(), "viewers": viewers,
        "epoch": room.epoch().as_str(), "ended": room.has_ended(), "countries": countries(room), "lag": lag(&room.lag()),
        "pinned": room.pinned().map(|sku| sku.to_string()), "pins": pins::for_console(room),
        "dropped_audio_ms": room.lost_audio_ms(),
        "sales": sales(room), "server_time_ms": now_ms(), "record": record(room), "audio": audio::for_console(room),
        "troubles": trouble::for_console(&room.engines),
    })
}

/// Why the show is not being kept at present; null while it is.
fn record(room: &Room) -> Value {
    let (trouble, unkept) = (room.engines.record.trouble(), room.unkept());
    if trouble.is_none() && unkept.is_none() {
        return Value::Null;
    }
    let detail = trouble.unwrap_or_else(|| "the disk does not answer".into());
    json!({ "detail": detail, "unkept": unkept.unwrap_or(0) })
}
