//! Checks of a translation that need no understanding of numbers: codes, script, length, repetition.

use super::gate::GateFailure;
use crate::domain::Lang;

/// SKUs and other codes of letters and digits stay as they are.
pub(super) fn codes(source: &str, target: &str) -> Result<(), GateFailure> {
    let target = target.to_ascii_uppercase();
    let is_code = |word: &&str| {
        let capitals = word.bytes().filter(u8::is_ascii_uppercase).count();
        word.contains('-') && capitals > 0 && word.bytes().any(|b| b.is_ascii_digit())
    };
    let words = source.split(|ch: char| !(ch.is_ascii_alphanumeric() || ch == '-'));
    match words
        .map(|word| word.trim_matches('-'))
        .filter(is_code)
        .find(|code| !target.contains(&code.to_ascii_uppercase()))
    {
        Some(code) => Err(GateFailure::Code(code.to_owned())),
        None => Ok(()),
    }
}

/// At least half of the letters are of the language's script, and no Chinese is left in another language.
pub(super) fn script(text: &str, lang: &Lang) -> Result<(), GateFailure> {
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
    // Codes and names in capitals (USD, FOB, HY-500) are the same everywhere.
    let letters = text.chars().filter(|ch| ch.is_alphabetic() && !ch.is_ascii_uppercase());
    let (mut right, mut all, mut han) = (0_usize, 0_usize, 0_usize);
    for ch in letters {
        all += 1;
        right += usize::from(expected(ch));
        han += usize::from(is_han(ch));
    }
    let chinese_left = han > 0 && !matches!(lang.primary(), "zh" | "ja");
    if chinese_left || right * 2 < all { Err(GateFailure::Script(lang.clone())) } else { Ok(()) }
}

fn is_han(ch: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&ch) || ('\u{3400}'..='\u{4dbf}').contains(&ch)
}

/// A translation from Chinese has up to about six letters a character; long slack for short ones.
pub(super) fn length(source: &str, target: &str, lang: &Lang, complete: bool) -> Result<(), GateFailure> {
    let (from, to) = (source.chars().count(), target.chars().count());
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
