//! What an operator has beside the pin button: suggestions in place of the machine's pins, and undo.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
pub struct ModeBody {
    /// `auto`: the machine pins what is spoken of; `suggest`: the operator does.
    #[schema(pattern = "^(auto|suggest)$", example = "suggest")]
    pub mode: String,
}

/// Which change is to be taken back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct UndoBody {
    /// The one that the operator saw; without it whichever was the last.
    pub change: Option<u64>,
}

/// Times are what is left of them, so that the page's own clock does not matter.
#[derive(Debug, Serialize, ToSchema)]
pub struct PinsState {
    #[schema(pattern = "^(auto|suggest)$")]
    pub mode: &'static str,
    /// The SKU of the pinned product.
    pub pinned: Option<String>,
    /// The latest first.
    pub suggestions: Vec<Suggested>,
    /// What can be taken back.
    pub undo: Option<Undoable>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Suggested {
    pub sku: String,
    /// The utterance that spoke of it last.
    pub segment: u64,
    pub left_ms: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Undoable {
    pub change: u64,
    /// What was pinned before; null for nothing.
    pub from: Option<String>,
    /// What is pinned since.
    pub to: Option<String>,
    pub left_ms: u64,
}
