//! Beside the pin button: suggestions in place of the machine's pins, and undo.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::body::json_of;
use super::operate::operated;
use super::{Problem, answer, problem};
use crate::domain::{PinMode, Sku};
use crate::pipeline::{Room, Rooms, UndoRefused};
use crate::protocol::rest::{ModeBody, PinsState, Suggested, UndoBody, Undoable};

/// `GET /v1/rooms/{room}/pins`: what is pinned, what is suggested, what can be taken back.
#[utoipa::path(get, path = "/v1/rooms/{room}/pins", tag = "rooms", security(("bearer" = ["host"])),
    responses((status = 200, description = "The pins now", body = PinsState)))]
pub async fn state(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    Ok(answer(&for_console(&room)))
}

/// `PUT /v1/rooms/{room}/pins`: whether the machine pins or suggests from now on, until the gateway stops.
#[utoipa::path(put, path = "/v1/rooms/{room}/pins", tag = "rooms", security(("bearer" = ["host"])),
    request_body = ModeBody,
    responses((status = 200, description = "The pins now", body = PinsState), (status = 422, description = "bad_mode")))]
pub async fn set_mode(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let body: ModeBody = json_of(&headers, &body)?;
    let mode = PinMode::parse(&body.mode).ok_or_else(|| {
        problem(StatusCode::UNPROCESSABLE_ENTITY, "bad_mode", "The mode is \"auto\" or \"suggest\".")
    })?;
    room.set_pin_mode(mode);
    Ok(answer(&for_console(&room)))
}

/// `DELETE /v1/rooms/{room}/suggestions/{sku}`: the product is not wanted, and not suggested again for a minute.
#[utoipa::path(delete, path = "/v1/rooms/{room}/suggestions/{sku}", tag = "rooms", security(("bearer" = ["host"])),
    responses((status = 204, description = "Dismissed"), (status = 404, description = "no_such_suggestion")))]
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

/// `POST /v1/rooms/{room}/undo`: takes the last pin or unpin back. With or without a body.
#[utoipa::path(post, path = "/v1/rooms/{room}/undo", tag = "rooms", security(("bearer" = ["host"])),
    request_body = Option<UndoBody>,
    responses((status = 200, description = "The pins now", body = PinsState),
        (status = 409, description = "too_late, changed_meanwhile")))]
pub async fn undo(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let wish: Option<UndoBody> = if body.is_empty() { None } else { json_of(&headers, &body)? };
    room.undo(wish.unwrap_or_default().change).map_err(|refused| {
        let code = match refused {
            UndoRefused::TooLate => "too_late",
            UndoRefused::ChangedMeanwhile => "changed_meanwhile",
        };
        problem(StatusCode::CONFLICT, code, &refused.to_string())
    })?;
    Ok(answer(&for_console(&room)))
}

/// What the console shows; times are what is left of them, so that the page's own clock does not matter.
pub fn for_console(room: &Room) -> PinsState {
    let pins = room.pin_state();
    let sku = |sku: &Option<Sku>| sku.as_ref().map(ToString::to_string);
    let suggestions = pins.suggestions.iter().map(|(one, left_ms)| Suggested {
        sku: one.sku.to_string(),
        segment: one.segment,
        left_ms: *left_ms,
    });
    PinsState {
        mode: pins.mode.as_str(),
        pinned: sku(&pins.pinned),
        suggestions: suggestions.collect(),
        undo: pins.undo.map(|(change, left_ms)| Undoable {
            change: change.id,
            from: sku(&change.from),
            to: sku(&change.to),
            left_ms,
        }),
    }
}
