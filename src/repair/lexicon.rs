//! What may be meant: product names and keyterms of the room; terms, the trade lexicon, and what the patterns of the
//! language pack say.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::ordinary::{self, Words};
use crate::domain::{Lang, Product};
use crate::packs::{Pack, Piece, SlotKind, expand};
use crate::sound::{Syllable, cost, is_hanzi};

/// Where an entry is from, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A product or a keyterm.
    Name,
    /// A material, colour, place: a noun, in which a negation negates nothing (不锈钢).
    Noun,
    /// A term of the trade.
    Term,
    /// A word of the trade lexicon that has two syllables: many sound like it.
    Word,
    /// Words in a row out of a pattern.
    Phrase,
    /// What only follows a number: 厘米, 台注塑机.
    Unit,
    /// A noun of the patterns behind any measure word: 个订单.
    Counted,
}

/// Longest run of a pattern that is looked for in one piece, in characters.
const LONGEST: usize = 10;

/// Shortest one: of two syllables there are too many homophones.
const SHORTEST: usize = 3;

/// Measures that follow digits; their homophones after a number (里米, 留名, 好按) are nothing else.
const MEASURES: [&str; 10] =
    ["厘米", "毫米", "毫升", "毫克", "流明", "毫安", "毫安时", "公斤", "千瓦", "分钟"];

/// Measure words before a counted noun: 三十二台注塑机.
const CLASSIFIERS: &str = "个台件只套道项名条款种";

/// What any word takes behind it: 吸起来 is not 洗起来, 班子的 not 板子的.
const DIRECTIONS: [&str; 7] = ["起来", "上去", "下来", "出来", "过来", "一下", "的"];

/// What says nothing by itself: 这可是 is not 这个是 misheard.
const GRAMMAR: &str = "这那个款是的了我你他们都也就有";

/// Classes of terms that are nouns.
const NOUNS: [&str; 5] = ["material", "color", "place", "port", "cert"];

/// Surnames and given names after 小 in a host's name: which of them was said only the room knows.
const AFTER_XIAO: &str = "李王张陈刘赵周林美雨";

/// What a pack's hosts may mean in any room.
#[derive(Debug, Default)]
pub struct PackEntries {
    /// Once each.
    pub entries: Vec<(String, Kind)>,
    pub around: AroundNames,
}

/// Words of the patterns that a product's name stands behind, and those that stand behind it.
#[derive(Debug, Default)]
pub struct AroundNames {
    heads: BTreeSet<String>,
    tails: BTreeSet<String>,
}

pub fn of_pack(pack: Option<&Pack>) -> PackEntries {
    let mut lexicon = Lexicon::default();
    for unit in MEASURES {
        lexicon.add(unit, Kind::Unit, 2);
    }
    if let Some(pack) = pack {
        for (unit, form) in pack.unit_words().map(|(_, form)| (form.strip_prefix("{n}"), form)) {
            lexicon.add(unit.unwrap_or(form), Kind::Unit, SHORTEST);
        }
        for (key, forms) in &pack.terms {
            let noun = key.split_once('.').is_some_and(|(class, _)| NOUNS.contains(&class));
            let kind = if noun { Kind::Noun } else { Kind::Term };
            for form in forms {
                lexicon.add(form, kind, SHORTEST);
            }
        }
        for row in &pack.lexicon {
            let kind = if row.term.chars().count() < SHORTEST { Kind::Word } else { Kind::Term };
            lexicon.add(&row.term, kind, 2);
        }
        for row in &pack.patterns {
            lexicon.pattern(&row.pattern);
            lexicon.phrase(row.example.as_deref().unwrap_or_default());
        }
    }
    PackEntries { entries: lexicon.entries.into_iter().collect(), around: lexicon.around }
}

/// What is meant in one room only: its names, and them between the words that they stand between.
pub fn of_room(names: &[&str], around: &AroundNames) -> Vec<(String, Kind)> {
    let mut lexicon = Lexicon::default();
    for name in names {
        lexicon.add(name, Kind::Name, 2);
    }
    lexicon.around_names(names, around);
    lexicon.entries.into_iter().collect()
}

/// Full name and aliases in the language.
pub fn names<'a>(product: &'a Product, lang: &'a Lang) -> impl Iterator<Item = &'a str> {
    let full = product.names.iter().filter(|(key, _)| key.primary() == lang.primary()).map(|(_, name)| name);
    let aliases = product.aliases.iter().filter(|(key, _)| key.primary() == lang.primary());
    full.chain(aliases.flat_map(|(_, names)| names)).map(String::as_str)
}

#[derive(Default)]
struct Lexicon {
    entries: HashMap<String, Kind>,
    /// Runs that were taken apart already: the readings of a pattern have most of theirs in common.
    seen: HashSet<String>,
    around: AroundNames,
}

impl Lexicon {
    /// The runs of Hanzi in `text`, if they are long enough.
    fn add(&mut self, text: &str, kind: Kind, shortest: usize) {
        for run in runs(text) {
            let length = run.chars().count();
            let says_something = kind == Kind::Name || !run.chars().all(|ch| GRAMMAR.contains(ch));
            if says_something && length >= shortest && length <= LONGEST.max(12) {
                let known = self.entries.entry(run.to_owned()).or_insert(kind);
                *known = kind.min(*known);
            }
        }
    }

