//! The operator's buttons.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::token::header_token;
use super::{Problem, find, problem};
use crate::auth::{Access, Role};
use crate::domain::Sku;
use crate::pipeline::{Room, Rooms};

#[derive(Deserialize)]
pub struct Pin {
    sku: String,
}

pub async fn pin(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Result<Json<Pin>, JsonRejection>,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let Json(pin) = body.map_err(|e| problem(e.status(), "bad_request", &e.body_text()))?;
    match Sku::parse(&pin.sku) {
        Ok(sku) if room.pin(&sku) => Ok(StatusCode::NO_CONTENT.into_response()),
        _ => Err(Problem::from(problem(
            StatusCode::NOT_FOUND,
            "no_such_product",
            "The catalogue has no such product.",
        ))),
    }
}

pub async fn unpin(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    operated(&rooms, &name, &headers)?.unpin();
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub async fn end(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    operated(&rooms, &name, &headers)?.end_show();
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The room, for somebody who may operate it.
pub(super) fn operated(rooms: &Rooms, name: &str, headers: &HeaderMap) -> Result<Arc<Room>, Problem> {
    let room = find(rooms, name)?;
    check(rooms, &room, header_token(headers).as_deref())?;
    Ok(room)
}

/// Lets operators and hosts of the room pass.
pub fn check(rooms: &Rooms, room: &Room, token: Option<&str>) -> Result<Access, Problem> {
    Ok(rooms.engines.guard.check(token, &room.config.id, Role::Host)?)
}
