//! A show in figures: `GET /v1/rooms/{room}/summary`.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::operate::operated;
use super::{Problem, answer, problem};
use crate::pipeline::{Room, Rooms, Seats, StageLag};
use crate::protocol::rest::{
    Attendance, LagFigures, Percentiles, QuestionCount, ReservationCount, SeatCount, ShowSummary,
    ShownProduct,
};
use crate::record::{InquiryPage, RecordError};

/// Questions and reservations that are counted, the newest.
const COUNTED: u32 = 20_000;

/// `GET /v1/rooms/{room}/summary`: the present or last show in figures.
#[utoipa::path(get, path = "/v1/rooms/{room}/summary", tag = "shows", security(("bearer" = ["host"])),
    responses((status = 200, description = "The figures", body = ShowSummary), (status = 500, description = "internal")))]
pub async fn summary(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let summary = room.summary();
    let catalogue = room.catalogue();
    let products = summary.told.products.iter().map(|shown| {
        let name = catalogue.product(&shown.sku).and_then(|p| p.names.get(&catalogue.source_lang)).cloned();
        ShownProduct { sku: shown.sku.to_string(), name, times: shown.times, shown_ms: shown.ms }
    });
    let (record, id) = (&rooms.engines.record, &room.config.id);
    let epoch = Some(summary.epoch.clone());
    let page = InquiryPage { before: None, epoch, open: false, limit: COUNTED };
    let asked = record.inquiries(id, page).await.map_err(|error| unread(&error))?;
    let reserved = record.reservations(id, COUNTED).await.map_err(|error| unread(&error))?;
    let (held, cancelled): (Vec<_>, Vec<_>) =
        reserved.iter().filter(|one| one.made_ms >= summary.since_ms).partition(|one| !one.cancelled);
    let audience = &summary.audience;
    Ok(answer(&ShowSummary {
        room: id.to_string(),
        title: room.config.title.clone(),
        epoch: summary.epoch.to_string(),
        live: room.is_live(),
        ended: summary.ended,
        source_lang: room.source_lang().to_string(),
        duration_ms: summary.duration_ms,
        captions: summary.told.captions,
        corrections: summary.told.corrections,
        viewers: Attendance {
            now: audience.all.now,
            peak: audience.all.peak,
            languages: seats(&audience.languages),
            countries: seats(&audience.countries),
        },
        products: products.collect(),
        questions: QuestionCount {
            total: asked.len(),
            open: asked.iter().filter(|one| one.answer.is_none()).count(),
        },
        reservations: ReservationCount {
            total: held.len(),
            pieces: held.iter().map(|one| one.quantity).sum(),
            cancelled: cancelled.len(),
        },
        lag: lag(&summary.lag),
    }))
}

/// Medians of the last finals in ms, by stage and language.
pub(super) fn lag(lag: &StageLag) -> LagFigures {
    LagFigures {
        segment_ms: lag.segment_ms,
        transcribe_ms: lag.transcribe_ms,
        record_ms: lag.record_ms,
        translate_ms: lag.translate_ms.iter().map(|(lang, ms)| (lang.to_string(), *ms)).collect(),
        total_ms: Percentiles { p50: lag.total_p50_ms, p95: lag.total_p95_ms },
    }
}

/// Viewers now by country.
pub(super) fn countries(room: &Room) -> Value {
    let countries = room.audience.audience().countries.into_iter().filter(|(_, seats)| seats.now > 0);
    Value::Object(countries.map(|(country, seats)| (country.to_string(), json!(seats.now))).collect())
}

fn seats<K: Display>(of: &BTreeMap<K, Seats>) -> BTreeMap<String, SeatCount> {
    let each = |(key, seats): (&K, &Seats)| (key.to_string(), SeatCount { now: seats.now, peak: seats.peak });
    of.iter().map(each).collect()
}

fn unread(error: &RecordError) -> Problem {
    tracing::error!(%error, "a show's figures could not be read");
    let detail = "The show's figures could not be read.";
    Problem::from(problem(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail))
}
