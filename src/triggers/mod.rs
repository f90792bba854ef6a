//! Which product was just spoken of, and what becomes of the pinned card.
//!
//! A wrong card shows a shopper a wrong price, a late one costs a few seconds: precision comes first. A product is
//! heard by its names and aliases, as they are written or as they sound (Mandarin: `mandarin`, by syllables; every
//! other language: `spelled`, by words), by its SKU as it is written, or by its place in the running order (`order`). What is
//! named beside the point (not the thermos, later the thermos, a thermos brush) is none: `aside_mandarin`, `aside_english`,
//! `material`. What follows from a mention is decided by [`Pins`].

mod aside_english;
mod aside_mandarin;
mod clause;
mod mandarin;
mod material;
mod order;
mod order_english;
mod order_mandarin;
mod ordinary;
mod pins;
mod script;
mod sku;
mod spelled;
mod suggestions;

use std::ops::Range;

use crate::domain::{Lang, Product, Sku};

use order::RunningOrder;
pub use pins::{Change, Moment, Pins, PinsSettings, UndoRefused};
pub use suggestions::Suggestion;

/// A product that was spoken of.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention {
    pub sku: Sku,
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Mean cost of a syllable or a word: 0 for the name as it is written or its exact homophone.
    pub cost: f32,
}

/// What the host has turned to: the place in the running order that "the next one" is next to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    pub now: Option<Sku>,
    /// What the host had turned to before that.
    pub before: Option<Sku>,
}

/// Listens for the products of one room in one language. A room whose host changes languages has one for each.
#[derive(Debug)]
pub struct Triggers {
    lang: Lang,
    skus: Vec<sku::Written>,
    names: Names,
    order: RunningOrder,
    /// Small, of each product.
    known: Vec<(Sku, Vec<String>)>,
}

#[derive(Debug)]
enum Names {
    Mandarin(Vec<mandarin::Name>),
    Spelled(Vec<spelled::Name>),
}

impl Triggers {
    /// `products` in the order of the show.
    pub fn new(products: &[Product], lang: &Lang) -> Self {
        let spoken =
            products.iter().flat_map(|product| names(product, lang).map(|name| (product.sku.clone(), name)));
        let names = if lang.is_chinese() {
            Names::Mandarin(spoken.filter_map(|(sku, name)| mandarin::Name::new(sku, name)).collect())
        } else {
            Names::Spelled(spoken.filter_map(|(sku, name)| spelled::Name::new(sku, name)).collect())
        };
        let known = |product: &Product| (product.sku.clone(), material::names_of(product, lang));
        Self {
            lang: lang.clone(),
            skus: products.iter().filter_map(|product| sku::Written::new(&product.sku)).collect(),
            names,
            order: RunningOrder::new(products.iter().map(|product| product.sku.clone())),
            known: products.iter().map(known).collect(),
        }
    }

    /// The last clear mention of an utterance. Where two names lie over each other the longer one counts.
    pub fn spoken(&self, text: &str, shown: &Shown) -> Option<Mention> {
        let mut heard = sku::mentions(&self.skus, text);
        heard.extend(match &self.names {
            Names::Mandarin(names) => mandarin::mentions(names, text),
            Names::Spelled(names) => spelled::mentions(names, text),
        });
        let named = apart(heard);
        let text = if self.lang.is_chinese() { script::simplified(text) } else { text.to_owned() };
        let placed = self.placed(&text, &named, shown);
        let named = named.into_iter().filter(|mention| !self.is_aside(&text, mention));
        named.chain(placed).max_by_key(|mention| mention.range.start)
    }

    /// References to the running order.
    fn placed(&self, text: &str, named: &[Mention], shown: &Shown) -> Vec<Mention> {
        let (references, is_no_turn): (_, fn(&str, &Range<usize>) -> bool) = match self.lang.primary() {
            "zh" => (order_mandarin::references(text), aside_mandarin::is_no_turn),
            "en" => (order_english::references(text), aside_english::is_no_turn),
            _ => return Vec::new(),
        };
        let turns = references.into_iter().filter(|reference| {
            // 保温杯在三号链接: how goods are numbered elsewhere is not known here, what they are called is.
            let clause = reference.range.start - clause::around(text, &reference.range).0.len();
            let beside_name =
                named.iter().any(|name| (clause..reference.range.start).contains(&name.range.start));
            (reference.alone || !beside_name) && !is_no_turn(text, &reference.range)
        });
        turns.filter_map(|reference| self.order.mention(&reference, shown)).collect()
    }

    fn is_aside(&self, text: &str, mention: &Mention) -> bool {
        let beside = match self.lang.primary() {
            "zh" => aside_mandarin::is_aside(text, &mention.range),
            "en" => aside_english::is_aside(text, &mention.range),
            _ => false,
        };
        let known = self.known.iter().find(|(sku, _)| *sku == mention.sku);
        beside
            || known
                .is_some_and(|(_, names)| material::is_of_another(text, &mention.range, names, &self.lang))
    }
}

/// Full name and aliases; a catalogue in `zh` serves a room in `zh-Hant` too.
fn names<'a>(product: &'a Product, lang: &'a Lang) -> impl Iterator<Item = &'a str> {
    let full = product.names.iter().filter(|(key, _)| key.primary() == lang.primary()).map(|(_, name)| name);
    let aliases = product.aliases.iter().filter(|(key, _)| key.primary() == lang.primary());
    full.chain(aliases.flat_map(|(_, names)| names)).map(String::as_str)
}

/// Mentions that do not overlap: the longest first, of equally long ones the surest.
fn apart(mut heard: Vec<Mention>) -> Vec<Mention> {
    heard.sort_by(|a, b| b.range.len().cmp(&a.range.len()).then(a.cost.total_cmp(&b.cost)));
    let mut kept: Vec<Mention> = Vec::new();
    for next in heard {
        if kept.iter().all(|k| next.range.end <= k.range.start || k.range.end <= next.range.start) {
            kept.push(next);
        }
    }
    kept
}

#[cfg(test)]
mod order_tests;
#[cfg(test)]
mod tests;
