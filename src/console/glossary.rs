//! The room's terms: listed, changed while live, and what became of them.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use super::body::{is_json, media_type, unsupported};
use super::operate::operated;
use super::{Problem, answer, problem, problem_with};
use crate::domain::Lang;
use crate::glossary::{BadTerm, Glossary, GlossaryError, Term};
use crate::pipeline::{Room, Rooms};
use crate::protocol::glossary::{Report, report_json, term_state, terms_from};
use crate::protocol::rest::{GlossaryBody, GlossaryList, PackTerms, TermBody, TermState};

/// Largest body of a request, in bytes: 2,000 terms in many languages.
pub const LONGEST_BODY: usize = 1 << 20;
/// Errors told at once.
const MOST_TOLD: usize = 20;
/// A glossary as people keep it in a file.
const TSV: &str = "text/tab-separated-values";

/// A body, or that it is too large.
type Sent = Result<Bytes, BytesRejection>;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Also the terms of this language's pack.
    #[param(example = "es")]
    pack: Option<String>,
}

/// A change of what nobody else has changed since.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "the handlers read the header themselves; this describes it")]
pub struct IfMatch {
    /// The `ETag` of the list: only if the terms are still those. Else 412.
    #[param(rename = "If-Match", example = "*")]
    if_match: Option<String>,
}

/// `GET /v1/rooms/{room}/glossary`: the room's terms, as JSON, or with `Accept: text/tab-separated-values` as the file that a room may
/// be configured with.
#[utoipa::path(get, path = "/v1/rooms/{room}/glossary", tag = "terms", security(("bearer" = ["host"])), params(ListQuery),
    responses((status = 200, description = "The terms, with an `ETag`",
            content((GlossaryList = "application/json"), (String = "text/tab-separated-values"))),
        (status = 404, description = "no_such_language")))]
pub async fn list(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    Query(query): Query<ListQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let glossary = room.terms.glossary();
    if text(&headers, header::ACCEPT).starts_with(TSV) {
        let kind = (header::CONTENT_TYPE, format!("{TSV}; charset=utf-8"));
        return Ok(([kind, tag(glossary.own())], glossary.own().to_tsv()).into_response());
    }
    let mut listed = listed(&room, glossary.own());
    if let Some(lang) = &query.pack {
        let pack = Lang::parse(lang).ok().and_then(|lang| rooms.engines.packs.get(&lang));
        let none = "There is no pack for this language.";
        let pack = pack.ok_or_else(|| problem(StatusCode::NOT_FOUND, "no_such_language", none))?;
        listed.pack = Some(PackTerms { lang: pack.lang.to_string(), terms: states(&pack.glossary) });
    }
    Ok(answered(StatusCode::OK, glossary.own(), answer(&listed)))
}

/// `PUT /v1/rooms/{room}/glossary`: all terms at once, `{"terms":[…]}` or the file itself.
#[utoipa::path(put, path = "/v1/rooms/{room}/glossary", tag = "terms", security(("bearer" = ["host"])), params(IfMatch),
    request_body(content((GlossaryBody = "application/json"), (String = "text/tab-separated-values"))),
    responses((status = 200, description = "The terms", body = GlossaryList),
        (status = 412, description = "changed_meanwhile"), (status = 422, description = "bad_glossary"),
        (status = 503, description = "not_kept")))]
pub async fn replace(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Sent,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let body = received(body)?;
    let glossary = if media_type(&headers) == TSV {
        let read = std::str::from_utf8(&body).map_err(|_| unreadable("The file is not UTF-8."))?;
        Glossary::parse(read).map_err(|error| bad_file(&error))?
    } else {
        let body = json_body(&headers, &body)?;
        let terms = body.get("terms").and_then(Value::as_array);
        let terms = terms.ok_or_else(|| unreadable("The body is {\"terms\":[…]}."))?;
        let terms = terms_from(terms).map_err(|bad| bad_terms(&bad))?;
        Glossary::checked(terms).map_err(|bad| bad_terms(&bad))?
    };
    let own = change(&room, &headers, move |_| Ok(glossary)).await?;
    Ok(answered(StatusCode::OK, &own, answer(&listed(&room, &own))))
}

/// `POST /v1/rooms/{room}/glossary`: one more term.
#[utoipa::path(post, path = "/v1/rooms/{room}/glossary", tag = "terms", security(("bearer" = ["host"])), params(IfMatch),
    request_body = TermBody,
    responses((status = 201, description = "The term", body = TermState), (status = 409, description = "term_exists"),
        (status = 412, description = "changed_meanwhile"), (status = 422, description = "bad_glossary"),
        (status = 503, description = "not_kept")))]
pub async fn add(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Sent,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let term = one_term(&headers, body)?;
    let told = answer(&term_state(&term));
    let own = change(&room, &headers, move |own| {
        if own.get(term.name()).is_some() {
            let detail = "The glossary has a term of this name: PUT it to change it.";
            return Err(problem(StatusCode::CONFLICT, "term_exists", detail).into());
        }
        own.with_term("", term).map_err(|bad| bad_terms(&bad))
    });
    Ok(answered(StatusCode::CREATED, &*own.await?, told))
}

/// `PUT /v1/rooms/{room}/glossary/terms/{term}`: a term in the place of the term of that name, or beside the others.
#[utoipa::path(put, path = "/v1/rooms/{room}/glossary/terms/{term}", tag = "terms", security(("bearer" = ["host"])),
    params(IfMatch), request_body = TermBody,
    responses((status = 200, description = "The term", body = TermState),
        (status = 412, description = "changed_meanwhile"), (status = 422, description = "bad_glossary"),
        (status = 503, description = "not_kept")))]
