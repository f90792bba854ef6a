//! Tokens: where a request carries one, and making new ones.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{MatchedPath, Path, RawPathParams, RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::body::json_of;
use super::{Problem, answer, find, problem};
use crate::auth::{Access, Denied, Grant, Role, now_seconds};
use crate::config::Viewers;
use crate::domain::RoomId;
use crate::pipeline::{Room, Rooms};
use crate::protocol::close::CloseReason;
use crate::protocol::rest::{IssuedToken, LONGEST_LIFETIME, TokenWish};

/// How long a token lasts that does not say: a show, its rehearsal and its questions.
const LIFETIME: Duration = Duration::from_secs(12 * 3600);
/// Bytes of what is asked for.
pub const LARGEST_BODY: usize = 4 * 1024;
/// What is under `private_rooms`.
const ROOMS: &str = "/v1/rooms/{room}";
/// Says itself, in its own way, who may not watch: a browser's socket knows no status.
const LIVE: &str = "/v1/rooms/{room}/live";

/// `Authorization: Token …` or `Bearer …`, or the subprotocol pair `token, …`.
pub fn header_token(headers: &HeaderMap) -> Option<String> {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let given = authorization.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        ["token", "bearer"].contains(&scheme.to_ascii_lowercase().as_str()).then(|| token.trim().to_owned())
    });
    given.or_else(|| {
        let protocols = headers.get(header::SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
        let (name, token) = protocols.split_once(',')?;
        (name.trim() == "token").then(|| token.trim().to_owned())
    })
}

/// The same, or `?token=`, for what can send no header: an event stream, a download.
fn request_token(headers: &HeaderMap, query: Option<&str>) -> Option<String> {
    header_token(headers).or_else(|| {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query?).ok()?;
        pairs.into_iter().find_map(|(name, value)| (name == "token").then_some(value))
    })
}

/// The close code of a refusal.
pub fn close_reason(denied: &Denied) -> CloseReason {
    match denied {
        Denied::Missing | Denied::Invalid => CloseReason::Unauthorized,
        Denied::Forbidden => CloseReason::Forbidden,
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        let (status, code) = match denied {
            Denied::Missing | Denied::Invalid => (StatusCode::UNAUTHORIZED, "unauthorized"),
            Denied::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
        };
        let mut response = problem(status, code, &denied.to_string());
        if status == StatusCode::UNAUTHORIZED {
            let scheme = header::HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response.into()
    }
}

/// Leave to watch the room: everybody has it, unless the room asks for a token.
pub fn may_watch(room: &Room, token: Option<&str>) -> Result<Access, Denied> {
    match room.config.viewers {
        Viewers::Anybody => Ok(Access::open()),
        Viewers::Token => room.engines.guard.check(token, &room.config.id, Role::Viewer),
    }
}

/// Before everything under `/v1/rooms/{room}`: a room that asks its viewers for a token shows nothing without one.
pub async fn private_rooms(
    State(rooms): State<Arc<Rooms>>,
    path: Option<MatchedPath>,
    names: Result<RawPathParams, RawPathParamsRejection>,
    RawQuery(query): RawQuery,
    request: Request,
    next: Next,
) -> Response {
    let watched = path.is_some_and(|path| path.as_str().starts_with(ROOMS) && path.as_str() != LIVE);
    // As the handlers read it: `%61` is an `a` there too.
    let named = |names: RawPathParams| {
        names.iter().find_map(|(name, value)| (name == "room").then(|| value.to_owned()))
    };
    if watched
        && let Some(room) = names.ok().and_then(named).and_then(|name| find(&rooms, &name).ok())
        && let Err(denied) = may_watch(&room, request_token(request.headers(), query.as_deref()).as_deref())
    {
        return Problem::from(denied).into_response();
    }
    next.run(request).await
}

/// `POST /v1/rooms/{room}/tokens`: a token for this room, made by an operator; a host makes viewers' tokens only. It does not
/// outlive the one that asks, so that nobody prolongs a leave by asking for the next one.
#[utoipa::path(post, path = "/v1/rooms/{room}/tokens", tag = "rooms", security(("bearer" = ["host"])),
    request_body = TokenWish, responses((status = 201, description = "The token", body = IssuedToken),
        (status = 400, description = "bad_role, bad_lifetime"), (status = 409, description = "no_signing_key")))]
pub async fn create(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let room = find(&rooms, &name)?;
    let guard = &rooms.engines.guard;
    let token = header_token(&headers);
    let access = guard.check(token.as_deref(), &room.config.id, Role::Host)?;
    let wanted: TokenWish = json_of(&headers, &body)?;
    let role = Role::parse(&wanted.role)
        .ok_or_else(|| bad("bad_role", "role must be \"host\", \"operator\" or \"viewer\"."))?;
    if role != Role::Viewer {
        guard.check(token.as_deref(), &room.config.id, Role::Operator)?;
    }
    let lifetime = wanted.expires_in_s.unwrap_or(LIFETIME.as_secs());
    if !(1..=LONGEST_LIFETIME).contains(&lifetime) {
        return Err(bad("bad_lifetime", "expires_in_s must be 1 to 31622400, a year."));
    }
    let expires = (now_seconds() + lifetime).min(access.expires().unwrap_or(u64::MAX));
    let grant = Grant { role, room: Some(&room.config.id), expires };
    let issued = guard.issue(&grant).ok_or_else(|| {
        let detail = if guard.is_off() {
            "This gateway asks nobody for a token (auth = \"off\")."
        } else {
            "This gateway has no key that signs: its tokens are made elsewhere."
        };
        problem(StatusCode::CONFLICT, "no_signing_key", detail)
    })?;
    tracing::info!(room = %room.config.id, role = role.as_str(), expires, "a token was made");
    let told = IssuedToken {
        token: issued.token,
        room: room.config.id.to_string(),
        role: role.as_str(),
        expires_at: issued.expires,
        path: page(role, &room.config.id),
    };
    Ok((StatusCode::CREATED, answer(&told)).into_response())
}

/// The page that the token is for. The token comes behind its `#`, where no server sees it.
fn page(role: Role, room: &RoomId) -> String {
    match role {
        Role::Host | Role::Operator => format!("/host/{room}"),
        Role::Viewer => format!("/watch/{room}"),
    }
}

fn bad(code: &str, detail: &str) -> Problem {
    problem(StatusCode::BAD_REQUEST, code, detail).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_may_come_in_each_of_the_shapes() {
        for (name, value) in [
            ("authorization", "Token abc"),
            ("authorization", "Bearer abc"),
            ("sec-websocket-protocol", "token, abc"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            assert_eq!(header_token(&headers).as_deref(), Some("abc"), "{name}: {value}");
        }
        assert_eq!(header_token(&HeaderMap::new()), None);
        let by_query = |query| request_token(&HeaderMap::new(), query);
        assert_eq!(by_query(Some("lang=es&token=a%2Eb")).as_deref(), Some("a.b"));
        assert_eq!((by_query(Some("lang=es")), by_query(None)), (None, None));
    }
}
