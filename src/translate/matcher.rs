//! Patterns aligned with an utterance: every place where one reads as said, and what fills its slots.

use std::ops::Range;

use super::atoms::{Atom, NEVER, Token, Weight};
use super::book::{Anchor, Book, Element, Sequence, unheard, unwanted};
use super::doubt::Doubt;
use super::lattice::{Fill, Lattice, is_content, is_small};
use super::persons::{self, Slips};
use super::question::inverted;
use super::rest::{Rest, is_firm};
use super::subject::{NAMED, Name, is_pronoun};
use super::turned;
use crate::numbers::Value;

/// A pattern found in an utterance.
#[derive(Debug, Clone)]
pub(super) struct Match {
    /// Index in [`Book::ids`].
    pub id: usize,
    /// Atoms.
    pub start: usize,
    pub end: usize,
    /// Total, not per syllable.
    pub cost: f32,
    /// Content of the pattern's own wording, to prefer the more particular of two.
    pub literals: f32,
    pub fills: Vec<(String, Fill)>,
    /// Numbers in the pattern's own wording.
    pub wording: Vec<Value>,
    /// Harmless content stands in it that it does not say.
    pub asides: bool,
    /// The name of what is shown stands in it, of which it says only "it".
    pub named: bool,
    /// Atoms of that name.
    pub name: Option<Range<usize>>,
}

/// A match may not cost more in all, however long the pattern: one syllable added passes, two do not.
const MAX_COST: f32 = 1.7;

/// Of a word in the midst of a pattern that may be left out, as much as of grammar.
const ASIDE_COST: f32 = 0.3;

/// All matches that are believed.
pub(super) fn matches(book: &Book, lattice: &Lattice) -> Vec<Match> {
    let nearest: Vec<f32> = (0..book.vocabulary.len()).map(|token| lattice.nearest(token)).collect();
    let mut found = Vec::new();
    for (anchor, sequences) in &book.anchors {
        // Without its anchor none of them can be heard.
        let heard = match anchor {
            Anchor::Token(token) => nearest.get(*token).is_some_and(|cost| *cost < MAX_COST),
            Anchor::Slot(class) => lattice.serves(*class),
            Anchor::None => true,
        };
        for sequence in sequences.iter().filter(|_| heard).filter_map(|at| book.sequences.get(*at)) {
            let budget = budget(sequence, book.threshold);
            if least(sequence, &nearest, lattice, budget) {
                align(book, sequence, lattice, budget, &mut found);
            }
        }
    }
    found
}

/// What a match of the sequence may cost. A short one has nothing to be recognised by but its exact sound.
fn budget(sequence: &Sequence, threshold: f32) -> f32 {
    let share = if sequence.size < 2.5 { threshold / 2.0 } else { threshold };
    (share * sequence.size).min(MAX_COST)
}

/// Could the sequence match within its budget, judged by each element alone?
fn least(sequence: &Sequence, nearest: &[f32], lattice: &Lattice, budget: f32) -> bool {
    let mut total = 0.0;
    for element in &sequence.elements {
        total += match element {
            Element::Literal { token, weight, .. } => {
                nearest.get(*token).copied().unwrap_or(NEVER).min(unheard(*weight))
            }
            Element::Slot { class, .. } => {
                if !lattice.serves(*class) {
                    return false;
                }
                0.0
            }
            Element::Number(_) => 0.0,
        };
        if total > budget {
            return false;
        }
    }
    true
}

/// How a cell of the alignment was reached.
#[derive(Debug, Clone, Copy)]
struct Cell {
    cost: f32,
    start: usize,
    /// Last slot filled on the way, in the arena.
    fills: Option<usize>,
    /// Strong syllables or words that were heard for others on the way.
    confused: u8,
    /// Of these: a word of grammar or a filler taken for one of the same sound, 是 for 试.
    grammar: u8,
    /// Harmless content that was passed over on the way.
    asides: u8,
    /// A name was heard for "it" or passed over.
    named: bool,
    /// Persons left out on the way.
    slips: Slips,
}

impl Cell {
    fn at(start: usize, cost: f32) -> Self {
        Self {
            cost,
            start,
            fills: None,
            confused: 0,
            grammar: 0,
            asides: 0,
            named: false,
            slips: Slips::default(),
        }
    }
}

/// From this cost on an atom was heard for another; below it the two sound the same.
const CONFUSED: f32 = 0.05;

/// A slot (`Some(name index)`) or wording number taken by an edge, and what came before it.
struct Taken {
    element: usize,
    edge: usize,
    before: Option<usize>,
}

