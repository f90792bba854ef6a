//! What hosts and operators see and do: rooms, pins, the state of a show; language packs for the pages.

mod address;
mod audio;
mod body;
mod cards;
mod corrections;
mod flash;
mod glossary;
mod images;
mod inquiries;
mod inquiries_csv;
mod metrics;
mod openapi;
mod operate;
mod pages;
mod pins;
mod policy;
mod products;
mod rates;
mod rejections;
mod replay;
mod reservations;
mod shows;
mod state;
mod summary;
mod table;
mod token;
mod trouble;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use crate::config::Viewers;
use crate::domain::{Lang, RoomId};
use crate::packs::Pack;
use crate::pipeline::{Room, Rooms};
use crate::protocol::problem as wire;
use crate::protocol::rest::{
    ClusterState, OperatedRoom, PackStrings, PackSummary, Price, Readiness, Recognition, RoomProduct,
    RoomRates, RoomSummary,
};
use crate::publish::Link;
use crate::record::RecordError;
use body::answer;

pub use address::{ClientAddress, ClientCountry, Visitor};
pub use openapi::Document;
pub use pages::routes as page_routes;
pub use policy::{CONTENT_SECURITY, PERMISSIONS};
pub use rejections::told_as_problems;
pub use shows::captions_json;
pub use token::{close_reason, header_token, may_watch, private_rooms};

/// Everything under `/v1` but the sockets, and what machines ask: health, readiness, metrics. Each handler's annotation
/// is its part of `/openapi.json`.
pub fn routes() -> OpenApiRouter<Arc<Rooms>> {
    OpenApiRouter::new()
        .routes(routes!(health))
        .routes(routes!(ready))
        .routes(routes!(metrics::metrics))
        .routes(routes!(openapi::openapi))
        .routes(routes!(packs))
        .routes(routes!(pack))
        .routes(routes!(rooms))
        .routes(routes!(room))
        .routes(routes!(cards::list))
        .routes(routes!(corrections::correct).layer(DefaultBodyLimit::max(corrections::LARGEST_BODY)))
        .routes(routes!(state::console))
        .routes(routes!(operate::pin))
        .routes(routes!(operate::unpin))
        .routes(routes!(pins::state, pins::set_mode))
        .routes(routes!(pins::dismiss))
        .routes(routes!(pins::undo))
        .routes(routes!(operate::end))
        .routes(routes!(token::create).layer(DefaultBodyLimit::max(token::LARGEST_BODY)))
        .routes(routes!(summary::summary))
        .routes(routes!(products::list, products::import))
        .routes(routes!(products::json))
        .routes(routes!(products::csv))
        .routes(routes!(products::order))
        .routes(routes!(products::one, products::put, products::remove))
        .routes(routes!(images::upload).layer(DefaultBodyLimit::max(images::LARGEST_UPLOAD)))
        .routes(routes!(images::serve))
        .merge(inquiry_routes())
        .merge(glossary_routes())
        .merge(flash_routes())
        .merge(show_routes())
}

/// Not to be compressed: sound is already, and ranges of it are asked for.
pub fn sound_routes() -> OpenApiRouter<Arc<Rooms>> {
    OpenApiRouter::new().routes(routes!(audio::file))
}

fn show_routes() -> OpenApiRouter<Arc<Rooms>> {
    OpenApiRouter::new()
        .routes(routes!(shows::list))
        .routes(routes!(shows::remove))
        .routes(routes!(shows::vtt))
        .routes(routes!(shows::srt))
        .routes(routes!(shows::json))
        .routes(routes!(audio::list))
}

fn glossary_routes() -> OpenApiRouter<Arc<Rooms>> {
    OpenApiRouter::new()
        .routes(routes!(glossary::list, glossary::replace, glossary::add))
        .routes(routes!(glossary::report))
        .routes(routes!(glossary::put, glossary::delete))
        .layer(DefaultBodyLimit::max(glossary::LONGEST_BODY))
}

fn flash_routes() -> OpenApiRouter<Arc<Rooms>> {
    OpenApiRouter::new()
        .routes(routes!(flash::list, flash::begin))
        .routes(routes!(flash::end))
        .routes(routes!(reservations::reserve))
        .routes(routes!(reservations::list))
        .routes(routes!(reservations::csv))
        .routes(routes!(reservations::one, reservations::cancel))
        .layer(DefaultBodyLimit::max(reservations::LARGEST_BODY))
}

