//! Captions put right over HTTP.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::body::json_of;
use super::operate::operated;
use super::state::transcript;
use super::{Problem, answer, problem, problem_with};
use crate::domain::{Epoch, SegmentId};
use crate::pipeline::{CorrectRefused, Correction, Room, Rooms};
use crate::protocol::rest::{CorrectionBody, SpokenCaption};

/// Largest correction that is read: 1,000 characters of any script, escaped.
pub const LARGEST_BODY: usize = 16 * 1024;

/// `POST /v1/rooms/{room}/captions/{segment}`: viewers of every language get the caption anew, with `corrected`.
#[utoipa::path(post, path = "/v1/rooms/{room}/captions/{segment}", tag = "shows", security(("bearer" = ["host"])),
    request_body = CorrectionBody,
    responses((status = 200, description = "The caption as it is now", body = SpokenCaption),
        (status = 404, description = "no_such_caption"), (status = 409, description = "changed_meanwhile"),
        (status = 422, description = "empty_text, text_too_long")))]
pub async fn correct(
    State(rooms): State<Arc<Rooms>>,
    Path((name, segment)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let body: CorrectionBody = json_of(&headers, &body)?;
    let epoch = body.epoch.as_deref().map(Epoch::parse).transpose();
    let correction = Correction {
        segment: segment.parse::<SegmentId>().map_err(|_| refusal(&room, &CorrectRefused::NoSuchCaption))?,
        epoch: epoch.map_err(|error| bad_request(&error.to_string()))?,
        rev: body.rev,
        text: body.text,
    };
    let now = room.correct(correction).await.map_err(|refused| refusal(&room, &refused))?;
    Ok(answer(&transcript(&room, &now)))
}

fn refusal(room: &Room, refused: &CorrectRefused) -> Problem {
    let detail = refused.to_string();
    let (status, code) = match refused {
        CorrectRefused::EmptyText => (StatusCode::UNPROCESSABLE_ENTITY, "empty_text"),
        CorrectRefused::TextTooLong => (StatusCode::UNPROCESSABLE_ENTITY, "text_too_long"),
        CorrectRefused::NoSuchCaption => (StatusCode::NOT_FOUND, "no_such_caption"),
        CorrectRefused::Changed(now) => {
            let more = [("caption", json!(transcript(room, now)))];
            return problem_with(StatusCode::CONFLICT, "changed_meanwhile", &detail, &more).into();
        }
    };
    Problem::from(problem(status, code, &detail))
}

fn bad_request(detail: &str) -> Problem {
    Problem::from(problem(StatusCode::BAD_REQUEST, "bad_request", detail))
}
