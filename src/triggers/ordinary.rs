//! Ordinary words that sound like a product's name and must be read as they are written.

use icu::segmenter::WordSegmenter;
use icu::segmenter::options::WordBreakInvariantOptions;

use crate::sound::Sounded;
use crate::sound::ordinary::is_listed_word;

/// For a homophone of two characters: it is no word of its own, and neither of its ends lies inside another word
/// (放|盒子, 吃饭|喝).
pub fn stands_alone(window: &[Sounded], text: &str) -> bool {
    let Some((start, end)) = ends(window) else { return false };
    let words = word_breaks(text);
    let is_word = words.windows(2).any(|word| word == [start, end]);
    words.contains(&start) && words.contains(&end) && !is_word && !is_listed(window, text)
}

/// For a longer homophone: where its first or last character is not the name's own, that character belongs to no word
/// that goes on outside (保温|背包).
pub fn is_no_part_of_words(window: &[Sounded], name: &[char], text: &str) -> bool {
    let (Some((start, end)), Some(first), Some(last)) = (ends(window), window.first(), window.last()) else {
        return false;
    };
    let words = word_breaks(text);
    (name.first() == Some(&first.ch) || words.contains(&start))
        && (name.last() == Some(&last.ch) || words.contains(&end))
        && !is_listed(window, text)
}

fn ends(window: &[Sounded]) -> Option<(usize, usize)> {
    Some((window.first()?.range.start, window.last()?.range.end))
}

fn is_listed(window: &[Sounded], text: &str) -> bool {
    ends(window).and_then(|(start, end)| text.get(start..end)).is_some_and(is_listed_word)
}

fn word_breaks(text: &str) -> Vec<usize> {
    WordSegmenter::new_dictionary(WordBreakInvariantOptions::default()).segment_str(text).collect()
}
