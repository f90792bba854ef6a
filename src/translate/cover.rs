//! One utterance covered by several patterns in a row.

use super::atoms::{Token, Weight};
use super::doubt::{Doubt, reached};
use super::lattice::{Lattice, is_content};

/// A clause that could stand for a span of the utterance.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// Atoms.
    pub start: usize,
    pub end: usize,
    pub cost: f32,
    pub literals: f32,
    /// It has a slot filled: a number, a material, a place, which belong to their subject.
    pub filled: bool,
    /// It is shown as nothing.
    pub aside: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cover {
    /// Indices of candidates, in the order of the utterance.
    pub chosen: Vec<usize>,
    /// Share of the content that they stand for, 0 to 1; below [`FULL`] when a number or a negation is left over.
    pub coverage: f32,
}

/// Coverage from which an utterance counts as wholly translated.
pub(super) const FULL: f32 = 0.9;

/// What each clause costs, so that one long pattern is preferred to two short ones.
const CLAUSE: f32 = 0.35;

/// The cheapest way through the utterance. `None` where nothing may be said: no clause, or a negation is left over
/// beside one (含税 must not be said for 不含税). `allowed`: which candidates there may be. `leading`: only the clauses up to the
/// first gap.
///
/// A clause that a word of doubt reaches ("other factories charge …"), or that has another subject ("my phone has …"),
/// is not shown, and the way is looked for again without it.
pub(super) fn cover(
    lattice: &Lattice,
    candidates: &[Candidate],
    mut allowed: Vec<bool>,
    leading: bool,
) -> Option<Cover> {
    loop {
        let (chosen, covered) = choose(lattice, candidates, &allowed, leading);
        let reached = reached(&lattice.atoms, &covered);
        let mut barred = false;
        for index in &chosen {
            let Some(candidate) = candidates.get(*index).filter(|candidate| !candidate.aside) else {
                continue;
            };
            let doubted = reached.get(candidate.start).copied().unwrap_or(false)
                || reached.get(candidate.end.saturating_sub(1)).copied().unwrap_or(false);
            if (doubted || another_subject(lattice, &covered, candidate))
                && let Some(place) = allowed.get_mut(*index)
            {
                *place = false;
                barred = true;
            }
        }
        if !barred {
            return judged(lattice, candidates, chosen, &covered);
        }
    }
}

/// The clauses of the cheapest way, and the atoms that they cover.
fn choose(
    lattice: &Lattice,
    candidates: &[Candidate],
    allowed: &[bool],
    leading: bool,
) -> (Vec<usize>, Vec<bool>) {
    let mut chosen = Vec::new();
    let mut covered = vec![false; lattice.atoms.len()];
    let mut reached = 0;
    for index in cheapest(lattice, candidates, allowed) {
        let Some(candidate) = candidates.get(index) else { continue };
        let gap = (reached..candidate.start).any(|at| left_over(lattice, at));
        if leading && gap {
            break;
        }
        covered.iter_mut().take(candidate.end).skip(candidate.start).for_each(|c| *c = true);
        reached = candidate.end;
        chosen.push(index);
    }
    (chosen, covered)
}

fn judged(
    lattice: &Lattice,
    candidates: &[Candidate],
    chosen: Vec<usize>,
    covered: &[bool],
) -> Option<Cover> {
    if chosen.is_empty() || negation_beside(lattice, covered) || turned_round(lattice, covered) {
        return None;
    }
    let content = |at: &usize| left_over(lattice, *at);
    let all = (0..covered.len()).filter(content).count();
    let left: Vec<usize> =
        (0..covered.len()).filter(|at| !covered.get(*at).copied().unwrap_or(false)).collect();
    let missing = left.iter().copied().filter(|at| left_over(lattice, *at)).count();
    let grave = left.iter().any(|at| {
        let number = lattice.firm.get(*at).copied().flatten().is_some();
        let digit = left_over(lattice, *at) && lattice.touches_number(*at);
        number
            || digit
            || lattice.atoms.get(*at).is_some_and(|atom| atom.doubtful || atom.doubt != Doubt::None)
    });
    let beside = chosen
        .iter()
        .filter_map(|index| candidates.get(*index))
        .any(|candidate| !candidate.aside && word_before(lattice, covered, candidate.start));
    #[expect(clippy::cast_precision_loss, reason = "an utterance has few syllables")]
    let share = 1.0 - missing as f32 / all.max(1) as f32;
    let coverage = if grave || beside { share.min(FULL - 0.05) } else { share };
    Some(Cover { chosen, coverage })
}

