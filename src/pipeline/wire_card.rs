//! Cards in a language, encoded once for each market.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Value, json};

use super::room::Room;
use crate::domain::flash::EUROPEAN;
use crate::domain::{CardAction, Currency, Habits, Lang, Market, Product, Units};
use crate::localize::{self, FactText, GapKind, LocalizedCard, MachineTexts};
use crate::packs::{Pack, Packs};
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
) -> Option<Value> {
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
pub fn card_gaps(room: &Room, product: &Product, lang: &Lang, machine: &MachineTexts) -> Value {
    let Some(pack) = room.engines.packs.get(lang) else { return json!([]) };
    let gaps = localize::gaps(product, pack, &room.catalogue().source_lang);
    gaps.into_iter()
        .map(|gap| match gap.kind {
            GapKind::Borrowed(lang) => {
                let name = machine.name.as_ref().filter(|_| gap.key == "name");
                let mut told = json!({ "key": gap.key, "lang": lang.as_str() });
                if let Some(made) = name.or_else(|| machine.facts.get(&gap.key)) {
                    told["engine"] = json!(made.engine);
                }
                told
            }
            GapKind::LeftOut(term) => json!({ "key": gap.key, "left_out": term }),
            GapKind::Label => json!({ "key": gap.key, "label": true }),
        })
        .collect()
}

fn wire(card: &LocalizedCard) -> Value {
    let mut price = json!({
        "amount": card.price.amount, "currency": card.price.currency.as_str(), "text": card.price.text,
    });
    if let (Some(local), Some(fields)) = (&card.price.local, price.as_object_mut()) {
        let local = json!({
            "amount": local.amount, "currency": local.currency.as_str(), "text": local.text,
            "about": local.about, "as_of": local.as_of.to_string(), "as_of_text": local.as_of_text,
        });
        fields.insert("local".into(), local);
    }
    let tiers: Vec<_> = card.tiers.iter().map(|t| json!({ "min": t.min, "text": t.text })).collect();
    let fact = |f: &FactText| {
        let mut fact = json!({ "key": f.key, "label": f.label, "text": f.text });
        if let Some(engine) = &f.engine {
            fact["engine"] = json!(engine);
        }
        fact
    };
    let facts: Vec<_> = card.facts.iter().map(fact).collect();
    let mut wire = json!({
        "sku": card.sku.as_str(), "name": card.name, "name_source": card.name_source, "image": card.image,
        "dir": card.dir.as_str(), "price": price, "tiers": tiers, "facts": facts, "cta": card.cta,
    });
    if let Some(engine) = &card.name_engine {
        wire["name_engine"] = json!(engine);
    }
    if let Some(flash) = &card.flash {
        wire["flash"] = json!({ "ends_at_ms": flash.ends_at_ms, "stock": flash.stock });
        if let Some(was) = &flash.was {
            wire["was"] = json!({ "amount": was.amount, "text": was.text });
            if let Some(days) = flash.lowest_of_days {
                wire["was"]["lowest_of_days"] = json!(days);
            }
        }
    }
    wire
}
