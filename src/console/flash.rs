//! Flash sales over HTTP: begun and stopped by the operator, reserved from by shoppers.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

use super::operate::operated;
use super::{Problem, answer, find, problem};
use crate::domain::{Flash, Money, Reserved, Sku};
use crate::pipeline::{FlashRefused, Rooms};
use crate::record::{RecordError, now_ms};

/// Seconds: a flash of less cannot be read, one of more than a week is a price.
const DURATION_S: std::ops::RangeInclusive<i64> = 10..=7 * 86_400;
/// Pieces that one shopper may put by at once.
const MOST_PIECES: u64 = 10_000;
const LONGEST_CONTACT: usize = 200;
const LONGEST_KEY: usize = 64;
/// Reservations that the operator's list shows.
const LISTED: u32 = 500;

#[derive(Deserialize)]
struct Begin {
    sku: String,
    /// In the product's currency: `2.20`
    price: String,
    duration_s: i64,
    /// Pieces; without it as many as are asked for.
    stock: Option<u64>,
}

/// `POST /v1/rooms/{room}/flash`
pub async fn begin(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let begin: Begin = serde_json::from_slice(&body).map_err(|error| bad(&error.to_string()))?;
    let sku = Sku::parse(&begin.sku).map_err(|error| bad(&error.to_string()))?;
    let amount: Decimal =
        begin.price.trim().parse().map_err(|_| bad("price is not a number, as in \"2.20\""))?;
    if amount <= Decimal::ZERO {
        return Err(bad("price has to be above zero"));
    }
    if !DURATION_S.contains(&begin.duration_s) {
        return Err(bad("duration_s has to be 10 seconds to 7 days"));
    }
    let Some(currency) = room.catalogue().product(&sku).map(|product| product.price.currency) else {
        return Err(FlashRefused::NoSuchProduct.into());
    };
    let ends_at_ms = now_ms() + begin.duration_s * 1_000;
    let flash = room.begin_flash(&sku, Money { amount, currency }, ends_at_ms, begin.stock).await?;
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
    if room.end_flash(&sku).await.map_err(not_kept)? {
        Ok(StatusCode::NO_CONTENT.into_response())
    } else {
        Err(over())
    }
}

#[derive(Deserialize)]
struct Reserve {
    quantity: u64,
    #[serde(default)]
    contact: String,
    /// The shopper's own name for this wish: the same one sent twice takes nothing more.
    key: Option<String>,
}

/// `POST /v1/rooms/{room}/flash/{sku}/reservations`: a shopper wants pieces at the flash price.
pub async fn reserve(
    State(rooms): State<Arc<Rooms>>,
    Path((name, sku)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, Problem> {
    let room = find(&rooms, &name)?;
    let sku = Sku::parse(&sku).map_err(|_| over())?;
    let wish: Reserve = serde_json::from_slice(&body).map_err(|error| bad(&error.to_string()))?;
    if !(1..=MOST_PIECES).contains(&wish.quantity) {
        return Err(bad("quantity has to be 1 to 10000"));
    }
    let too_long = wish.contact.chars().count() > LONGEST_CONTACT
        || wish.key.as_ref().is_some_and(|key| key.len() > LONGEST_KEY);
    if too_long {
        return Err(bad("contact may have 200 characters, key 64"));
    }
    let contact = wish.contact.trim().to_owned();
    let id = uuid::Uuid::new_v4().simple().to_string();
    match room.reserve(&sku, wish.quantity, contact, wish.key, id).await.map_err(not_kept)? {
        Reserved::Held { id, left } => {
            let held = json!({ "id": id, "sku": sku.as_str(), "quantity": wish.quantity, "left": left });
            Ok((StatusCode::CREATED, answer(&held)).into_response())
        }
        Reserved::TooFew { left } => {
            let detail = format!("Only {left} pieces are left.");
            Err(Problem::from(problem(StatusCode::CONFLICT, "too_few_left", &detail)))
        }
        Reserved::Over => Err(over()),
    }
}

/// `GET /v1/rooms/{room}/reservations`
pub async fn reservations(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let list = rooms.engines.record.reservations(&room.config.id, LISTED).await.map_err(not_kept)?;
    let list = list.into_iter().map(|one| {
        json!({ "id": one.id, "sku": one.sku, "quantity": one.quantity, "contact": one.contact,
                "made_ms": one.made_ms, "cancelled": one.cancelled })
    });
    Ok(answer(&list.collect()))
}

/// `DELETE /v1/rooms/{room}/reservations/{id}`: the pieces are for others again.
pub async fn cancel(
    State(rooms): State<Arc<Rooms>>,
    Path((name, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    if room.cancel_reservation(&id).await.map_err(not_kept)? {
        Ok(StatusCode::NO_CONTENT.into_response())
    } else {
        let detail = "There is no such reservation, or it was cancelled before.";
        Err(Problem::from(problem(StatusCode::NOT_FOUND, "no_such_reservation", detail)))
    }
}

fn wire(flash: &Flash) -> Value {
    json!({
        "sku": flash.sku.as_str(), "price": flash.price.amount.to_string(), "currency": flash.price.currency.as_str(),
        "was": flash.was.map(|was| was.amount.to_string()), "ends_at_ms": flash.ends_at_ms, "stock": flash.stock,
    })
}

impl From<FlashRefused> for Problem {
    fn from(refused: FlashRefused) -> Self {
        let (status, code) = match refused {
            FlashRefused::Record(error) => return not_kept(error),
            FlashRefused::NoSuchProduct => (StatusCode::NOT_FOUND, "no_such_product"),
            FlashRefused::NotBelow => (StatusCode::UNPROCESSABLE_ENTITY, "not_below"),
        };
        Self::from(problem(status, code, &refused.to_string()))
    }
}

fn bad(detail: &str) -> Problem {
    Problem::from(problem(StatusCode::BAD_REQUEST, "bad_request", detail))
}

fn over() -> Problem {
    Problem::from(problem(
        StatusCode::NOT_FOUND,
        "no_flash",
        "There is no flash sale of this product, or it is over.",
    ))
}

fn not_kept(error: RecordError) -> Problem {
    tracing::error!(%error, "a flash sale could not be written");
    let detail = "The change could not be written to disk and was not made.";
    Problem::from(problem(StatusCode::SERVICE_UNAVAILABLE, "not_kept", detail))
}
