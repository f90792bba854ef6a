//! Product cards as viewers and the preview get them.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;

use super::{Problem, answer, find};
use crate::domain::{Currency, Habits, Lang, Market};
use crate::pipeline::{CARD_PATIENCE, Rooms, card_gaps, card_json, card_texts, make_ahead};

#[derive(Deserialize)]
pub struct CardsQuery {
    lang: Option<String>,
    /// Only this product, with what its card lacks in the language: for the preview.
    sku: Option<String>,
    currency: Option<String>,
    units: Option<String>,
}

/// `GET /v1/rooms/{room}/cards`. What engines have to translate is begun, and shown as far as it is there in time.
pub async fn list(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    Query(query): Query<CardsQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = find(&rooms, &name)?;
    let packs = &rooms.engines.packs;
    let lang = query.lang.as_deref().and_then(|tag| Lang::parse(tag).ok());
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let chosen = query.currency.as_deref().and_then(|code| Currency::parse(code).ok());
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
            card["gaps"] = card_gaps(&room, product, &lang, &machine);
        }
        cards.push(card);
    }
    Ok(answer(&Value::Array(cards)))
}
