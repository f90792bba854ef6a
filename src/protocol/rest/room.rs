//! Rooms and language packs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct RoomSummary {
    #[schema(example = "demo")]
    pub room: String,
    pub title: String,
    /// Whether a host is connected.
    pub live: bool,
}

/// A room as its pages need it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperatedRoom {
    #[schema(example = "demo")]
    pub room: String,
    pub title: String,
    /// Whether a host is connected.
    pub live: bool,
    /// The language that the host speaks.
    pub source_lang: String,
    /// Currencies that prices can be shown in.
    pub currencies: Vec<String>,
    /// The rates that prices are converted by; null where there are none, or none young enough.
    pub rates: Option<RoomRates>,
    /// The SKU of the pinned product.
    pub pinned: Option<String>,
    /// Address of the room's HLS stream.
    pub video: Option<String>,
    /// Days for which the sound of shows is kept; null where it is not recorded.
    pub audio_keep_days: Option<u32>,
    /// `off` or `token`
    #[schema(pattern = "^(off|token)$")]
    pub auth: &'static str,
    /// Who may watch: `anybody`, or those who have a `token` of the room.
    #[schema(pattern = "^(anybody|token)$")]
    pub viewers: &'static str,
    pub products: Vec<RoomProduct>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RoomRates {
    /// The day of the rates.
    #[schema(example = "2026-11-20")]
    pub as_of: String,
    pub source: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RoomProduct {
    pub sku: String,
    /// In the language of the catalogue.
    pub name: Option<String>,
    pub name_source: Option<String>,
    /// By language.
    pub names: BTreeMap<String, String>,
    pub image: Option<String>,
    pub price: Price,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Price {
    #[schema(example = "2.80")]
    pub amount: String,
    #[schema(example = "USD")]
    pub currency: String,
}

/// A language that the pages speak.
#[derive(Debug, Serialize, ToSchema)]
pub struct PackSummary {
    #[schema(example = "es")]
    pub lang: String,
    /// In the language itself.
    pub name: String,
    /// `ltr` or `rtl`
    #[schema(pattern = "^(ltr|rtl)$")]
    pub dir: &'static str,
    /// What prices are shown in unless a viewer chooses.
    pub currency: String,
    /// Measured quality of the first engine: `verified`, `usable`, `gist`; `fallback`: none here serves it.
    pub quality: String,
}

/// The texts of the pages in a language.
#[derive(Debug, Serialize, ToSchema)]
pub struct PackStrings {
    pub lang: String,
    pub name: String,
    #[schema(pattern = "^(ltr|rtl)$")]
    pub dir: &'static str,
    pub currency: String,
    /// By key, in Fluent's syntax.
    pub strings: BTreeMap<String, String>,
}

/// Which engines and languages serve.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// False while the gateway stops, and where a room's host could not be let in.
    pub ready: bool,
    pub recognition: Recognition,
    /// By engine: `ready`, or why it is not asked.
    pub engines: BTreeMap<String, String>,
    pub min_tier: &'static str,
    /// By language, by engine in the order of asking: its measured quality, `not measured` or `not here`.
    #[schema(value_type = BTreeMap<String, BTreeMap<String, String>>)]
    pub languages: serde_json::Value,
    pub rates: RatesState,
    pub rooms: usize,
    /// `ready`, or why what happens is kept in memory only: `in memory only: …`, `failing: …`.
    pub record: String,
    /// Absent where there are no other nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterState>,
}

/// What a node of a cluster is, and whether it is in touch with the others.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClusterState {
    /// `ready`, or `degraded`: no NATS server can be reached. Viewers stay, and what they miss comes after.
    #[schema(pattern = "^(ready|degraded)$")]
    pub state: &'static str,
    #[schema(pattern = "^(origin|edge|both)$")]
    pub role: &'static str,
    /// Rooms that this node owns: it hears their hosts and has their history.
    pub rooms_owned: usize,
    /// Rooms whose owner has not been heard of for some seconds.
    pub rooms_without_owner: usize,
}

/// Where exchange rates come from.
#[derive(Debug, Serialize, ToSchema)]
pub struct RatesState {
    /// By source.
    pub sources: BTreeMap<String, RateSource>,
    /// Rooms that convert no price: all rates that they have are too old.
    pub too_old_in: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RateSource {
    /// The day of the last good table; null while there is none.
    #[schema(example = "2026-11-20")]
    pub as_of: Option<String>,
    /// What the table says of itself.
    pub source: Option<String>,
    pub currencies: usize,
    /// Why the last try gave no table; null where it gave one.
    pub error: Option<String>,
    /// Tries that gave none, since the start.
    pub failures: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Recognition {
    pub model: String,
    /// Hosts that could begin now.
    pub free_slots: usize,
    /// `ready`, or what is wrong with it.
    #[schema(example = "ready")]
    pub state: String,
}

/// The product that viewers are to see.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Pin {
    #[schema(example = "HY-500", pattern = "^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$")]
    pub sku: String,
}
