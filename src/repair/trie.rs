//! The lexicon as a tree of characters, walked by sound.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;

use super::lexicon::Kind;
use crate::sound::{Sounded, Syllable, cost};

/// What the sound module does not take for alike but Whisper base does: a nasal lost, b for d. As parts of pinyin.
const ALSO_ALIKE: [(&str, &str); 4] = [("ian", "ie"), ("an", "ai"), ("uo", "u"), ("b", "d")];

/// Cost of one of these.
const ALSO_ALIKE_COST: f32 = 0.4;

/// Dearest sum of costs for a term of so many syllables; beyond the table 0.18 each.
const BUDGETS: [f32; 6] = [0.0, 0.0, 0.41, 0.45, 0.48, 0.6];
const BUDGET_PER_SYLLABLE: f32 = 0.18;

/// An entry that sounds like what was heard.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Place of the first syllable.
    pub start: usize,
    pub chars: Vec<char>,
    pub kind: Kind,
    /// Sum over the syllables.
    pub cost: f32,
    /// Syllables whose cost is not 0.
    pub inexact: usize,
}

/// A heard character costs the same every time: rows of costs are kept for so many characters. A show uses some 1,500.
const MOST_ROWS: usize = 2_048;

/// What is no syllable that could be meant.
const OTHER: u8 = 100;

#[derive(Debug, Default)]
pub struct Trie {
    nodes: Vec<Node>,
    /// All characters of the entries; nodes refer to them by their place.
    alphabet: Vec<Sound>,
    places: HashMap<char, u16>,
    /// By heard character: the cost of each character of the alphabet in hundredths.
    rows: RwLock<HashMap<char, Arc<[u8]>>>,
}

#[derive(Debug, Default)]
struct Node {
    /// Place in the alphabet, and the node below.
    children: Vec<(u16, u32)>,
    entry: Option<Kind>,
    /// Largest budget of an entry at or below.
    budget: f32,
}

/// A character with its sound in both forms.
#[derive(Debug)]
struct Sound {
    ch: char,
    syllable: Syllable,
    plain: String,
}

impl Sound {
    fn of(ch: char, syllable: Syllable) -> Self {
        Self { ch, syllable, plain: syllable.plain() }
    }

    fn cost(&self, heard: &Self) -> f32 {
        if self.ch == heard.ch {
            return 0.0;
        }
        let sum = cost(&self.syllable, &heard.syllable);
        if sum >= 1.0 && also_alike(&self.plain, &heard.plain) { ALSO_ALIKE_COST } else { sum }
    }
}

/// One descent into the tree.
struct Walk<'a> {
    start: usize,
    said: &'a [Sounded],
    rows: &'a [Arc<[u8]>],
    chars: Vec<char>,
    found: Vec<Candidate>,
}

impl Trie {
    pub fn new(entries: Vec<(String, Kind)>) -> Self {
        let mut trie = Self { nodes: vec![Node::default()], ..Self::default() };
        for (text, kind) in entries {
            trie.insert(&text, kind);
        }
        trie
    }

    fn insert(&mut self, text: &str, kind: Kind) {
        let budget = budget(text.chars().count());
        let mut at = 0;
        for ch in text.chars() {
            let Some(letter) = self.letter(ch) else { return };
            let fresh = self.nodes.len();
            let Some(node) = self.nodes.get_mut(at) else { return };
            node.budget = node.budget.max(budget);
            if let Some((_, below)) = node.children.iter().find(|(known, _)| *known == letter) {
                at = *below as usize;
            } else {
                let Ok(below) = u32::try_from(fresh) else { return };
                node.children.push((letter, below));
                self.nodes.push(Node::default());
                at = fresh;
            }
        }
        if let Some(node) = self.nodes.get_mut(at) {
            node.budget = node.budget.max(budget);
            node.entry = Some(kind);
        }
    }

