//! Shows that were: their list, their captions as files, their end.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::{Problem, answer, find, operate, problem, problem_with};
use crate::domain::{CardAction, Currency, Epoch, Habits, Lang, Market, RoomId, Sku};
use crate::pipeline::{CARD_PATIENCE, DeleteRefused, Read, Room, Rooms, card_json, card_texts};
use crate::protocol::rest::{Card, ListedShow, PinnedCard, ShowCaption, ShowCaptions, ShowCard, ShowList};
use crate::record::{RecordError, Transcript};

/// What files are asked for with.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FileQuery {
    /// BCP 47; what the host spoke without it.
    #[param(pattern = "^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?$", example = "es")]
    lang: Option<String>,
    /// An epoch; without it the present or the last show.
    #[param(example = "k3f9")]
    show: Option<String>,
}

/// The same, with what the cards are to be shown in.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CaptionsQuery {
    /// BCP 47; what the host spoke without it.
    #[param(pattern = "^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?$", example = "es")]
    lang: Option<String>,
    /// An epoch; without it the present or the last show.
    #[param(example = "k3f9")]
    show: Option<String>,
    /// ISO 4217; the language's own without it.
    #[param(pattern = "^[A-Za-z]{3}$", example = "MXN")]
    currency: Option<String>,
    /// `metric`, `us`, `uk`, `fahrenheit`, or a country's code; without it the reader's region's.
    #[param(example = "us")]
    units: Option<String>,
}

/// `GET /v1/rooms/{room}/shows`: the shows that are kept, the newest first, the present one among them.
#[utoipa::path(get, path = "/v1/rooms/{room}/shows", tag = "shows",
    responses((status = 200, description = "The shows", body = ShowList), (status = 503, description = "record_fails")))]
pub async fn list(State(rooms): State<Arc<Rooms>>, Path(name): Path<String>) -> Result<Response, Problem> {
    let room = find(&rooms, &name)?;
    let shows = room.shows().await.map_err(unreadable)?;
    let listed = shows.iter().map(|show| ListedShow {
        epoch: show.head.epoch.to_string(),
        began_ms: show.head.zero_ms.unwrap_or(show.head.made_ms),
        ended_ms: show.head.ended_ms,
        on: room.is_on(&show.head.epoch),
        duration_ms: show.last_ms,
        finals: show.finals,
        source_lang: show.head.source_lang.to_string(),
        langs: show.langs.iter().map(ToString::to_string).collect(),
    });
    Ok(answer(&ShowList {
        room: room.config.id.to_string(),
        title: room.config.title.clone(),
        shows: listed.collect(),
    }))
}

/// `DELETE /v1/rooms/{room}/shows/{epoch}`: deletes a show with all that belongs to it, what shoppers left there too.
#[utoipa::path(delete, path = "/v1/rooms/{room}/shows/{epoch}", tag = "shows", security(("bearer" = ["host"])),
    responses((status = 204, description = "Gone"), (status = 404, description = "no_such_show"),
        (status = 409, description = "show_is_on"), (status = 503, description = "not_kept")))]
pub async fn remove(
    State(rooms): State<Arc<Rooms>>,
    Path((name, epoch)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = operate::operated(&rooms, &name, &headers)?;
    let epoch = Epoch::parse(&epoch).map_err(|_| no_such_show())?;
    match room.delete_show(&epoch).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(DeleteRefused::NoSuchShow) => Err(no_such_show()),
        Err(refused @ DeleteRefused::IsOn) => {
            Err(problem(StatusCode::CONFLICT, "show_is_on", &refused.to_string()).into())
        }
        Err(DeleteRefused::Record(error)) => Err(error.into()),
    }
}

/// `GET /v1/rooms/{room}/captions.vtt`: a show's captions as WebVTT. With a host's token in any language, translated if need be.
#[utoipa::path(get, path = "/v1/rooms/{room}/captions.vtt", tag = "shows", params(FileQuery),
    responses((status = 200, description = "The captions", body = String, content_type = "text/vtt"),
        (status = 404, description = "no_such_show, not_translated"),
        (status = 503, description = "being_translated, record_fails")))]
