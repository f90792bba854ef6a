//! An utterance as it can be read: its atoms, and the spans that a slot can take.

mod terms;

use std::sync::Arc;

use super::atoms::{Atom, NEVER, Weight, atoms, heard, substitution};
use super::book::Book;
use super::parts::{Part, is_said, parts};
use super::subject::{self, NAMED, Name};
use crate::domain::Product;
use crate::numbers::{BARE, Dimension, Entity, Value, entities};
use crate::packs::SlotKind;

/// What fills a slot.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fill {
    Value(Value),
    /// Keys of terms, one or more.
    Terms(Vec<String>),
    /// Index in the request's products.
    Product(usize),
}

/// A span that reads as one thing.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    /// Atoms.
    pub start: usize,
    pub end: usize,
    pub cost: f32,
    pub fill: Fill,
    /// Of several terms in a row.
    pub list: bool,
}

#[derive(Debug)]
pub(super) struct Lattice {
    pub atoms: Vec<Atom>,
    pub edges: Vec<Edge>,
    /// For each atom: inside which firm number it stands, as its span of atoms.
    pub firm: Vec<Option<(usize, usize)>>,
    /// For each atom, what it is in the name of what is shown.
    pub names: Vec<Name>,
    /// For each atom, whether it was said as a plural.
    pub plural: Vec<bool>,
    /// For each atom the cost of hearing it for every token of the vocabulary.
    costs: Vec<Arc<[f32]>>,
    /// For each kind of slot of the book, whether anything in the utterance fits it.
    served: Vec<bool>,
}

/// Products are found through this much difference of sound per syllable.
const PRODUCT_COST: f32 = 0.22;
/// Terms of three and more syllables; shorter ones must be nearly exact.
const TERM_COST: f32 = 0.18;
impl Lattice {
    /// `open`: the text may still go on, so what stands at its very end is not yet trusted.
    pub fn new(text: &str, book: &Book, products: &[Product], open: bool) -> Self {
        let atoms = heard(text, &book.lang);
        let costs = atoms.iter().map(|heard| book.heard(&heard.token)).collect();
        let plural = |atom: &Atom| text.get(atom.range.clone()).is_some_and(|said| said.ends_with('s'));
        let mut lattice = Self {
            firm: vec![None; atoms.len()],
            names: Vec::new(),
            plural: atoms.iter().map(plural).collect(),
            atoms,
            edges: Vec::new(),
            costs,
            served: Vec::new(),
        };
        for entity in entities(text, &book.lang) {
            let said = text.get(entity.range.clone()).is_none_or(|said| is_said(said, &entity.value));
            lattice.add_entity(entity, said);
        }
        lattice.add_terms(book);
        lattice.keep_longest_terms();
        lattice.add_products(book, products);
        lattice.add_lists();
        if open {
            let end = lattice.atoms.len();
            lattice.edges.retain(|edge| edge.end + usize::from(edge.list) < end);
        }
        let served =
            |(kind, list): &(SlotKind, bool)| lattice.edges.iter().any(|edge| edge.fits(kind, *list));
        lattice.served = book.kinds.iter().map(served).collect();
        lattice.names = subject::names(&lattice, book);
        lattice.hear_names(book);
        lattice
    }

    /// The name of what is shown is heard as "it".
    fn hear_names(&mut self, book: &Book) {
        for (name, column) in self.names.iter().zip(&mut self.costs) {
            if *name == Name::Head {
                let mut costs = column.to_vec();
                for token in &book.pronouns {
                    if let Some(cost) = costs.get_mut(*token) {
                        *cost = cost.min(NAMED);
                    }
                }
                *column = costs.into();
            }
        }
    }

    /// Do the patterns have the word itself?
    pub fn is_known(&self, at: usize) -> bool {
        self.costs.get(at).is_some_and(|column| column.iter().any(|cost| *cost <= 0.0))
    }

    pub fn cost(&self, token: usize, atom: usize) -> f32 {
        self.costs.get(atom).and_then(|column| column.get(token)).copied().unwrap_or(NEVER)
    }

    /// Is the atom 不 or 没, whether it negates or asks?
    pub fn is_negative(&self, at: usize) -> bool {
        use super::atoms::Token;
        let token = self.atoms.get(at).map(|atom| &atom.token);
        matches!(token, Some(Token::Syllable('不' | '没', _)))
    }

