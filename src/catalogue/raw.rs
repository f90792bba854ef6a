//! The file as it is written. Nothing here is believed until `check` has seen it.
//!
//! Amounts are strings, so that no price ever passes through floating point.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    pub source_lang: String,
    pub rates: Option<Rates>,
    #[serde(default)]
    pub products: Vec<Product>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    pub as_of: toml::value::Date,
    pub source: String,
    /// Days after which they convert no price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age_days: Option<u32>,
    /// How much of each currency one US dollar buys.
    pub per_usd: BTreeMap<String, String>,
}

/// Rates by themselves, in TOML or JSON, with the names that services use. What else they say is not read.
#[derive(Debug, Deserialize)]
pub struct Table {
    #[serde(alias = "date")]
    pub as_of: Date,
    pub source: Option<String>,
    /// Whose money buys so much of the others. Default: USD.
    pub base: Option<String>,
    #[serde(alias = "per_usd")]
    pub rates: BTreeMap<String, Rate>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Date {
    Toml(toml::value::Datetime),
    Text(String),
}

/// Services write numbers. A rate may pass through floating point, a price never does.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Rate {
    Text(String),
    Number(f64),
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Product)]
pub struct Product {
    #[schema(pattern = "^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$", example = "HY-500")]
    pub sku: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^/images/[A-Za-z0-9_-][A-Za-z0-9_.-]*$", example = "/images/thermos.svg")]
    pub image: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_images: Vec<String>,
    /// `2.80 USD`
    #[schema(example = "2.80 USD")]
    pub price: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<Tier>,
    /// `500 piece`
    #[schema(example = "500 piece")]
    pub moq: String,
    /// `7 day` or `7-10 day`
    #[schema(example = "7-10 day")]
    pub lead_time: String,
    /// `FOB Ningbo`
    #[schema(example = "FOB Ningbo")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<String>,
    #[schema(maximum = 1_000_000_000)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stock: Option<u64>,
    /// 6 to 10 digits, dots between them or not.
    #[schema(example = "9617.00")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hs_code: Option<String>,
    /// By language; that of the catalogue is needed.
    #[serde(default)]
    #[schema(example = json!({ "zh": "不锈钢保温杯", "es": "Termo de acero inoxidable" }))]
    pub names: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub aliases: BTreeMap<String, Vec<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PriceTier)]
pub struct Tier {
    /// Pieces, from which the price holds.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub min: u64,
    /// In the currency of the product's price.
    #[schema(example = "2.52")]
    pub price: String,
}

/// Exactly one of the values is set.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProductFact)]
pub struct Fact {
    pub key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terms: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<BTreeMap<String, String>>,
}
