//! Flash sales and reservations.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
pub struct BeginSale {
    #[schema(example = "HY-500", pattern = "^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$")]
    pub sku: String,
    /// In the product's currency, below its price.
    #[schema(example = "2.20", pattern = "^[0-9]{1,9}(\\.[0-9]{1,3})?$")]
    pub price: String,
    /// Seconds.
    #[schema(minimum = 10, maximum = 604_800, example = 600)]
    pub duration_s: i64,
    /// Pieces; without it as many as are asked for.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 300)]
    pub stock: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Sale {
    pub sku: String,
    #[schema(example = "2.20")]
    pub price: String,
    pub currency: String,
    /// The regular price.
    pub was: Option<String>,
    /// Milliseconds since 1970.
    pub ends_at_ms: i64,
    /// Pieces that are left.
    pub stock: Option<u64>,
    /// Pieces that are put by.
    pub reserved: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Sales {
    pub sales: Vec<Sale>,
    /// Milliseconds since 1970.
    pub server_time_ms: i64,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct ReservationWish {
    #[schema(minimum = 1, maximum = 10_000, example = 20)]
    pub quantity: u64,
    /// How the seller reaches the shopper. Characters.
    #[serde(default)]
    #[schema(required = true, min_length = 1, max_length = 200, example = "ana@example.com")]
    pub contact: String,
    /// The shopper's own name for this wish: the same one sent twice takes nothing more.
    #[schema(pattern = "^[A-Za-z0-9_-][A-Za-z0-9_.-]{15,63}$", example = "4be0643f1d98573b97cdca98a65347dd")]
    pub key: Option<String>,
}

/// A reservation as who made it sees it: without the contact, since an id may be read over a shoulder.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReservationState {
    pub id: String,
    pub sku: String,
    pub quantity: u64,
    #[schema(example = "2.20")]
    pub price: String,
    pub currency: String,
    /// Milliseconds since 1970.
    pub made_ms: i64,
    /// `held` or `cancelled`
    #[schema(pattern = "^(held|cancelled)$")]
    pub state: &'static str,
}

/// A reservation that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct Held {
    #[serde(flatten)]
    pub reservation: ReservationState,
    /// What is left for others; null where there is no limit.
    pub left: Option<u64>,
}

/// A reservation as operators see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperatorReservation {
    #[serde(flatten)]
    pub reservation: ReservationState,
    pub contact: String,
    /// Its name in the language of the catalogue; null when the product has gone.
    pub product: Option<String>,
}