    /// The cheapest that a token of the vocabulary can be heard for anywhere.
    pub fn nearest(&self, token: usize) -> f32 {
        self.costs.iter().filter_map(|column| column.get(token)).copied().fold(NEVER, f32::min)
    }

    /// Can a slot of the book's kind number `kind` be filled?
    pub fn serves(&self, kind: usize) -> bool {
        self.served.get(kind).copied().unwrap_or(false)
    }

    /// Does the atom, without punctuation between, touch a number that it is no part of? What was heard there may be
    /// a digit gone wrong (山十二台 for 三十二台).
    pub fn touches_number(&self, at: usize) -> bool {
        let firm = |at: usize| self.firm.get(at).copied().flatten();
        let unbroken = |at: usize| self.atoms.get(at).is_some_and(|atom| !atom.after_break);
        let before = unbroken(at + 1) && firm(at + 1).is_some();
        let behind = at > 0 && unbroken(at) && firm(at - 1).is_some();
        firm(at).is_none() && (before || behind)
    }

    /// Do only fillers stand between the span and punctuation (or the end of the text), before it and behind it?
    pub fn alone(&self, start: usize, end: usize) -> (bool, bool) {
        let filler = |atom: &Atom| atom.weight == Weight::Filler;
        let mut before = start;
        while before > 0 && !self.atoms.get(before).is_some_and(|atom| atom.after_break) {
            if !self.atoms.get(before - 1).is_some_and(filler) {
                return (false, self.alone_behind(end));
            }
            before -= 1;
        }
        (true, self.alone_behind(end))
    }

    fn alone_behind(&self, end: usize) -> bool {
        let rest = self.atoms.iter().skip(end).take_while(|atom| !atom.after_break);
        rest.into_iter().all(|atom| atom.weight == Weight::Filler)
    }

    fn add_entity(&mut self, entity: Entity, said: bool) {
        let inside = |atom: &Atom| entity.range.start < atom.range.end && atom.range.start < entity.range.end;
        let Some(start) = self.atoms.iter().position(inside) else { return };
        let end = start + self.atoms.iter().skip(start).take_while(|atom| inside(atom)).count();
        let parts = parts(&self.atoms, &entity.value, start, end);
        for (from, to) in
            parts.iter().map(|part| (part.start, part.end)).chain(parts.is_empty().then_some((start, end)))
        {
            let span = entity.firm.then_some((from, to));
            self.firm.iter_mut().take(to).skip(from).for_each(|place| *place = span);
        }
        if !said {
            return;
        }
        for Part { start, end, value, cost } in parts {
            self.edges.push(Edge { start, end, cost, fill: Fill::Value(value), list: false });
        }
        self.edges.push(Edge { start, end, cost: 0.0, fill: Fill::Value(entity.value), list: false });
    }

    /// A name does not reach over punctuation nor begin or end inside a number.
    fn whole(&self, start: usize, end: usize) -> bool {
        let unbroken = self.atoms.iter().take(end).skip(start + 1).all(|atom| !atom.after_break);
        let cuts = |at: usize| self.firm.get(at).copied().flatten().is_some_and(|(s, e)| s < at && at < e);
        unbroken && !cuts(start) && !cuts(end)
    }

    fn add_products(&mut self, book: &Book, products: &[Product]) {
        for (index, product) in products.iter().enumerate() {
            let full = product.names.iter().filter(|(lang, _)| lang.primary() == book.lang.primary());
            let aliased = product.aliases.iter().filter(|(lang, _)| lang.primary() == book.lang.primary());
            let names = full.map(|(_, name)| name).chain(aliased.flat_map(|(_, aliases)| aliases));
            for name in names {
                let wanted = atoms(name, &book.lang);
                let budget = match wanted.len() {
                    0 | 1 => 0.01,
                    2 => 2.0 * TERM_COST,
                    length => PRODUCT_COST * len(length),
                };
                for start in 0..(self.atoms.len() + 1).saturating_sub(wanted.len()) {
                    let mut total = 0.0;
                    for (want, heard) in wanted.iter().zip(self.atoms.iter().skip(start)) {
                        total += substitution(&want.token, &heard.token);
                        if total > budget {
                            break;
                        }
                    }
                    let end = start + wanted.len();
                    // Of two syllables one must be written right unless both sound right: 站板 is 砧板, 防河 no 饭盒.
                    let mut pairs = wanted.iter().zip(self.atoms.iter().skip(start));
                    let sure = wanted.len() > 2 || total < 0.1 || pairs.any(|(w, h)| w.token == h.token);
                    if !wanted.is_empty() && sure && total <= budget && self.whole(start, end) {
                        self.edges.push(Edge {
                            start,
                            end,
                            cost: total,
                            fill: Fill::Product(index),
                            list: false,
                        });
                    }
                }
            }
        }
    }
}

