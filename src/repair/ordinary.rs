//! What is right as it stands: ordinary words, and characters that must be read as they are written.

use std::ops::Range;

use icu::segmenter::WordSegmenter;
use icu::segmenter::options::WordBreakInvariantOptions;

pub use crate::sound::ordinary::{is_function_word, listed_words};

/// Further characters that are words by themselves, and right wherever only a phrase, no name, would have another one:
/// 可以坐 is not 可以做, 处级以上 not 及以上. Found by running 20,000 lines of reviews and news through the demo room.
const WORDS_ALONE: &str =
    "坐像使级又时试想由以民假回常连头象好克斤走去来说看做用写吃喝听讲问找被之为性型化者式向其常";

/// Characters that are words by themselves beside any other: 压住 is not 压铸, 小贵 not 小柜. They stay where a word of two
/// syllables is all that could be meant.
const WORDS_BESIDE: &str = "但住地获治交经贵授拨斯限献县";

/// Characters around which anything may stand: they tell nothing of what was meant between them.
const GENERIC: &str = "以们天大家为第种每次来去看用做好年月日面";

const NUMERALS: &str = "零〇一二两三四五六七八九十百千万亿半几数";

const NEGATIONS: &str = "不没别无未非勿莫否";

/// Where one of these stands for another the sentence turns into its opposite.
const OPPOSITES: &str = "上下前后内外高低冷温热大小多少长短进出买卖退换";

pub fn is_word_alone(ch: char) -> bool {
    is_function_word(ch) || WORDS_ALONE.contains(ch)
}

pub fn is_word_beside(ch: char) -> bool {
    WORDS_BESIDE.contains(ch)
}

pub fn is_generic(ch: char) -> bool {
    is_function_word(ch) || GENERIC.contains(ch)
}

pub fn is_numeral(ch: char) -> bool {
    NUMERALS.contains(ch)
}

pub fn is_negation(ch: char) -> bool {
    NEGATIONS.contains(ch)
}

pub fn is_opposite(ch: char) -> bool {
    OPPOSITES.contains(ch)
}

/// Words of a text by the segmenter's dictionary; what it does not know falls into single characters.
#[derive(Debug)]
pub struct Words {
    breaks: Vec<usize>,
}

impl Words {
    pub fn of(text: &str) -> Self {
        let segmenter = WordSegmenter::new_dictionary(WordBreakInvariantOptions::default());
        Self { breaks: segmenter.segment_str(text).collect() }
    }

    /// Bytes of the word that the byte `at` lies in.
    pub fn around(&self, at: usize) -> Range<usize> {
        let next = self.breaks.partition_point(|edge| *edge <= at);
        let edge = |i: Option<usize>| i.and_then(|i| self.breaks.get(i)).copied();
        edge(next.checked_sub(1)).unwrap_or(0)..edge(Some(next)).unwrap_or(usize::MAX)
    }

    pub fn iter(&self) -> impl Iterator<Item = Range<usize>> {
        self.breaks.windows(2).filter_map(|pair| Some(*pair.first()?..*pair.last()?))
    }
}
