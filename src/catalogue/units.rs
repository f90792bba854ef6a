//! The units that a catalogue may count and measure in.
//!
//! Each has forms in every language pack's `units.toml`: a unit that a pack cannot write would make a
//! minimum order disappear from a shopper's card, so an unknown one is refused when the file is read.

pub fn is_known(unit: &str) -> bool {
    UNITS.contains(&unit)
}

pub const UNITS: &[&str] = &[
    "piece",
    "unit",
    "set",
    "pair",
    "pack",
    "box",
    "carton",
    "time",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "year",
    "gram",
    "kilogram",
    "tonne",
    "millimetre",
    "centimetre",
    "metre",
    "inch",
    "millilitre",
    "litre",
    "lumen",
    "milliamp-hour",
    "watt",
    "kilowatt",
    "volt",
    "celsius",
    "percent",
];
