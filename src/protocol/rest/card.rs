//! A product card in a language and a currency, as viewers and the preview get it.

use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Card {
    #[schema(example = "HY-500")]
    pub sku: String,
    pub name: String,
    /// In the language of the catalogue.
    pub name_source: String,
    /// The engine that made the name, where nobody wrote one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_engine: Option<String>,
    pub image: Option<String>,
    #[schema(pattern = "^(ltr|rtl)$")]
    pub dir: &'static str,
    pub price: CardPrice,
    /// The price before the flash sale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<CardWas>,
    pub tiers: Vec<CardTier>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flash: Option<CardFlash>,
    pub facts: Vec<CardFact>,
    /// What the button says.
    pub cta: String,
    /// What the catalogue and the pack lack here; only where one product was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gaps: Option<Vec<Gap>>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CardPrice {
    #[schema(example = "2.80")]
    pub amount: String,
    pub currency: String,
    #[schema(example = "USD 2.80")]
    pub text: String,
    /// In the viewer's currency, where there is a rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local: Option<LocalPrice>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LocalPrice {
    pub amount: String,
    pub currency: String,
    pub text: String,
    /// The same, said to be converted.
    #[schema(example = "aprox. MXN 51.66")]
    pub about: String,
    /// The date of the rate.
    #[schema(example = "2026-11-20")]
    pub as_of: String,
    /// The same as the language writes it.
    pub as_of_text: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CardWas {
    pub amount: String,
    pub text: String,
    /// It is the lowest price of so many days, where the market demands that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lowest_of_days: Option<u32>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CardTier {
    /// Pieces, from which the price holds.
    pub min: u64,
    pub text: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CardFlash {
    /// Milliseconds since 1970.
    pub ends_at_ms: i64,
    /// Pieces that are left; null where there is no limit.
    pub stock: Option<u64>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CardFact {
    pub key: String,
    pub label: String,
    pub text: String,
    /// The engine that made the text, where nobody wrote one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
}

/// Something that a card lacks in a language: one of `lang`, `left_out` and `label` is there.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Gap {
    /// `name`, or the fact's key.
    pub key: String,
    /// The language that the text is shown in instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// The engine that has made the text meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// The term that the pack does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<String>,
    /// The fact is shown without a label of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<bool>,
}