fn align(book: &Book, sequence: &Sequence, lattice: &Lattice, budget: f32, found: &mut Vec<Match>) {
    let n = lattice.atoms.len();
    let mut arena: Vec<Taken> = Vec::new();
    let mut row: Vec<Cell> = (0..=n).map(|start| Cell::at(start, 0.0)).collect();
    let last = sequence.elements.len().saturating_sub(1);
    // So few syllables must be the very ones: 楼 is not the 喽 of 哈喽.
    let short = strong_literals(sequence) < SHORT;
    for (k, element) in sequence.elements.iter().enumerate() {
        let mut next = vec![Cell::at(0, NEVER); n + 1];
        match element {
            Element::Literal { token, weight, a_not_a, gets } => {
                let meant = book.vocabulary.get(*token);
                let who = meant.and_then(persons::person);
                let missable = who.is_none_or(|who| sequence.sides.may_miss(who));
                let skipped = if missable { unheard(*weight) } else { NEVER };
                for j in 0..=n {
                    let Some(stay) = row.get(j).copied() else { continue };
                    // A match does not begin with something that was not heard, unless it hardly matters.
                    let missed = Cell { slips: stay.slips.miss(who), ..stay };
                    better(&mut next, j, missed, if k == 0 { skipped + 0.01 } else { skipped });
                    let inside = lattice.firm.get(j).copied().flatten().is_some();
                    // The 不 of 能不能 is heard for that of another 能不能 only.
                    let half = lattice.atoms.get(j).is_some_and(|atom| atom.a_not_a != *a_not_a);
                    let half = half && lattice.is_negative(j);
                    // A word that says something of its own is not another one misheard.
                    let own = lattice.atoms.get(j).is_some_and(|atom| {
                        let same = meant
                            .is_some_and(|meant| *meant == atom.token || persons::same(meant, &atom.token));
                        atom.rest != Rest::Plain && !same
                    });
                    // Nor is who gives it who gets it.
                    let turned = who.is_some() && turned::gets_at(&lattice.atoms, j) != *gets;
                    if j < n && !inside && !half && !own && !turned {
                        let cost = lattice.cost(*token, j);
                        let is = |atom: &Atom| {
                            meant.is_some_and(|meant| {
                                *meant == atom.token || persons::same(meant, &atom.token)
                            })
                        };
                        let other = !lattice.atoms.get(j).is_some_and(is);
                        let name = other
                            && lattice.names.get(j) == Some(&Name::Head)
                            && meant.is_some_and(is_pronoun);
                        let other = other && !name;
                        let strong = !matches!(weight, Weight::Filler | Weight::Light);
                        let grammar = strong && other && lattice.atoms.get(j).is_some_and(is_small);
                        let other = short && other;
                        let alike = strong && (cost > CONFUSED || grammar || other);
                        let heard = Cell {
                            confused: stay.confused + u8::from(alike),
                            grammar: stay.grammar + u8::from(grammar),
                            named: stay.named || name,
                            ..stay
                        };
                        better(&mut next, j + 1, heard, cost);
                    }
                }
            }
            Element::Slot { .. } | Element::Number(_) => {
                for (index, edge) in lattice.edges.iter().enumerate() {
                    let fits = match element {
                        Element::Slot { kind, list, .. } => edge.fits(kind, *list),
                        Element::Number(value) => {
                            matches!(&edge.fill, Fill::Value(said) if same_number(said, value))
                        }
                        Element::Literal { .. } => false,
                    };
                    let Some(before) = row.get(edge.start).copied().filter(|_| fits) else { continue };
                    let cost = before.cost + edge.cost;
                    let cheaper =
                        |cell: &Cell| cost < cell.cost || (cost <= cell.cost && before.start < cell.start);
                    if next.get(edge.end).is_some_and(cheaper) && cost <= budget {
                        arena.push(Taken { element: k, edge: index, before: before.fills });
                        if let Some(cell) = next.get_mut(edge.end) {
                            *cell = Cell { cost, fills: Some(arena.len() - 1), ..before };
                        }
                    }
                }
            }
        }
        // Costs only grow: most sequences end here within a few elements.
        if next.iter().all(|cell| cell.cost > budget) {
            return;
        }
        if k < last {
            pass_over(&mut next, lattice);
        }
        row = next;
    }
    collect(sequence, lattice, budget, &row, &arena, found);
}

fn strong_literals(sequence: &Sequence) -> usize {
    let strong = |element: &&Element| {
        matches!(element, Element::Literal { weight: Weight::Content | Weight::Critical, .. })
    };
    sequence.elements.iter().filter(strong).count()
}

/// The same number of the same thing: 一箱 is not 一个货柜.
fn same_number(said: &Value, wanted: &Value) -> bool {
    match (said, wanted) {
        (Value::Quantity(a), Value::Quantity(b)) => a.unit == b.unit && said.numbers() == wanted.numbers(),
        (Value::Quantity(_), _) | (_, Value::Quantity(_)) => false,
        _ => said.numbers() == wanted.numbers(),
    }
}

