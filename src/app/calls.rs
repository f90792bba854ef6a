//! Requests about a room that another node owns: passed on to its owner, and answered for other nodes where it is this one.
//!
//! The owner trusts what a node says of who asks: nodes have credentials. Tokens it checks itself.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{ConnectInfo, MatchedPath, RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::stream;
use http_body_util::BodyExt;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use tokio::sync::{Semaphore, mpsc};

use crate::console::{ClientAddress, problem};
use crate::domain::RoomId;
use crate::pipeline::{Room, Rooms};
use crate::protocol::nodes::{AnswerHead, CallHead};
use crate::publish::{Answer, Call, Incoming, Link, Piece, Unreachable};

/// What is under it is about one room.
const ROOM: &str = "/v1/rooms/{room}";
/// Viewers are served by every node.
const LIVE: &str = "/v1/rooms/{room}/live";
const IMAGES: &str = "/images/{name}";
/// Bytes of a request's body, a picture the largest.
const LARGEST_BODY: usize = 13 << 20;
/// What the owner needs of a request's head.
const PASSED_ON: [HeaderName; 9] = [
    header::AUTHORIZATION,
    header::ACCEPT,
    header::ACCEPT_LANGUAGE,
    header::CONTENT_TYPE,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_RANGE,
    header::RANGE,
];
/// Requests of other nodes that are answered at once, live views of the console among them.
const ANSWERED_AT_ONCE: usize = 256;
/// When to come again while the owner cannot be reached, in seconds.
const AGAIN: HeaderValue = HeaderValue::from_static("2");

/// A request that another node has passed on already.
#[derive(Debug, Clone, Copy)]
struct PassedOn;

/// Before everything that is about one room: what its owner has to answer goes there.
pub async fn elsewhere(
    State(rooms): State<Arc<Rooms>>,
    ClientAddress(client): ClientAddress,
    path: Option<MatchedPath>,
    names: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
    next: Next,
) -> Response {
    let path = path.as_ref().map(MatchedPath::as_str).unwrap_or_default();
    if path == IMAGES {
        return image(&rooms, client, request, next).await;
    }
    let named = names
        .ok()
        .and_then(|names| names.iter().find_map(|(name, value)| (name == "room").then(|| value.to_owned())));
    let room = named.and_then(|name| rooms.get(&RoomId::parse(&name).ok()?).cloned());
    let asked = path.starts_with(ROOM) && path != LIVE;
    let Some(room) = room.filter(|room| asked && !room.is_here()) else { return next.run(request).await };
    // It was this node's a moment ago: whoever passes it on tries again.
    if request.extensions().get::<PassedOn>().is_some() {
        return unreachable(&Unreachable("the room was given up".into()));
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return problem(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The body is larger than is read.");
    };
    match ask(&room, client, &parts, body.clone()).await {
        Ok(answer) => response(answer),
        // A page that is opened meanwhile shows what the configuration says, and the captions that are there.
        Err(_) if path == ROOM => next.run(Request::from_parts(parts, Body::from(body))).await,
        Err(error) => unreachable(&error),
    }
}

/// A picture that is not here may be at a room's owner.
async fn image(rooms: &Rooms, client: std::net::IpAddr, request: Request, next: Next) -> Response {
    let passed_on = request.extensions().get::<PassedOn>().is_some();
    let (parts, body) = request.into_parts();
    let own = next.run(Request::from_parts(parts.clone(), body)).await;
    if own.status() != StatusCode::NOT_FOUND || passed_on {
        return own;
    }
    for room in rooms.iter().filter(|room| !room.is_here()) {
        if let Ok(answer) = ask(room, client, &parts, Bytes::new()).await
            && answer.head.status != StatusCode::NOT_FOUND.as_u16()
        {
            return response(answer);
        }
    }
    own
}

async fn ask(
    room: &Room,
    client: std::net::IpAddr,
    parts: &Parts,
    body: Bytes,
) -> Result<Answer, Unreachable> {
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let head =
        CallHead { method: parts.method.to_string(), path, headers: written(&parts.headers, true), client };
    room.engines.broker.call(&room.config.id, Call { head, body }).await
}

fn written(headers: &HeaderMap, of_request: bool) -> Vec<(String, String)> {
    let of_connection = [header::CONNECTION, header::TRANSFER_ENCODING];
    let wanted = |name: &HeaderName| {
        if of_request { PASSED_ON.contains(name) } else { !of_connection.contains(name) }
    };
    let named = headers.iter().filter(|(name, _)| wanted(name));
    named.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned()))).collect()
}

