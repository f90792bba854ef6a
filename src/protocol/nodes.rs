//! What nodes of a cluster tell each other of a room, beside its events. Between nodes of one version: no client sees it.

use serde::{Deserialize, Serialize};

use crate::domain::Offset;

/// A room as its owner sees it, told each second and whenever it changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomState {
    pub epoch: String,
    /// The last event that viewers may see.
    pub head: Offset,
    /// Whether a host is connected.
    pub live: bool,
    pub ended: bool,
    pub source_lang: String,
    /// What is left of each flash sale, as viewers are told.
    pub stock: Vec<String>,
    /// Languages watched that no engine translates into.
    pub unserved: Vec<String>,
}

/// Who watches a room at another node. Told every two seconds and whenever it changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demand {
    pub langs: Vec<WantedLang>,
    /// Viewers by country (ISO 3166 code), without those whose country is not known.
    pub countries: Vec<(String, usize)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedLang {
    pub lang: String,
    pub viewers: usize,
    /// Epoch and offset of the first viewer, if one came back with them.
    pub from: Option<(String, Offset)>,
}

/// What a node tells the others of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum News {
    State(RoomState),
    Demand(Demand),
    /// An inquiry was answered. Who follows it asks for the answer.
    Answered {
        inquiry: String,
    },
}

/// A request that only a room's owner can answer, without its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallHead {
    pub method: String,
    /// Path and query.
    pub path: String,
    pub headers: Vec<(String, String)>,
    /// The client's address, past proxies.
    pub client: std::net::IpAddr,
}

/// The beginning of its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerHead {
    pub status: u16,
    pub headers: Vec<(String, String)>,
}
