//! Reservations over HTTP: made and looked up by shoppers, listed, taken home and cancelled by operators.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::address::ClientAddress;
use super::body::json_of;
use super::operate::operated;
use super::table::{self, time};
use super::{Problem, answer, find, problem};
use crate::domain::{InquiryId, Reservation, Sku};
use crate::pipeline::{ReserveRefused, Room, Rooms};
use crate::protocol::rest::{Held, OperatorReservation, ReservationState, ReservationWish};

/// Largest wish that is read: 200 characters of any script, escaped.
pub const LARGEST_BODY: usize = 4 * 1024;
/// Reservations of the operator's list, the newest.
const LISTED: u32 = 500;
/// Reservations of one table, the newest: a spreadsheet still opens it.
const LARGEST_TABLE: u32 = 20_000;

/// `POST /v1/rooms/{room}/flash/{sku}/reservations`: a shopper wants pieces at the flash price.
#[utoipa::path(post, path = "/v1/rooms/{room}/flash/{sku}/reservations", tag = "flash sales",
    request_body = ReservationWish,
    responses((status = 201, description = "Put by, on disk", body = Held), (status = 404, description = "no_flash"),
        (status = 409, description = "too_few_left, key_used, reservation_cancelled"),
        (status = 422, description = "bad_quantity, contact_missing, contact_too_long, bad_key"),
        (status = 429, description = "too_many_reservations"), (status = 503, description = "not_kept")))]
pub async fn reserve(
    State(rooms): State<Arc<Rooms>>,
    Path((name, sku)): Path<(String, String)>,
    ClientAddress(from): ClientAddress,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let room = find(&rooms, &name)?;
    let sku = Sku::parse(&sku).map_err(|_| refusal(&ReserveRefused::Over))?;
    let wish: ReservationWish = json_of(&headers, &body)?;
    let made = room.reserve(&sku, wish.quantity, &wish.contact, wish.key, from).await;
    let (reservation, left) = made.map_err(|refused| refusal(&refused))?;
    Ok((StatusCode::CREATED, answer(&Held { reservation: state(&reservation), left })).into_response())
}

/// `GET /v1/rooms/{room}/reservations/{id}`: a reservation's state, for who has the id.
#[utoipa::path(get, path = "/v1/rooms/{room}/reservations/{id}", tag = "flash sales",
    responses((status = 200, description = "The reservation, without its contact", body = ReservationState),
        (status = 404, description = "no_such_reservation"), (status = 500, description = "internal")))]
pub async fn one(
    State(rooms): State<Arc<Rooms>>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let room = find(&rooms, &name)?;
    InquiryId::parse(&id).map_err(|_| none_such())?;
    let found = rooms.engines.record.reservation(&room.config.id, &id).await.map_err(|e| unread(&e))?;
    Ok(answer(&state(&found.ok_or_else(none_such)?)))
}

/// `GET /v1/rooms/{room}/reservations`: what shoppers have put by, the newest first, 500 at most.
#[utoipa::path(get, path = "/v1/rooms/{room}/reservations", tag = "flash sales", security(("bearer" = ["host"])),
    responses((status = 200, description = "The reservations", body = Vec<OperatorReservation>),
        (status = 500, description = "internal")))]
pub async fn list(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let found = rooms.engines.record.reservations(&room.config.id, LISTED).await;
    let listed = found.map_err(|error| unread(&error))?;
    Ok(answer(&listed.iter().map(|one| for_console(&room, one)).collect::<Vec<_>>()))
}

/// `GET /v1/rooms/{room}/reservations.csv`: what shoppers have put by, for the factory's spreadsheet, 20,000 at most.
#[utoipa::path(get, path = "/v1/rooms/{room}/reservations.csv", tag = "flash sales", security(("bearer" = ["host"])),
    responses((status = 200, description = "No cell begins as a formula would", body = String, content_type = "text/csv"),
        (status = 500, description = "internal")))]