impl Edge {
    fn class(&self) -> Option<&str> {
        match &self.fill {
            Fill::Terms(keys) => keys.first().map(|key| class_of(key)),
            _ => None,
        }
    }

    /// Is it something that a clause can be about: a colour, a material, a part, a size, a place?
    pub fn is_thing(&self) -> bool {
        let things = ["color", "material", "accessory", "apparel", "place"];
        self.class().is_some_and(|class| things.contains(&class))
    }

    /// May this fill a slot of that kind?
    pub fn fits(&self, kind: &SlotKind, list: bool) -> bool {
        let unit = |wanted: fn(&str) -> bool| match &self.fill {
            Fill::Value(Value::Quantity(q) | Value::Over(q)) => wanted(q.unit.as_str()),
            _ => false,
        };
        match (&self.fill, kind) {
            (Fill::Terms(keys), SlotKind::Term(class)) => {
                self.list == list && keys.iter().all(|key| class_of(key) == class)
            }
            (Fill::Product(_), SlotKind::Product)
            | (Fill::Value(Value::Number(_)), SlotKind::Number)
            | (Fill::Value(Value::Ordinal(_)), SlotKind::Ordinal)
            | (Fill::Value(Value::Money(_)), SlotKind::Money)
            | (Fill::Value(Value::Percent(_)), SlotKind::Percent)
            | (Fill::Value(Value::DiscountOff(_)), SlotKind::Discount)
            | (Fill::Value(Value::Size(_)), SlotKind::Size)
            | (Fill::Value(Value::Clock(_)), SlotKind::Clock) => true,
            (Fill::Value(Value::Over(_)), SlotKind::Number) => unit(|unit| unit == BARE),
            (_, SlotKind::Quantity) => unit(|unit| Dimension::of(unit) == Dimension::Count && unit != BARE),
            (_, SlotKind::Duration) => unit(|unit| Dimension::of(unit) == Dimension::Time),
            (_, SlotKind::Measure) => unit(|unit| Dimension::of(unit) == Dimension::Measure),
            (_, SlotKind::Length) => {
                unit(|unit| matches!(unit, "millimetre" | "centimetre" | "metre" | "kilometre" | "inch"))
            }
            (_, SlotKind::Weight) => {
                unit(|unit| matches!(unit, "gram" | "kilogram" | "tonne" | "pound" | "gram-per-square-metre"))
            }
            (_, SlotKind::Volume) => unit(|unit| matches!(unit, "millilitre" | "litre" | "cubic-metre")),
            (_, SlotKind::Power) => unit(|unit| {
                matches!(
                    unit,
                    "watt"
                        | "kilowatt"
                        | "volt"
                        | "milliamp-hour"
                        | "amp-hour"
                        | "watt-hour"
                        | "kilowatt-hour"
                        | "lumen"
                        | "hertz"
                        | "pascal"
                        | "rpm"
                )
            }),
            _ => false,
        }
    }
}

/// Grammar or a filler.
pub(super) fn is_small(atom: &Atom) -> bool {
    matches!(atom.weight, Weight::Filler | Weight::Light)
}

/// Does the atom count as content of the utterance?
pub(super) fn is_content(atom: &Atom) -> bool {
    matches!(atom.weight, Weight::Content | Weight::Critical)
}

fn class_of(key: &str) -> &str {
    key.split('.').next().unwrap_or(key)
}

#[expect(clippy::cast_precision_loss, reason = "names have few syllables")]
fn len(n: usize) -> f32 {
    n as f32
}
