//! Reading the numbers of a text in any pack's digits and separators: the way back from [`super::format`].

use std::ops::Range;

use rust_decimal::Decimal;

/// How a language writes numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberStyle {
    pub decimal: char,
    pub group: char,
    /// Groups of two above the last of three: `60,00,000`.
    pub lakh: bool,
    /// Words that multiply: `20 mil`, `2 triệu`.
    pub scales: &'static [Scale],
}

/// A word that multiplies the number beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    pub word: &'static str,
    pub by: u64,
    /// It stands before the number: `elfu 20`.
    pub before: bool,
}

/// A number found in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadNumber {
    pub value: Decimal,
    /// Bytes of the text.
    pub range: Range<usize>,
}

impl NumberStyle {
    /// Every run of digits in `text` as a number. Digits of any script count; separators are this style's, spaces of
    /// any width group in threes, and a point before other than three digits, or a comma before one or two, is a decimal
    /// sign in any language.
    pub fn read(self, text: &str) -> Vec<ReadNumber> {
        let chars: Vec<(usize, char)> = text.char_indices().collect();
        let mut found = Vec::new();
        let mut at = 0;
        while at < chars.len() {
            let Some((start, _)) = chars.get(at).copied().filter(|(_, ch)| digit(*ch).is_some()) else {
                at += 1;
                continue;
            };
            let (digits, next) = self.number(&chars, at);
            let end = chars.get(next).map_or(text.len(), |(byte, _)| *byte);
            if let Ok(value) = digits.parse::<Decimal>() {
                let (value, range) = self.scaled(text, value, start..end);
                at = chars.iter().position(|(byte, _)| *byte >= range.end).unwrap_or(chars.len()).max(at + 1);
                found.push(ReadNumber { value: value.normalize(), range });
                continue;
            }
            at = next.max(at + 1);
        }
        found
    }

    /// With the words that multiply it, behind it or before it.
    fn scaled(self, text: &str, mut value: Decimal, mut range: Range<usize>) -> (Decimal, Range<usize>) {
        let blank = |ch: char| matches!(ch, ' ' | '\u{a0}' | '\u{202f}');
        // 2 mil millones has two of them.
        for _ in 0..2 {
            let rest = text.get(range.end..).unwrap_or_default();
            let after = rest.trim_start_matches(blank);
            let words = self.scales.iter().filter(|scale| !scale.before && stands(after, scale.word));
            let Some(scale) = words.max_by_key(|scale| scale.word.len()) else { break };
            let Some(product) = value.checked_mul(Decimal::from(scale.by)) else { break };
            value = product;
            range.end += rest.len() - after.len() + scale.word.len();
        }
        let before = text.get(..range.start).unwrap_or_default().trim_end_matches(blank);
        let lower = before.to_lowercase();
        let whole = |word: &str| {
            let head = lower.strip_suffix(word);
            head.is_some_and(|head| !head.ends_with(char::is_alphabetic))
        };
        let word = self.scales.iter().find(|scale| scale.before && whole(scale.word));
        if let Some(scale) = word
            && let Some(product) = value.checked_mul(Decimal::from(scale.by))
        {
            value = product;
            range.start = before.len() - scale.word.len();
        }
        (value, range)
    }

    fn number(self, chars: &[(usize, char)], start: usize) -> (String, usize) {
        let char_at = |at: usize| chars.get(at).map(|(_, ch)| *ch);
        let (mut digits, mut at) = run(chars, start);
        let mut fraction = false;
        while let Some(separator) = char_at(at) {
            let (more, end) = run(chars, at + 1);
            let threes = more.len() == 3;
            let space = matches!(separator, '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’' | '٬')
                || separator == ' ' && self.group_is_space();
            if more.is_empty() || fraction {
                break;
            }
            let grouped = threes || self.lakh && more.len() == 2 && lakh(chars, end, separator);
            if (separator == self.group || space) && grouped && (digits.len() <= 3 || at - start > 3) {
                digits.push_str(&more);
            } else if separator == self.decimal
                || separator == '٫'
                || (separator == '.' && !threes)
                || (separator == ',' && !self.lakh && more.len() < 3)
            {
                digits.push('.');
                digits.push_str(&more);
                fraction = true;
            } else {
                break;
            }
            at = end;
        }
        (digits, at)
    }

