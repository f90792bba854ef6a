//! What hosts and operators see and do: rooms, pins, the state of a show; language packs for the pages.

mod address;
mod cards;
mod corrections;
mod flash;
mod glossary;
mod images;
mod inquiries;
mod inquiries_csv;
mod metrics;
mod operate;
mod pages;
mod pins;
mod policy;
mod products;
mod rates;
mod replay;
mod reservations;
mod shows;
mod state;
mod summary;
mod table;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use serde_json::{Value, json};

use crate::domain::{Lang, RoomId};
use crate::packs::Pack;
use crate::pipeline::{Room, Rooms};
use crate::record::RecordError;

pub use address::{ClientAddress, ClientCountry};
pub use pages::routes as page_routes;
pub use policy::CONTENT_SECURITY;
pub use shows::captions_json;

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
        .route("/v1/rooms/{room}/cards", get(cards::list))
        .route(
            "/v1/rooms/{room}/captions/{segment}",
            post(corrections::correct).layer(DefaultBodyLimit::max(corrections::LARGEST_BODY)),
        )
        .route("/v1/rooms/{room}/console", get(state::console))
        .route("/v1/rooms/{room}/pin", post(operate::pin))
        .route("/v1/rooms/{room}/unpin", post(operate::unpin))
        .route("/v1/rooms/{room}/pins", get(pins::state).put(pins::set_mode))
        .route("/v1/rooms/{room}/suggestions/{sku}", delete(pins::dismiss))
        .route("/v1/rooms/{room}/undo", post(pins::undo))
        .route("/v1/rooms/{room}/end", post(operate::end))
        .route("/v1/rooms/{room}/summary", get(summary::summary))
        .route("/v1/rooms/{room}/products", get(products::list).put(products::import))
        .route("/v1/rooms/{room}/products.json", get(products::list))
        .route("/v1/rooms/{room}/products.csv", get(products::csv))
        .route("/v1/rooms/{room}/products/order", post(products::order))
        .route(
            "/v1/rooms/{room}/products/{sku}",
            get(products::one).put(products::put).delete(products::remove),
        )
        .route(
            "/v1/rooms/{room}/images",
            post(images::upload).layer(DefaultBodyLimit::max(images::LARGEST_UPLOAD)),
        )
        .merge(inquiry_routes())
        .merge(glossary_routes())
        .merge(flash_routes())
        .merge(show_routes())
}

fn show_routes() -> Router<Arc<Rooms>> {
    Router::new()
        .route("/v1/rooms/{room}/shows", get(shows::list))
        .route("/v1/rooms/{room}/shows/{epoch}", delete(shows::remove))
        .route("/v1/rooms/{room}/captions.vtt", get(shows::vtt))
        .route("/v1/rooms/{room}/captions.srt", get(shows::srt))
        .route("/v1/rooms/{room}/captions.json", get(shows::json))
}

fn glossary_routes() -> Router<Arc<Rooms>> {
    let all = get(glossary::list).put(glossary::replace).post(glossary::add);
    Router::new()
        .route("/v1/rooms/{room}/glossary", all)
        .route("/v1/rooms/{room}/glossary/report", get(glossary::report))
        .route("/v1/rooms/{room}/glossary/terms/{term}", put(glossary::put).delete(glossary::delete))
        .layer(DefaultBodyLimit::max(glossary::LONGEST_BODY))
}

fn flash_routes() -> Router<Arc<Rooms>> {
    Router::new()
        .route("/v1/rooms/{room}/flash", get(flash::list).post(flash::begin))
        .route("/v1/rooms/{room}/flash/{sku}", delete(flash::end))
        .route("/v1/rooms/{room}/flash/{sku}/reservations", post(reservations::reserve))
        .route("/v1/rooms/{room}/reservations", get(reservations::list))
        .route("/v1/rooms/{room}/reservations.csv", get(reservations::csv))
        .route("/v1/rooms/{room}/reservations/{id}", get(reservations::one).delete(reservations::cancel))
        .layer(DefaultBodyLimit::max(reservations::LARGEST_BODY))
}

