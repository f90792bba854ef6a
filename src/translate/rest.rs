//! What the clauses of an utterance leave over, and which of them it forbids.
//!
//! A promise without its condition is a wrong promise: "samples are free" of "samples are free for visitors of our
//! booth". So a sentence is shown only if its clauses take every word of it but for harmless asides, and a sentence
//! that is not shown takes its neighbours with it where it limits, exempts, contrasts or names another subject.

mod english;
mod mandarin;

use super::atoms::{Atom, Token, Weight};
use super::doubt::Doubt;
use super::lattice::{Lattice, is_content};
use crate::domain::Lang;

/// What a word means for the clauses beside it if none of them takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// By its weight: content is missed, a filler is not.
    Plain,
    /// It may be left out, and the text is marked: politeness, praise, "look here".
    Harmless,
    /// A contrast: it may be left out where all that it joins is shown, else nothing beside it is.
    Turns,
    /// A limit, a condition, a variant, a group, another subject: whatever its weight, nothing beside it is shown.
    Bars,
    /// A person on whose side the patterns are not (您给我们 …): its own sentence is not shown.
    Turned,
}

/// Does the sign end a sentence? A semicolon joins two halves of one.
pub(super) fn is_stop(sign: char) -> bool {
    matches!(sign, '.' | '!' | '?' | '。' | '！' | '？' | '\n')
}

/// Marks the atoms of an utterance.
pub(super) fn mark(text: &str, lang: &Lang, atoms: &mut [Atom]) {
    if lang.is_chinese() { mandarin::mark(text, atoms) } else { english::mark(atoms) }
}

/// May no pattern pass over it between two of its own words?
pub(super) fn is_firm(atom: &Atom) -> bool {
    match atom.rest {
        Rest::Bars | Rest::Turns | Rest::Turned => true,
        Rest::Harmless => false,
        Rest::Plain => is_content(atom),
    }
}

/// The atoms of sentences that may not be shown, for what is left over in them or beside them. `open`: the utterance
/// still goes on, so its last clause is not missed yet.
pub(super) fn forbidden(lattice: &Lattice, covered: &[bool], open: bool) -> Vec<bool> {
    let atoms = &lattice.atoms;
    let last_clause = if open { atoms.iter().rposition(|atom| atom.after_break) } else { None };
    let growing = |at: usize| last_clause.is_some_and(|start| at >= start);
    let mut sentences: Vec<(usize, usize)> = Vec::new();
    for (at, atom) in atoms.iter().enumerate() {
        match sentences.last_mut() {
            Some(last) if !atom.after_stop => last.1 = at + 1,
            _ => sentences.push((at, at + 1)),
        }
    }
    let left = |(start, end): &(usize, usize)| -> Left {
        let free = (*start..*end).filter(|at| !covered.get(*at).copied().unwrap_or(false));
        free.map(|at| if growing(at) { growing_left(lattice, at) } else { left(lattice, at) })
            .max()
            .unwrap_or(Left::Nothing)
    };
    let lefts: Vec<Left> = sentences.iter().map(left).collect();
    let mut forbidden = vec![false; atoms.len()];
    for (at, (start, end)) in sentences.iter().enumerate() {
        let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten();
        let bars = beside.filter_map(|at| lefts.get(at)).any(|left| *left == Left::Limit);
        if bars || lefts.get(at).is_some_and(|left| *left > Left::Contrast) {
            forbidden.iter_mut().take(*end).skip(*start).for_each(|place| *place = true);
        }
    }
    forbidden
}

/// What is left over of a sentence, the worst of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Left {
    Nothing,
    /// A "but" between two clauses that are both shown.
    Contrast,
    /// Something was said that nobody understood.
    Content,
    /// Something that may limit what was said before it and behind it.
    Limit,
}

fn left(lattice: &Lattice, at: usize) -> Left {
    let Some(atom) = lattice.atoms.get(at) else { return Left::Nothing };
    let number = lattice.firm.get(at).copied().flatten().is_some();
    let doubted = atom.doubtful || atom.negation || atom.doubt != Doubt::None;
    match atom.rest {
        Rest::Bars => Left::Limit,
        _ if number || doubted || is_range(lattice, at) => Left::Limit,
        Rest::Turned => Left::Content,
        Rest::Turns => Left::Contrast,
        Rest::Harmless => Left::Nothing,
        Rest::Plain if atom.weight == Weight::Critical => Left::Limit,
        Rest::Plain if is_content(atom) => Left::Content,
        Rest::Plain => Left::Nothing,
    }
}

/// "Six to eight dollars" of which one end was taken.
fn is_range(lattice: &Lattice, at: usize) -> bool {
    let joins = match lattice.atoms.get(at).map(|atom| &atom.token) {
        Some(Token::Word(word)) => matches!(word.as_str(), "to" | "or" | "through"),
        Some(Token::Syllable(ch, _)) => "到至或".contains(*ch),
        None => false,
    };
    let number = |at: usize| lattice.firm.get(at).copied().flatten().is_some();
    joins && at > 0 && number(at - 1) && number(at + 1)
}

/// Of a clause that is still being said: what bars, bars already.
fn growing_left(lattice: &Lattice, at: usize) -> Left {
    let turns = lattice
        .atoms
        .get(at)
        .is_some_and(|atom| matches!(atom.rest, Rest::Bars | Rest::Turns | Rest::Turned));
    if turns { Left::Limit } else { Left::Nothing }
}