/// Is a word left over directly before the place: in Mandarin two syllables of content, in English one word?
fn word_before(lattice: &Lattice, covered: &[bool], start: usize) -> bool {
    let mut content = 0;
    let mut at = start;
    while at > 0 && lattice.atoms.get(at).is_some_and(|atom| !atom.after_break) {
        at -= 1;
        let Some(atom) = lattice.atoms.get(at) else { break };
        if covered.get(at).copied().unwrap_or(false) {
            break;
        }
        if is_content(atom) {
            content += 1;
        } else if content > 0 {
            break;
        }
        let wanted = if matches!(atom.token, Token::Word(_)) { 1 } else { 2 };
        if content >= wanted {
            return true;
        }
    }
    false
}

/// "My phone has a 5,000 mAh battery": in English the word before a clause with a value is its subject. In Mandarin it may
/// as well be the product, so there the clause is shown, but not as the whole; unless a part, a colour or a place of its
/// own stands before it (盖子不能放洗碗机, 红色没有货了).
fn another_subject(lattice: &Lattice, covered: &[bool], candidate: &Candidate) -> bool {
    let word = lattice.atoms.get(candidate.start.saturating_sub(1)).and_then(|atom| match &atom.token {
        Token::Word(word) => Some(word.as_str()),
        Token::Syllable(..) => None,
    });
    let filled = candidate.filled && word.is_some_and(|word| !JOINING.contains(&word));
    (filled && word_before(lattice, covered, candidate.start))
        || term_before(lattice, covered, candidate.start)
}

/// Words directly before a clause that are no subject of it.
const JOINING: [&str; 18] = [
    "because", "since", "when", "while", "which", "who", "or", "plus", "get", "got", "take", "give", "offer",
    "charge", "provide", "today", "actually", "need",
];

/// Does a colour, material, part, size or place end there that no clause has, fillers not counted?
fn term_before(lattice: &Lattice, covered: &[bool], start: usize) -> bool {
    let is_covered = |at: usize| covered.get(at).copied().unwrap_or(false);
    let mut end = start;
    while end > 0
        && !is_covered(end - 1)
        && lattice.atoms.get(end).is_some_and(|atom| !atom.after_break)
        && lattice.atoms.get(end - 1).is_some_and(|atom| !is_content(atom))
    {
        end -= 1;
    }
    let unbroken = lattice.atoms.get(end).is_some_and(|atom| !atom.after_break);
    unbroken
        && lattice.edges.iter().any(|edge| {
            edge.end == end && edge.is_thing() && (edge.start..edge.end).all(|at| !is_covered(at))
        })
}

fn left_over(lattice: &Lattice, at: usize) -> bool {
    lattice.atoms.get(at).is_some_and(is_content) || lattice.firm.get(at).copied().flatten().is_some()
}

