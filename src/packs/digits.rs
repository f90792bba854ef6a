//! Reading the numbers of a text in any pack's digits and separators: the way back from [`super::format`].

use std::ops::Range;

use rust_decimal::Decimal;

/// How a language writes numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberStyle {
    pub decimal: char,
    pub group: char,
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
    /// any width group in threes, and a point before other than three digits is a decimal point in any language.
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
                found.push(ReadNumber { value: value.normalize(), range: start..end });
            }
            at = next.max(at + 1);
        }
        found
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
            if (separator == self.group || space) && threes && (digits.len() <= 3 || at - start > 3) {
                digits.push_str(&more);
            } else if separator == self.decimal || separator == '٫' || (matches!(separator, '.') && !threes)
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

    fn read(decimal: char, group: char, text: &str) -> Vec<String> {
        NumberStyle { decimal, group }.read(text).into_iter().map(|n| n.value.to_string()).collect()
    }

    #[test]
    fn numbers_are_read_in_the_style_of_the_language() {
        assert_eq!(read(',', '.', "USD 2,80, 10.000 piezas, 3,5."), ["2.8", "10000", "3.5"]);
        assert_eq!(read(',', '\u{a0}', "20\u{a0}000 шт., 2,8"), ["20000", "2.8"]);
        assert_eq!(read('٫', '٬', "٢٫٨٠ و٢٠٬٠٠٠"), ["2.8", "20000"]);
        assert_eq!(read('.', ',', "1,000 lumens, 35 × 25"), ["1000", "35", "25"]);
    }

    #[test]
    fn a_decimal_point_is_understood_in_any_language() {
        assert_eq!(read(',', '.', "USD 2.80"), ["2.8"]);
    }
}