    fn group_is_space(self) -> bool {
        matches!(self.group, '\u{a0}' | '\u{202f}' | ' ')
    }
}

/// Does the text begin with the word? Thai has no spaces, so there more letters may follow.
fn stands(text: &str, word: &str) -> bool {
    let thai = |ch: char| ('\u{e00}'..='\u{e7f}').contains(&ch);
    let goes_on = |rest: &str| rest.starts_with(|ch: char| ch.is_alphabetic() && !thai(ch));
    text.strip_prefix(word).is_some_and(|rest| !goes_on(rest))
}

/// `1,20,000`: behind a group of two come more of them, and at last one of three.
fn lakh(chars: &[(usize, char)], at: usize, separator: char) -> bool {
    let (more, end) = run(chars, at + 1);
    chars.get(at).is_some_and(|(_, ch)| *ch == separator)
        && (more.len() == 3 || more.len() == 2 && lakh(chars, end, separator))
}

fn run(chars: &[(usize, char)], mut at: usize) -> (String, usize) {
    let mut digits = String::new();
    while let Some(d) = chars.get(at).and_then(|(_, ch)| digit(*ch)) {
        digits.push(char::from(b'0' + d));
        at += 1;
    }
    (digits, at)
}

/// Value of a decimal digit of the scripts that the packs may write.
fn digit(ch: char) -> Option<u8> {
    const ZEROS: [char; 6] = ['0', '٠', '۰', '०', '๐', '০'];
    ZEROS.iter().find_map(|zero| {
        let value = u32::from(ch).checked_sub(u32::from(*zero))?;
        u8::try_from(value).ok().filter(|value| *value < 10)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packs::scales::scales;

    fn read(decimal: char, group: char, text: &str) -> Vec<String> {
        let style = NumberStyle { decimal, group, lakh: group == ',', scales: scales("es") };
        style.read(text).into_iter().map(|n| n.value.to_string()).collect()
    }

    #[test]
    fn numbers_are_read_in_the_style_of_the_language() {
        assert_eq!(read(',', '.', "USD 2,80, 10.000 piezas, 3,5."), ["2.8", "10000", "3.5"]);
        assert_eq!(read(',', '\u{a0}', "20\u{a0}000 шт., 2,8"), ["20000", "2.8"]);
        assert_eq!(read('٫', '٬', "٢٫٨٠ و٢٠٬٠٠٠"), ["2.8", "20000"]);
        assert_eq!(read('.', ',', "1,000 lumens, 35 × 25"), ["1000", "35", "25"]);
    }

    #[test]
    fn indian_groups_are_read() {
        assert_eq!(read('.', ',', "5,00,000 1,20,00,000 60,00,000"), ["500000", "12000000", "6000000"]);
        assert_eq!(read('.', ',', "5,00 20,30"), ["5", "0", "20", "30"]);
    }

    #[test]
    fn words_that_multiply_are_read_on_their_side_of_the_number() {
        assert_eq!(read(',', '.', "20 mil piezas, 2,5 millones de piezas"), ["20000", "2500000"]);
        assert_eq!(read(',', '.', "20 milímetros"), ["20"]);
        let style = |lang| NumberStyle { decimal: '.', group: ',', lakh: false, scales: scales(lang) };
        let values = |lang, text: &str| -> Vec<String> {
            style(lang).read(text).into_iter().map(|n| n.value.to_string()).collect()
        };
        assert_eq!(values("sw", "Vipande elfu 20 na milioni 2"), ["20000", "2000000"]);
        assert_eq!(values("th", "2 ล้านชิ้น"), ["2000000"]);
        assert_eq!(values("hi", "5 लाख पीस"), ["500000"]);
        assert_eq!(values("vi", "20 nghìn cái, 2 triệu"), ["20000", "2000000"]);
    }

    #[test]
    fn a_decimal_point_is_understood_in_any_language() {
        assert_eq!(read(',', '.', "USD 2.80"), ["2.8"]);
        let mexican = NumberStyle { decimal: '.', group: ',', lakh: false, scales: &[] };
        let values: Vec<String> = mexican.read("2,80 y 1,000").iter().map(|n| n.value.to_string()).collect();
        assert_eq!(values, ["2.8", "1000"]);
    }
}
