//! Product cards as viewers and the preview get them.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Problem, answer, find, problem};
use crate::domain::{Currency, Habits, Lang, Market};
use crate::pipeline::{CARD_PATIENCE, Rooms, card_gaps, card_json, card_texts, make_ahead};
use crate::protocol::rest::Card;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CardsQuery {
    /// BCP 47; English without it.
    #[param(pattern = "^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?$", example = "es")]
    lang: Option<String>,
    /// Only this product, with what its card lacks in the language: for the preview.
    #[param(example = "HY-500")]
    sku: Option<String>,
    /// ISO 4217; the language's own without it.
    #[param(pattern = "^[A-Za-z]{3}$", example = "MXN")]
    currency: Option<String>,
    /// `metric`, `us`, `uk`, `fahrenheit`, or a country's code; without it the reader's region's.
    #[param(example = "us")]
    units: Option<String>,
}

/// `GET /v1/rooms/{room}/cards`: product cards in a language. What engines have to translate is begun, and shown as far as it is there in time.
#[utoipa::path(get, path = "/v1/rooms/{room}/cards", tag = "catalogue", params(CardsQuery),
    responses((status = 200, description = "The cards in the order of the show", body = Vec<Card>)))]
pub async fn list(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    Query(query): Query<CardsQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = find(&rooms, &name)?;
    let packs = &rooms.engines.packs;
    let lang = query.lang.as_deref().map(Lang::parse).transpose().map_err(|error| bad(&error))?;
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let chosen = query.currency.as_deref().map(Currency::parse).transpose().map_err(|error| bad(&error))?;
    let habits = Habits::of_reader(query.units.as_deref(), lang.as_ref(), accepted, chosen);
    let lang = lang.unwrap_or_else(|| packs.negotiate("en"));
    let currency = chosen.or_else(|| packs.get(&lang).map(|pack| pack.currency)).unwrap_or(Currency::USD);
    let market = Market { currency, habits };
    let catalogue = room.catalogue();
    let sku = query.sku.as_deref();
    if sku.is_none() {
        make_ahead(&room, &lang);
    }
    let deadline = Instant::now() + CARD_PATIENCE;
    let mut cards = Vec::new();
    for product in catalogue.products.iter().filter(|p| sku.is_none_or(|sku| p.sku.as_str() == sku)) {
        let patience = deadline.saturating_duration_since(Instant::now());
        let machine = card_texts(&room, product, &lang, patience).await;
        let Some(mut card) = card_json(&room, product, &lang, market, &machine) else { continue };
        if sku.is_some() {
            card.gaps = Some(card_gaps(&room, product, &lang, &machine));
        }
        cards.push(card);
    }
    Ok(answer(&cards))
}

fn bad(error: &impl std::fmt::Display) -> Problem {
    problem(StatusCode::BAD_REQUEST, "bad_request", &error.to_string()).into()
}