    fn letter(&mut self, ch: char) -> Option<u16> {
        if let Some(known) = self.places.get(&ch) {
            return Some(*known);
        }
        let place = u16::try_from(self.alphabet.len()).ok()?;
        self.alphabet.push(Sound::of(ch, Syllable::of(ch)?));
        self.places.insert(ch, place);
        Some(place)
    }

    /// Every entry that sounds like a run of `said`, what is written as it is in the lexicon among them.
    pub fn candidates(&self, said: &[Sounded]) -> Vec<Candidate> {
        let rows: Vec<Arc<[u8]>> = said.iter().map(|heard| self.row(heard)).collect();
        let mut walk = Walk { start: 0, said, rows: &rows, chars: Vec::new(), found: Vec::new() };
        for start in 0..said.len() {
            walk.start = start;
            self.descend(0, 0, 0, &mut walk);
        }
        walk.found
    }

    /// `sum` in hundredths, `inexact` syllables so far.
    fn descend(&self, at: usize, sum: u16, inexact: usize, walk: &mut Walk<'_>) {
        let Some(node) = self.nodes.get(at) else { return };
        let cost = f32::from(sum) / 100.0;
        if let Some(kind) = node.entry.filter(|_| cost <= budget(walk.chars.len())) {
            walk.found.push(Candidate { start: walk.start, chars: walk.chars.clone(), kind, cost, inexact });
        }
        let place = walk.start + walk.chars.len();
        let Some((row, here)) = walk.rows.get(place).zip(walk.said.get(place)) else { return };
        let before = place.checked_sub(1).and_then(|before| walk.said.get(before));
        let adjoins = walk.chars.is_empty() || before.is_some_and(|b| b.range.end == here.range.start);
        if !adjoins || here.syllable.is_sign() {
            return;
        }
        for (letter, below) in &node.children {
            let part = row.get(usize::from(*letter)).copied().unwrap_or(OTHER);
            if part >= OTHER {
                continue;
            }
            let (next, below) = (sum + u16::from(part), *below as usize);
            let limit = self.nodes.get(below).map_or(0.0, |node| node.budget);
            if let Some(letter) =
                self.alphabet.get(usize::from(*letter)).filter(|_| f32::from(next) / 100.0 <= limit)
            {
                walk.chars.push(letter.ch);
                self.descend(below, next, inexact + usize::from(part > 0), walk);
                walk.chars.pop();
            }
        }
    }

    fn row(&self, heard: &Sounded) -> Arc<[u8]> {
        if let Some(known) = self.rows.read().get(&heard.ch) {
            return known.clone();
        }
        let sound = Sound::of(heard.ch, heard.syllable);
        let row: Arc<[u8]> = self.alphabet.iter().map(|letter| hundredths(letter.cost(&sound))).collect();
        let mut rows = self.rows.write();
        if rows.len() >= MOST_ROWS {
            rows.clear();
        }
        rows.insert(heard.ch, row.clone());
        row
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cost lies between 0 and 1")]
fn hundredths(cost: f32) -> u8 {
    (cost.clamp(0.0, 1.0) * 100.0).round() as u8
}

fn budget(syllables: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "an entry has few syllables")]
    let many = syllables as f32 * BUDGET_PER_SYLLABLE;
    BUDGETS.get(syllables).copied().unwrap_or(many)
}

fn also_alike(a: &str, b: &str) -> bool {
    let (first_a, last_a) = a.split_at(initial(a));
    let (first_b, last_b) = b.split_at(initial(b));
    let pair =
        |x: &str, y: &str| ALSO_ALIKE.iter().any(|(p, q)| (x == *p && y == *q) || (x == *q && y == *p));
    (first_a == first_b && pair(last_a, last_b)) || (last_a == last_b && pair(first_a, first_b))
}

fn initial(plain: &str) -> usize {
    plain.find(['a', 'e', 'i', 'o', 'u', 'v']).unwrap_or(0)
}
