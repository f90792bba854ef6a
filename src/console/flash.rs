//! Flash sales over HTTP: begun, listed and stopped by the operator.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_decimal::Decimal;

use super::body::json_of;
use super::operate::operated;
use super::{Problem, answer, problem};
use crate::domain::{Flash, Sku};
use crate::pipeline::{FlashRefused, Room, Rooms};
use crate::protocol::rest::{BeginSale, Sale, Sales};
use crate::record::{RecordError, now_ms};

/// Seconds: a flash of less cannot be read, one of more than a week is a price.
const DURATION_S: std::ops::RangeInclusive<i64> = 10..=7 * 86_400;

/// `GET /v1/rooms/{room}/flash`: the sales that are on.
#[utoipa::path(get, path = "/v1/rooms/{room}/flash", tag = "flash sales", security(("bearer" = ["host"])),
    responses((status = 200, description = "The sales that are on", body = Sales)))]
pub async fn list(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    Ok(answer(&Sales { sales: sales(&room), server_time_ms: now_ms() }))
}

/// `POST /v1/rooms/{room}/flash`: a sale begins, and its product is pinned. One of the same product that is on ends.
#[utoipa::path(post, path = "/v1/rooms/{room}/flash", tag = "flash sales", security(("bearer" = ["host"])),
    request_body = BeginSale,
    responses((status = 201, description = "The sale", body = Sale), (status = 404, description = "no_such_product"),
        (status = 422, description = "not_below, bad_price, bad_duration, bad_stock"),
        (status = 503, description = "not_kept")))]
pub async fn begin(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let begin: BeginSale = json_of(&headers, &body)?;
    let sku = Sku::parse(&begin.sku).map_err(|_| FlashRefused::NoSuchProduct)?;
    let price = begin.price.trim().parse::<Decimal>();
    let price = price.map_err(|_| bad("bad_price", "The price is not a number, as in \"2.20\"."))?;
    if !DURATION_S.contains(&begin.duration_s) {
        return Err(bad("bad_duration", "duration_s has to be 10 seconds to 7 days."));
    }
    let ends_at_ms = now_ms() + begin.duration_s * 1_000;
    let flash = room.begin_flash(&sku, price, ends_at_ms, begin.stock).await?;
    Ok((StatusCode::CREATED, answer(&wire(&flash))).into_response())
}

/// `DELETE /v1/rooms/{room}/flash/{sku}`: ends the sale; the regular price holds again; reservations stay.
#[utoipa::path(delete, path = "/v1/rooms/{room}/flash/{sku}", tag = "flash sales", security(("bearer" = ["host"])),
    responses((status = 204, description = "The sale is over"), (status = 404, description = "no_flash"),
        (status = 503, description = "not_kept")))]
pub async fn end(
    State(rooms): State<Arc<Rooms>>,
    Path((name, sku)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let sku = Sku::parse(&sku).map_err(|_| over())?;
    match room.end_flash(&sku).await {
        Ok(true) => Ok(StatusCode::NO_CONTENT.into_response()),
        Ok(false) => Err(over()),
        Err(error) => Err(not_kept(&error)),
    }
}

/// The sales of a room as consoles see them.
pub(super) fn sales(room: &Room) -> Vec<Sale> {
    room.flashes().iter().map(wire).collect()
}

fn wire(flash: &Flash) -> Sale {
    Sale {
        sku: flash.sku.to_string(),
        price: flash.price.written(),
        currency: flash.price.currency.to_string(),
        was: flash.was.map(|was| was.written()),
        ends_at_ms: flash.ends_at_ms,
        stock: flash.stock,
        reserved: flash.reserved,
    }
}

impl From<FlashRefused> for Problem {
    fn from(refused: FlashRefused) -> Self {
        let (status, code) = match &refused {
            FlashRefused::Record(error) => return not_kept(error),
            FlashRefused::NoSuchProduct => (StatusCode::NOT_FOUND, "no_such_product"),
            FlashRefused::NotBelow => (StatusCode::UNPROCESSABLE_ENTITY, "not_below"),
            FlashRefused::TooFine => (StatusCode::UNPROCESSABLE_ENTITY, "bad_price"),
            FlashRefused::BadStock => (StatusCode::UNPROCESSABLE_ENTITY, "bad_stock"),
        };
        Self::from(problem(status, code, &refused.to_string()))
    }
}

fn bad(code: &str, detail: &str) -> Problem {
    Problem::from(problem(StatusCode::UNPROCESSABLE_ENTITY, code, detail))
}

fn over() -> Problem {
    let detail = "There is no flash sale of this product, or it is over.";
    Problem::from(problem(StatusCode::NOT_FOUND, "no_flash", detail))
}

fn not_kept(error: &RecordError) -> Problem {
    tracing::error!(%error, "a flash sale could not be written");
    let detail = "The change could not be written to disk and was not made.";
    Problem::from(problem(StatusCode::SERVICE_UNAVAILABLE, "not_kept", detail))
}