pub async fn vtt(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    Query(query): Query<FileQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (room, text) = asked(&rooms, &name, query.lang.as_deref(), query.show.as_deref(), &headers).await?;
    Ok(file(&room, &text, "vtt", "text/vtt; charset=utf-8", text.vtt()))
}

/// `GET /v1/rooms/{room}/captions.srt`: the same as SubRip.
#[utoipa::path(get, path = "/v1/rooms/{room}/captions.srt", tag = "shows", params(FileQuery),
    responses((status = 200, description = "The captions", body = String, content_type = "application/x-subrip"),
        (status = 404, description = "no_such_show, not_translated"),
        (status = 503, description = "being_translated, record_fails")))]
pub async fn srt(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    Query(query): Query<FileQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (room, text) = asked(&rooms, &name, query.lang.as_deref(), query.show.as_deref(), &headers).await?;
    Ok(file(&room, &text, "srt", "application/x-subrip; charset=utf-8", text.srt()))
}

/// `GET /v1/rooms/{room}/captions.json`: a show's captions, with its cards as they are now.
#[utoipa::path(get, path = "/v1/rooms/{room}/captions.json", tag = "shows", params(CaptionsQuery),
    responses((status = 200, description = "The show in one language", body = ShowCaptions),
        (status = 404, description = "no_such_show, not_translated"),
        (status = 503, description = "being_translated, record_fails")))]
pub async fn json(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    Query(query): Query<CaptionsQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let chosen = query.currency.as_deref().map(Currency::parse).transpose();
    let chosen =
        chosen.map_err(|error| problem(StatusCode::BAD_REQUEST, "bad_request", &error.to_string()))?;
    let (room, text) = asked(&rooms, &name, query.lang.as_deref(), query.show.as_deref(), &headers).await?;
    let pack = room.engines.packs.get(&text.lang);
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    let market = Market {
        currency: chosen.or_else(|| pack.map(|pack| pack.currency)).unwrap_or(Currency::USD),
        habits: Habits::of_reader(query.units.as_deref(), Some(&text.lang), accepted, chosen),
    };
    let mut cards = std::collections::BTreeMap::new();
    for event in &text.cards {
        if let CardAction::Pin { sku, .. } = &event.action
            && !cards.contains_key(sku)
            && let Some(product) = room.catalogue().product(sku)
        {
            let machine = card_texts(&room, product, &text.lang, CARD_PATIENCE).await;
            cards.insert(sku.clone(), card_json(&room, product, &text.lang, market, &machine));
        }
    }
    let dir = pack.map_or("ltr", |pack| pack.dir.as_str());
    let card = |sku: &Sku| cards.get(sku).cloned().flatten();
    let on = room.is_on(&text.head.epoch);
    Ok(answer(&captions_json(&room.config.id, &room.config.title, dir, on, &text, card)))
}

