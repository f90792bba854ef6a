//! Refusals that axum makes itself, as problem details like ours: bad paths and queries, bodies that are too large,
//! addresses and methods that do not exist.

use axum::body::to_bytes;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::problem;
use crate::protocol::problem::{code_of, meaning};

/// Longest sentence of a rejection that is passed on, in bytes; axum's have fewer.
const LONGEST_DETAIL: usize = 4 * 1024;

/// Gives an error without a body of its own form the one of RFC 9457. Its headers stay: `Allow`, `Retry-After`.
pub async fn told_as_problems(response: Response) -> Response {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || has_own_form(&response) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let code = code_of(status.as_u16());
    let sentence = to_bytes(body, LONGEST_DETAIL).await.unwrap_or_default();
    let sentence = String::from_utf8_lossy(&sentence);
    let detail = match sentence.trim() {
        "" => meaning(code).unwrap_or_default(),
        // What went wrong inside is for the log.
        _ if status == StatusCode::INTERNAL_SERVER_ERROR => meaning(code).unwrap_or_default(),
        given => given,
    };
    let mut told = problem(status, code, detail).into_response();
    for (name, value) in &parts.headers {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            told.headers_mut().append(name, value.clone());
        }
    }
    told
}

/// Our problems, pages that say it themselves in the reader's language, and `/readyz`, which says the same at 503.
fn has_own_form(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let own = ["application/problem+json", "application/json", "text/html"];
    kind.is_some_and(|kind| own.iter().any(|own| kind.starts_with(own)))
}
