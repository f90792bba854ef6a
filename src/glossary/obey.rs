//! Whether a text has a term: where it stands, and in a translation perhaps inflected.

use std::ops::Range;

use super::Term;
use crate::domain::Lang;

/// Letters of a word that an ending may replace: plástico, plástica; пластиковый, пластикового.
const LONGEST_ENDING: usize = 4;
/// Shortest beginning that two forms of a word must share.
const SHORTEST_STEM: usize = 3;

/// Where `form` stands in `text` as a whole word; in Chinese and Thai, which write no spaces, anywhere. Case counts
/// where `exact`.
pub(super) fn occurrences(text: &str, form: &str, exact: bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(range) = next(text, form, exact, from) {
        from = range.end.max(from + 1);
        found.push(range);
    }
    found
}

/// Whether a translation has the term as `expected` or as another form of the target language.
pub(super) fn obeyed(term: &Term, expected: &str, text: &str, target: &Lang) -> bool {
    let forms = || std::iter::once(expected).chain(term.forms(target).iter().map(String::as_str));
    forms().any(|form| !occurrences(text, form, term.protect).is_empty())
        || term.inflect && forms().any(|form| inflected(form, text))
}

/// Whether every word of `form` is in `text` with another ending, or with something written onto its front (Arabic
/// الـ and و, Swahili classes).
fn inflected(form: &str, text: &str) -> bool {
    let words = |text: &str| -> Vec<Vec<char>> {
        let words = text.split(|c: char| !c.is_alphanumeric() && !is_mark(c)).filter(|word| !word.is_empty());
        words.map(|word| word.to_lowercase().chars().collect()).collect()
    };
    let in_text = words(text);
    words(form).iter().all(|word| in_text.iter().any(|other| same_stem(word, other)))
}

fn same_stem(word: &[char], other: &[char]) -> bool {
    let stem = word.len().saturating_sub(LONGEST_ENDING).max(SHORTEST_STEM).min(word.len());
    // Most of a short word is its stem.
    let stem = stem.max(word.len().div_ceil(2));
    let Some(stem) = word.get(..stem) else { return false };
    (0..=other.len().saturating_sub(stem.len()).min(LONGEST_ENDING)).any(|skip| {
        let rest = other.get(skip..).unwrap_or_default();
        rest.starts_with(stem)
            && rest.len() <= word.len() + LONGEST_ENDING
            && (skip == 0 || rest.starts_with(word))
    })
}

/// The next occurrence at or after `from`, a byte.
fn next(text: &str, form: &str, exact: bool, from: usize) -> Option<Range<usize>> {
    if form.is_empty() {
        return None;
    }
    let starts = text.char_indices().map(|(at, _)| at).filter(|at| *at >= from);
    starts.filter_map(|start| Some(start..start + matched(text.get(start..)?, form, exact)?)).find(|range| {
        let edge = |inner: Option<char>, outer: Option<char>| !(joins(inner) && joins(outer));
        let before = text.get(..range.start).and_then(|before| before.chars().next_back());
        let after = text.get(range.end..).and_then(|after| after.chars().next());
        edge(form.chars().next(), before) && edge(form.chars().next_back(), after)
    })
}

/// Bytes of `text` that are `form`.
fn matched(text: &str, form: &str, exact: bool) -> Option<usize> {
    let mut chars = text.char_indices();
    for wanted in form.chars() {
        let (_, got) = chars.next()?;
        // French writes a narrow space before a sign, a pack a fixed one inside a name: still a space.
        let got = if matches!(got, '\u{a0}' | '\u{202f}') { ' ' } else { got };
        let same = got == wanted || !exact && got.to_lowercase().eq(wanted.to_lowercase());
        if !same {
            return None;
        }
    }
    Some(chars.next().map_or(text.len(), |(at, _)| at))
}

/// Whether two such characters in a row are one word.
fn joins(c: Option<char>) -> bool {
    c.is_some_and(|c| (c.is_alphanumeric() || is_mark(c)) && !is_unspaced(c))
}

/// Han, kana, Thai, Lao, Khmer and Burmese: written without spaces between words.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}')
}

/// Vowel and tone signs that are part of a word but no letters.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{64B}'..='\u{65F}' | '\u{900}'..='\u{903}' | '\u{93A}'..='\u{94F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole_where_words_have_spaces() {
        for (text, form, count) in [
            ("termo, termos, Termo", "termo", 2),
            ("这个保温杯盖", "保温杯", 1),
            ("แก้วเก็บอุณหภูมิรุ่นนี้", "แก้ว", 1),
            ("HY-500'ü", "HY-500", 1),
            ("HY-5001", "HY-500", 0),
            ("ABS塑料", "ABS", 1),
            ("İstanbul", "", 0),
            ("la Nube\u{a0}500 y la Nube 500", "Nube 500", 2),
        ] {
            assert_eq!(occurrences(text, form, false).len(), count, "{form} in {text}");
        }
        assert!(occurrences("seabreeze", "Seabreeze", true).is_empty());
    }

    #[test]
    fn endings_and_what_is_written_onto_the_front_are_inflection() {
        for (form, text) in [
            ("пластиковый", "из пластикового"),
            ("plástico", "piezas plásticas"),
            ("термос", "термосы"),
            ("كوب", "والكوب جميل"),
            ("acero inoxidable", "aceros inoxidables"),
        ] {
            assert!(inflected(form, text), "{form} in {text}");
        }
        for (form, text) in
            [("termo", "el termómetro grande"), ("acero inoxidable", "acero pulido"), ("copa", "cosa")]
        {
            assert!(!inflected(form, text), "{form} in {text}");
        }
    }
}
