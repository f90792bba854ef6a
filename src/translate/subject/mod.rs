//! The name of what is being shown, where the patterns know only "it": 这个蒸锅毛重三公斤, "the stapler weighs 300 grams".
//!
//! A noun that nobody wrote into a pattern stands for the product if it is pointed at (这个, 我们的, "this", "our", "the")
//! or is a thing that is sold, and stands directly before a fact that can be told of a product. The fact is then shown as
//! a part only, so that its source stands beside it: the noun is not in it. A part, a variant, a machine, a package, a
//! group of people or somebody else's thing is no name, and what is said of it stays unsaid.

mod english;
mod facts;
mod mandarin;

use std::ops::Range;

use super::atoms::{Atom, Token};
use super::book::Book;
use super::lattice::{Fill, Lattice};
use super::matcher::Match;

/// What an atom is in the name of what is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    None,
    /// "this", "our", "storage" of "this storage box".
    Within,
    /// "box" of it: heard as "it" as well.
    Head,
    /// "for these" of "for these hangers", which a pattern may have between its words.
    Beside,
}

/// What it costs to hear the name for "it", and to pass over a word of it.
pub(super) const NAMED: f32 = 0.03;

/// The names in an English utterance; Mandarin ones, which have no spaces, are looked for before each clause.
pub(super) fn names(lattice: &Lattice, book: &Book) -> Vec<Name> {
    let none = vec![Name::None; lattice.atoms.len()];
    if book.lang.is_chinese() {
        return none;
    }
    let mut names = english::names(lattice, none);
    // A product of the room has slots of its own in the patterns.
    for edge in lattice.edges.iter().filter(|edge| matches!(edge.fill, Fill::Product(_))) {
        let before = names.iter().take(edge.start).rev();
        let pointing = before.take_while(|name| matches!(name, Name::Within | Name::Beside)).count();
        for name in names.iter_mut().take(edge.end).skip(edge.start - pointing) {
            *name = Name::None;
        }
    }
    names
}

/// What a name may be heard for.
pub(super) fn is_pronoun(token: &Token) -> bool {
    const FOR_IT: [&str; 8] = ["it", "they", "them", "this", "these", "one", "product", "item"];
    matches!(token, Token::Word(word) if FOR_IT.contains(&word.as_str()))
}

/// A name that ends before a clause.
struct Found {
    /// Atoms, with what points at it and what stands between it and the clause.
    range: Range<usize>,
    /// Its noun.
    noun: Range<usize>,
    /// It is a thing that is known to be sold, so nothing in it is a clause of its own.
    sure: bool,
}

/// Gives the facts among the matches the name that stands before or behind them, and removes what was read out of the
/// middle of a name: 棉布包 is not "cotton, free shipping".
pub(super) fn take_names(matches: &mut Vec<Match>, lattice: &Lattice, book: &Book) {
    let fact = |found: &Match| {
        let id = book.ids.get(found.id).map(String::as_str).unwrap_or_default();
        // 这件卫衣是纯棉的: with nothing behind it the material is what is said.
        facts::is_fact(id) || (id == "material-only" && lattice.alone(found.start, found.end).1)
    };
    matches.retain(|found| !found.named || fact(found));
    for found in matches.iter_mut().filter(|found| found.named) {
        found.name = english::head_in(lattice, found.start..found.end);
    }
    let before: Vec<Option<Found>> =
        (0..lattice.atoms.len()).map(|at| name_before(lattice, book, at)).collect();
    // The patterns have words of their own for kinds of goods, and slots for the room's products: 这款毛巾 is said, and not only pointed at.
    let is_goods = |found: &Match| book.ids.get(found.id).is_some_and(|id| id.contains("goods"));
    matches.retain(|found| {
        let named = found.fills.iter().any(|(_, fill)| is_kind_of_goods(fill));
        let theirs = is_goods(found) && owned(lattice, found.start..found.end);
        !theirs && !((named || is_goods(found)) && is_anothers(lattice, found.start))
    });
    let products = lattice.edges.iter().filter(|edge| matches!(edge.fill, Fill::Product(_)));
    let said: Vec<usize> = matches
        .iter()
        .filter(|found| is_goods(found))
        .map(|found| found.end)
        .chain(products.map(|edge| edge.end))
        .collect();
    let has_words = |name: &&Found| said.iter().any(|end| name.noun.start < *end && *end <= name.range.end);
    let mut taken = Vec::new();
    for found in matches.iter().filter(|found| fact(found)) {
        let name = before.get(found.start).and_then(Option::as_ref).filter(|name| !has_words(name));
        let behind = english::name_behind(lattice, found.end);
        if name.is_some() || behind > found.end {
            let start = name.map_or(found.start, |name| name.range.start);
            let spoken_of =
                name.map(|name| name.noun.clone()).or_else(|| english::head_in(lattice, start..behind));
            taken.push((
                Match { start, end: behind, asides: true, named: true, name: spoken_of, ..found.clone() },
                name,
            ));
        }
    }
    let sure: Vec<Range<usize>> = taken
        .iter()
        .filter_map(|(_, name)| name.filter(|name| name.sure).map(|name| name.noun.clone()))
        .collect();
    matches.retain(|found| {
        let product = found.fills.iter().any(|(_, fill)| matches!(fill, Fill::Product(_)));
        let cuts = |name: &Range<usize>| {
            let overlaps = found.start < name.end && name.start < found.end;
            overlaps && !(found.start <= name.start && name.end < found.end)
        };
        product || is_goods(found) || !sure.iter().any(cuts)
    });
    matches.extend(taken.into_iter().map(|(found, _)| found));
}

