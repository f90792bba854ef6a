//! Cards in a language, encoded once for each market.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::room::Room;
use crate::domain::flash::EUROPEAN;
use crate::domain::{CardAction, Currency, Habits, Lang, Market, Product, Units};
use crate::localize::{self, FactText, GapKind, LocalizedCard, MachineTexts};
use crate::packs::{Pack, Packs};
use crate::protocol::rest::{Card, CardFact, CardFlash, CardPrice, CardTier, CardWas, Gap, LocalPrice};
use crate::protocol::viewer::{self, Place};
use crate::publish::Body;

/// What viewers get for a pin or an unpin. None for a product that the catalogue no longer has.
pub fn body(
    room: &Room,
    lang: &Lang,
    place: Place<'_>,
    action: &CardAction,
    machine: &MachineTexts,
) -> Option<Body> {
    let (sku, reason, segment) = match action {
        CardAction::Unpin { sku } => return Some(Body::Same(viewer::unpin(place, sku))),
        CardAction::Pin { sku, reason, segment } => (sku, reason.as_str(), *segment),
    };
    let catalogue = room.catalogue();
    let product = catalogue.product(sku)?;
    let encode = |market| {
        let card = card_json(room, product, lang, market, machine)?;
        Some(viewer::pin(place, sku, reason, segment, &card))
    };
    let base = product.price.currency;
    let on_sale = room.flash(product).is_some();
    // Where the law asks for more words beside a flash price, money without a rate counts as well.
    let european = EUROPEAN.iter().filter_map(|code| Currency::parse(code).ok());
    let european = european.filter(|_| on_sale);
    let rates = room.rates().unwrap_or_default();
    let currencies: HashSet<_> = rates.currencies().into_iter().chain(european).chain([base]).collect();
    // Most cards read the same everywhere: only what differs is made.
    let differs = |habits: &Habits| {
        (habits.units == Units::Metric || localize::measures_differ(product, habits.units))
            && (!habits.in_europe || on_sale)
    };
    let mut by = HashMap::new();
    for currency in currencies {
        for habits in Habits::all().filter(differs) {
            let market = Market { currency, habits };
            by.insert(market, encode(market)?);
        }
    }
    let other = by.get(&Market { currency: base, habits: Habits::default() })?.clone();
    Some(Body::ByMarket { by: Arc::new(by), base, other })
}

/// One product as protocol.md's `card`.
pub fn card_json(
    room: &Room,
    product: &Product,
    lang: &Lang,
    market: Market,
    machine: &MachineTexts,
) -> Option<Card> {
    let pack = pack_of(&room.engines.packs, lang)?;
    let (catalogue, flash) = (room.catalogue(), room.flash(product));
    let (rates, source) = (room.rates().unwrap_or_default(), &catalogue.source_lang);
    let card = localize::card(product, flash.as_ref(), pack, market, &rates, source, machine);
    Some(wire(&card))
}

/// The pack that a card is written with: the language's own, else English.
pub fn pack_of<'a>(packs: &'a Packs, lang: &Lang) -> Option<&'a Arc<Pack>> {
    packs.get(lang).or_else(|| packs.get(&Lang::parse("en").ok()?))
}

/// What the catalogue and the pack lack for this card: `[{"key":"name","lang":"en"}]`, shown in English instead;
/// `{"key":"material","left_out":"material.cork"}`; `{"key":"handle_type","label":true}`, shown without a label of its own.
/// Where an engine has made the text meanwhile its name is there: `{"key":"name","lang":"en","engine":"firefox"}`.
pub fn card_gaps(room: &Room, product: &Product, lang: &Lang, machine: &MachineTexts) -> Vec<Gap> {
    let Some(pack) = room.engines.packs.get(lang) else { return Vec::new() };
    let gaps = localize::gaps(product, pack, &room.catalogue().source_lang);
    gaps.into_iter()
        .map(|gap| {
            let told = Gap { key: gap.key.clone(), ..Gap::default() };
            match gap.kind {
                GapKind::Borrowed(lang) => {
                    let name = machine.name.as_ref().filter(|_| gap.key == "name");
                    let made = name.or_else(|| machine.facts.get(&gap.key));
                    Gap { lang: Some(lang.to_string()), engine: made.map(|made| made.engine.clone()), ..told }
                }
                GapKind::LeftOut(term) => Gap { left_out: Some(term), ..told },
                GapKind::Label => Gap { label: Some(true), ..told },
            }
        })
        .collect()
}

fn wire(card: &LocalizedCard) -> Card {
    let local = card.price.local.as_ref().map(|local| LocalPrice {
        amount: local.amount.clone(),
        currency: local.currency.to_string(),
        text: local.text.clone(),
        about: local.about.clone(),
        as_of: local.as_of.to_string(),
        as_of_text: local.as_of_text.clone(),
    });
    let was = card.flash.as_ref().and_then(|flash| {
        let was = flash.was.as_ref()?;
        let lowest_of_days = flash.lowest_of_days;
        Some(CardWas { amount: was.amount.clone(), text: was.text.clone(), lowest_of_days })
    });
    let fact = |f: &FactText| CardFact {
        key: f.key.clone(),
        label: f.label.clone(),
        text: f.text.clone(),
        engine: f.engine.clone(),
    };
    Card {
        sku: card.sku.to_string(),
        name: card.name.clone(),
        name_source: card.name_source.clone(),
        name_engine: card.name_engine.clone(),
        image: card.image.clone(),
        dir: card.dir.as_str(),
        price: CardPrice {
            amount: card.price.amount.clone(),
            currency: card.price.currency.to_string(),
            text: card.price.text.clone(),
            local,
        },
        was,
        tiers: card.tiers.iter().map(|t| CardTier { min: t.min, text: t.text.clone() }).collect(),
        flash: card.flash.as_ref().map(|f| CardFlash { ends_at_ms: f.ends_at_ms, stock: f.stock }),
        facts: card.facts.iter().map(fact).collect(),
        cta: card.cta.clone(),
        gaps: None,
    }
}
