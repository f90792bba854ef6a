//! Repair of Mandarin, by syllables.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::Change;
use super::evidence::Evidence;
use super::lexicon::{self, AroundNames, Kind};
use super::ordinary::{Words, is_numeral};
use super::trie::{Candidate, Trie};
use crate::packs::Pack;
use crate::sound::{Sounded, syllables};

const MOST_PASSES: usize = 2;

/// What a pack's hosts may mean, as a tree: the greater part of the work, and the same in every room.
#[derive(Debug)]
pub struct Shared {
    trie: Trie,
    around: AroundNames,
}

impl Shared {
    pub fn new(pack: Option<&Pack>) -> Self {
        let found = lexicon::of_pack(pack);
        Self { trie: Trie::new(found.entries), around: found.around }
    }
}

#[derive(Debug)]
pub struct Repairer {
    shared: Arc<Shared>,
    room: Trie,
}

impl Repairer {
    pub fn new(shared: Arc<Shared>, names: &[&str]) -> Self {
        let room = Trie::new(lexicon::of_room(names, &shared.around));
        Self { shared, room }
    }

    pub fn changes(&self, text: &str) -> Vec<Change> {
        let said = syllables(text);
        let mut meant: Vec<char> = said.iter().map(|heard| heard.ch).collect();
        // What was repaired makes its surroundings surer: 放合的起定量 needs 起订量 first.
        let mut now = Cow::Borrowed(text);
        for _ in 0..MOST_PASSES {
            let next = self.meant(&now);
            if next.is_empty() {
                break;
            }
            meant = next;
            now = Cow::Owned(replaced(text, &said, &meant, 0..text.len()));
        }
        changes(text, &said, &meant)
    }

    /// What was meant by each syllable; nothing if all is right.
    fn meant(&self, text: &str) -> Vec<char> {
        let said = syllables(text);
        let candidates = self.candidates(&said);
        let right = written_right(&candidates, &said);
        let mut open: Vec<&Candidate> =
            candidates.iter().filter(|candidate| differs(candidate, &said, &right)).collect();
        if open.is_empty() {
            return Vec::new();
        }
        let words = Words::of(text);
        open.retain(|meant| Evidence::new(text, &said, &words, meant).is_some_and(|e| e.convinces()));
        open.sort_by(|a, b| {
            let exact = |c: &Candidate| c.chars.len() - equal(c, &said);
            (b.chars.len().cmp(&a.chars.len()))
                .then(a.cost.total_cmp(&b.cost))
                .then(exact(a).cmp(&exact(b)))
                .then(a.chars.cmp(&b.chars))
        });
        if open.is_empty() { Vec::new() } else { agreed(&open, &said) }
    }

    /// Of the room and of its pack; what is both counts as what is surer.
    fn candidates(&self, said: &[Sounded]) -> Vec<Candidate> {
        let mut candidates = self.room.candidates(said);
        let own = candidates.len();
        for shared in self.shared.trie.candidates(said) {
            let same = |own: &&mut Candidate| own.start == shared.start && own.chars == shared.chars;
            match candidates.iter_mut().take(own).find(same) {
                Some(known) => known.kind = known.kind.min(shared.kind),
                None => candidates.push(shared),
            }
        }
        candidates
    }
}

/// Which characters stand in an entry that is written as it should be.
fn written_right(candidates: &[Candidate], said: &[Sounded]) -> Vec<bool> {
    let mut right = vec![false; said.len()];
    for candidate in candidates {
        let before = candidate.start.checked_sub(1).and_then(|at| said.get(at));
        let counted = before.is_some_and(|b| b.syllable.is_sign() || is_numeral(b.ch));
        let sure = matches!(candidate.kind, Kind::Name | Kind::Word)
            || if candidate.kind >= Kind::Unit { counted } else { candidate.chars.len() > 2 };
        if sure && equal(candidate, said) == candidate.chars.len() {
            right
                .iter_mut()
                .skip(candidate.start)
                .take(candidate.chars.len())
                .for_each(|place| *place = true);
        }
    }
    right
}

fn differs(candidate: &Candidate, said: &[Sounded], right: &[bool]) -> bool {
    let mut differing = said
        .iter()
        .zip(right)
        .skip(candidate.start)
        .zip(&candidate.chars)
        .filter(|((heard, _), meant)| heard.ch != **meant)
        .peekable();
    differing.peek().is_some() && differing.all(|((_, right), _)| !right)
}

fn equal(candidate: &Candidate, said: &[Sounded]) -> usize {
    said.iter()
        .skip(candidate.start)
        .zip(&candidate.chars)
        .filter(|(heard, meant)| heard.ch == **meant)
        .count()
}

/// What is meant at each place: the longest candidates first, and after them whatever does not contradict.
fn agreed(open: &[&Candidate], said: &[Sounded]) -> Vec<char> {
    let mut meant: Vec<char> = said.iter().map(|heard| heard.ch).collect();
    let mut settled = vec![false; said.len()];
    for candidate in open {
        let span = candidate.start..candidate.start + candidate.chars.len();
        let (Some(now), Some(fixed)) = (meant.get_mut(span.clone()), settled.get_mut(span)) else { continue };
        let agrees =
            now.iter().zip(fixed.iter()).zip(&candidate.chars).all(|((now, fixed), ch)| !fixed || now == ch);
        if agrees {
            now.copy_from_slice(&candidate.chars);
            fixed.fill(true);
        }
    }
    meant
}

/// One change for each row of words in which something was changed.
fn changes(text: &str, said: &[Sounded], meant: &[char]) -> Vec<Change> {
    if said.iter().zip(meant).all(|(heard, meant)| heard.ch == *meant) {
        return Vec::new();
    }
    let repaired: String = replaced(text, said, meant, 0..text.len());
    let after = Words::of(&repaired);
    // Character by character the two texts are alike; in bytes rare Hanzi are longer.
    let (here, there) = (edges(text), edges(&repaired));
    let moved =
        |from: &[usize], to: &[usize], at: usize| to.get(from.partition_point(|edge| *edge < at)).copied();
    let mut found: Vec<Change> = Vec::new();
    for (heard, _) in said.iter().zip(meant).filter(|(heard, meant)| heard.ch != **meant) {
        let Some(at) = moved(&here, &there, heard.range.start) else { continue };
        let word = after.around(at);
        let (Some(start), Some(end)) = (moved(&there, &here, word.start), moved(&there, &here, word.end))
        else {
            continue;
        };
        match found.last_mut().filter(|last| start <= last.range.end) {
            Some(last) => last.range.end = last.range.end.max(end),
            None => found.push(Change { from: String::new(), to: String::new(), range: start..end }),
        }
    }
    for change in &mut found {
        text.get(change.range.clone()).unwrap_or_default().clone_into(&mut change.from);
        change.to = replaced(text, said, meant, change.range.clone());
    }
    found
}

/// Where the characters of a text begin, and its end.
fn edges(text: &str) -> Vec<usize> {
    text.char_indices().map(|(at, _)| at).chain([text.len()]).collect()
}

/// `range` of the text with what is meant in it.
fn replaced(text: &str, said: &[Sounded], meant: &[char], range: Range<usize>) -> String {
    let mut out = String::with_capacity(range.len());
    let mut done = range.start;
    for (heard, meant) in said.iter().zip(meant) {
        if heard.ch != *meant && heard.range.start >= range.start && heard.range.end <= range.end {
            out.push_str(text.get(done..heard.range.start).unwrap_or_default());
            out.push(*meant);
            done = heard.range.end;
        }
    }
    out.push_str(text.get(done..range.end).unwrap_or_default());
    out
}
