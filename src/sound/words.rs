//! English by its words: spelling stands for sound well enough.

use std::ops::Range;

use super::find::Found;

/// A word of a text, folded for comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpelledWord {
    /// Lower case, without apostrophes.
    pub word: String,
    /// Bytes of the text.
    pub range: Range<usize>,
}

/// The words of `text`: runs of letters, digits and apostrophes. Hyphens separate.
pub fn words(text: &str) -> Vec<SpelledWord> {
    let mut found: Vec<SpelledWord> = Vec::new();
    let mut open = false;
    for (at, ch) in text.char_indices() {
        if !(ch.is_alphanumeric() || is_apostrophe(ch)) {
            open = false;
            continue;
        }
        let end = at + ch.len_utf8();
        match found.last_mut() {
            Some(word) if open => word.range.end = end,
            _ => found.push(SpelledWord { word: String::new(), range: at..end }),
        }
        open = true;
        if let Some(word) = found.last_mut().filter(|_| !is_apostrophe(ch)) {
            word.word.extend(ch.to_lowercase());
        }
    }
    found.retain(|word| !word.word.is_empty());
    found
}

/// 1 for the same word, 0 for nothing in common: one minus the edit distance over the longer length.
pub fn similarity(a: &str, b: &str) -> f32 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let longer = a.len().max(b.len());
    if longer == 0 {
        return 1.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "words are short")]
    let share = distance(&a, &b) as f32 / longer as f32;
    1.0 - share
}

/// The best place of the term's words in the text's words in a row; cost is the mean dissimilarity of a word.
pub fn find_words(needle: &[SpelledWord], haystack: &[SpelledWord], max_cost_per_word: f32) -> Option<Found> {
    if needle.is_empty() {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "a term has few words")]
    let length = needle.len() as f32;
    haystack
        .windows(needle.len())
        .filter_map(|window| {
            let total: f32 = needle.iter().zip(window).map(|(n, w)| 1.0 - similarity(&n.word, &w.word)).sum();
            let range = window.first()?.range.start..window.last()?.range.end;
            Some(Found { range, cost: total / length })
        })
        .filter(|found| found.cost <= max_cost_per_word)
        .reduce(|best, next| if next.cost < best.cost { next } else { best })
}

fn is_apostrophe(ch: char) -> bool {
    matches!(ch, '\'' | '\u{2019}')
}

fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        for (cell, right) in row.iter_mut().skip(1).zip(b) {
            let next = (diagonal + usize::from(left != right)).min(before + 1).min(*cell + 1);
            diagonal = *cell;
            *cell = next;
            before = next;
        }
    }
    // The first cell is not needed by the rows above, but it is the answer when `b` is empty.
    if b.is_empty() { a.len() } else { row.last().copied().unwrap_or(a.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_point_into_the_text() {
        let text = "It's a Camping-lantern, OK?";
        let found: Vec<String> = words(text).into_iter().map(|w| w.word).collect();
        assert_eq!(found, ["its", "a", "camping", "lantern", "ok"]);
    }

    #[test]
    fn near_spellings_are_similar() {
        assert!(similarity("thermos", "thermoss") > 0.85);
        assert!(similarity("kitten", "sitting") < 0.6);
        assert!((similarity("", "abc")).abs() < 1e-6);
        assert!((similarity("abc", "")).abs() < 1e-6);
    }

    #[test]
    fn a_term_is_found_by_its_words() {
        let text = "Look at the camping lanten here";
        let found = find_words(&words("camping lantern"), &words(text), 0.2).unwrap();
        assert_eq!(text.get(found.range), Some("camping lanten"));
    }
}
