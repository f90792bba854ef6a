//! What every request passes: from where it may come, how often, and how slowly.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::config::DoorLimits;
use crate::console::{ClientAddress, ProblemCode, problem};
use crate::pipeline::{Rooms, What};

/// Answers that are counted as refusals; the others are the client's mistakes or our own.
const REFUSALS: [StatusCode; 6] = [
    StatusCode::UNAUTHORIZED,
    StatusCode::FORBIDDEN,
    StatusCode::REQUEST_TIMEOUT,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::TOO_MANY_REQUESTS,
    StatusCode::SERVICE_UNAVAILABLE,
];

pub async fn gate(
    State(rooms): State<Arc<Rooms>>,
    ClientAddress(from): ClientAddress,
    request: Request,
    next: Next,
) -> Response {
    let doors = &rooms.engines.doors;
    let answer = match refusal(&rooms, from, &request) {
        Some(refusal) => refusal,
        None => timely(doors.limits().body_timeout, request, next).await,
    };
    if REFUSALS.contains(&answer.status()) {
        let code = answer.extensions().get::<ProblemCode>();
        doors.refused(What::Request, code.map_or("refused", |code| &code.0));
    }
    answer
}

fn refusal(rooms: &Rooms, from: IpAddr, request: &Request) -> Option<Response> {
    let engines = &rooms.engines;
    if engines.guard.is_off() && !is_local(from, request) {
        let detail = "This gateway asks nobody for a token (auth = \"off\"): it serves this computer only.";
        return Some(problem(StatusCode::FORBIDDEN, "auth_off_is_local", detail));
    }
    if is_foreign(engines.doors.limits(), request) {
        return Some(problem(StatusCode::FORBIDDEN, "foreign_origin", "This page belongs to another site."));
    }
    let wait = engines.doors.request(from).err()?;
    let detail = "Too many requests come from this address. Try again in a moment.";
    let mut answer = problem(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail);
    let seconds = HeaderValue::from(wait.as_millis().div_ceil(1_000) as u64);
    answer.headers_mut().insert(header::RETRY_AFTER, seconds);
    Some(answer)
}

/// Asked from this computer, and by one of its names: behind a proxy it would be open to the world, and a name that
/// somebody else's server points here would make its pages ours (DNS rebinding).
fn is_local(from: IpAddr, request: &Request) -> bool {
    let host = text(request, header::HOST).or_else(|| request.uri().host());
    let name = host.and_then(|host| host.parse::<Uri>().ok()).and_then(|uri| uri.host().map(str::to_owned));
    let named = match (host, name) {
        // HTTP/1.0 names nobody.
        (None, _) => true,
        (Some(_), None) => false,
        (Some(_), Some(name)) => {
            let bare = name.trim_start_matches('[').trim_end_matches(']');
            let address = bare.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback());
            address || bare == "localhost" || bare.ends_with(".localhost")
        }
    };
    named && (from.is_loopback() || from.is_unspecified())
}

/// Another site's page must not speak or operate in a visitor's browser: where a browser names its origin, it has to be
/// ours, or one that the configuration lists. Watching is for everybody, unless it lists who may.
fn is_foreign(limits: &DoorLimits, request: &Request) -> bool {
    let Some(origin) = request.headers().get(header::ORIGIN) else { return false };
    // What no browser writes is nobody's page.
    let origin = origin.to_str().unwrap_or("null");
    let path = request.uri().path();
    let listed = if request.method() != Method::GET || path == "/v1/listen" {
        &limits.origins
    } else if path.starts_with("/v1/rooms/") && path.ends_with("/live") {
        match &limits.viewer_origins {
            Some(listed) => listed,
            None => return false,
        }
    } else {
        return false;
    };
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    let own = authority.is_some() && authority == text(request, header::HOST);
    !own && !listed.iter().any(|listed| listed == origin)
}

fn text(request: &Request, name: header::HeaderName) -> Option<&str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

/// Gives the body so long to come; 408 if it does not.
async fn timely(within: Duration, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let late = Arc::new(AtomicBool::new(false));
    let request = request.map(|body| {
        Body::new(Timely { body, deadline: Box::pin(sleep(within)), late: Arc::clone(&late) }.boxed_unsync())
    });
    let answer = next.run(request).await;
    if late.load(Ordering::Relaxed) {
        return problem(StatusCode::REQUEST_TIMEOUT, "body_timeout", "The request's body came too slowly.");
    }
    answer
}

struct Timely {
    body: Body,
    deadline: Pin<Box<Sleep>>,
    late: Arc<AtomicBool>,
}

impl HttpBody for Timely {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            return Poll::Ready(frame);
        }
        ready!(self.deadline.as_mut().poll(cx));
        self.late.store(true, Ordering::Relaxed);
        Poll::Ready(Some(Err(axum::Error::new(std::io::Error::from(std::io::ErrorKind::TimedOut)))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Request {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Body::empty()).unwrap()
    }

    #[test]
    fn without_authorisation_only_this_computer_by_its_own_names_is_local() {
        for (from, host, local) in [
            ("127.0.0.1", "127.0.0.1:8080", true),
            ("127.0.0.1", "localhost:8080", true),
            ("127.0.0.1", "shop.localhost", true),
            ("::1", "[::1]:8080", true),
            ("127.0.0.1", "live.example", false),
            ("127.0.0.1", "localhost.evil.example", false),
            ("127.0.0.1", "192.168.1.7:8080", false),
            ("127.0.0.1", "", false),
            ("203.0.113.7", "localhost:8080", false),
        ] {
            let found = is_local(from.parse().unwrap(), &request("GET", "/", &[("host", host)]));
            assert_eq!(found, local, "{from} {host}");
        }
        assert!(is_local("127.0.0.1".parse().unwrap(), &request("GET", "/", &[])));
    }

    #[test]
    fn origins_are_ours_or_listed() {
        let settings = "auth = \"off\"\n[limits]\norigins = [\"https://desk.example\"]\nviewer_origins = [\"https://shop.example\"]";
        let config = crate::config::Config::parse(settings, std::path::Path::new(".")).unwrap();
        let limits = &config.limits.doors;
        for (method, path, origin, foreign) in [
            ("GET", "/v1/listen", "https://live.example", false),
            ("GET", "/v1/listen", "https://desk.example", false),
            ("GET", "/v1/listen", "https://desk.example:8443", true),
            ("GET", "/v1/listen", "http://desk.example", true),
            ("GET", "/v1/listen", "https://shop.example", true),
            ("GET", "/v1/listen", "null", true),
            ("POST", "/v1/rooms/a/pin", "https://evil.example", true),
            ("POST", "/v1/rooms/a/pin", "https://live.example", false),
            ("GET", "/v1/rooms/a/live", "https://shop.example", false),
            ("GET", "/v1/rooms/a/live", "https://live.example", false),
            ("GET", "/v1/rooms/a/live", "https://evil.example", true),
            ("GET", "/v1/rooms/a", "https://evil.example", false),
        ] {
            let request = request(method, path, &[("host", "live.example"), ("origin", origin)]);
            assert_eq!(is_foreign(limits, &request), foreign, "{method} {path} {origin}");
        }
        assert!(!is_foreign(limits, &request("GET", "/v1/listen", &[("host", "live.example")])));
    }
}
