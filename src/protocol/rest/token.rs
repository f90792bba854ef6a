//! Tokens that operators make.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Seconds. A year: nothing that is handed out lasts longer.
pub const LONGEST_LIFETIME: u64 = 31_622_400;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenWish {
    /// What it is for: `host`, `operator` or `viewer`.
    #[schema(pattern = "^(host|operator|viewer)$", example = "host")]
    pub role: String,
    /// Seconds; 12 hours without it. Never longer than the token that asks.
    #[schema(minimum = 1, maximum = 31_622_400, example = 43_200)]
    pub expires_in_s: Option<u64>,
}

#[derive(Serialize, ToSchema)]
pub struct IssuedToken {
    pub token: String,
    #[schema(example = "demo")]
    pub room: String,
    #[schema(pattern = "^(host|operator|viewer)$")]
    pub role: &'static str,
    /// Seconds since 1970.
    pub expires_at: u64,
    /// The page that it is for: the link for a person is `path#token=…`.
    #[schema(example = "/host/demo")]
    pub path: String,
}
