//! A text as a row of syllables.

use std::ops::Range;

use pinyin::{Pinyin, ToPinyinMulti};

/// Readings that are kept of one character. Beyond two they are mostly archaic (听 as yi) and make unrelated words match.
const MAX_READINGS: usize = 2;

/// How one character is said. Compared without tones by [`super::cost()`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Syllable {
    pub(super) readings: [Reading; MAX_READINGS],
    pub(super) count: u8,
}

/// One reading, as initial and final in the orthography of pinyin (`zh` + `ang`, `y` + `ing`), by their places in
/// [`INITIALS`] and [`FINALS`]: what is compared most often is compared fastest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    pub initial: u8,
    pub last: u8,
    /// 1 to 5 (neutral).
    pub tone: u8,
    /// A digit or a Latin letter, which sounds like itself only; `\0` for a spoken syllable.
    pub sign: char,
}

/// Initials; none is the first.
pub(super) const INITIALS: [&str; 24] = [
    "", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "zh", "ch", "sh", "r", "z",
    "c", "s", "y", "w",
];

/// Finals; what is none of them (ng, hm) is the last, the empty one.
pub(super) const FINALS: [&str; 35] = [
    "a", "ai", "an", "ang", "ao", "e", "ei", "en", "eng", "er", "i", "ia", "ian", "iang", "iao", "ie", "in",
    "ing", "iong", "iu", "o", "ong", "ou", "u", "ua", "uai", "uan", "uang", "ue", "ui", "un", "uo", "v",
    "ve", "",
];

/// A syllable with its place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sounded {
    pub syllable: Syllable,
    /// Bytes of the text.
    pub range: Range<usize>,
    pub ch: char,
}

/// One per Hanzi of `text`, and one per digit and Latin letter (case-blind). Punctuation and spaces are skipped.
pub fn syllables(text: &str) -> Vec<Sounded> {
    text.char_indices()
        .filter_map(|(at, ch)| {
            Some(Sounded { syllable: Syllable::of(ch)?, range: at..at + ch.len_utf8(), ch })
        })
        .collect()
}

/// Is it a Chinese character that has a sound? Digits and Latin letters are none.
pub fn is_hanzi(ch: char) -> bool {
    sign_of(ch).is_none() && ch.to_pinyin_multi().is_some()
}

impl Syllable {
    /// `None` for what is not said: punctuation, spaces, symbols.
    pub fn of(ch: char) -> Option<Self> {
        let mut readings = [Reading { initial: 0, last: 0, tone: 0, sign: '\0' }; MAX_READINGS];
        if let Some(sign) = sign_of(ch) {
            readings[0].sign = sign;
            return Some(Self { readings, count: 1 });
        }
        let mut count = 0;
        for reading in ch.to_pinyin_multi()? {
            let next = Reading::of(reading);
            let known = readings.iter().take(count).any(|r| r.initial == next.initial && r.last == next.last);
            if known || count == MAX_READINGS {
                continue;
            }
            if let Some(slot) = readings.get_mut(count) {
                *slot = next;
                count += 1;
            }
        }
        Some(Self { readings, count: u8::try_from(count).unwrap_or(1) })
    }

    pub(super) fn readings(&self) -> &[Reading] {
        self.readings.get(..usize::from(self.count)).unwrap_or(&[])
    }

    /// The most common reading without its tone: `zhang`. A sign gives the empty text.
    pub fn plain(&self) -> String {
        if self.is_sign() {
            return String::new();
        }
        let part = |list: &[&'static str], at: u8| list.get(usize::from(at)).copied().unwrap_or_default();
        format!("{}{}", part(&INITIALS, self.readings[0].initial), part(&FINALS, self.readings[0].last))
    }

    /// Tone of the most common reading, 1 to 5; 0 for a digit or a letter.
    pub fn tone(&self) -> u8 {
        self.readings[0].tone
    }

    pub fn is_sign(&self) -> bool {
        self.readings[0].sign != '\0'
    }
}

impl Reading {
    fn of(pinyin: Pinyin) -> Self {
        let plain = pinyin.plain();
        let (initial, last) = plain.split_at(initial_len(plain));
        let tone =
            pinyin.with_tone_num_end().bytes().last().filter(u8::is_ascii_digit).map_or(5, |b| b - b'0');
        let place = |list: &[&str], part: &str| {
            let part = part.replace('ü', "v");
            list.iter().position(|known| *known == part).unwrap_or(list.len() - 1)
        };
        let small = |at: usize| u8::try_from(at).unwrap_or(0);
        Self {
            initial: small(place(&INITIALS, initial)),
            last: small(place(&FINALS, last)),
            tone,
            sign: '\0',
        }
    }
}

fn initial_len(plain: &str) -> usize {
    if plain.starts_with("zh") || plain.starts_with("ch") || plain.starts_with("sh") {
        2
    } else {
        // A vowel alone, and what is no plain syllable at all (ng, ê), has no initial.
        let vowel = plain.len() < 2 || !plain.is_char_boundary(1) || plain.starts_with(['a', 'e', 'o']);
        usize::from(!vowel)
    }
}

/// Digits and Latin letters, full width folded to half, letters to small ones.
fn sign_of(ch: char) -> Option<char> {
    let half = match ch {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(ch) - 0xfee0)?,
        other => other,
    };
    half.is_ascii_alphanumeric().then(|| half.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_is_skipped_and_ranges_point_into_the_text() {
        let text = "起订量，是 5个。";
        let said = syllables(text);
        let chars: Vec<&str> = said.iter().filter_map(|s| text.get(s.range.clone())).collect();
        assert_eq!(chars, ["起", "订", "量", "是", "5", "个"]);
        assert_eq!(said[1].syllable.plain(), "ding");
        assert_eq!(said[0].syllable.tone(), 3);
        assert!(said[4].syllable.is_sign());
    }

    #[test]
    fn letters_are_the_same_in_any_case_and_width() {
        assert_eq!(Syllable::of('Ｆ'), Syllable::of('f'));
        assert_ne!(Syllable::of('f'), Syllable::of('g'));
    }
}
