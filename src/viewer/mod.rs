//! Viewers: a WebSocket or server-sent events, resume by epoch and offset, and an end to those who do not read.

mod asking;
mod batch;
mod elsewhere;
mod feed;
mod hall;
mod line;
mod seat;
mod socket;
mod sse;

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::auth::Access;
use crate::catalogue::is_known_currency;
use crate::console::{ClientCountry, Visitor, close_reason, header_token, may_watch, problem};
use crate::domain::{Country, Currency, Epoch, Habits, Lang, RoomId};
use crate::pipeline::{Counted, Room, Rooms, What};
use crate::protocol::close::CloseReason;
use crate::publish::Position;
use feed::Feed;
use socket::{Handshake, Viewer};

pub use hall::Halls;

/// Languages without a pack that one room serves its fallback in; a client can ask for any.
const MOST_LANGUAGES: usize = 48;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LiveQuery {
    /// BCP 47; without it from `Accept-Language`.
    #[param(example = "es")]
    lang: Option<String>,
    /// ISO 4217; without it the language's own.
    #[param(example = "MXN")]
    currency: Option<String>,
    /// Measures beside the metric ones: `metric` (none), `us`, `uk`, `fahrenheit`; without it the reader's region's.
    #[param(example = "us")]
    units: Option<String>,
    /// The show that the client has events of.
    #[param(example = "k3f9")]
    epoch: Option<String>,
    /// The last of them. `Last-Event-ID` wins over both.
    offset: Option<u64>,
    /// Where the room asks its viewers for one, and neither header nor subprotocol can be sent.
    token: Option<String>,
}

/// `GET /v1/rooms/{room}/live`: captions and cards, as a WebSocket or with `Accept: text/event-stream` as server-sent
/// events.
#[utoipa::path(get, path = "/v1/rooms/{room}/live", tag = "sockets", params(LiveQuery),
    responses((status = 101, description = "A WebSocket; docs/PROTOCOL.md has its messages and close codes"),
        (status = 200, description = "Server-sent events, without an end", content(("text/event-stream"))),
        (status = 426, description = "upgrade_required"), (status = 429, description = "too_many_connections")))]
pub async fn live(
    State(rooms): State<Arc<Rooms>>,
    Path(room): Path<String>,
    Query(query): Query<LiveQuery>,
    visitor: Visitor,
    ClientCountry(country): ClientCountry,
    headers: HeaderMap,
    Handshake { halls, checked }: Handshake,
) -> Response {
    let admitted = admit(&rooms, &room, &query, &headers, visitor);
    let draining = rooms.engines.draining.clone();
    if accepts_events(&headers) {
        return match admitted {
            Ok((room, leave)) => {
                let last =
                    headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(event_position);
                let wish = Wish { country, ..Wish::read(&room, &query, &headers, last) };
                match draining.run_until_cancelled(Feed::open(&room, wish)).await {
                    Some(feed) => sse::stream(feed, room, leave),
                    None => problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The gateway stops."),
                }
            }
            Err(_) if !rooms.engines.config.role.takes_viewers() => {
                problem(StatusCode::FORBIDDEN, "forbidden", "This node serves no viewers.")
            }
            Err(reason) => refused(reason),
        };
    }
    let (upgrade, upgraded) = match checked {
        Ok((upgrade, upgraded)) => (upgrade.protocols(["token"]), upgraded),
        Err(refusal) => return *refusal,
    };
    let protocol = upgrade.selected_protocol();
    // Read before the upgrade: header values share the connection's 8 KiB read buffer, and would keep it for as long
    // as the viewer stays (17 KB a viewer against 7, benches/load.sh).
    let admitted = admitted.map(|(room, leave)| {
        let wish = Wish { country, ..Wish::read(&room, &query, &headers, None) };
        Box::new(Viewer { room, wish, from: visitor.client, leave, halls })
    });
    match admitted {
        Ok(viewer) => socket::upgrade(&headers, protocol, upgraded, |io| socket::serve(io, viewer)),
        Err(reason) => {
            rooms.engines.doors.refused(What::Viewer, reason.word());
            socket::upgrade(&headers, protocol, upgraded, move |io| socket::refuse(io, reason))
        }
    }
}

