//! Inquiries over HTTP: sent and followed by shoppers without a socket, listed, answered and taken home by operators.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::address::ClientAddress;
use super::operate::operated;
use super::{Problem, answer, find, inquiries_csv, problem};
use crate::domain::{Epoch, Inquiry, InquiryId, Lang, Rendered};
use crate::pipeline::{AnswerRefused, AskRefused, Asked, Room, Rooms};
use crate::protocol::inquiry::{AskBody, InquiryState};
use crate::protocol::viewer::Notice;
use crate::record::InquiryPage;

/// Largest question or answer that is read: 1,000 characters of any script, escaped.
pub const LARGEST_BODY: usize = 16 * 1024;
/// Inquiries of one page of a list, unless it asks for fewer.
const PAGE: u32 = 50;
const LARGEST_PAGE: u32 = 200;
/// Inquiries of one table, the newest: a spreadsheet still opens it.
const LARGEST_TABLE: u32 = 20_000;

/// `POST /v1/rooms/{room}/inquiries`: what the socket's `ask` does, for those who have none.
pub async fn ask(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    ClientAddress(from): ClientAddress,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let room = find(&rooms, &name)?;
    let body: AskBody = serde_json::from_slice(&body).map_err(|error| bad_request(&error.to_string()))?;
    let own = body.lang.as_deref().and_then(|tag| Lang::parse(tag).ok());
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let asked = Asked {
        text: body.text,
        sku: body.sku,
        quantity: body.quantity,
        contact: body.contact,
        client_id: body.client_id,
        lang: own.unwrap_or_else(|| rooms.engines.packs.negotiate(accepted.unwrap_or_default())),
    };
    let inquiry = room.ask(asked, from, None).await.map_err(|refused| refusal(&refused))?;
    Ok((StatusCode::CREATED, told(InquiryState::of(&inquiry))).into_response())
}

/// `GET /v1/rooms/{room}/inquiries/{id}`: the state, for who has the id.
pub async fn one(
    State(rooms): State<Arc<Rooms>>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let room = find(&rooms, &name)?;
    let id = InquiryId::parse(&id).map_err(|_| no_such_inquiry())?;
    let found = rooms.engines.record.inquiry(&room.config.id, &id).await.map_err(|error| unread(&error))?;
    Ok(told(InquiryState::of(&found.ok_or_else(no_such_inquiry)?)))
}

#[derive(Deserialize)]
pub struct ListQuery {
    /// The id of the last inquiry of the page before.
    before: Option<String>,
    #[serde(default)]
    open: bool,
    epoch: Option<String>,
    limit: Option<u32>,
}

impl ListQuery {
    fn page(&self, default: u32, most: u32) -> Result<InquiryPage, Problem> {
        let before = self.before.as_deref().map(InquiryId::parse).transpose();
        let epoch = self.epoch.as_deref().map(Epoch::parse).transpose();
        Ok(InquiryPage {
            before: before.map_err(|error| bad_request(&error.to_string()))?,
            epoch: epoch.map_err(|error| bad_request(&error.to_string()))?,
            open: self.open,
            limit: self.limit.unwrap_or(default).clamp(1, most),
        })
    }
}

/// `GET /v1/rooms/{room}/inquiries`: the newest first.
pub async fn list(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    Query(query): Query<ListQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let record = &rooms.engines.record;
    let page = query.page(PAGE, LARGEST_PAGE)?;
    let limit = page.limit as usize;
    let found = record.inquiries(&room.config.id, page).await.map_err(|error| unread(&error))?;
    let (total, open) = record.count_inquiries(&room.config.id).await.map_err(|error| unread(&error))?;
    // What the gateway had no time for before it was stopped; the consoles are told as they come.
    found.iter().for_each(|inquiry| room.translate_for_host(inquiry));
    let listed: Vec<_> = found.iter().map(|inquiry| for_console(&room, inquiry)).collect();
    Ok(answer(&json!({ "inquiries": listed, "total": total, "open": open, "more": found.len() == limit })))
}

