//! A price that holds for a short time and for so many pieces.

use super::{Money, Sku};

/// A flash sale that is on. Times are milliseconds of the world's clock (Unix).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flash {
    /// Unique in the record; reservations belong to it.
    pub id: i64,
    pub sku: Sku,
    pub price: Money,
    /// The lowest price of the 30 days before it. `None` where the flash price is not below that: then there is
    /// nothing to compare with in good faith (and in the European Union none may be shown, directive 98/6/EC, article 6a).
    pub was: Option<Money>,
    pub ends_at_ms: i64,
    /// Pieces left; `None`: as many as are asked for.
    pub stock: Option<u64>,
}

/// What a shopper is told about pieces that they wanted put by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reserved {
    /// Put by under this name, and so many are left for others.
    Held { id: String, left: Option<u64> },
    /// Fewer than were asked for are left.
    TooFew { left: u64 },
    /// There is no such sale, or it has ended.
    Over,
}