fn cheapest(lattice: &Lattice, candidates: &[Candidate], allowed: &[bool]) -> Vec<usize> {
    let n = lattice.atoms.len();
    // For each place: cost to reach it, and the candidate that ended there (none: the atom before was passed over).
    let mut best: Vec<(f32, Option<usize>)> = vec![(f32::INFINITY, None); n + 1];
    if let Some(first) = best.first_mut() {
        first.0 = 0.0;
    }
    let mut by_end: Vec<Vec<usize>> = vec![Vec::new(); n + 1];
    for (index, candidate) in
        candidates.iter().enumerate().filter(|(index, _)| allowed.get(*index) == Some(&true))
    {
        if let Some(list) = by_end.get_mut(candidate.end) {
            list.push(index);
        }
    }
    for at in 1..=n {
        let before = best.get(at - 1).map_or(f32::INFINITY, |cell| cell.0);
        let mut cell = (before + passed_over(lattice, at - 1), None);
        for index in by_end.get(at).into_iter().flatten() {
            let Some(candidate) = candidates.get(*index) else { continue };
            let from = best.get(candidate.start).map_or(f32::INFINITY, |cell| cell.0);
            // Of equals the one with more wording of its own.
            let cost = from + CLAUSE + candidate.cost - candidate.literals * 0.02;
            if cost < cell.0 {
                cell = (cost, Some(*index));
            }
        }
        if let Some(slot) = best.get_mut(at) {
            *slot = cell;
        }
    }
    let mut path = Vec::new();
    let mut at = n;
    while at > 0 {
        match best.get(at).and_then(|cell| cell.1).and_then(|index| Some((index, candidates.get(index)?))) {
            Some((index, candidate)) => {
                path.push(index);
                at = candidate.start;
            }
            None => at -= 1,
        }
    }
    path.reverse();
    path
}

fn passed_over(lattice: &Lattice, at: usize) -> f32 {
    let Some(atom) = lattice.atoms.get(at) else { return 0.0 };
    if atom.negation {
        return 4.0;
    }
    if lattice.firm.get(at).copied().flatten().is_some() {
        return 2.0;
    }
    match atom.weight {
        Weight::Filler => 0.005,
        Weight::Light => 0.3,
        Weight::Content => 1.0,
        Weight::Critical => 1.5,
    }
}

/// Does a word that turns the meaning touch what was covered, and was left over (最高 before 起订量)?
fn turned_round(lattice: &Lattice, covered: &[bool]) -> bool {
    let is_covered = |at: usize| covered.get(at).copied().unwrap_or(false);
    lattice.atoms.iter().enumerate().any(|(at, atom)| {
        let number = lattice.firm.get(at).copied().flatten().is_some();
        let after = !atom.after_break && at > 0 && is_covered(at - 1);
        let before = lattice.atoms.get(at + 1).is_some_and(|next| !next.after_break) && is_covered(at + 1);
        atom.weight == Weight::Critical && !number && !is_covered(at) && (after || before)
    })
}

/// Recognised text often has no punctuation, so a negation is taken to bear on what stands this many atoms from it,
/// fillers not counted.
const NEGATION_REACH: usize = 3;

/// Is a negation left over near something that was covered, with no punctuation between?
fn negation_beside(lattice: &Lattice, covered: &[bool]) -> bool {
    let is_covered = |at: usize| covered.get(at).copied().unwrap_or(false);
    let filler = |at: &usize| lattice.atoms.get(*at).is_some_and(|atom| atom.weight == Weight::Filler);
    let breaks = |at: usize| lattice.atoms.get(at).is_some_and(|atom| atom.after_break);
    lattice.atoms.iter().enumerate().filter(|(at, atom)| atom.negation && !is_covered(*at)).any(|(at, _)| {
        let ahead: Vec<usize> = (at + 1..covered.len()).take_while(|next| !breaks(*next)).collect();
        let mut first = at;
        while first > 0 && !breaks(first) {
            first -= 1;
        }
        let reaches = |places: &mut dyn Iterator<Item = usize>| {
            let near = places.filter(|place| is_covered(*place) || !filler(place)).take(NEGATION_REACH);
            near.into_iter().any(is_covered)
        };
        reaches(&mut ahead.into_iter()) || reaches(&mut (first..at).rev())
    })
}