fn inquiry_routes() -> Router<Arc<Rooms>> {
    Router::new()
        .route("/v1/rooms/{room}/inquiries", get(inquiries::list).post(inquiries::ask))
        .route("/v1/rooms/{room}/inquiries.csv", get(inquiries::csv))
        .route("/v1/rooms/{room}/inquiries/{id}", get(inquiries::one))
        .route("/v1/rooms/{room}/inquiries/{id}/answer", post(inquiries::reply))
        .layer(DefaultBodyLimit::max(inquiries::LARGEST_BODY))
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

/// A change that could not be written to disk.
impl From<RecordError> for Problem {
    fn from(error: RecordError) -> Self {
        tracing::error!(%error, "a change could not be kept");
        let detail = "The change could not be written to disk and was not made.";
        problem(StatusCode::SERVICE_UNAVAILABLE, "not_kept", detail).into()
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

/// Which engines and languages serve, and why the others do not.
async fn ready(State(rooms): State<Arc<Rooms>>) -> Response {
    let engines = &rooms.engines;
    let languages: serde_json::Map<_, _> =
        engines.packs.iter().map(|pack| (pack.lang.to_string(), json!(served_by(&rooms, pack)))).collect();
    // A room whose host could not be let in is a reason to send that host elsewhere.
    let full = engines.hosts.available_permits() == 0 && rooms.iter().any(|room| !room.is_live());
    let ready = !engines.stopping.is_cancelled() && !full;
    let body = json!({
        "ready": ready,
        "recognition": { "model": engines.config.whisper, "free_slots": engines.hosts.available_permits() },
        "engines": translation(&rooms),
        "min_tier": engines.config.translate.route.min_tier.as_str(),
        "languages": languages,
        "rates": rates::told(&rooms),
        "rooms": rooms.iter().count(),
        "record": record(&rooms),
    });
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, answer(&body)).into_response()
}

/// Whether what happens is kept: a show goes on without, so this makes no gateway unready.
fn record(rooms: &Rooms) -> String {
    let unkept: usize = rooms.iter().filter_map(|room| room.unkept()).sum();
    match rooms.engines.record.trouble() {
        Some(why) => format!("failing: {why} ({unkept} events in memory only)"),
        None if unkept > 0 => format!("failing: the disk does not answer ({unkept} events in memory only)"),
        None if rooms.engines.config.record.dir.is_none() => "in memory only: no [record] dir".into(),
        None => "ready".into(),
    }
}

/// Every translation engine: `ready`, or why it is not asked.
fn translation(rooms: &Rooms) -> Value {
    let here = rooms.engines.route.all().iter();
    let here = here.map(|engine| (engine.name().to_owned(), json!(engine.readiness().as_str())));
    let missing = rooms.engines.missing.iter().map(|(name, lacks)| ((*name).to_owned(), json!(lacks)));
    Value::Object(here.chain(missing).collect())
}

/// The engines of a language's chain, each with its measured quality; one that is not here is skipped.
fn served_by(rooms: &Rooms, pack: &Pack) -> Value {
    let route = &rooms.engines.route;
    let engines = route.chain_of(pack).iter().map(|name| {
        let state = match pack.tiers.get(name) {
            _ if !route.all().iter().any(|engine| engine.name() == name) => "not here",
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
    let catalogue = room.catalogue();
    let products = catalogue.products.iter().map(|product| {
        let name_source = product.names.get(&catalogue.source_lang);
        json!({ "sku": product.sku.as_str(), "name": name_source, "name_source": name_source,
                "names": product.names.iter().map(|(l, n)| (l.to_string(), json!(n))).collect::<serde_json::Map<_, _>>(),
                "image": product.image, "price": { "amount": product.price.written(), "currency": product.price.currency.as_str() } })
    });
    let rates = room.rates();
    let known =
        rates.as_deref().map(|rates| json!({ "as_of": rates.as_of.to_string(), "source": rates.source }));
    let currencies: Vec<_> = rates.unwrap_or_default().currencies().iter().map(ToString::to_string).collect();
    Ok(answer(&json!({
        "room": room.config.id.as_str(), "title": room.config.title, "live": room.is_live(),
        "source_lang": room.source_lang().as_str(), "currencies": currencies, "rates": known,
        "pinned": room.pinned().map(|sku| sku.to_string()),
        "video": room.config.video.as_ref().map(|video| &video.url),
        "auth": if rooms.engines.guard.is_off() { "off" } else { "token" },
        "products": products.collect::<Value>(),
    })))
}
