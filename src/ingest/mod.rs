//! Hosts: `/v1/listen` in Deepgram's shape. Checks who and what, decodes, and hands samples to the room.

mod pace;
mod session;

use std::sync::Arc;

use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::auth::{Access, Role};
use crate::console::{Visitor, close_reason, header_token};
use crate::decode::Decoder;
use crate::domain::Lang;
use crate::pipeline::hearing::HearingSettings;
use crate::pipeline::{Counted, HostGuard, NotOurs, Room, Rooms, What};
use crate::protocol::close::CloseReason;
use crate::protocol::host::{Endpointing, HostLanguage, ListenRequest};
use crate::protocol::rest::ListenQuery;
use crate::segment::SegmentSettings;
use session::{Session, refuse};

/// Largest frame: 5 s of 48 kHz stereo PCM16.
const LARGEST_MESSAGE: usize = 1024 * 1024;

/// Why a host is not let in: the close code and a sentence.
pub struct Refusal {
    reason: CloseReason,
    code: &'static str,
    message: String,
}

impl Refusal {
    fn new(reason: CloseReason, message: impl ToString) -> Self {
        Self { reason, code: reason.word(), message: message.to_string() }
    }
}

/// `GET /v1/listen`: a host speaks. Every refusal comes as an `Error` message and a close code: browsers cannot read the status of a
/// failed upgrade.
#[utoipa::path(get, path = "/v1/listen", tag = "sockets", params(ListenQuery),
    security(("bearer" = ["host"]), ("query" = ["host"])),
    responses((status = 101, description = "A WebSocket; docs/PROTOCOL.md has its messages and close codes"),
        (status = 400, description = "bad_request"), (status = 426, description = "upgrade_required")))]
pub async fn listen(
    State(rooms): State<Arc<Rooms>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    visitor: Visitor,
    upgrade: WebSocketUpgrade,
) -> Response {
    let token = header_token(&headers);
    let upgrade = upgrade
        .protocols(["token"])
        .read_buffer_size(16 * 1024)
        .max_message_size(LARGEST_MESSAGE)
        .max_frame_size(LARGEST_MESSAGE)
        .max_write_buffer_size(LARGEST_MESSAGE);
    upgrade.on_upgrade(move |socket| async move {
        match admit(&rooms, query.as_deref().unwrap_or_default(), token, visitor).await {
            Ok(admitted) => host(socket, admitted).await,
            Err(refusal) => {
                rooms.engines.doors.refused(What::Host, refusal.code);
                refuse(socket, refusal).await;
            }
        }
    })
}

struct Admitted {
    room: Arc<Room>,
    guard: HostGuard,
    slot: tokio::sync::OwnedSemaphorePermit,
    decoder: Decoder,
    channels: u32,
    settings: HearingSettings,
    access: Access,
    counted: Counted,
}

async fn admit(
    rooms: &Rooms,
    query: &str,
    token: Option<String>,
    visitor: Visitor,
) -> Result<Admitted, Refusal> {
    let bad = |e: &dyn std::fmt::Display| Refusal::new(CloseReason::BadRequest, e);
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).map_err(|e| bad(&e))?;
    let request = ListenRequest::parse(&pairs).map_err(|e| bad(&e))?;
    if rooms.engines.stopping.is_cancelled() {
        return Err(Refusal::new(
            CloseReason::Draining,
            "the gateway stops or restarts: come back in a moment",
        ));
    }
    if !rooms.engines.config.role.takes_hosts() {
        let message = "this node takes no hosts: speak to an origin of the cluster";
        return Err(Refusal::new(CloseReason::Forbidden, message));
    }
    let room = rooms
        .get(&request.room)
        .ok_or_else(|| Refusal::new(CloseReason::NoSuchRoom, format!("there is no room {}", request.room)))?;
    let token = token.or_else(|| request.token.clone());
    let checked = rooms.engines.guard.check(token.as_deref(), &request.room, Role::Host);
    let access = checked.map_err(|denied| Refusal::new(close_reason(&denied), denied))?;
    let counted = visitor.stay(&rooms.engines.doors).map_err(|full| Refusal {
        reason: CloseReason::TooMany,
        code: full.word(),
        message: "too many connections come from this address".into(),
    })?;
    let decoder = Decoder::new(request.format).map_err(|e| bad(&e))?;
    let settings = hearing_settings(room, &request);
    let slot = Arc::clone(&rooms.engines.hosts).try_acquire_owned().map_err(|_| Refusal {
        reason: CloseReason::TooMany,
        code: "no_free_slot",
        message: "every recogniser of this gateway is in use: try again when another show has ended".into(),
    })?;
    let first = settings.langs.first().cloned();
    room.own().await.map_err(|not_ours| match not_ours {
        NotOurs::HostElsewhere => Refusal::new(CloseReason::HostPresent, "this room already has a host"),
        NotOurs::NotYet => Refusal::new(
            CloseReason::Draining,
            "another node may still have this room: come back in a moment",
        ),
    })?;
    let guard = room
        .take_host(first)
        .map_err(|_| Refusal::new(CloseReason::HostPresent, "this room already has a host"))?;
    let channels = u32::from(request.format.channels);
    Ok(Admitted { room: Arc::clone(room), guard, slot, decoder, channels, settings, access, counted })
}

fn hearing_settings(room: &Room, request: &ListenRequest) -> HearingSettings {
    let config = &room.engines.config;
    let langs: Arc<[Lang]> = match &request.language {
        HostLanguage::Room => Arc::from([room.config.source_lang.clone()]),
        HostLanguage::Given(lang) => Arc::from([lang.clone()]),
        HostLanguage::Detect => Arc::clone(&config.transcribe.detect),
    };
    let endpointing_ms = match request.endpointing {
        None => config.segment.endpointing_ms,
        Some(Endpointing::Ms(ms)) => ms.max(64),
        Some(Endpointing::Off) => request.utterance_end_ms.unwrap_or(2_000).max(1_000),
    };
    // The early pass must come before the end that it guesses.
    let pause_ms = config.segment.pause_ms.min(endpointing_ms / 2).max(32);
    HearingSettings {
        request_id: uuid::Uuid::new_v4().to_string(),
        langs,
        keyterms: request.keyterms.clone(),
        segment: SegmentSettings { endpointing_ms, pause_ms, ..config.segment.clone() },
        interim_results: request.interim_results,
        vad_events: request.vad_events,
        utterance_end: request.utterance_end_ms.is_some(),
    }
}

async fn host(socket: WebSocket, admitted: Admitted) {
    let room = Arc::clone(&admitted.room);
    tracing::info!(room = %room.config.id, request = %admitted.settings.request_id, "host connected");
    let reason = Session::start(admitted).run(socket).await;
    room.host_left();
    tracing::info!(room = %room.config.id, reason = reason.map_or("lost", CloseReason::word), "host left");
}
