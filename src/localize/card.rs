//! The card's fields. Their names are protocol.md's.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::facts;
use super::words::{in_pack, isolated, label};
use crate::catalogue::Rates;
use crate::domain::flash::{LOWEST_OF_DAYS, names_the_lowest_price};
use crate::domain::{Currency, Day, Flash, Lang, Market, Money, PriceTier, Product, Quantity, Sku, in_lang};
use crate::packs::{Direction, Pack};

/// A card in one language and one currency. Amounts are exact; texts are ready to be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct LocalizedCard {
    pub sku: Sku,
    pub name: String,
    /// The engine that translated the name; none where a person wrote it.
    pub name_engine: Option<String>,
    /// As the host says it.
    pub name_source: String,
    /// Address under `/images/`.
    pub image: Option<String>,
    pub dir: Direction,
    pub price: PriceText,
    pub flash: Option<FlashText>,
    pub tiers: Vec<TierText>,
    pub facts: Vec<FactText>,
    /// Label of the button that asks for a quote.
    pub cta: String,
}

/// The price that holds.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceText {
    /// With all minor digits of the currency: `2.80`.
    pub amount: String,
    pub currency: Currency,
    pub text: String,
    /// Missing where the viewer's currency is the price's own or has no rate.
    pub local: Option<LocalPrice>,
}

/// A price that holds for a short time.
#[derive(Debug, Clone, PartialEq)]
pub struct FlashText {
    /// The lowest price of the 30 days before, where it was higher.
    pub was: Option<WasText>,
    /// 30, where the viewer's market demands that `was` is said to be the lowest price of so many days.
    pub lowest_of_days: Option<u32>,
    /// Unix time.
    pub ends_at_ms: i64,
    pub stock: Option<u64>,
}

/// A price that held before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WasText {
    pub amount: String,
    pub text: String,
}

/// What the price is about in the viewer's currency.
#[derive(Debug, Clone, PartialEq)]
pub struct LocalPrice {
    pub amount: String,
    pub currency: Currency,
    pub text: String,
    /// `aprox. MXN 51.66`: a converted price is never said to be exact.
    pub about: String,
    /// Day of the rate.
    pub as_of: Day,
    /// The same as the language writes it: `20 nov 2026`.
    pub as_of_text: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TierText {
    pub min: u64,
    /// `1000+ piezas: USD 2.52`
    pub text: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct FactText {
    /// `capacity`, `moq`, `lead_time`, …
    pub key: String,
    pub label: String,
    pub text: String,
    /// The engine that translated the text; none where a person or the pack wrote it.
    pub engine: Option<String>,
}

/// Texts that engines made, where the catalogue has none in the viewer's language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MachineTexts {
    pub name: Option<MachineText>,
    /// By the fact's key.
    pub facts: BTreeMap<String, MachineText>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineText {
    pub text: String,
    pub engine: String,
}

/// Puts a product into the pack's language, for a market. What a person wrote wins over `machine`. Never fails: what has no translation
/// at all is shown in the pack's fallback language, in English, or as the host says it, in this order.
pub fn card(
    product: &Product,
    flash: Option<&Flash>,
    pack: &Pack,
    market: Market,
    rates: &Rates,
    source_lang: &Lang,
    machine: &MachineTexts,
) -> LocalizedCard {
    let currency = market.currency;
    let name_source = in_lang(&product.names, source_lang).cloned();
    let written = in_pack(&product.names, pack).cloned().or_else(|| name_source.clone());
    let made = machine.name.clone().filter(|_| in_lang(&product.names, &pack.lang).is_none());
    let (made, name_engine) = made.map(|made| (made.text, made.engine)).unzip();
    let name = made.or(written);
    let sku = product.sku.to_string();
    // A quantity's price that the flash price undercuts would only confuse.
    let tiers =
        product.tiers.iter().filter(|tier| flash.is_none_or(|flash| tier.price.amount < flash.price.amount));
    LocalizedCard {
        sku: product.sku.clone(),
        name: name.unwrap_or_else(|| sku.clone()),
        name_engine,
        name_source: name_source.unwrap_or(sku),
        image: product.image.clone(),
        dir: pack.dir,
        price: price(flash.map_or(&product.price, |flash| &flash.price), pack, currency, rates),
        flash: flash.map(|flash| FlashText {
            was: flash.was.as_ref().map(|was| WasText { amount: was.written(), text: pack.money(was) }),
            lowest_of_days: lowest_named(market, pack).then_some(LOWEST_OF_DAYS),
            ends_at_ms: flash.ends_at_ms,
            stock: flash.stock,
        }),
        tiers: tiers.map(|tier| tier_text(tier, &product.moq, pack)).collect(),
        facts: facts::texts(product, pack, market.habits.units, machine),
        cta: label(pack, "cta-quote", "Ask for a quote"),
    }
}

/// The viewer's market is that of their country, of their money, or of the language's: Catalan is read in the Union whatever
/// one pays in.
fn lowest_named(market: Market, pack: &Pack) -> bool {
    market.habits.in_europe
        || names_the_lowest_price(market.currency)
        || names_the_lowest_price(pack.currency)
}

fn price(price: &Money, pack: &Pack, currency: Currency, rates: &Rates) -> PriceText {
    let local = (currency != price.currency).then(|| rates.convert(price, currency)).flatten();
    PriceText {
        amount: price.written(),
        currency: price.currency,
        text: pack.money(price),
        local: local.map(|money| {
            let text = pack.money(&money);
            LocalPrice {
                amount: money.written(),
                currency: money.currency,
                about: pack.message("card-about", &text).unwrap_or_else(|| format!("≈ {text}")),
                text,
                as_of: rates.as_of,
                as_of_text: isolated(pack, &pack.day(rates.as_of)),
            }
        }),
    }
}

/// Counted in what the smallest order is counted in.
fn tier_text(tier: &PriceTier, moq: &Quantity, pack: &Pack) -> TierText {
    let min = Decimal::from(tier.min);
    let (number, from) = (pack.number(min), Quantity { amount: min, max: None, unit: moq.unit.clone() });
    let quantity = pack.quantity(&from, None).unwrap_or_else(|| number.clone());
    let more = isolated(pack, &format!("{number}+"));
    let text = format!("{}: {}", quantity.replacen(&number, &more, 1), pack.money(&tier.price));
    TierText { min: tier.min, text }
}