fn better(next: &mut [Cell], at: usize, from: Cell, by: f32) {
    let cost = from.cost + by;
    // Of equals the one that began earlier says more.
    let wins = |cell: &&mut Cell| cost < cell.cost || (cost <= cell.cost && from.start < cell.start);
    if let Some(cell) = next.get_mut(at).filter(wins) {
        *cell = Cell { cost, ..from };
    }
}

/// Atoms that no element wants may stand between two elements: fillers, grammar and harmless asides, never content, a
/// negation, a word of doubt nor a number.
fn pass_over(row: &mut [Cell], lattice: &Lattice) {
    for (j, atom) in lattice.atoms.iter().enumerate() {
        let number = lattice.firm.get(j).copied().flatten().is_some();
        let Some(from) = row.get(j).copied().filter(|cell| cell.cost < NEVER && !number) else { continue };
        let doubtful = atom.doubtful || atom.doubt != Doubt::None;
        let digit = (is_content(atom) && lattice.touches_number(j)) || doubtful || is_firm(atom);
        let named = !matches!(lattice.names.get(j), None | Some(Name::None));
        if from.start < j && named {
            better(row, j + 1, Cell { named, ..from }, NAMED);
            continue;
        }
        // What has not begun yet begins later.
        if from.start < j && !digit {
            let aside = is_content(atom);
            let slips = from.slips.pass(&lattice.atoms, j);
            let from = Cell { asides: from.asides + u8::from(aside), slips, ..from };
            better(row, j + 1, from, if aside { ASIDE_COST } else { unwanted(atom.weight) });
        }
    }
}

/// A question is matched by patterns that ask, and in English they by questions only: "as you can see it" has all the
/// words of "can you see it".
fn may_stand(sequence: &Sequence, lattice: &Lattice, start: usize, end: usize) -> bool {
    let asked = lattice.atoms.iter().take(end).skip(start).any(|atom| atom.asks);
    let english = lattice.atoms.get(start).is_some_and(|atom| matches!(atom.token, Token::Word(_)));
    if sequence.asks { !english || inverted(&lattice.atoms, start) } else { !asked }
}

/// Below so many syllables or words nothing is heard for another: 包有 is not 包邮.
const SHORT: usize = 3;

/// Without a slot there are only the syllables to go by: of three at most one may have been heard for another. Of two
/// none may have been grammar.
fn too_confused(sequence: &Sequence, cell: &Cell) -> bool {
    let slots = sequence.elements.iter().any(|element| !matches!(element, Element::Literal { .. }));
    let strong = strong_literals(sequence);
    usize::from(cell.grammar) * 2 >= strong.max(1)
        || (strong < SHORT && cell.confused > 0)
        || (!slots && usize::from(cell.confused) * 3 > strong)
}

fn collect(
    sequence: &Sequence,
    lattice: &Lattice,
    budget: f32,
    row: &[Cell],
    arena: &[Taken],
    found: &mut Vec<Match>,
) {
    for (end, cell) in row.iter().enumerate() {
        // Every end within the budget counts, but of those that only trail on behind a better one, the better one.
        if cell.cost > budget || cell.start >= end {
            continue;
        }
        if !may_stand(sequence, lattice, cell.start, end) || too_confused(sequence, cell) {
            continue;
        }
        if cell.slips.reverse(sequence.sides, &lattice.atoms, cell.start) {
            continue;
        }
        let mut fills = Vec::new();
        let mut wording = Vec::new();
        let mut at = cell.fills;
        while let Some(taken) = at.and_then(|at| arena.get(at)) {
            if let (Some(element), Some(edge)) =
                (sequence.elements.get(taken.element), lattice.edges.get(taken.edge))
            {
                match (element, &edge.fill) {
                    (Element::Slot { name, .. }, fill) => fills.push((name.clone(), fill.clone())),
                    (Element::Number(_), Fill::Value(value)) => wording.push(value.clone()),
                    _ => {}
                }
            }
            at = taken.before;
        }
        // "Let's see, the second one …": what is numbered is not what was looked at.
        let ordinal = |(_, fill): &(String, Fill)| matches!(fill, Fill::Value(Value::Ordinal(_)));
        let broken = lattice.atoms.iter().take(end).skip(cell.start + 1).any(|atom| atom.after_break);
        if broken && fills.iter().any(ordinal) {
            continue;
        }
        found.push(Match {
            id: sequence.id,
            start: cell.start,
            end,
            cost: cell.cost,
            literals: sequence.literals,
            fills,
            wording,
            asides: cell.asides > 0 || cell.named,
            named: cell.named,
            name: None,
        });
    }
}