/// `GET /v1/rooms/{room}/inquiries.csv`: for the factory's spreadsheet.
pub async fn csv(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    Query(query): Query<ListQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let page = query.page(LARGEST_TABLE, LARGEST_TABLE)?;
    let found =
        rooms.engines.record.inquiries(&room.config.id, page).await.map_err(|error| unread(&error))?;
    let product = |inquiry: &Inquiry| product_name(&room, inquiry);
    let table = inquiries_csv::table(&found, product).map_err(|error| unread(&error))?;
    let file = format!("attachment; filename=\"{}-inquiries.csv\"", room.config.id);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, file),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, table).into_response())
}

#[derive(Deserialize)]
struct AnswerBody {
    text: String,
}

/// `POST /v1/rooms/{room}/inquiries/{id}/answer`
pub async fn reply(
    State(rooms): State<Arc<Rooms>>,
    Path((name, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let body: AnswerBody = serde_json::from_slice(&body).map_err(|error| bad_request(&error.to_string()))?;
    let id = InquiryId::parse(&id).map_err(|_| no_such_inquiry())?;
    let answered = room.answer(&id, &body.text).await.map_err(|refused| match refused {
        AnswerRefused::NoSuchInquiry => no_such_inquiry(),
        AnswerRefused::NotKept(_) => not_kept(&refused.to_string()),
        AnswerRefused::EmptyText => unprocessable("empty_text", &refused.to_string()),
        AnswerRefused::TextTooLong => unprocessable("text_too_long", &refused.to_string()),
    })?;
    Ok(answer(&for_console(&room, &answered)))
}

/// An inquiry as operators see it.
pub(super) fn for_console(room: &Room, inquiry: &Inquiry) -> Value {
    let rendered = |text: &Rendered| json!({ "text": text.text, "lang": text.lang.as_str(), "engine": text.engine, "fidelity": text.fidelity.as_str() });
    let answer = inquiry.answer.as_ref().map(|answer| {
        json!({ "text": answer.text, "lang": answer.lang.as_str(), "answered_ms": answer.answered_ms,
                "shown": rendered(&answer.for_shopper) })
    });
    json!({
        "id": inquiry.id.as_str(), "epoch": inquiry.epoch.as_str(), "asked_ms": inquiry.asked_ms,
        "lang": inquiry.lang.as_str(), "dir": room.engines.packs.get(&inquiry.lang).map(|pack| pack.dir.as_str()),
        "text": inquiry.text, "sku": inquiry.sku.as_ref().map(|sku| sku.as_str()),
        "product": product_name(room, inquiry), "quantity": inquiry.quantity, "contact": inquiry.contact,
        "translation": inquiry.for_host.as_ref().map(rendered), "answer": answer,
    })
}

fn product_name(room: &Room, inquiry: &Inquiry) -> Option<String> {
    let catalogue = room.catalogue();
    let product = catalogue.product(inquiry.sku.as_ref()?)?;
    product.names.get(&catalogue.source_lang).cloned()
}

fn told(state: InquiryState) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (headers, Notice::Inquiry(state).to_json()).into_response()
}

fn refusal(refused: &AskRefused) -> Problem {
    let (code, detail) = (refused.code(), refused.to_string());
    let status = match refused {
        AskRefused::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        AskRefused::NotKept(_) => StatusCode::SERVICE_UNAVAILABLE,
        AskRefused::ClientIdUsed => StatusCode::CONFLICT,
        AskRefused::NoSuchProduct => StatusCode::NOT_FOUND,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let mut response = problem(status, code, &detail);
    if let Some(ms) = refused.retry_ms() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(ms.div_ceil(1_000)));
    }
    Problem::from(response)
}

fn bad_request(detail: &str) -> Problem {
    Problem::from(problem(StatusCode::BAD_REQUEST, "bad_request", detail))
}

fn unprocessable(code: &str, detail: &str) -> Problem {
    Problem::from(problem(StatusCode::UNPROCESSABLE_ENTITY, code, detail))
}

fn no_such_inquiry() -> Problem {
    let detail = "There is no such inquiry in this room.";
    Problem::from(problem(StatusCode::NOT_FOUND, "no_such_inquiry", detail))
}

fn not_kept(detail: &str) -> Problem {
    Problem::from(problem(StatusCode::SERVICE_UNAVAILABLE, "not_kept", detail))
}

fn unread(error: &(impl std::fmt::Display + ?Sized)) -> Problem {
    tracing::error!(%error, "the inquiries could not be read");
    Problem::from(problem(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The inquiries could not be read."))
}
