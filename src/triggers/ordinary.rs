//! Ordinary words that sound like a product's name and must be read as they are written.

use icu::segmenter::WordSegmenter;
use icu::segmenter::options::WordBreakInvariantOptions;

use crate::sound::Sounded;

/// Words that the segmenter's dictionary lacks: a display panel is not a cutting board, a square box no lunch box.
/// Found by running every word of a Chinese dictionary (349,046) through the demo catalogue's names; with these none
/// is left that is not a name.
const WORDS: [&str; 7] = ["展板", "彩板", "整板", "真板", "方盒", "翻盒", "保温被"];

/// Characters that hold sentences together. Where one stands in place of a name's character it means itself:
/// 露营等 is "camping and so on", no 露营灯.
const FUNCTION_WORDS: &str =
    "的了是在有不没这那也都就还很和跟与或及等个一两几上下里外中要会能可以到给从把让我你他她它们吗呢吧啊";

pub fn is_function_word(ch: char) -> bool {
    FUNCTION_WORDS.contains(ch)
}

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
    ends(window).and_then(|(start, end)| text.get(start..end)).is_some_and(|heard| WORDS.contains(&heard))
}

fn word_breaks(text: &str) -> Vec<usize> {
    WordSegmenter::new_dictionary(WordBreakInvariantOptions::default()).segment_str(text).collect()
}
