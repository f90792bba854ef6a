//! Checks of a translation that need no understanding of numbers: codes, script, language, length, repetition.

use super::gate::GateFailure;
use crate::domain::Lang;
use crate::numbers::codes as standards;

/// SKUs and other codes of letters and digits stay as they are, and so do the names of standards: HY-500, ISO 9001.
/// `complete`: all of the source's are there; none is there that the source has not, in any case.
pub(super) fn codes(source: &str, target: &str, complete: bool) -> Result<(), GateFailure> {
    let (said, shown) = (all_codes(source), all_codes(target));
    let plain = |text: &str| -> String {
        let kept = text.chars().filter(|ch| !matches!(ch, ' ' | '-' | '\u{a0}'));
        kept.map(|ch| ch.to_ascii_uppercase()).collect()
    };
    // A customs code is known by its digits: what stands before them is translated (код ТН ВЭД 8509.40).
    let own = |code: &str| plain(code.strip_prefix("HS").unwrap_or(code));
    let (from, to) = (plain(source), plain(target));
    let shows = |code: &str| to.contains(&own(code)) || shown.iter().any(|shown| own(shown) == own(code));
    let lost = said.iter().find(|code| complete && !shows(code));
    let made = || {
        shown
            .iter()
            .find(|code| !from.contains(&own(code)) && !said.iter().any(|said| own(said) == own(code)))
    };
    match lost.or_else(made) {
        Some(code) => Err(GateFailure::Code(code.clone())),
        None => Ok(()),
    }
}

fn all_codes(text: &str) -> Vec<String> {
    let is_code = |word: &&str| {
        let capitals = word.bytes().filter(u8::is_ascii_uppercase).count();
        word.contains('-') && capitals > 0 && word.bytes().any(|b| b.is_ascii_digit())
    };
    let words = text.split(|ch: char| !(ch.is_ascii_alphanumeric() || ch == '-'));
    let skus = words.map(|word| word.trim_matches('-')).filter(is_code).map(str::to_owned);
    skus.chain(standards(text).into_iter().map(|(name, _)| name)).collect()
}

/// Is the term in the text, not inside a longer Latin word or number?
fn says(text: &str, term: &str) -> bool {
    let fold = |text: &str| text.replace(['\u{a0}', '\u{202f}'], " ").to_lowercase();
    let (text, term) = (fold(text), fold(term.trim()));
    let edge = |inner: Option<char>, outer: Option<char>| {
        let latin = |ch: Option<char>| ch.is_some_and(|ch| ch.is_ascii_alphanumeric());
        !(latin(inner) && latin(outer))
    };
    text.match_indices(&term).any(|(at, _)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let after = text.get(at + term.len()..).and_then(|rest| rest.chars().next());
        edge(term.chars().next(), before) && edge(term.chars().next_back(), after)
    })
}

/// At least half of the letters are of the language's script, and no Chinese is left in another language. `text` is
/// without the products' names, which may be in any script; `source` tells which Latin words are names.
pub(super) fn script(source: &str, text: &str, lang: &Lang) -> Result<(), GateFailure> {
    let expected: fn(char) -> bool = match lang.primary() {
        "zh" => is_han,
        "ru" | "uk" | "bg" | "kk" | "ky" | "mn" | "sr" => |ch| ('\u{400}'..='\u{52f}').contains(&ch),
        "ar" | "fa" | "ur" | "ps" => {
            |ch| ('\u{600}'..='\u{6ff}').contains(&ch) || ('\u{fb50}'..='\u{feff}').contains(&ch)
        }
        "hi" | "ne" | "mr" => |ch| ('\u{900}'..='\u{97f}').contains(&ch),
        "th" => |ch| ('\u{e00}'..='\u{e7f}').contains(&ch),
        "ja" | "ko" | "he" | "el" | "bn" | "ta" => |_| true,
        _ => |ch| {
            ch.is_ascii_alphabetic()
                || ('\u{c0}'..='\u{24f}').contains(&ch)
                || ('\u{1e00}'..='\u{1eff}').contains(&ch)
        },
    };
    let from_script = source.chars().any(is_han);
    let (mut right, mut all, mut han, mut names) = (0_usize, 0_usize, 0_usize, 0_usize);
    for word in text.split(|ch: char| !(ch.is_alphanumeric() || matches!(ch, '-' | '°'))) {
        if same_everywhere(word) || (from_script && word.is_ascii() && word.len() > 1 && says(source, word)) {
            names += usize::from(word.chars().any(char::is_alphabetic));
            continue;
        }
        for ch in word.chars().filter(|ch| ch.is_alphabetic()) {
            all += 1;
            right += usize::from(expected(ch));
            han += usize::from(is_han(ch));
        }
    }
    let chinese_left = han > 0 && !matches!(lang.primary(), "zh" | "ja");
    // Capitals alone are no sentence in another script.
    let nothing = right == 0 && names > 3 && !expected('A');
    if chinese_left || nothing || right * 2 < all { Err(GateFailure::Script(lang.clone())) } else { Ok(()) }
}

