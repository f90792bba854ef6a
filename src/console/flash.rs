//! Flash sales over HTTP: begun, listed and stopped by the operator.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

use super::operate::operated;
use super::{Problem, answer, problem};
use crate::domain::{Flash, Sku};
use crate::pipeline::{FlashRefused, Room, Rooms};
use crate::record::{RecordError, now_ms};

/// Seconds: a flash of less cannot be read, one of more than a week is a price.
const DURATION_S: std::ops::RangeInclusive<i64> = 10..=7 * 86_400;

#[derive(Deserialize)]
struct Begin {
    sku: String,
    /// In the product's currency: `2.20`
    price: String,
    duration_s: i64,
    /// Pieces; without it as many as are asked for.
    stock: Option<u64>,
}

/// `GET /v1/rooms/{room}/flash`: the sales that are on.
pub async fn list(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    Ok(answer(&json!({ "sales": sales(&room), "server_time_ms": now_ms() })))
}

/// `POST /v1/rooms/{room}/flash`
pub async fn begin(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let begin: Begin =
        serde_json::from_slice(&body).map_err(|error| bad("bad_request", &error.to_string()))?;
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

/// `DELETE /v1/rooms/{room}/flash/{sku}`
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
pub(super) fn sales(room: &Room) -> Value {
    room.flashes().iter().map(wire).collect()
}

fn wire(flash: &Flash) -> Value {
    json!({
        "sku": flash.sku.as_str(), "price": flash.price.written(), "currency": flash.price.currency.as_str(),
        "was": flash.was.map(|was| was.written()), "ends_at_ms": flash.ends_at_ms, "stock": flash.stock,
        "reserved": flash.reserved,
    })
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
    let status =
        if code == "bad_request" { StatusCode::BAD_REQUEST } else { StatusCode::UNPROCESSABLE_ENTITY };
    Problem::from(problem(status, code, detail))
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
