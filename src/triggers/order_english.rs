//! References to the running order in English: "the third one", "next product", "item number five".

use super::clause::around;
use super::order::{Place, Reference};
use crate::sound::{SpelledWord, words};

const GOODS: [&str; 3] = ["product", "item", "link"];
const ORDINALS: [&str; 12] = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth",
];
const CARDINALS: [&str; 12] =
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/// What a host says when showing.
const SHOWING: [&str; 26] = [
    "look", "see", "show", "showing", "move", "moving", "go", "going", "on", "onto", "turn", "come", "comes",
    "get", "click", "tap", "press", "check", "back", "return", "here", "heres", "jump", "jumping", "ahead",
    "looking",
];
/// What may stand before a reference besides.
const FILLERS: [&str; 58] = [
    "ok",
    "okay",
    "so",
    "now",
    "and",
    "then",
    "well",
    "right",
    "alright",
    "lets",
    "let",
    "us",
    "me",
    "we",
    "i",
    "ill",
    "im",
    "were",
    "will",
    "can",
    "want",
    "wanna",
    "to",
    "at",
    "a",
    "the",
    "our",
    "my",
    "is",
    "this",
    "that",
    "with",
    "start",
    "over",
    "have",
    "take",
    "up",
    "out",
    "please",
    "you",
    "everyone",
    "everybody",
    "guys",
    "folks",
    "friends",
    "yes",
    "next",
    "as",
    "it",
    "into",
    "for",
    "all",
    "its",
    "thats",
    "more",
    "one",
    "another",
    "today",
];
/// What may follow one that is called "one" or by its number only. A word that is not here makes it something else: the first
/// one to order, the next one hundred.
const FOLLOWING: [&str; 19] = [
    "is", "comes", "has", "costs", "please", "now", "here", "and", "everyone", "guys", "right", "can",
    "looks", "weighs", "works", "folks", "friends", "again", "also",
];
/// What makes a product of the talk, not of the table: the last product we shipped, our first product was a comb.
const OF_TALK: [&str; 18] = [
    "we", "i", "you", "that", "which", "was", "were", "will", "line", "lines", "launch", "category",
    "manager", "page", "they", "from", "of", "to",
];

pub fn references(text: &str) -> Vec<Reference> {
    let said = words(text);
    let mut found: Vec<Reference> = Vec::new();
    let mut at = 0;
    while at < said.len() {
        match reference(text, &said, at) {
            Some((reference, length)) => {
                found.push(reference);
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

fn reference(text: &str, said: &[SpelledWord], at: usize) -> Option<(Reference, usize)> {
    let (place, length, goods) = place(said, at)?;
    let range = said.get(at)?.range.start..said.get(at + length - 1)?.range.end;
    // A comma or a full stop within makes two of it.
    if text.get(range.clone())?.contains([',', '.', ';', '!', '?']) {
        return None;
    }
    let (before, after) = around(text, &range);
    let (before, after) = (words(before), words(after));
    let among = |word: &SpelledWord, list: &[&str]| list.contains(&word.word.as_str());
    let only_showing =
        |words: &[SpelledWord]| words.iter().all(|word| among(word, &SHOWING) || among(word, &FILLERS));
    let showing = before.iter().any(|word| among(word, &SHOWING));
    // "Buy two: the second one is half price" offers no second product.
    let offered = |word: &SpelledWord| matches!(word.word.as_str(), "half" | "free" | "off");
    let fits = match after.first() {
        None => true,
        Some(next) if goods => !among(next, &OF_TALK),
        Some(next) => among(next, &FOLLOWING) && !after.iter().take(3).any(offered),
    };
    let back = before.iter().any(|word| matches!(word.word.as_str(), "back" | "return"));
    let place = match place {
        Place::Last if back => Place::Previous,
        Place::Previous if !back => return None,
        place => place,
    };
    // "Two colours: the first one is blue": what was said before may be what is counted.
    let opening = only_showing(&words(text.get(..range.start)?));
    let numbered = goods && matches!(place, Place::Nth(_)) && among(said.get(at)?, &GOODS);
    let sure = showing
        || numbered
        || (goods && matches!(place, Place::Next | Place::Last))
        || (opening && place == Place::Next);
    (fits && only_showing(&before) && (sure || opening))
        .then_some((Reference { place, range, sure, alone: true }, length))
}

/// The place, the number of words, and whether goods are named.
fn place(said: &[SpelledWord], at: usize) -> Option<(Place, usize, bool)> {
    let word = |n: usize| said.get(at + n).map_or("", |word| word.word.as_str());
    let ordinal = ORDINALS.iter().position(|ordinal| *ordinal == word(0)).map(|n| Place::Nth(n + 1)).or(
        match word(0) {
            "next" => Some(Place::Next),
            "previous" => Some(Place::Previous),
            "last" => Some(Place::Last),
            _ => None,
        },
    );
    if let Some(place) = ordinal {
        let goods = GOODS.contains(&word(1));
        return (goods || word(1) == "one").then_some((place, 2, goods));
    }
    if (word(0), word(1)) == ("one", "before") {
        return Some((Place::Previous, 2, true));
    }
    let goods = GOODS.contains(&word(0));
    let numbered = matches!(word(usize::from(goods)), "number" | "no" | "nr");
    let length = usize::from(goods) + usize::from(numbered);
    let n = (length > 0).then(|| number(word(length)))??;
    Some((Place::Nth(n), length + 1, goods))
}

fn number(word: &str) -> Option<usize> {
    let said = CARDINALS.iter().position(|cardinal| *cardinal == word).map(|at| at + 1);
    said.or_else(|| word.parse().ok().filter(|n| (1..100).contains(n)))
}
