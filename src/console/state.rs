//! The console's live view of a show, as server-sent events: its state each second, its transcript as it grows.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::Interval;
use utoipa::IntoParams;

use super::flash::sales;
use super::inquiries::for_console;
use super::reservations::for_console as for_operator;
use super::{Problem, find, operate};
use crate::pipeline::{ConsoleEvent, Room, Rooms};
use crate::record::now_ms;

/// How often the state is told.
const EVERY: Duration = Duration::from_secs(1);

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConsoleQuery {
    /// The token: an EventSource cannot send a header.
    token: Option<String>,
}

struct View {
    room: Arc<Room>,
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
) -> Result<Response, Problem> {
    let room = find(&rooms, &name)?;
    operate::check(&rooms, &room, query.token.as_deref())?;
    let stopping = rooms.engines.stopping.clone();
    let view = View { heard: room.console.subscribe(), room, tick: tokio::time::interval(EVERY) };
    let events = stream::unfold(view, move |mut view| {
        let stopping = stopping.clone();
        async move {
            let event = stopping.run_until_cancelled(view.next()).await?;
            Some((Ok::<_, Infallible>(Event::default().data(event.to_string())), view))
        }
    });
    Ok(Sse::new(events).into_response())
}

impl View {
    async fn next(&mut self) -> Value {
        loop {
            tokio::select! {
                _ = self.tick.tick() => return state(&self.room),
                heard = self.heard.recv() => match heard {
                    Ok(ConsoleEvent::Heard(caption)) => {
                        return json!({
                            "type": if caption.is_final { "final" } else { "partial" },
                            "epoch": self.room.epoch().as_str(), "segment": caption.segment, "rev": caption.rev,
                            "text": caption.transcript.text, "lang": caption.lang.as_str(),
                            "start_ms": caption.start_ms, "end_ms": caption.end_ms,
                        });
                    }
                    Ok(ConsoleEvent::Inquiry(inquiry)) => {
                        return json!({ "type": "inquiry", "inquiry": for_console(&self.room, &inquiry) });
                    }
                    Ok(ConsoleEvent::Reserved(one)) => {
                        return json!({ "type": "reservation", "reservation": for_operator(&self.room, &one) });
                    }
                    // A console that was behind has missed some lines; the next ones come. An inquiry must not be
                    // missed: it asks for the list.
                    Err(RecvError::Lagged(_)) => return json!({ "type": "missed" }),
                    Err(RecvError::Closed) => std::future::pending().await,
                },
            }
        }
    }
}

fn state(room: &Room) -> Value {
    let lag = room.lag();
    let viewers: Map<_, _> =
        room.hub.viewers().into_iter().map(|(lang, count)| (lang.to_string(), json!(count))).collect();
    let translate: Map<_, _> =
        lag.translate_ms.iter().map(|(lang, ms)| (lang.to_string(), json!(ms))).collect();
    json!({
        "type": "state", "host": room.is_live(), "source_lang": room.source_lang().as_str(), "viewers": viewers,
        "epoch": room.epoch().as_str(),
        "lag": {
            "segment_ms": lag.segment_ms, "transcribe_ms": lag.transcribe_ms, "translate_ms": translate,
            "total_ms": { "p50": lag.total_p50_ms, "p95": lag.total_p95_ms },
        },
        "pinned": room.pinned().map(|sku| sku.to_string()), "dropped_audio_ms": room.lost_audio_ms(),
        "sales": sales(room), "server_time_ms": now_ms(),
    })
}
