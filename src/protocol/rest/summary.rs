//! A show in figures.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct ShowSummary {
    pub room: String,
    pub title: String,
    pub epoch: String,
    /// Whether a host is connected.
    pub live: bool,
    pub ended: bool,
    pub source_lang: String,
    /// From the first sample to the last.
    pub duration_ms: u64,
    pub captions: usize,
    pub corrections: usize,
    pub viewers: Attendance,
    /// Those shown longest first.
    pub products: Vec<ShownProduct>,
    pub questions: QuestionCount,
    pub reservations: ReservationCount,
    pub lag: LagFigures,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Attendance {
    pub now: usize,
    pub peak: usize,
    /// By language.
    pub languages: BTreeMap<String, SeatCount>,
    /// By country, as far as it is known.
    pub countries: BTreeMap<String, SeatCount>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SeatCount {
    pub now: usize,
    pub peak: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ShownProduct {
    pub sku: String,
    /// In the language of the catalogue; null for a product that it has no more.
    pub name: Option<String>,
    pub times: usize,
    pub shown_ms: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionCount {
    pub total: usize,
    /// Without an answer.
    pub open: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ReservationCount {
    pub total: usize,
    pub pieces: u64,
    pub cancelled: usize,
}

/// Medians of the last finals in ms, by stage; null while there are none.
#[derive(Debug, Serialize, ToSchema)]
pub struct LagFigures {
    pub segment_ms: Option<u64>,
    pub transcribe_ms: Option<u64>,
    pub record_ms: Option<f64>,
    /// By language.
    pub translate_ms: BTreeMap<String, u64>,
    /// From the end of speech until the caption is sent.
    pub total_ms: Percentiles,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Percentiles {
    pub p50: Option<u64>,
    pub p95: Option<u64>,
}