fn inquiry_routes() -> OpenApiRouter<Arc<Rooms>> {
    OpenApiRouter::new()
        .routes(routes!(inquiries::list, inquiries::ask))
        .routes(routes!(inquiries::csv))
        .routes(routes!(inquiries::one))
        .routes(routes!(inquiries::reply))
        .layer(DefaultBodyLimit::max(inquiries::LARGEST_BODY))
}

/// RFC 9457 problem details. `code` is stable, `detail` is for people.
pub fn problem(status: StatusCode, code: &str, detail: &str) -> Response {
    problem_with(status, code, detail, &[])
}

/// The same with further members.
fn problem_with(status: StatusCode, code: &str, detail: &str, more: &[(&str, Value)]) -> Response {
    let mut body = json!(wire::Problem {
        kind: "about:blank",
        title: status.canonical_reason().unwrap_or("Error").to_owned(),
        status: status.as_u16(),
        code: code.to_owned(),
        detail: detail.to_owned(),
    });
    for (name, value) in more {
        body[*name] = value.clone();
    }
    let code = Extension(ProblemCode(code.to_owned()));
    (status, code, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

/// What a problem's answer carries for those who count.
#[derive(Debug, Clone)]
pub struct ProblemCode(pub String);

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

/// Whether the process answers.
#[utoipa::path(get, path = "/healthz", tag = "gateway",
    responses((status = 200, description = "`ok`", body = String)))]
async fn health() -> &'static str {
    "ok\n"
}

/// Which engines and languages serve, and why the others do not.
#[utoipa::path(get, path = "/readyz", tag = "gateway", responses(
    (status = 200, description = "What serves", body = Readiness),
    (status = 503, description = "The gateway stops, has no place for a host of one of its rooms, or no recogniser works", body = Readiness)))]
async fn ready(State(rooms): State<Arc<Rooms>>) -> Response {
    let engines = &rooms.engines;
    let languages: serde_json::Map<_, _> =
        engines.packs.iter().map(|pack| (pack.lang.to_string(), json!(served_by(&rooms, pack)))).collect();
    // A room whose host could not be let in is a reason to send that host elsewhere.
    let hears = engines.config.role.takes_hosts();
    let full = hears && engines.hosts.available_permits() == 0 && rooms.iter().any(|room| !room.is_live());
    // So is one that hears nobody.
    let deaf = hears && engines.pool.working() == 0;
    let ready = !engines.stopping.is_cancelled() && !full && !deaf;
    let body = Readiness {
        ready,
        recognition: Recognition {
            model: engines.config.whisper.clone(),
            free_slots: engines.hosts.available_permits(),
            state: trouble::recognition(engines),
        },
        engines: translation(&rooms),
        min_tier: engines.config.translate.route.min_tier.as_str(),
        languages: Value::Object(languages),
        rates: rates::told(&rooms),
        rooms: rooms.iter().count(),
        record: record(&rooms),
        cluster: cluster(&rooms),
    };
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, answer(&body)).into_response()
}

/// How this node stands to the others: none where there are none.
fn cluster(rooms: &Rooms) -> Option<ClusterState> {
    let state = match rooms.engines.broker.link() {
        Link::Alone => return None,
        Link::Up => "ready",
        Link::Down => "degraded",
    };
    Some(ClusterState {
        state,
        role: rooms.engines.config.role.as_str(),
        rooms_owned: rooms.iter().filter(|room| room.is_here()).count(),
        rooms_without_owner: rooms.iter().filter(|room| !room.has_owner()).count(),
    })
}

/// Whether what happens is kept: a show goes on without, so this makes no gateway unready.
fn record(rooms: &Rooms) -> String {
    let unkept: usize = rooms.iter().filter_map(|room| room.unkept()).sum();
    match rooms.engines.record.trouble() {
        Some(why) => format!("failing: {why} ({unkept} events in memory only)"),
        None if unkept > 0 => format!("failing: the disk does not answer ({unkept} events in memory only)"),
        None if let Some(why) = rooms.iter().find_map(|room| room.audio_state()?.trouble) => {
            format!("failing: the sound is not kept: {why}")
        }
        None if rooms.engines.config.record.dir.is_none() => "in memory only: no [record] dir".into(),
        None => "ready".into(),
    }
}

