//! What hosts and operators see and do: rooms, pins, the state of a show; language packs for the pages.

mod glossary;
mod metrics;
mod operate;
mod pages;
mod state;

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::{Currency, Lang, RoomId};
use crate::packs::Pack;
use crate::pipeline::{CARD_PATIENCE, Room, Rooms, card_json, card_texts, make_ahead};

pub use pages::routes as page_routes;

/// Everything under `/v1` but the sockets, and what machines ask: health, readiness, metrics.
pub fn routes() -> Router<Arc<Rooms>> {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics::metrics))
        .route("/v1/packs", get(packs))
        .route("/v1/packs/{lang}", get(pack))
        .route("/v1/rooms", get(rooms))
        .route("/v1/rooms/{room}", get(room))
        .route("/v1/rooms/{room}/cards", get(cards))
        .route("/v1/rooms/{room}/console", get(state::console))
        .route("/v1/rooms/{room}/pin", post(operate::pin))
        .route("/v1/rooms/{room}/unpin", post(operate::unpin))
        .route("/v1/rooms/{room}/end", post(operate::end))
        .merge(glossary_routes())
}

fn glossary_routes() -> Router<Arc<Rooms>> {
    let all = get(glossary::list).put(glossary::replace).post(glossary::add);
    Router::new()
        .route("/v1/rooms/{room}/glossary", all)
        .route("/v1/rooms/{room}/glossary/report", get(glossary::report))
        .route("/v1/rooms/{room}/glossary/terms/{term}", put(glossary::put).delete(glossary::delete))
        .layer(DefaultBodyLimit::max(glossary::LONGEST_BODY))
}

/// RFC 9457 problem details. `code` is stable, `detail` is for people.
pub fn problem(status: StatusCode, code: &str, detail: &str) -> Response {
    problem_with(status, code, detail, &[])
}

/// The same with further members.
fn problem_with(status: StatusCode, code: &str, detail: &str, more: &[(&str, Value)]) -> Response {
    let title = status.canonical_reason().unwrap_or("Error");
    let mut body = json!({ "type": "about:blank", "title": title, "status": status.as_u16(), "code": code, "detail": detail });
    for (name, value) in more {
        body[*name] = value.clone();
    }
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

/// A request that was not granted, as its finished answer.
#[derive(Debug)]
pub struct Problem(Box<Response>);

impl From<Response> for Problem {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        *self.0
    }
}

fn find(rooms: &Rooms, name: &str) -> Result<Arc<Room>, Problem> {
    let room = RoomId::parse(name).ok().and_then(|id| rooms.get(&id).cloned());
    room.ok_or_else(|| {
        Problem::from(problem(StatusCode::NOT_FOUND, "no_such_room", "There is no such room."))
    })
}

fn answer(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], value.to_string())
        .into_response()
}

/// Which engines and languages serve.
async fn ready(State(rooms): State<Arc<Rooms>>) -> Response {
    let engines = &rooms.engines;
    let languages: serde_json::Map<_, _> =
        engines.packs.iter().map(|pack| (pack.lang.to_string(), json!(served_by(&rooms, pack)))).collect();
    let ready = !engines.stopping.is_cancelled();
    let body = json!({
        "ready": ready,
        "recognition": { "model": engines.config.whisper, "free_slots": engines.hosts.available_permits() },
        "languages": languages,
        "rooms": rooms.iter().count(),
    });
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, answer(&body)).into_response()
}

/// The engines of a pack's chain, each with its measured quality or why it does not serve.
fn served_by(rooms: &Rooms, pack: &Pack) -> Value {
    let present = &rooms.engines.engine_names;
    let engines = pack.chain.iter().map(|name| {
        let state = match pack.tiers.get(name) {
            _ if !present.iter().any(|p| p == name) => "not available in this version",
            Some(tier) => tier.as_str(),
            None => "not measured",
        };
        (name.clone(), json!(state))
    });
    Value::Object(engines.collect())
}

async fn packs(State(rooms): State<Arc<Rooms>>) -> Response {
    let packs = rooms.engines.packs.iter().map(|pack| {
        json!({ "lang": pack.lang.as_str(), "name": pack.name, "dir": pack.dir.as_str(),
                "currency": pack.currency.as_str(), "quality": pack.quality() })
    });
    answer(&packs.collect())
}

async fn pack(State(rooms): State<Arc<Rooms>>, Path(lang): Path<String>) -> Response {
    let pack = Lang::parse(&lang).ok().and_then(|lang| rooms.engines.packs.get(&lang).cloned());
    match pack {
        Some(pack) => {
            answer(&json!({ "lang": pack.lang.as_str(), "name": pack.name, "dir": pack.dir.as_str(),
                                      "currency": pack.currency.as_str(), "strings": pack.strings }))
        }
        None => problem(StatusCode::NOT_FOUND, "no_such_language", "There is no pack for this language."),
    }
}

async fn rooms(State(rooms): State<Arc<Rooms>>) -> Response {
    let rooms = rooms.iter().map(
        |room| json!({ "room": room.config.id.as_str(), "title": room.config.title, "live": room.is_live() }),
    );
    answer(&rooms.collect())
}

async fn room(State(rooms): State<Arc<Rooms>>, Path(name): Path<String>) -> Result<Response, Problem> {
    let room = find(&rooms, &name)?;
    let catalogue = &room.config.catalogue;
    let products = catalogue.products.iter().map(|product| {
        let name_source = product.names.get(&catalogue.source_lang);
        json!({ "sku": product.sku.as_str(), "name": name_source, "name_source": name_source,
                "names": product.names.iter().map(|(l, n)| (l.to_string(), json!(n))).collect::<serde_json::Map<_, _>>(),
                "image": product.image })
    });
    let currencies: Vec<_> = catalogue.rates.currencies().iter().map(ToString::to_string).collect();
    Ok(answer(&json!({
        "room": room.config.id.as_str(), "title": room.config.title, "live": room.is_live(),
        "source_lang": room.source_lang().as_str(), "currencies": currencies,
        "pinned": room.pinned().map(|sku| sku.to_string()),
        "auth": if rooms.engines.guard.is_off() { "off" } else { "token" },
        "products": products.collect::<Value>(),
    })))
}

#[derive(Deserialize)]
struct CardsQuery {
    lang: Option<String>,
    currency: Option<String>,
}

async fn cards(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    Query(query): Query<CardsQuery>,
) -> Result<Response, Problem> {
    let room = find(&rooms, &name)?;
    let packs = &rooms.engines.packs;
    let lang = query.lang.as_deref().and_then(|tag| Lang::parse(tag).ok());
    let lang = lang.unwrap_or_else(|| packs.negotiate("en"));
    let asked = query.currency.as_deref().and_then(|code| Currency::parse(code).ok());
    let currency = asked.or_else(|| packs.get(&lang).map(|pack| pack.currency)).unwrap_or(Currency::USD);
    // Somebody is about to watch: what has to be translated is begun, and shown as far as it is there in time.
    make_ahead(&room, &lang);
    let deadline = Instant::now() + CARD_PATIENCE;
    let mut cards = Vec::new();
    for product in room.config.catalogue.products.iter() {
        let patience = deadline.saturating_duration_since(Instant::now());
        let machine = card_texts(&room, product, &lang, patience).await;
        cards.extend(card_json(&room, product, &lang, currency, &machine));
    }
    Ok(answer(&Value::Array(cards)))
}
