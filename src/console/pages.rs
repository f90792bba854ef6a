//! The pages and what they load, from inside the binary (a debug build reads them from `web/`).

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use rust_embed::{Embed, EmbeddedFile};

use super::{find, policy, replay};
use crate::config::Viewers;
use crate::domain::Sku;
use crate::pipeline::{Room, Rooms};

#[derive(Embed)]
#[folder = "web/"]
struct Web;

pub fn routes() -> Router<Arc<Rooms>> {
    Router::new()
        .route("/", get(index))
        .route("/watch/{room}", get(watch))
        .route("/host/{room}", get(host))
        .route("/replay/{room}", get(replay::page))
        .route("/preview/{sku}", get(preview_anywhere))
        .route("/preview/{room}/{sku}", get(preview))
        .route(
            "/static/{*path}",
            get(|Path(path): Path<String>, headers: HeaderMap| async move { file(&path, &headers) }),
        )
        .route("/favicon.ico", get(|headers: HeaderMap| async move { file("favicon.svg", &headers) }))
}

async fn index(State(rooms): State<Arc<Rooms>>, headers: HeaderMap) -> Response {
    html(&rooms, "index.html", &headers)
}

async fn watch(State(rooms): State<Arc<Rooms>>, Path(room): Path<String>, headers: HeaderMap) -> Response {
    let mut response = page(&rooms, &room, "watch.html", &headers);
    let video =
        find(&rooms, &room).ok().and_then(|room| room.config.video.as_ref().and_then(policy::with_video));
    if let Some(policy) = video {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

async fn host(State(rooms): State<Arc<Rooms>>, Path(room): Path<String>, headers: HeaderMap) -> Response {
    page(&rooms, &room, "host.html", &headers)
}

/// One card in all languages. The page itself says, in the reader's language, what is not there.
async fn preview(
    State(rooms): State<Arc<Rooms>>,
    Path((room, sku)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let mut response = page(&rooms, &room, "preview.html", &headers);
    if !find(&rooms, &room).is_ok_and(|room| sells(&room, &sku)) {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// The same without a room's name: the first room that sells it.
async fn preview_anywhere(
    State(rooms): State<Arc<Rooms>>,
    Path(sku): Path<String>,
    headers: HeaderMap,
) -> Response {
    // Not a private one: a link to it would tell what it sells.
    let mut open = rooms.iter().filter(|room| room.config.viewers == Viewers::Anybody);
    match open.find(|room| sells(room, &sku)) {
        Some(room) => {
            // Both are plain in an address: their types allow nothing else.
            Redirect::temporary(&format!("/preview/{}/{sku}", room.config.id)).into_response()
        }
        None => {
            let mut response = html(&rooms, "preview.html", &headers);
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        }
    }
}

fn sells(room: &Room, sku: &str) -> bool {
    Sku::parse(sku).is_ok_and(|sku| room.catalogue().product(&sku).is_some())
}

/// The page says itself, in the reader's language, that there is no such room; the status says it to machines.
fn page(rooms: &Rooms, room: &str, name: &str, headers: &HeaderMap) -> Response {
    let mut response = html(rooms, name, headers);
    if find(rooms, room).is_err() {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// What stands on every page, and is shown where nobody is asked for a token.
const AUTH_OFF: &str = " data-auth-off hidden";

pub(super) fn html(rooms: &Rooms, name: &str, headers: &HeaderMap) -> Response {
    if !rooms.engines.guard.is_off() {
        return file(name, headers);
    }
    let Some(EmbeddedFile { metadata, .. }) = Web::get(name) else { return missing() };
    let version = format!("{}-off", hex::encode(&metadata.sha256_hash()[..12]));
    send(name, text_of(rooms, name).into_bytes(), &version, headers)
}

/// The text of a page, for one that is completed here.
pub(super) fn text_of(rooms: &Rooms, path: &str) -> String {
    let text =
        Web::get(path).map(|file| String::from_utf8_lossy(&file.data).into_owned()).unwrap_or_default();
    if rooms.engines.guard.is_off() { text.replace(AUTH_OFF, " data-auth-off") } else { text }
}

pub(super) fn file(path: &str, headers: &HeaderMap) -> Response {
    let Some(EmbeddedFile { data, metadata }) = Web::get(path) else { return missing() };
    send(path, data.into_owned(), &hex::encode(&metadata.sha256_hash()[..12]), headers)
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, "There is no such page.\n").into_response()
}

fn send(path: &str, data: Vec<u8>, version: &str, headers: &HeaderMap) -> Response {
    let etag = format!("\"{version}\"");
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    // Always asked again, seldom sent again: a new version of the gateway shows its new pages at once.
    let caching = [(header::ETAG, etag.clone()), (header::CACHE_CONTROL, "no-cache".to_owned())];
    if known == Some(etag.as_str()) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let kind = if kind.type_() == "text" { format!("{kind}; charset=utf-8") } else { kind.to_string() };
    (caching, [(header::CONTENT_TYPE, kind)], data).into_response()
}
