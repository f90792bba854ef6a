//! Numbers with what they count or measure.

use std::fmt;
use std::sync::Arc;

use rust_decimal::Decimal;

/// What a number counts or measures, by a key that every language pack names in its `units.toml`:
/// `piece`, `unit` (machines, devices), `set`, `box`, `time` (occasions), `inspection`, `minute`,
/// `hour`, `day`, `month`, `year`, `gram`, `kilogram`, `millimetre`, `centimetre`, `metre`,
/// `millilitre`, `litre`, `lumen`, `milliamp-hour`, `watt`, `volt`, `celsius`, `percent`, …
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Unit(Arc<str>);

impl Unit {
    pub fn new(key: &str) -> Self {
        Self(key.into())
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An amount of a unit; `max` is set for a range (十五到二十天).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Quantity {
    pub amount: Decimal,
    pub max: Option<Decimal>,
    pub unit: Unit,
}

impl Quantity {
    pub fn new(amount: impl Into<Decimal>, unit: &str) -> Self {
        Self { amount: amount.into(), max: None, unit: Unit::new(unit) }
    }
}