/// A show in one language as JSON. `card` gives a product's card, where the catalogue still has it.
pub fn captions_json(
    room: &RoomId,
    title: &str,
    dir: &'static str,
    on: bool,
    text: &Transcript,
    card: impl Fn(&Sku) -> Option<Card>,
) -> ShowCaptions {
    let captions = text.lines.iter().map(|line| {
        let caption = &line.caption;
        ShowCaption {
            offset: line.offset,
            segment: caption.segment,
            rev: caption.rev,
            lang: caption.lang.to_string(),
            source_lang: caption.source_lang.to_string(),
            text: caption.text.clone(),
            source_text: caption.source_text.clone(),
            start_ms: caption.start_ms,
            end_ms: caption.end_ms,
            engine: caption.engine.clone(),
            fidelity: caption.fidelity.as_str(),
            text_lang: caption.text_lang.as_ref().map(ToString::to_string),
            corrected: caption.corrected,
        }
    });
    let cards = text.cards.iter().map(|event| {
        let (offset, at_ms) = (event.offset, event.at_ms);
        match &event.action {
            CardAction::Pin { sku, reason, segment } => {
                let pin = PinnedCard { reason: reason.as_str(), segment: *segment, card: card(sku) };
                ShowCard { offset, at_ms, action: "pin", sku: sku.to_string(), pin: Some(pin) }
            }
            CardAction::Unpin { sku } => {
                ShowCard { offset, at_ms, action: "unpin", sku: sku.to_string(), pin: None }
            }
        }
    });
    ShowCaptions {
        room: room.to_string(),
        title: title.to_owned(),
        epoch: text.head.epoch.to_string(),
        began_ms: text.head.zero_ms.unwrap_or(text.head.made_ms),
        ended_ms: text.head.ended_ms,
        on,
        duration_ms: text.last_ms,
        lang: text.lang.to_string(),
        dir,
        source_lang: text.head.source_lang.to_string(),
        untranslated: text.missing.len(),
        captions: captions.collect(),
        cards: cards.collect(),
    }
}

/// The show that is asked for, in the language that is asked for. What was not read live is translated now: for operators
/// always, for everybody in the languages of the packs while nobody is live, who would be held up.
async fn asked(
    rooms: &Rooms,
    name: &str,
    lang: Option<&str>,
    show: Option<&str>,
    headers: &HeaderMap,
) -> Result<(Arc<Room>, Transcript), Problem> {
    let room = find(rooms, name)?;
    let epoch = show_of(&room, show).await?;
    let lang = match lang {
        None => room.source_lang(),
        Some(tag) => Lang::parse(tag).map_err(|_| {
            Problem::from(problem(StatusCode::BAD_REQUEST, "bad_request", "lang is not a language tag."))
        })?,
    };
    let operator = operate::operated(rooms, name, headers).is_ok();
    let quiet = !rooms.iter().any(|room| room.is_live());
    let may_translate = operator || (quiet && rooms.engines.packs.get(&lang).is_some());
    let read = match may_translate {
        true => room.translated_transcript(&epoch, &lang).await,
        false => room.transcript(&epoch, &lang).await.map(|text| text.map(Read::Whole)),
    };
    match read.map_err(unreadable)?.ok_or_else(no_such_show)? {
        Read::Whole(text) if !text.lines.is_empty() && text.missing.len() == text.lines.len() => {
            let detail = "Nobody read this show in this language. An operator can have it translated.";
            Err(problem(StatusCode::NOT_FOUND, "not_translated", detail).into())
        }
        Read::Whole(text) => Ok((room, text)),
        Read::Coming { missing, of } => {
            let detail = "This language is being translated. Ask again in some seconds.";
            let more = [("done", json!(of - missing)), ("of", json!(of))];
            let mut coming = problem_with(StatusCode::SERVICE_UNAVAILABLE, "being_translated", detail, &more);
            coming.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            Err(coming.into())
        }
    }
}

/// The show of that name, or the present or last one.
pub async fn show_of(room: &Room, epoch: Option<&str>) -> Result<Epoch, Problem> {
    match epoch {
        Some(epoch) => Epoch::parse(epoch).map_err(|_| no_such_show()),
        None => room.latest_show().await.map_err(unreadable),
    }
}

fn file(room: &Room, text: &Transcript, form: &str, kind: &'static str, body: String) -> Response {
    // All three are plain in a header: their types allow nothing else.
    let name = format!("{}-{}.{}.{form}", room.config.id, text.head.epoch, text.lang);
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, body).into_response()
}

fn no_such_show() -> Problem {
    problem(StatusCode::NOT_FOUND, "no_such_show", "There is no such show.").into()
}

fn unreadable(error: RecordError) -> Problem {
    tracing::error!(%error, "the record cannot be read");
    let detail = "The record cannot be read at present.";
    problem(StatusCode::SERVICE_UNAVAILABLE, "record_fails", detail).into()
}