fn admit(
    rooms: &Rooms,
    name: &str,
    query: &LiveQuery,
    headers: &HeaderMap,
    visitor: Visitor,
) -> Result<(Arc<Room>, Leave), CloseReason> {
    let room =
        RoomId::parse(name).ok().and_then(|id| rooms.get(&id).cloned()).ok_or(CloseReason::NoSuchRoom)?;
    if !rooms.engines.config.role.takes_viewers() {
        return Err(CloseReason::Forbidden);
    }
    let token = header_token(headers).or_else(|| query.token.clone());
    let access = may_watch(&room, token.as_deref()).map_err(|denied| close_reason(&denied))?;
    if is_full(&room) {
        return Err(CloseReason::TooMany);
    }
    let counted = visitor.stay(&rooms.engines.doors).map_err(|_| CloseReason::TooMany)?;
    Ok((room, Leave { access, _counted: counted }))
}

/// What a viewer holds while it is here.
pub struct Leave {
    access: Access,
    _counted: Counted,
}

/// The refusal of an event stream, which has no close code.
fn refused(reason: CloseReason) -> Response {
    let (status, detail) = match reason {
        CloseReason::NoSuchRoom => (StatusCode::NOT_FOUND, "There is no such room."),
        CloseReason::Unauthorized => (StatusCode::UNAUTHORIZED, "This room needs a valid token."),
        CloseReason::Forbidden => (StatusCode::FORBIDDEN, "The token is for another room."),
        _ => (StatusCode::TOO_MANY_REQUESTS, "The room is full. Try again later."),
    };
    problem(status, reason.word(), detail)
}

/// What a viewer asked for, checked.
pub struct Wish {
    lang: Lang,
    /// None: the pack's.
    currency: Option<Currency>,
    habits: Habits,
    from: Option<Position>,
    country: Option<Country>,
}

impl Wish {
    fn read(room: &Room, query: &LiveQuery, headers: &HeaderMap, last: Option<Position>) -> Self {
        let asked = query.lang.as_deref().and_then(|tag| Lang::parse(tag).ok());
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
        let currency = query.currency.as_deref().and_then(|code| Currency::parse(code).ok());
        let habits = Habits::of_reader(query.units.as_deref(), asked.as_ref(), accepted, currency);
        let lang = asked.map_or_else(
            || room.engines.packs.negotiate(accepted.unwrap_or_default()),
            |lang| served(room, &lang),
        );
        let epoch = query.epoch.as_deref().and_then(|epoch| Epoch::parse(epoch).ok());
        let asked = epoch.zip(query.offset).map(|(epoch, offset)| Position { epoch, offset });
        let currency = currency.filter(|c| is_known_currency(*c));
        Self { lang, currency, habits, from: last.or(asked), country: None }
    }
}

/// The language as the room serves it: its pack's tag, else the bare language, else English.
fn served(room: &Room, lang: &Lang) -> Lang {
    if let Some(pack) = room.engines.packs.get(lang) {
        return pack.lang.clone();
    }
    let topics = room.hub.topics();
    let bare = Lang::parse(lang.primary()).unwrap_or_else(|_| lang.clone());
    if topics.len() < MOST_LANGUAGES || topics.iter().any(|t| t.lang == bare) {
        return bare;
    }
    room.engines.doors.refused(What::Viewer, "too_many_languages");
    room.engines.packs.negotiate("en")
}

fn is_full(room: &Room) -> bool {
    let viewers: usize = room.hub.viewers().iter().map(|(_, count)| count).sum();
    viewers >= room.engines.config.limits.viewers_per_room
}

fn accepts_events(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/event-stream"))
}

/// `epoch:offset` of an SSE `id`.
fn event_position(id: &str) -> Option<Position> {
    let (epoch, offset) = id.split_once(':')?;
    Some(Position { epoch: Epoch::parse(epoch).ok()?, offset: offset.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_ids_are_read_back_and_nonsense_is_not() {
        let position = event_position("k3f9:121").unwrap();
        assert_eq!((position.epoch.as_str(), position.offset), ("k3f9", 121));
        for bad in ["", "k3f9", "k3f9:x", ":1", "a b:1", "k3f9:-1"] {
            assert!(event_position(bad).is_none(), "{bad}");
        }
    }
}
