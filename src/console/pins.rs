//! Beside the pin button: suggestions in place of the machine's pins, and undo.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::operate::operated;
use super::{Problem, answer, problem};
use crate::domain::{PinMode, Sku};
use crate::pipeline::{Room, Rooms, UndoRefused};

#[derive(Deserialize)]
pub struct Mode {
    mode: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Undo {
    change: Option<u64>,
}

/// `GET /v1/rooms/{room}/pins`
pub async fn state(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    Ok(answer(&for_console(&room)))
}

/// `PUT /v1/rooms/{room}/pins`
pub async fn set_mode(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Result<Json<Mode>, JsonRejection>,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let Json(body) = body.map_err(|e| problem(e.status(), "bad_request", &e.body_text()))?;
    let mode = PinMode::parse(&body.mode).ok_or_else(|| {
        problem(StatusCode::UNPROCESSABLE_ENTITY, "bad_mode", "The mode is \"auto\" or \"suggest\".")
    })?;
    room.set_pin_mode(mode);
    Ok(answer(&for_console(&room)))
}

/// `DELETE /v1/rooms/{room}/suggestions/{sku}`
pub async fn dismiss(
    State(rooms): State<Arc<Rooms>>,
    Path((name, sku)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    match Sku::parse(&sku) {
        Ok(sku) if room.dismiss(&sku) => Ok(StatusCode::NO_CONTENT.into_response()),
        _ => Err(Problem::from(problem(
            StatusCode::NOT_FOUND,
            "no_such_suggestion",
            "The product is not suggested, or no longer.",
        ))),
    }
}

/// `POST /v1/rooms/{room}/undo`, with or without a body.
pub async fn undo(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let Undo { change } = if body.is_empty() {
        Undo::default()
    } else {
        serde_json::from_slice(&body)
            .map_err(|error| problem(StatusCode::BAD_REQUEST, "bad_request", &error.to_string()))?
    };
    room.undo(change).map_err(|refused| {
        let code = match refused {
            UndoRefused::TooLate => "too_late",
            UndoRefused::ChangedMeanwhile => "changed_meanwhile",
        };
        problem(StatusCode::CONFLICT, code, &refused.to_string())
    })?;
    Ok(answer(&for_console(&room)))
}

/// What the console shows; times are what is left of them, so that the page's own clock does not matter.
pub fn for_console(room: &Room) -> Value {
    let pins = room.pin_state();
    let sku = |sku: &Option<Sku>| sku.as_ref().map(ToString::to_string);
    json!({
        "mode": pins.mode.as_str(), "pinned": sku(&pins.pinned),
        "suggestions": pins.suggestions.iter().map(|(one, left_ms)| {
            json!({ "sku": one.sku.as_str(), "segment": one.segment, "left_ms": left_ms })
        }).collect::<Value>(),
        "undo": pins.undo.map(|(change, left_ms)| {
            json!({ "change": change.id, "from": sku(&change.from), "to": sku(&change.to), "left_ms": left_ms })
        }),
    })
}