/// Does the name of what is shown stand directly before the place?
pub(super) fn is_named(lattice: &Lattice, book: &Book, at: usize) -> bool {
    name_before(lattice, book, at).is_some()
}

fn name_before(lattice: &Lattice, book: &Book, at: usize) -> Option<Found> {
    if book.lang.is_chinese() {
        mandarin::name_before(lattice, at)
    } else {
        english::name_before(lattice, at)
    }
}

/// Are two things spoken of: "the mug is five dollars, the bowl is eight"?
pub(super) fn of_two_things(chosen: &[&Match], lattice: &Lattice) -> bool {
    let names = chosen.iter().filter_map(|found| found.name.clone());
    let written = names.map(|name| {
        lattice.atoms.get(name).unwrap_or(&[]).iter().map(|atom| &atom.token).collect::<Vec<_>>()
    });
    let mut first: Option<Vec<&Token>> = None;
    for name in written {
        let known = first.get_or_insert_with(|| name.clone());
        if !known.ends_with(&name) && !name.ends_with(known) {
            return true;
        }
    }
    false
}

/// Does a kind of goods that the packs know end there?
fn are_goods(lattice: &Lattice, end: usize) -> bool {
    lattice.edges.iter().any(|edge| edge.end == end && is_kind_of_goods(&edge.fill))
}

fn is_kind_of_goods(fill: &Fill) -> bool {
    matches!(fill, Fill::Terms(keys) if keys.iter().all(|key| key.starts_with("goods.")))
}

/// Are all of them in one breath, but for the place before the first?
fn unbroken(atoms: &[Atom], range: Range<usize>) -> bool {
    range.skip(1).all(|at| atoms.get(at).is_some_and(|atom| !atom.after_break))
}

/// Do 你们的, 他的, "your" stand before the goods that begin there, or are they the second of two: 你们的雨伞, "the mug and the
/// bowl"?
fn is_anothers(lattice: &Lattice, goods: usize) -> bool {
    let in_one_breath = |at: usize| lattice.atoms.get(at + 1).is_some_and(|next| !next.after_break);
    let between = |at: usize| is_one_of(lattice, at, "你您他她们的家友行", &["the"]);
    let owner = goods > 0 && owned(lattice, goods - 1..goods) && in_one_breath(goods - 1);
    let mut before = (0..goods).rev().take_while(|at| in_one_breath(*at) && between(*at));
    let second =
        goods > 0 && in_one_breath(goods - 1) && is_one_of(lattice, goods - 1, "和跟与", &["and", "or"]);
    second || owner || before.any(|at| owned(lattice, at..at + 1))
}

/// Is somebody else than the host named there?
fn owned(lattice: &Lattice, mut range: Range<usize>) -> bool {
    range.any(|at| is_one_of(lattice, at, "你您他她友", &["your", "his", "her", "their", "competitor"]))
}

fn is_one_of(lattice: &Lattice, at: usize, syllables: &str, words: &[&str]) -> bool {
    match lattice.atoms.get(at).map(|atom| &atom.token) {
        Some(Token::Syllable(ch, _)) => syllables.contains(*ch),
        Some(Token::Word(word)) => words.contains(&word.as_str()),
        None => false,
    }
}
