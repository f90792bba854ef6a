//! Inquiries over HTTP: sent and followed by shoppers without a socket, listed, answered and taken home by operators.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use super::address::ClientAddress;
use super::body::json_of;
use super::operate::operated;
use super::{Problem, answer, find, inquiries_csv, problem};
use crate::domain::{Epoch, Inquiry, InquiryId, Lang, Rendered};
use crate::pipeline::{AnswerRefused, AskRefused, Asked, Room, Rooms};
use crate::protocol::inquiry::{AskBody, InquiryState};
use crate::protocol::rest::{
    AnswerBody, InquiryList, InquiryNotice, OperatorAnswer, OperatorInquiry, RenderedText,
};
use crate::record::InquiryPage;

/// Largest question or answer that is read: 1,000 characters of any script, escaped.
pub const LARGEST_BODY: usize = 16 * 1024;
/// Inquiries of one page of a list, unless it asks for fewer.
const PAGE: u32 = 50;
const LARGEST_PAGE: u32 = 200;
/// Inquiries of one table, the newest: a spreadsheet still opens it.
const LARGEST_TABLE: u32 = 20_000;

/// `POST /v1/rooms/{room}/inquiries`: what the socket's `ask` does, for those who have none.
#[utoipa::path(post, path = "/v1/rooms/{room}/inquiries", tag = "inquiries", request_body = AskBody,
    responses((status = 201, description = "Kept, on disk", body = InquiryNotice),
        (status = 404, description = "no_such_product"), (status = 409, description = "client_id_used"),
        (status = 422, description = "empty_text, text_too_long, contact_too_long, bad_quantity, bad_client_id"),
        (status = 429, description = "too_many_questions"), (status = 503, description = "not_kept")))]
pub async fn ask(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    ClientAddress(from): ClientAddress,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let room = find(&rooms, &name)?;
    let body: AskBody = json_of(&headers, &body)?;
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

/// `GET /v1/rooms/{room}/inquiries/{id}`: an inquiry and its answer, for who has the id.
#[utoipa::path(get, path = "/v1/rooms/{room}/inquiries/{id}", tag = "inquiries",
    responses((status = 200, description = "The inquiry, and its answer where there is one", body = InquiryNotice),
        (status = 404, description = "no_such_inquiry"), (status = 500, description = "internal")))]
pub async fn one(
    State(rooms): State<Arc<Rooms>>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let room = find(&rooms, &name)?;
    let id = InquiryId::parse(&id).map_err(|_| no_such_inquiry())?;
    let found = rooms.engines.record.inquiry(&room.config.id, &id).await.map_err(|error| unread(&error))?;
    Ok(told(InquiryState::of(&found.ok_or_else(no_such_inquiry)?)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// The id of the last inquiry of the page before.
    #[param(pattern = "^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$")]
    before: Option<String>,
    /// Only those without an answer.
    #[serde(default)]
    open: bool,
    /// Only those of this show.
    #[param(pattern = "^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$", example = "k3f9")]
    epoch: Option<String>,
    /// 50 without it. More than 200 are 200 (of the table: 20,000).
    #[param(minimum = 0, maximum = 4_294_967_295_u32)]
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

/// `GET /v1/rooms/{room}/inquiries`: what shoppers have asked, the newest first.
#[utoipa::path(get, path = "/v1/rooms/{room}/inquiries", tag = "inquiries", security(("bearer" = ["host"])),
    params(ListQuery),
    responses((status = 200, description = "A page", body = InquiryList), (status = 500, description = "internal")))]
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
    Ok(answer(&InquiryList { inquiries: listed, total, open, more: found.len() == limit }))
}

/// `GET /v1/rooms/{room}/inquiries.csv`: what shoppers have asked, for the factory's spreadsheet.
#[utoipa::path(get, path = "/v1/rooms/{room}/inquiries.csv", tag = "inquiries", security(("bearer" = ["host"])),
    params(ListQuery),
    responses((status = 200, description = "No cell begins as a formula would", body = String, content_type = "text/csv"),
        (status = 500, description = "internal")))]
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

/// `POST /v1/rooms/{room}/inquiries/{id}/answer`: the operator's answer, in the language that the host speaks now. Waits for the translation, 8 s
/// at most. Again: puts it right.
#[utoipa::path(post, path = "/v1/rooms/{room}/inquiries/{id}/answer", tag = "inquiries",
    security(("bearer" = ["host"])), request_body = AnswerBody,
    responses((status = 200, description = "The inquiry with its answer", body = OperatorInquiry),
        (status = 404, description = "no_such_inquiry"), (status = 422, description = "empty_text, text_too_long"),
        (status = 503, description = "not_kept")))]
pub async fn reply(
    State(rooms): State<Arc<Rooms>>,
    Path((name, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let body: AnswerBody = json_of(&headers, &body)?;
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
pub(super) fn for_console(room: &Room, inquiry: &Inquiry) -> OperatorInquiry {
    let answer = inquiry.answer.as_ref().map(|answer| OperatorAnswer {
        text: answer.text.clone(),
        lang: answer.lang.to_string(),
        answered_ms: answer.answered_ms,
        shown: rendered(&answer.for_shopper),
    });
    OperatorInquiry {
        id: inquiry.id.to_string(),
        epoch: inquiry.epoch.to_string(),
        asked_ms: inquiry.asked_ms,
        lang: inquiry.lang.to_string(),
        dir: room.engines.packs.get(&inquiry.lang).map(|pack| pack.dir.as_str()),
        text: inquiry.text.clone(),
        sku: inquiry.sku.as_ref().map(ToString::to_string),
        product: product_name(room, inquiry),
        quantity: inquiry.quantity,
        contact: inquiry.contact.clone(),
        translation: inquiry.for_host.as_ref().map(rendered),
        answer,
    }
}

fn rendered(text: &Rendered) -> RenderedText {
    RenderedText {
        text: text.text.clone(),
        lang: text.lang.to_string(),
        engine: text.engine.clone(),
        fidelity: text.fidelity.as_str(),
    }
}

fn product_name(room: &Room, inquiry: &Inquiry) -> Option<String> {
    let catalogue = room.catalogue();
    let product = catalogue.product(inquiry.sku.as_ref()?)?;
    product.names.get(&catalogue.source_lang).cloned()
}

fn told(state: InquiryState) -> Response {
    answer(&InquiryNotice { kind: "inquiry", state })
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
