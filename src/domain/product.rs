//! What a room sells.

use std::collections::BTreeMap;

use super::{Lang, Money, Quantity, Sku};

/// One article of a room's catalogue.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    pub sku: Sku,
    /// Full name by language. The room's source language is always there.
    pub names: BTreeMap<Lang, String>,
    /// What the host may call it, by language, besides the full name.
    pub aliases: BTreeMap<Lang, Vec<String>>,
    /// Address that the viewer page loads, under `/images/`.
    pub image: Option<String>,
    /// Further pictures, in the order shown.
    pub more_images: Vec<String>,
    pub price: Money,
    pub tiers: Vec<PriceTier>,
    /// Smallest order.
    pub moq: Quantity,
    pub lead_time: Quantity,
    /// Who bears what on the way: the price is for goods handed over there.
    pub delivery: Option<DeliveryTerm>,
    /// Pieces ready to ship; `None` where they are made to order.
    pub stock: Option<u64>,
    /// Six to ten digits of the Harmonized System, as the customs of the exporting country write them.
    pub hs_code: Option<String>,
    pub facts: Vec<Fact>,
}

/// An Incoterm with its named place: `FOB Ningbo`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryTerm {
    /// One of the eleven of Incoterms 2020, in capitals.
    pub rule: &'static str,
    /// Port or place as the catalogue writes it. Without it the rule says little, but it is shown.
    pub place: Option<String>,
}

impl DeliveryTerm {
    pub const RULES: [&'static str; 11] =
        ["EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP", "FAS", "FOB", "CFR", "CIF"];
}

/// From `min` pieces on, one piece costs `price`.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceTier {
    pub min: u64,
    pub price: Money,
}

/// One attribute. The key names the label in the interface strings: `fact-capacity`.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    pub key: String,
    pub value: FactValue,
}

#[derive(Debug, Clone, PartialEq)]
pub enum FactValue {
    Quantity(Quantity),
    /// Length × width (× height) of one unit.
    Size(Vec<Quantity>),
    /// Keys of a pack's terms: `color.red`, `material.silicone`.
    Terms(Vec<String>),
    /// Text by language, shown as written.
    Text(BTreeMap<Lang, String>),
}