/// Every translation engine: `ready`, or why it is not asked.
fn translation(rooms: &Rooms) -> BTreeMap<String, String> {
    let route = &rooms.engines.route;
    let here = route.all().iter().map(|engine| {
        let told = route.trouble(engine.as_ref()).unwrap_or_else(|| engine.readiness().as_str().to_owned());
        (engine.name().to_owned(), told)
    });
    let missing = rooms.engines.missing.iter().map(|(name, lacks)| ((*name).to_owned(), lacks.to_string()));
    here.chain(missing).collect()
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

/// The languages that the pages speak.
#[utoipa::path(get, path = "/v1/packs", tag = "languages",
    responses((status = 200, description = "All packs", body = Vec<PackSummary>)))]
async fn packs(State(rooms): State<Arc<Rooms>>) -> Response {
    let packs = rooms.engines.packs.iter().map(|pack| PackSummary {
        lang: pack.lang.to_string(),
        name: pack.name.clone(),
        dir: pack.dir.as_str(),
        currency: pack.currency.to_string(),
        quality: pack.quality().to_owned(),
    });
    answer(&packs.collect::<Vec<_>>())
}

/// The texts of the pages in a language.
#[utoipa::path(get, path = "/v1/packs/{lang}", tag = "languages", responses(
    (status = 200, description = "The pack", body = PackStrings), (status = 404, description = "no_such_language")))]
async fn pack(State(rooms): State<Arc<Rooms>>, Path(lang): Path<String>) -> Response {
    let pack = Lang::parse(&lang).ok().and_then(|lang| rooms.engines.packs.get(&lang).cloned());
    match pack {
        Some(pack) => answer(&PackStrings {
            lang: pack.lang.to_string(),
            name: pack.name.clone(),
            dir: pack.dir.as_str(),
            currency: pack.currency.to_string(),
            strings: pack.strings.clone(),
        }),
        None => problem(StatusCode::NOT_FOUND, "no_such_language", "There is no pack for this language."),
    }
}

/// The rooms of this gateway.
#[utoipa::path(get, path = "/v1/rooms", tag = "rooms",
    responses((status = 200, description = "All rooms that are open to everybody", body = Vec<RoomSummary>)))]
async fn rooms(State(rooms): State<Arc<Rooms>>) -> Response {
    // A room that asks its viewers for a token is for those who have its link.
    let open = rooms.iter().filter(|room| room.config.viewers == Viewers::Anybody);
    let rooms = open.map(|room| RoomSummary {
        room: room.config.id.to_string(),
        title: room.config.title.clone(),
        live: room.is_live(),
    });
    answer(&rooms.collect::<Vec<_>>())
}

/// A room with its products.
#[utoipa::path(get, path = "/v1/rooms/{room}", tag = "rooms",
    responses((status = 200, description = "The room", body = OperatedRoom)))]
async fn room(State(rooms): State<Arc<Rooms>>, Path(name): Path<String>) -> Result<Response, Problem> {
    let room = find(&rooms, &name)?;
    let catalogue = room.catalogue();
    let products = catalogue.products.iter().map(|product| {
        let name_source = product.names.get(&catalogue.source_lang).cloned();
        RoomProduct {
            sku: product.sku.to_string(),
            name: name_source.clone(),
            name_source,
            names: product.names.iter().map(|(lang, name)| (lang.to_string(), name.clone())).collect(),
            image: product.image.clone(),
            price: Price { amount: product.price.written(), currency: product.price.currency.to_string() },
        }
    });
    let rates = room.rates();
    let known = rates
        .as_deref()
        .map(|rates| RoomRates { as_of: rates.as_of.to_string(), source: rates.source.clone() });
    Ok(answer(&OperatedRoom {
        room: room.config.id.to_string(),
        title: room.config.title.clone(),
        live: room.is_live(),
        source_lang: room.source_lang().to_string(),
        currencies: rates.unwrap_or_default().currencies().iter().map(ToString::to_string).collect(),
        rates: known,
        pinned: room.pinned().map(|sku| sku.to_string()),
        video: room.config.video.as_ref().map(|video| video.url.to_string()),
        audio_keep_days: audio::keep_days(&room),
        auth: if rooms.engines.guard.is_off() { "off" } else { "token" },
        viewers: if room.config.viewers == Viewers::Token { "token" } else { "anybody" },
        products: products.collect(),
    }))
}
