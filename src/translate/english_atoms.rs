//! English as it is compared: words without their endings, each with its weight.

use super::atoms::{Atom, Token, Weight};
use super::doubt::Doubt;

pub(super) const CRITICAL_WORDS: [&str; 46] = [
    "not", "no", "never", "without", "none", "nor", "above", "below", "over", "under", "before", "after",
    "more", "less", "hot", "cold", "warm", "buy", "sell", "return", "exchange", "minimum", "maximum", "min",
    "max", "least", "most", "high", "low", "higher", "lower", "large", "small", "big", "inside", "outside",
    "free", "long", "short", "up", "down", "in", "out", "within", "extra", "only",
];
const NEGATION_WORDS: [&str; 6] = ["not", "no", "never", "without", "none", "nor"];
const FILLER_WORDS: [&str; 36] = [
    "so", "well", "okay", "ok", "and", "also", "then", "now", "um", "uh", "you", "know", "right", "but",
    "just", "actually", "please", "everyone", "guy", "a", "an", "the", "here", "there", "really", "very",
    "too", "hey", "hi", "oh", "as", "that", "this", "let", "us", "these",
];
const LIGHT_WORDS: [&str; 27] = [
    "is", "are", "am", "be", "was", "were", "of", "for", "to", "our", "your", "it", "its", "we", "they",
    "with", "at", "on", "by", "from", "have", "has", "will", "can", "do", "each", "per",
];

pub(super) fn english(text: &str) -> Vec<Atom> {
    let mut found = Vec::new();
    let mut after_break = true;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let end = at + rest.find(|ch: char| !in_word(ch)).unwrap_or(rest.len());
        if end == at {
            let ch = rest.chars().next().unwrap_or(' ');
            after_break |= matches!(ch, ',' | '.' | ';' | ':' | '!' | '?' | '—');
            at += ch.len_utf8();
            continue;
        }
        for word in expanded(text.get(at..end).unwrap_or_default()) {
            let weight = if CRITICAL_WORDS.contains(&word.as_str()) {
                Weight::Critical
            } else if FILLER_WORDS.contains(&word.as_str()) {
                Weight::Filler
            } else if LIGHT_WORDS.contains(&word.as_str()) {
                Weight::Light
            } else {
                Weight::Content
            };
            let negation = NEGATION_WORDS.contains(&word.as_str());
            found.push(Atom {
                token: Token::Word(word),
                weight,
                negation,
                doubtful: negation,
                range: at..end,
                after_break,
                asks: false,
                a_not_a: false,
                doubt: Doubt::None,
            });
            after_break = false;
        }
        at = end;
    }
    found
}

fn in_word(ch: char) -> bool {
    ch.is_alphanumeric() || matches!(ch, '\'' | '’' | '%' | '$' | '€')
}

/// A word as it is compared: lower case, contractions written out, one spelling, no plural.
fn expanded(word: &str) -> Vec<String> {
    let word = word.replace('’', "'").to_lowercase();
    let (head, tail) = match word.as_str() {
        "cannot" | "can't" => ("can", "not"),
        "won't" => ("will", "not"),
        "let's" | "lets" => ("let", "us"),
        // As recognition writes them.
        "im" => ("i", "am"),
        "its" => ("it", "is"),
        "dont" => ("do", "not"),
        "doesnt" => ("does", "not"),
        "cant" => ("can", "not"),
        "isnt" => ("is", "not"),
        "arent" => ("are", "not"),
        "thats" => ("that", "is"),
        "theres" => ("there", "is"),
        "youll" => ("you", "will"),
        "weve" => ("we", "have"),
        other => match other.split_once('\'') {
            Some((head, "t")) => (head.strip_suffix('n').unwrap_or(head), "not"),
            Some((head, "s")) => (head, "is"),
            Some((head, "re")) => (head, "are"),
            Some((head, "ll")) => (head, "will"),
            Some((head, "ve")) => (head, "have"),
            Some((head, "m")) => (head, "am"),
            Some((head, "d")) => (head, "would"),
            Some((head, _)) => (head, ""),
            None => (other, ""),
        },
    };
    [head, tail].iter().filter(|part| !part.is_empty()).map(|part| singular(&spelling(part))).collect()
}

/// British and American spellings as one.
fn spelling(word: &str) -> String {
    const PAIRS: [(&str, &str); 9] = [
        ("colour", "color"),
        ("litre", "liter"),
        ("metre", "meter"),
        ("centre", "center"),
        ("mould", "mold"),
        ("grey", "gray"),
        ("favour", "favor"),
        ("customis", "customiz"),
        ("logos", "logo"),
    ];
    PAIRS.iter().fold(word.to_owned(), |word, (british, american)| word.replace(british, american))
}

fn singular(word: &str) -> String {
    if word.len() < 4 || word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    for ending in ["xes", "ches", "shes", "sses"] {
        if let Some(stem) = word.strip_suffix(ending) {
            return format!("{stem}{}", ending.strip_suffix("es").unwrap_or_default());
        }
    }
    word.strip_suffix('s').unwrap_or(word).to_owned()
}
