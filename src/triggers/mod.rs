//! Which product was just spoken of, and what becomes of the pinned card.
//!
//! A wrong card shows a shopper a wrong price, a late one costs a few seconds: precision comes first. A product is
//! heard by its names and aliases, as they are written or as they sound (Mandarin: `mandarin`, by syllables; every
//! other language: `spelled`, by words), or by its SKU as it is written. What follows from a mention is decided by
//! [`Pins`].

mod mandarin;
mod ordinary;
mod pins;
mod sku;
mod spelled;

use std::ops::Range;

use crate::domain::{Lang, Product, Sku};

pub use pins::{Pins, PinsSettings};

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
    skus: Vec<sku::Written>,
    names: Names,
}

#[derive(Debug)]
enum Names {
    Mandarin(Vec<mandarin::Name>),
    Spelled(Vec<spelled::Name>),
}

impl Triggers {
    pub fn new(products: &[Product], lang: &Lang) -> Self {
        let spoken =
            products.iter().flat_map(|product| names(product, lang).map(|name| (product.sku.clone(), name)));
        let names = if lang.is_chinese() {
            Names::Mandarin(spoken.filter_map(|(sku, name)| mandarin::Name::new(sku, name)).collect())
        } else {
            Names::Spelled(spoken.filter_map(|(sku, name)| spelled::Name::new(sku, name)).collect())
        };
        Self { skus: products.iter().filter_map(|product| sku::Written::new(&product.sku)).collect(), names }
    }

    /// The last clear mention of an utterance. Where two names lie over each other the longer one counts.
    pub fn spoken(&self, text: &str, _shown: &Shown) -> Option<Mention> {
        let mut heard = sku::mentions(&self.skus, text);
        heard.extend(match &self.names {
            Names::Mandarin(names) => mandarin::mentions(names, text),
            Names::Spelled(names) => spelled::mentions(names, text),
        });
        apart(heard).into_iter().max_by_key(|mention| mention.range.start)
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
mod tests;
