//! The operator's buttons.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::body::json_of;
use super::token::header_token;
use super::{Problem, find, problem};
use crate::auth::{Access, Role};
use crate::domain::Sku;
use crate::pipeline::{Room, Rooms};
use crate::protocol::rest::Pin;

/// Shows viewers a product. For 20 s no spoken product replaces it.
#[utoipa::path(post, path = "/v1/rooms/{room}/pin", tag = "rooms", security(("bearer" = ["host"])), request_body = Pin,
    responses((status = 204, description = "Pinned"), (status = 404, description = "no_such_product")))]
pub async fn pin(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let pin: Pin = json_of(&headers, &body)?;
    match Sku::parse(&pin.sku) {
        Ok(sku) if room.pin(&sku) => Ok(kept(&room).await),
        _ => Err(Problem::from(problem(
            StatusCode::NOT_FOUND,
            "no_such_product",
            "The catalogue has no such product.",
        ))),
    }
}

/// Takes the product away. For 20 s no spoken product is pinned.
#[utoipa::path(post, path = "/v1/rooms/{room}/unpin", tag = "rooms", security(("bearer" = ["host"])),
    responses((status = 204, description = "Nothing is pinned")))]
pub async fn unpin(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    room.unpin();
    Ok(kept(&room).await)
}

/// Ends the show. The next host begins a new one.
#[utoipa::path(post, path = "/v1/rooms/{room}/end", tag = "rooms", security(("bearer" = ["host"])),
    responses((status = 204, description = "The show is over")))]
pub async fn end(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    room.end_show();
    Ok(kept(&room).await)
}

/// Done, and on disk: what was acknowledged is not lost any more.
async fn kept(room: &Room) -> Response {
    room.settled().await;
    StatusCode::NO_CONTENT.into_response()
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
