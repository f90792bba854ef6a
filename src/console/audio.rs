//! A show's sound, where its room keeps it: the list of its files, and each.

use std::fmt::Display;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tower_http::services::ServeFile;
use utoipa::IntoParams;

use super::operate::operated;
use super::shows::show_of;
use super::{Problem, answer, problem};
use crate::domain::Epoch;
use crate::pipeline::{Room, Rooms};
use crate::protocol::rest::{AudioFile, ShowAudio};
use crate::record::AudioPart;

/// Whose sound is asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AudioQuery {
    /// An epoch; without it the present or the last show.
    #[param(example = "k3f9")]
    show: Option<String>,
}

/// `GET /v1/rooms/{room}/audio`: the files of a show's sound. One, and a further one for each restart of the gateway and each
/// absence of the host of more than ten minutes.
#[utoipa::path(get, path = "/v1/rooms/{room}/audio", tag = "shows", params(AudioQuery), security(("bearer" = ["host"])),
    responses((status = 200, description = "The files, none where the room keeps no sound", body = ShowAudio),
        (status = 404, description = "no_such_show"), (status = 503, description = "record_fails")))]
pub async fn list(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    Query(query): Query<AudioQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (room, epoch, parts) = sound(&rooms, &name, &query, &headers).await?;
    let files = parts.into_iter().map(|part| AudioFile {
        part: part.start_ms.to_string(),
        start_ms: part.start_ms,
        duration_ms: part.duration_ms,
        bytes: part.bytes,
    });
    Ok(answer(&ShowAudio {
        room: room.config.id.to_string(),
        epoch: epoch.to_string(),
        keep_days: keep_days(&room),
        files: files.collect(),
    }))
}

/// `GET /v1/rooms/{room}/audio/{part}`: one of the files, or a range of it. While the show is on, what is there by now.
#[utoipa::path(get, path = "/v1/rooms/{room}/audio/{part}", tag = "shows", params(AudioQuery),
    security(("bearer" = ["host"])),
    responses((status = 200, description = "Ogg Opus, 16 kHz mono", body = Vec<u8>, content_type = "audio/ogg"),
        (status = 206, description = "The range of it", body = Vec<u8>, content_type = "audio/ogg"),
        (status = 404, description = "no_such_show, no_such_part"), (status = 416, description = "bad_range"),
        (status = 503, description = "record_fails")))]
pub async fn file(
    State(rooms): State<Arc<Rooms>>,
    Path((name, part)): Path<(String, String)>,
    Query(query): Query<AudioQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (room, epoch, parts) = sound(&rooms, &name, &query, &headers).await?;
    // Only what is in the list: nothing that was asked for becomes a path.
    let found =
        parts.into_iter().find(|known| known.start_ms.to_string() == part).ok_or_else(no_such_part)?;
    let mut asked = Request::new(Body::empty());
    if let Some(range) = headers.get(header::RANGE) {
        asked.headers_mut().insert(header::RANGE, range.clone());
    }
    let served = ServeFile::new(&found.path).try_call(asked).await.map_err(unreadable)?;
    match served.status() {
        StatusCode::NOT_FOUND => return Err(no_such_part()),
        StatusCode::RANGE_NOT_SATISFIABLE => {
            let detail = "The file has no such range.";
            return Err(problem(StatusCode::RANGE_NOT_SATISFIABLE, "bad_range", detail).into());
        }
        _ => {}
    }
    let mut response = served.map(Body::new).into_response();
    // All three are plain in a header: their types allow nothing else.
    let name = format!("attachment; filename=\"{}-{epoch}-{}.opus\"", room.config.id, found.start_ms);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("audio/ogg"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// The files of the show that is asked for, for those who may operate its room.
async fn sound(
    rooms: &Rooms,
    name: &str,
    query: &AudioQuery,
    headers: &HeaderMap,
) -> Result<(Arc<Room>, Epoch, Vec<AudioPart>), Problem> {
    let room = operated(rooms, name, headers)?;
    let epoch = show_of(&room, query.show.as_deref()).await?;
    let parts = room.audio(&epoch).await.map_err(unreadable)?;
    Ok((room, epoch, parts))
}

/// How long a room's sound is kept; none where it is not.
pub fn keep_days(room: &Room) -> Option<u32> {
    room.config.keep_audio.then_some(room.engines.config.record.audio_keep_days)
}

/// The recording for the console; null where there is none.
pub fn for_console(room: &Room) -> Value {
    match room.audio_state() {
        Some(state) => json!({ "lost_ms": state.lost_ms, "trouble": state.trouble }),
        None => Value::Null,
    }
}

fn no_such_part() -> Problem {
    problem(StatusCode::NOT_FOUND, "no_such_part", "The show has no such file of sound.").into()
}

fn unreadable(error: impl Display) -> Problem {
    tracing::error!(%error, "sound cannot be read");
    problem(StatusCode::SERVICE_UNAVAILABLE, "record_fails", "The sound cannot be read at present.").into()
}