pub async fn csv(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    const HEADINGS: [&str; 9] =
        ["reserved_at", "reservation", "sku", "product", "quantity", "price", "currency", "contact", "state"];
    let room = operated(&rooms, &name, &headers)?;
    let found = rooms.engines.record.reservations(&room.config.id, LARGEST_TABLE).await;
    let found = found.map_err(|error| unread(&error))?;
    let rows = found.iter().map(|one| {
        [
            time(one.made_ms),
            one.id.clone(),
            one.sku.clone(),
            product_name(&room, one).unwrap_or_default(),
            one.quantity.to_string(),
            one.price.written(),
            one.price.currency.to_string(),
            one.contact.clone(),
            state_name(one).to_owned(),
        ]
    });
    let table = table::csv(HEADINGS, rows).map_err(|error| unread(&error))?;
    let file = format!("attachment; filename=\"{}-reservations.csv\"", room.config.id);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, file),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, table).into_response())
}

/// `DELETE /v1/rooms/{room}/reservations/{id}`: cancels it; the pieces are for others again.
#[utoipa::path(delete, path = "/v1/rooms/{room}/reservations/{id}", tag = "flash sales", security(("bearer" = ["host"])),
    responses((status = 204, description = "Cancelled"), (status = 404, description = "no_such_reservation"),
        (status = 503, description = "not_kept")))]
pub async fn cancel(
    State(rooms): State<Arc<Rooms>>,
    Path((name, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    match room.cancel_reservation(&id).await {
        Ok(true) => Ok(StatusCode::NO_CONTENT.into_response()),
        Ok(false) => Err(none_such()),
        Err(error) => {
            tracing::error!(%error, "a reservation could not be cancelled");
            let detail = "The change could not be written to disk and was not made.";
            Err(Problem::from(problem(StatusCode::SERVICE_UNAVAILABLE, "not_kept", detail)))
        }
    }
}

/// A reservation as operators see it.
pub(super) fn for_console(room: &Room, reservation: &Reservation) -> OperatorReservation {
    OperatorReservation {
        reservation: state(reservation),
        contact: reservation.contact.clone(),
        product: product_name(room, reservation),
    }
}

/// As who made it sees it: without the contact, since an id may be read over a shoulder.
fn state(one: &Reservation) -> ReservationState {
    ReservationState {
        id: one.id.clone(),
        sku: one.sku.clone(),
        quantity: one.quantity,
        price: one.price.written(),
        currency: one.price.currency.to_string(),
        made_ms: one.made_ms,
        state: state_name(one),
    }
}

fn state_name(one: &Reservation) -> &'static str {
    if one.cancelled { "cancelled" } else { "held" }
}

fn product_name(room: &Room, one: &Reservation) -> Option<String> {
    let catalogue = room.catalogue();
    let product = catalogue.product(&Sku::parse(&one.sku).ok()?)?;
    product.names.get(&catalogue.source_lang).cloned()
}

fn refusal(refused: &ReserveRefused) -> Problem {
    let status = match refused {
        ReserveRefused::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        ReserveRefused::NotKept(_) => StatusCode::SERVICE_UNAVAILABLE,
        ReserveRefused::TooFew { .. } | ReserveRefused::KeyUsed | ReserveRefused::Cancelled => {
            StatusCode::CONFLICT
        }
        ReserveRefused::Over => StatusCode::NOT_FOUND,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let more = match refused {
        ReserveRefused::TooFew { left } => vec![("left", json!(left))],
        _ => Vec::new(),
    };
    let mut response = super::problem_with(status, refused.code(), &refused.to_string(), &more);
    if let ReserveRefused::TooMany(wait) = refused {
        let seconds = wait.as_millis().div_ceil(1_000).max(1);
        let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Problem::from(response)
}

fn none_such() -> Problem {
    let detail = "There is no such reservation, or it was cancelled before.";
    Problem::from(problem(StatusCode::NOT_FOUND, "no_such_reservation", detail))
}

fn unread(error: &(impl std::fmt::Display + ?Sized)) -> Problem {
    tracing::error!(%error, "the reservations could not be read");
    let detail = "The reservations could not be read.";
    Problem::from(problem(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail))
}