    fn pattern(&mut self, pattern: &str) {
        for leaf in pattern.split(['(', ')', '[', ']', '|', '{', '}']) {
            let directed = DIRECTIONS.iter().any(|ending| leaf.ends_with(ending));
            if !is_host_name(leaf) && leaf.chars().count() <= 5 {
                self.add(leaf, Kind::Term, SHORTEST + usize::from(directed));
            }
        }
        let Ok(readings) = expand(pattern) else { return };
        let whole: Vec<Vec<char>> = readings.iter().map(|reading| texts(reading)).collect();
        for (at, (reading, said)) in readings.iter().zip(&whole).enumerate() {
            if whole.iter().take(at).any(|earlier| is_opposite_homophone(earlier, said)) {
                continue;
            }
            for (place, piece) in reading.iter().enumerate() {
                match piece {
                    Piece::Text(text) => self.phrase(text),
                    Piece::Slot(slot) => {
                        let text = |at: Option<usize>| match at.and_then(|at| reading.get(at)) {
                            Some(Piece::Text(text)) => text.as_str(),
                            _ => "",
                        };
                        let (before, after) = (text(place.checked_sub(1)), text(Some(place + 1)));
                        match slot.kind {
                            SlotKind::Product => self.around(before, after),
                            SlotKind::Quantity => self.counted(after),
                            _ => {}
                        }
                    }
                }
            }
        }
    }

    /// Every row of words in `text` that is neither too short nor too long.
    fn phrase(&mut self, text: &str) {
        for run in runs(text) {
            if !self.seen.insert(run.to_owned()) {
                continue;
            }
            let words: Vec<&str> = Words::of(run).iter().filter_map(|word| run.get(word)).collect();
            // What stands behind the last number is whole too: 七天内发货.
            let tail = run.rsplit(ordinary::is_numeral).next().unwrap_or_default();
            if tail.len() < run.len() && tail.chars().count() <= LONGEST {
                self.add(tail, Kind::Term, SHORTEST + 1);
            }
            for start in 0..words.len() {
                let mut row = String::new();
                for (count, word) in words.iter().skip(start).enumerate() {
                    row.push_str(word);
                    let length = row.chars().count();
                    if length > LONGEST {
                        break;
                    }
                    let solid = words.iter().skip(start).take(count + 1).any(|word| word.chars().count() > 1);
                    if (length > SHORTEST || (length == SHORTEST && solid)) && !is_host_name(&row) {
                        // A whole run is not cut out of the middle of a word that the dictionary lacks.
                        let whole = row.len() == run.len() && length > SHORTEST;
                        self.add(&row, if whole { Kind::Term } else { Kind::Phrase }, SHORTEST);
                    }
                }
            }
        }
    }

    fn around(&mut self, before: &str, after: &str) {
        if self.seen.insert(format!("{before}\0{after}")) {
            self.around.heads.extend(row_of_words(before, true));
            self.around.tails.extend(row_of_words(after, false));
        }
    }

    /// A name of two syllables is only sure between words that it stands between: 放合的起定量 is 饭盒的起订量.
    fn around_names(&mut self, names: &[&str], around: &AroundNames) {
        for name in names.iter().filter(|name| name.chars().count() <= 4) {
            for head in &around.heads {
                self.add(&format!("{head}{name}"), Kind::Phrase, SHORTEST + 1);
            }
            for tail in &around.tails {
                self.add(&format!("{name}{tail}"), Kind::Phrase, SHORTEST + 1);
                self.add(&format!("{name}的{tail}"), Kind::Phrase, SHORTEST + 1);
            }
        }
    }

    fn counted(&mut self, after: &str) {
        if !self.seen.insert(format!("\0{after}")) {
            return;
        }
        for noun in row_of_words(after, false).iter().filter(|noun| noun.chars().count() > 1) {
            for classifier in CLASSIFIERS.chars() {
                self.add(&format!("{classifier}{noun}"), Kind::Counted, SHORTEST);
            }
        }
    }
}

/// The first (or last) word of a text and the first two, up to four characters.
fn row_of_words(text: &str, last: bool) -> Vec<String> {
    let mut words: Vec<&str> = Words::of(text).iter().filter_map(|word| text.get(word)).collect();
    if last {
        words.reverse();
    }
    (1..=3.min(words.len()))
        .map(|count| {
            let mut taken: Vec<&str> = words.iter().take(count).copied().collect();
            if last {
                taken.reverse();
            }
            taken.concat()
        })
        .filter(|row| row.chars().count() <= 4)
        .collect()
}

fn is_host_name(text: &str) -> bool {
    let mut end = text.chars().rev();
    end.next().is_some_and(|ch| AFTER_XIAO.contains(ch)) && end.next() == Some('小')
}

fn texts(reading: &[Piece]) -> Vec<char> {
    let text = |piece: &Piece| match piece {
        Piece::Text(text) => text.chars().collect(),
        Piece::Slot(_) => vec!['\0'],
    };
    reading.iter().flat_map(text).collect()
}

/// Two readings of a row that sound alike and differ in an opposite (卖完, 买完): the later one is only there because
/// recognition writes it so.
fn is_opposite_homophone(earlier: &[char], later: &[char]) -> bool {
    if earlier.len() != later.len() {
        return false;
    }
    let mut differ = earlier.iter().copied().zip(later.iter().copied()).filter(|(a, b)| a != b).peekable();
    differ.peek().is_some()
        && differ.all(|(a, b)| {
            let sound = || Syllable::of(a).zip(Syllable::of(b)).is_some_and(|(a, b)| cost(&a, &b) < 0.01);
            ordinary::is_opposite(a) && ordinary::is_opposite(b) && sound()
        })
}

/// Runs of Hanzi.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|ch: char| !is_hanzi(ch)).filter(|run| !run.is_empty())
}