fn read(headers: Vec<(String, String)>) -> HeaderMap {
    let parsed = headers.into_iter().filter_map(|(name, value)| {
        Some((name.parse::<HeaderName>().ok()?, value.parse::<HeaderValue>().ok()?))
    });
    parsed.collect()
}

fn response(answer: Answer) -> Response {
    let Answer { head, body } = answer;
    let pieces = stream::unfold(body, |mut body| async move { Some((body.recv().await?, body)) });
    let mut response = Response::new(Body::from_stream(pieces));
    *response.status_mut() = StatusCode::from_u16(head.status).unwrap_or(StatusCode::BAD_GATEWAY);
    *response.headers_mut() = read(head.headers);
    response
}

fn unreachable(error: &Unreachable) -> Response {
    tracing::debug!(%error, "a request cannot be passed on");
    let detail = "The node that has this room cannot be reached. Try again in a moment.";
    let mut response = problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail);
    response.headers_mut().insert(header::RETRY_AFTER, AGAIN);
    response
}

/// Answers what other nodes ask about rooms while they are this node's.
pub fn answer_others(rooms: &Arc<Rooms>, router: &Router) {
    if rooms.engines.broker.link() == Link::Alone || !rooms.engines.config.role.takes_hosts() {
        return;
    }
    let turns = Arc::new(Semaphore::new(ANSWERED_AT_ONCE));
    for room in rooms.iter() {
        let (room, router, turns) = (Arc::clone(room), router.clone(), Arc::clone(&turns));
        let stopping = rooms.engines.draining.clone();
        crate::spawn("calls", async move {
            stopping.run_until_cancelled(answer(room, router, turns)).await;
        });
    }
}

async fn answer(room: Arc<Room>, router: Router, turns: Arc<Semaphore>) {
    let mut here = room.here();
    while here.wait_for(|here| *here).await.is_ok() {
        let mut calls = room.engines.broker.calls(&room.config.id).await;
        let mut left = here.clone();
        loop {
            let incoming = tokio::select! {
                incoming = calls.recv() => incoming,
                _ = left.wait_for(|here| !*here) => break,
            };
            let Some(incoming) = incoming else {
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                break;
            };
            let Ok(turn) = Arc::clone(&turns).acquire_owned().await else { return };
            let router = router.clone();
            crate::spawn("call", async move {
                run(incoming, router).await;
                drop(turn);
            });
        }
    }
}

async fn run(incoming: Incoming, router: Router) {
    let Incoming { call: Call { head, body }, answer } = incoming;
    let CallHead { method, path, headers, client } = head;
    let (Ok(method), Ok(uri)) = (method.parse::<Method>(), path.parse()) else { return };
    let mut request = Request::new(Body::from(body));
    (*request.method_mut(), *request.uri_mut(), *request.headers_mut()) = (method, uri, read(headers));
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(client, 0)));
    request.extensions_mut().insert(PassedOn);
    let Ok(response) = TowerToHyperService::new(router).call(request).await;
    let (parts, body) = response.into_parts();
    let head = AnswerHead { status: parts.status.as_u16(), headers: written(&parts.headers, false) };
    if pass(head, body, &answer).await.is_some() {
        // Nobody waiting any more is no error.
        drop(answer.send(Piece::End).await);
    }
}

/// None where it broke off.
async fn pass(head: AnswerHead, mut body: Body, answer: &mpsc::Sender<Piece>) -> Option<()> {
    answer.send(Piece::Head(head)).await.ok()?;
    while let Some(frame) = body.frame().await {
        if let Ok(bytes) = frame.ok()?.into_data() {
            answer.send(Piece::Body(bytes)).await.ok()?;
        }
    }
    Some(())
}
