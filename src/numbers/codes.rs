//! Names whose digits are part of the name, not numbers: ISO 9001, IP67, UN38.3, USB 3.0, HS 8509.40, 2XL.
//!
//! They stay as they are in every language, however they were said (ISO九千零一) or spaced (`ISO 9001`).

use std::ops::Range;

use super::chinese_numeral;
use super::english_numeral;
use super::text::Text;

/// What stands before such digits, and how many digits there must be where a space stands between: "EN 5" may be
/// anything, "EN 71" and "HS 8509" are not.
const PREFIXES: [(&str, usize); 10] = [
    ("ISO", 1),
    ("IPX", 1),
    ("IP", 2),
    ("USB", 2),
    ("ASTM", 1),
    ("HS", 4),
    ("UN", 3),
    ("EN", 2),
    ("GB", 3),
    ("BS", 3),
];
/// What may be said between the prefix and its digits.
const BETWEEN: [&str; 6] = ["编码", "编号", "标准", "code", "号", "code:"];

/// Names in `text`, in capitals and without spaces, with their places.
pub fn codes(text: &str) -> Vec<(String, Range<usize>)> {
    let text = Text::new(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        match code(&text, at) {
            Some((name, end)) => {
                found.push((name, text.bytes(at..end)));
                at = end.max(at + 1);
            }
            None => at += 1,
        }
    }
    found
}

/// The name that begins at `at`, and its end.
pub(super) fn code(text: &Text, at: usize) -> Option<(String, usize)> {
    let first = text.get(at)?;
    if text.before(at).is_some_and(|ch| ch.is_ascii_alphanumeric()) {
        return None;
    }
    if first.is_ascii_digit() {
        return clothing_size(text, at);
    }
    PREFIXES.iter().find_map(|(prefix, least)| {
        let end = text.word(at, prefix)?;
        let (start, apart) = between(text, end);
        let (digits, end) = digits(text, start)?;
        let count = digits.chars().filter(char::is_ascii_digit).count();
        let sure = if apart { count >= *least || digits.contains('.') } else { true };
        sure.then(|| (format!("{prefix}{digits}"), end))
    })
}

/// Where the digits begin behind a prefix, and whether anything stands between.
fn between(text: &Text, end: usize) -> (usize, bool) {
    let start = text.skip_spaces(end);
    let hyphen = text.word(start, "-").unwrap_or(start);
    let word = BETWEEN.iter().filter_map(|word| text.word(start, word)).max();
    let word = word.map(|after| text.word(after, "是").or_else(|| text.word(after, "为")).unwrap_or(after));
    let start = text.skip_spaces(word.unwrap_or(hyphen));
    (start, start > end)
}

/// `9001`, `38.3`, `8509.40.00`, 九零零一, 六七, "nine thousand and one".
fn digits(text: &Text, start: usize) -> Option<(String, usize)> {
    let is_digit = |at: usize| text.get(at).is_some_and(|ch| ch.is_ascii_digit());
    let mut end = start;
    while is_digit(end) || (end > start && matches!(text.get(end), Some('.')) && is_digit(end + 1)) {
        end += 1;
    }
    if end > start {
        return Some(((start..end).filter_map(|at| text.get(at)).collect(), end));
    }
    let spoken = chinese_numeral::numeral(text, start).map(|n| (n.value, n.end));
    let (value, end) = spoken.or_else(|| english_numeral::numeral(text, start).map(|n| (n.value, n.end)))?;
    Some((value.normalize().to_string(), end))
}

/// 2XL, 3XL.
fn clothing_size(text: &Text, at: usize) -> Option<(String, usize)> {
    let end = ["XL", "XS"].iter().find_map(|size| text.word(at + 1, size))?;
    let whole = text.get(end).is_none_or(|ch| !ch.is_ascii_alphanumeric());
    whole.then(|| ((at..end).filter_map(|at| text.get(at)).collect(), end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_digits_are_the_same_however_they_are_said_and_spaced() {
        for (text, name) in [
            ("通过了ISO9001认证", "ISO9001"),
            ("ISO 9001 certified", "ISO9001"),
            ("ISO-9001", "ISO9001"),
            ("ISO九零零一", "ISO9001"),
            ("ISO九千零一", "ISO9001"),
            ("ISO nine thousand and one", "ISO9001"),
            ("IP六七防水", "IP67"),
            ("IPX七", "IPX7"),
            ("IP 67", "IP67"),
            ("UN38.3", "UN38.3"),
            ("UN三十八点三", "UN38.3"),
            ("HS编码8509400000", "HS8509400000"),
            ("HS编码是8509.40", "HS8509.40"),
            ("HS code 8509.40.00", "HS8509.40.00"),
            ("USB 3.0", "USB3.0"),
            ("有2XL的", "2XL"),
        ] {
            let found: Vec<String> = codes(text).into_iter().map(|(name, _)| name).collect();
            assert_eq!(found, [name], "{text}");
        }
    }

    #[test]
    fn numbers_beside_other_letters_are_no_names() {
        for text in ["VIP六七折", "USD 2.80", "EN 5 DIAS", "USB 2个", "IP", "20 kg", "EUR 30"] {
            assert_eq!(codes(text), [], "{text}");
        }
    }
}
