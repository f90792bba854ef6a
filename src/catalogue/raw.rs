//! The file as it is written. Nothing here is believed until `check` has seen it.
//!
//! Amounts are strings, so that no price ever passes through floating point.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    pub source_lang: String,
    pub rates: Option<Rates>,
    #[serde(default)]
    pub products: Vec<Product>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    pub as_of: toml::value::Date,
    pub source: String,
    /// How much of each currency one US dollar buys.
    pub per_usd: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    pub sku: String,
    pub image: Option<String>,
    /// `2.80 USD`
    pub price: String,
    #[serde(default)]
    pub tiers: Vec<Tier>,
    /// `500 piece`
    pub moq: String,
    /// `7 day` or `7-10 day`
    pub lead_time: String,
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    #[serde(default)]
    pub aliases: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub facts: Vec<Fact>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    pub min: u64,
    /// In the currency of the product's price.
    pub price: String,
}

/// Exactly one of the values is set.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    pub key: String,
    pub quantity: Option<String>,
    pub size: Option<Vec<String>>,
    pub terms: Option<Vec<String>>,
    pub text: Option<BTreeMap<String, String>>,
}