pub async fn put(
    State(rooms): State<Arc<Rooms>>,
    Path((name, term_name)): Path<(String, String)>,
    headers: HeaderMap,
    body: Sent,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let term = one_term(&headers, body)?;
    let told = answer(&term_state(&term));
    let own =
        change(&room, &headers, move |own| own.with_term(&term_name, term).map_err(|bad| bad_terms(&bad)));
    Ok(answered(StatusCode::OK, &*own.await?, told))
}

/// `DELETE /v1/rooms/{room}/glossary/terms/{term}`: takes the term out, from the next sentence on.
#[utoipa::path(delete, path = "/v1/rooms/{room}/glossary/terms/{term}", tag = "terms", security(("bearer" = ["host"])),
    params(IfMatch),
    responses((status = 204, description = "Gone"), (status = 404, description = "no_such_term"),
        (status = 412, description = "changed_meanwhile"), (status = 503, description = "not_kept")))]
pub async fn delete(
    State(rooms): State<Arc<Rooms>>,
    Path((name, term_name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let none =
        || problem(StatusCode::NOT_FOUND, "no_such_term", "The room's glossary has no term of this name.");
    let own =
        change(&room, &headers, move |own| own.without(&term_name).ok_or_else(|| none().into())).await?;
    Ok((StatusCode::NO_CONTENT, [tag(&own)]).into_response())
}

/// `GET /v1/rooms/{room}/glossary/report`: what became of the terms, while live and after, until the next show.
#[utoipa::path(get, path = "/v1/rooms/{room}/glossary/report", tag = "terms", security(("bearer" = ["host"])),
    responses((status = 200, description = "What became of the terms", body = Report<'_>)))]
pub async fn report(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let (epoch, coverage) = room.terms.coverage();
    let glossary = room.terms.glossary();
    let body = report_json(&room.config.id, room.is_live(), (epoch.as_ref(), &coverage), glossary.own());
    let kind = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    Ok((kind, body).into_response())
}

/// With `If-Match` only where nobody has changed the terms since.
async fn change(
    room: &Arc<Room>,
    headers: &HeaderMap,
    edit: impl FnOnce(&Glossary) -> Result<Glossary, Problem> + Send + 'static,
) -> Result<Arc<Glossary>, Problem> {
    let wanted = text(headers, header::IF_MATCH).to_owned();
    let checked = move |own: &Glossary| {
        if !matches!(wanted.as_str(), "" | "*") && wanted != tag(own).1 {
            let detail = "The glossary has been changed meanwhile: load it again.";
            return Err(problem(StatusCode::PRECONDITION_FAILED, "changed_meanwhile", detail).into());
        }
        edit(own)
    };
    room.change_terms(checked).await
}

fn one_term(headers: &HeaderMap, body: Sent) -> Result<Term, Problem> {
    let terms = terms_from(&[json_body(headers, &received(body)?)?]).map_err(|bad| bad_terms(&bad))?;
    // Alone, so that a term that is bad by itself is told before it is compared with others.
    let checked = Glossary::checked(terms).map_err(|bad| bad_terms(&bad))?;
    checked.terms().first().cloned().ok_or_else(|| unreadable("The body is a term."))
}

fn received(body: Sent) -> Result<Bytes, Problem> {
    body.map_err(|error| error.into_response().into())
}

fn json_body(headers: &HeaderMap, body: &Bytes) -> Result<Value, Problem> {
    let kind = media_type(headers);
    if !is_json(&kind) {
        return Err(unsupported(&kind, "application/json (of all terms at once also the file)"));
    }
    serde_json::from_slice(body).map_err(|error| unreadable(&format!("The body is not JSON: {error}.")))
}

fn listed(room: &Room, own: &Glossary) -> GlossaryList {
    GlossaryList { room: room.config.id.to_string(), version: version(own), terms: states(own), pack: None }
}

fn states(glossary: &Glossary) -> Vec<TermState> {
    glossary.terms().iter().map(term_state).collect()
}

/// With the `ETag` of these terms.
fn answered(status: StatusCode, own: &Glossary, body: Response) -> Response {
    (status, [tag(own)], body).into_response()
}

fn version(own: &Glossary) -> String {
    format!("{:016x}", own.version())
}

fn tag(own: &Glossary) -> (header::HeaderName, String) {
    (header::ETAG, format!("\"{}\"", version(own)))
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn unreadable(detail: &str) -> Problem {
    problem(StatusCode::BAD_REQUEST, "bad_request", detail).into()
}

/// `errors` names each bad term's row, from 1, and its field.
fn bad_terms(bad: &[BadTerm]) -> Problem {
    let errors = bad.iter().map(|one| json!({ "row": one.row, "field": one.field, "detail": one.what }));
    refused(errors.take(MOST_TOLD).collect(), bad.first().map(ToString::to_string))
}

/// The same for a file, whose rows are its lines.
fn bad_file(error: &GlossaryError) -> Problem {
    let GlossaryError::Mistakes(mistakes) = error else { return unreadable(&error.to_string()) };
    let errors = mistakes.iter().map(|one| json!({ "row": one.line, "detail": one.what }));
    refused(errors.take(MOST_TOLD).collect(), mistakes.first().map(ToString::to_string))
}

fn refused(errors: Vec<Value>, first: Option<String>) -> Problem {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let detail = first.unwrap_or_default();
    problem_with(status, "bad_glossary", &detail, &[("errors", Value::Array(errors))]).into()
}
