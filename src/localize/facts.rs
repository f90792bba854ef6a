//! A product's attributes as label and text.

use icu::casemap::TitlecaseMapper;
use icu::casemap::options::{TitlecaseOptions, TrailingCase};

use super::card::{FactText, MachineTexts};
use super::measure;
use super::words::{in_pack, isolated, label};
use crate::domain::{FactValue, Product, Quantity, Units, in_lang};
use crate::packs::Pack;

/// The catalogue's facts, then smallest order, lead time, delivery term and HS code. A fact that the pack has no words for
/// is left out.
pub fn texts(product: &Product, pack: &Pack, units: Units, machine: &MachineTexts) -> Vec<FactText> {
    let own = product.facts.iter().filter_map(|fact| {
        let made = machine.facts.get(&fact.key).filter(|_| is_unwritten(&fact.value, pack));
        let text = match made {
            Some(made) => made.text.clone(),
            None => value(&fact.value, pack, units)?,
        };
        let id = format!("fact-{}", fact.key.replace('_', "-"));
        let label = label(pack, &id, &words_of(&fact.key));
        Some(FactText { label, key: fact.key.clone(), text, engine: made.map(|made| made.engine.clone()) })
    });
    let terms = [
        ("moq", "fact-moq", "Minimum order", &product.moq),
        ("lead_time", "fact-lead-time", "Lead time", &product.lead_time),
    ];
    let terms = terms.into_iter().map(|(key, id, english, amount)| FactText {
        key: key.to_owned(),
        label: label(pack, id, english),
        text: quantity(amount, pack, units),
        engine: None,
    });
    own.chain(terms).chain(trade(product, pack)).collect()
}

/// What an importer asks for first, where the catalogue has it: codes and names that are the same in every language.
fn trade(product: &Product, pack: &Pack) -> impl Iterator<Item = FactText> {
    let delivery = product.delivery.as_ref().map(|term| {
        let place = term.place.as_deref().map(|place| format!(" {place}")).unwrap_or_default();
        ("delivery", "fact-delivery", "Delivery term", format!("{}{place}", term.rule))
    });
    let code = product.hs_code.as_ref().map(|code| ("hs_code", "fact-hs-code", "HS code", code.clone()));
    delivery.into_iter().chain(code).map(|(key, id, english, text)| FactText {
        key: key.to_owned(),
        label: label(pack, id, english),
        text: isolated(pack, &text),
        engine: None,
    })
}

/// Free text that nobody has written in the pack's language.
fn is_unwritten(value: &FactValue, pack: &Pack) -> bool {
    matches!(value, FactValue::Text(texts) if in_lang(texts, &pack.lang).is_none())
}

fn value(value: &FactValue, pack: &Pack, units: Units) -> Option<String> {
    match value {
        FactValue::Quantity(amount) => Some(quantity(amount, pack, units)),
        FactValue::Size(sides) => {
            let other = measure::sides_beside(sides, units).and_then(|sides| pack.size(&sides, None));
            Some(with(pack.size(sides, None)?, other))
        }
        FactValue::Terms(keys) => {
            let terms: Vec<String> =
                keys.iter().filter_map(|key| pack.term(key)).map(|term| latin_isolated(pack, term)).collect();
            (!terms.is_empty()).then(|| beginning_large(&pack.list(&terms), pack))
        }
        FactValue::Text(texts) => in_pack(texts, pack).or_else(|| texts.values().next()).cloned(),
    }
}

/// A unit that the pack does not know leaves the number: the catalogue admits only units that every pack has.
fn quantity(amount: &Quantity, pack: &Pack, units: Units) -> String {
    let own = pack.quantity(amount, None).unwrap_or_else(|| pack.number(amount.amount));
    with(own, measure::beside(amount, units).and_then(|amount| pack.quantity(&amount, None)))
}

/// `500 ml (16.9 fl oz)`: what the factory sells by, and what the reader is used to.
fn with(own: String, beside: Option<String>) -> String {
    match beside {
        Some(beside) => format!("{own} ({beside})"),
        None => own,
    }
}

/// A list of terms stands by itself on the card: "Red, blue and white".
fn beginning_large(text: &str, pack: &Pack) -> String {
    let mut options = TitlecaseOptions::default();
    options.trailing_case = Some(TrailingCase::Unchanged);
    let lang = pack.lang.locale().id;
    TitlecaseMapper::new().titlecase_segment_to_string(text, &lang, options).into_owned()
}

/// A mark or a material's number in Latin letters (`CE`, `USB-C`), which would take its neighbours along in a right-to-left line.
fn latin_isolated(pack: &Pack, term: &str) -> String {
    if term.chars().any(|ch| ch.is_ascii_alphabetic()) { isolated(pack, term) } else { term.to_owned() }
}

/// `handle_type` → `Handle type`
fn words_of(key: &str) -> String {
    let words = key.replace(['_', '-'], " ");
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
