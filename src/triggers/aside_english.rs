//! English: a product is named, but the host does not turn to it.

use std::ops::Range;

use super::clause::{around, is_asked};
use crate::sound::words;

/// Between a cue and the name: not (our new) thermos.
const POINTERS: [&str; 20] = [
    "the", "a", "an", "our", "your", "my", "this", "that", "these", "those", "any", "another", "some", "new",
    "old", "small", "big", "little", "usual", "same",
];

/// Cues right before the name.
const CUES: [&str; 47] = [
    "not",
    "isnt",
    "arent",
    "wasnt",
    "no",
    "without",
    "except",
    "besides",
    "unlike",
    "than",
    "versus",
    "vs",
    "forget",
    "skip",
    "never",
    "forget about",
    "instead of",
    "rather than",
    "other than",
    "apart from",
    "compared with",
    "compared to",
    "similar to",
    "as",
    "just like",
    "looks like",
    "look like",
    "much like",
    "different from",
    "dont need",
    "dont want",
    "dont have",
    "dont sell",
    "dont make",
    "do not need",
    "do not have",
    "do not sell",
    "do not make",
    "before",
    "until",
    "no more",
    "any more",
    "out of",
    "half of",
    "half the",
    "what",
    "whatever",
];

/// not (showing the) lantern: what stands between.
const OF_SHOWING: [&str; 16] = [
    "show",
    "showing",
    "sell",
    "selling",
    "have",
    "make",
    "making",
    "bring",
    "talk",
    "talking",
    "about",
    "going",
    "to",
    "doing",
    "present",
    "presenting",
];
const NOT: [&str; 10] =
    ["not", "dont", "doesnt", "wont", "didnt", "never", "cant", "cannot", "isnt", "arent"];

/// At another time than now, before the name.
const OTHER_TIME: [&str; 20] = [
    "later",
    "tomorrow",
    "yesterday",
    "yesterdays",
    "next week",
    "next month",
    "next time",
    "next show",
    "last week",
    "last month",
    "last time",
    "in a minute",
    "in a moment",
    "in a bit",
    "before we",
    "before i",
    "until we",
    "coming soon",
    "stay with us",
    "stay tuned",
];
/// The same, after it: the thermos (that we saw) earlier.
const EARLIER: [&str; 6] =
    ["earlier", "before", "from yesterday", "from last time", "yesterday", "last week"];

/// There is none.
const GONE: [&str; 16] = [
    "is sold out",
    "are sold out",
    "sold out",
    "is gone",
    "are gone",
    "is not available",
    "isnt available",
    "is unavailable",
    "is not here",
    "is not for sale",
    "has sold out",
    "is out of stock",
    "has been discontinued",
    "is discontinued",
    "was discontinued",
    "are discontinued",
];

/// Goods that are made for the product, and what is only called like it.
const MADE_FOR: [&str; 32] = [
    "bag",
    "bags",
    "sleeve",
    "sleeves",
    "rack",
    "racks",
    "brush",
    "brushes",
    "stand",
    "stands",
    "holder",
    "holders",
    "cover",
    "covers",
    "case",
    "cases",
    "festival",
    "festivals",
    "software",
    "factory",
    "industry",
    "sticker",
    "liner",
    "liners",
    "repair",
    "kit",
    "kits",
    "parts",
    "spare",
    "recipe",
    "recipes",
    "accessories",
];

/// Asked about the listeners or the host, not the goods.
const ABOUT_YOU: [&str; 18] = [
    "do you remember",
    "remember the",
    "have you ever",
    "have you seen",
    "have you used",
    "did you ever",
    "where did",
    "where is my",
    "who has",
    "who owns",
    "who of you",
    "do you have",
    "do you own",
    "does anyone have",
    "does anybody have",
    "did you bring",
    "at home",
    "has anyone seen",
];

pub fn is_aside(text: &str, range: &Range<usize>) -> bool {
    let (before, after) = around(text, range);
    let (before, after) = (folded(before), folded(after));
    let cue = without_pointers(&before);
    ends(cue, &CUES)
        || is_not_shown(cue)
        || has(&before, &OTHER_TIME)
        || starts(&after, &GONE)
        || starts(&after, &MADE_FOR)
        || ends_with_earlier(&after)
        || ((is_asked(text, range) || begins_asking(&before))
            && (has(&before, &ABOUT_YOU) || has(&after, &ABOUT_YOU)))
}

/// For a reference to the running order, too: are you ready for the next one?
pub fn is_no_turn(text: &str, range: &Range<usize>) -> bool {
    const FEELERS: [&str; 10] = [
        "ready for",
        "before",
        "until",
        "want to see",
        "should we",
        "shall we",
        "who wants",
        "waiting for",
        "later",
        "tomorrow",
    ];
    const NOT_YET: [&str; 7] =
        ["later", "in a minute", "in a moment", "tomorrow", "next time", "will be", "soon"];
    let (before, after) = around(text, range);
    let (before, after) = (folded(before), folded(after));
    let cue = without_pointers(&before);
    ends(cue, &CUES)
        || starts(&after, &GONE)
        || is_not_shown(cue)
        || has(&before, &FEELERS)
        || has(&after, &NOT_YET)
        || is_asked(text, range)
}

/// Words, small and without apostrophes, with a blank before and after each.
pub fn folded(text: &str) -> String {
    words(text).into_iter().fold(String::from(" "), |line, word| line + &word.word + " ")
}

fn without_pointers(before: &str) -> &str {
    let mut rest = before.trim_end();
    while let Some((head, last)) = rest.rsplit_once(' ') {
        if !POINTERS.contains(&last) {
            break;
        }
        rest = head;
    }
    rest
}

fn is_not_shown(cue: &str) -> bool {
    let mut said = cue.split(' ').rev().filter(|word| !word.is_empty());
    let between = said.by_ref().take_while(|word| OF_SHOWING.contains(word)).count();
    // The word that ended the run was taken with it.
    let stopper = cue.split(' ').rev().filter(|word| !word.is_empty()).nth(between);
    between > 0 && stopper.is_some_and(|word| NOT.contains(&word))
}

fn ends_with_earlier(after: &str) -> bool {
    const LINKS: [&str; 8] = ["that", "which", "we", "you", "i", "saw", "showed", "had"];
    let mut said = after.split(' ').filter(|word| !word.is_empty()).skip_while(|word| LINKS.contains(word));
    let rest = said.by_ref().collect::<Vec<_>>().join(" ");
    EARLIER.iter().any(|cue| rest == *cue || rest.starts_with(&format!("{cue} ")))
}

fn begins_asking(before: &str) -> bool {
    let first = before.split(' ').find(|word| !word.is_empty());
    first.is_some_and(|word| ["do", "does", "did", "have", "has", "where", "who", "whose"].contains(&word))
}

fn has(text: &str, cues: &[&str]) -> bool {
    cues.iter().any(|cue| text.contains(&format!(" {cue} ")))
}

fn ends(text: &str, cues: &[&str]) -> bool {
    cues.iter().any(|cue| text == *cue || text.ends_with(&format!(" {cue}")))
}

fn starts(text: &str, cues: &[&str]) -> bool {
    cues.iter().any(|cue| text.starts_with(&format!(" {cue} ")))
}