/// USD, FOB, HY-500, mAh, PayPal, 500ml: words that every script writes in Latin letters.
fn same_everywhere(word: &str) -> bool {
    const UNITS: [&str; 16] =
        ["ml", "l", "cm", "mm", "m", "km", "kg", "g", "mg", "w", "v", "h", "hz", "oz", "x", "lm"];
    let capital_inside = word.chars().skip(1).any(|ch| ch.is_ascii_uppercase());
    let one_capital = word.len() == 1 && word.bytes().all(|b| b.is_ascii_uppercase());
    let letters = word.trim_start_matches(|ch: char| ch.is_ascii_digit());
    word.is_ascii()
        && (capital_inside || one_capital || UNITS.contains(&letters.to_ascii_lowercase().as_str()))
}

/// Words that no language of ours but English has: a model that was asked for another answers in English.
pub(super) fn language(text: &str, lang: &Lang) -> Result<(), GateFailure> {
    const ENGLISH: [&str; 13] =
        ["the", "and", "with", "this", "our", "your", "for", "are", "you", "is", "of", "we", "from"];
    let words: Vec<String> = text
        .split(|ch: char| !ch.is_alphabetic())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let english = words.iter().filter(|word| ENGLISH.contains(&word.as_str())).count();
    let foreign = lang.primary() != "en" && english > 1 && english * 6 > words.len();
    if foreign { Err(GateFailure::Language(lang.clone())) } else { Ok(()) }
}

fn is_han(ch: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&ch) || ('\u{3400}'..='\u{4dbf}').contains(&ch)
}

/// A translation from Chinese has up to about six letters a character; long slack for short ones.
pub(super) fn length(source: &str, target: &str, lang: &Lang, complete: bool) -> Result<(), GateFailure> {
    // A Chinese character says as much as a short word.
    let width = |text: &str| {
        text.chars().map(|ch| if is_han(ch) && !lang.is_chinese() { 2 } else { 1 }).sum::<usize>()
    };
    let (from, to) = (source.chars().count(), width(target));
    let (most, least) = if lang.is_chinese() { (12, 2) } else { (4, 5) };
    let too_short = complete && to * least * 2 < from;
    if to > 60 + from * most || too_short { Err(GateFailure::Length) } else { Ok(()) }
}

/// The same three words four times, or one character ten times on end.
pub(super) fn repetition(text: &str) -> Result<(), GateFailure> {
    let chars: Vec<char> = text.chars().filter(|ch| !ch.is_whitespace()).collect();
    let run = chars.windows(10).any(|w| w.iter().all(|ch| Some(ch) == w.first()));
    let words: Vec<&str> = text.split_whitespace().collect();
    let again = |window: &[&str]| words.windows(3).filter(|other| *other == window).count() > 3;
    let han = chars.windows(5).any(|w| chars.windows(5).filter(|other| *other == w).count() > 4);
    if run || han || words.windows(3).any(again) { Err(GateFailure::Repetition) } else { Ok(()) }
}
