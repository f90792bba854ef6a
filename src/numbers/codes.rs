//! Names whose digits are part of the name, not numbers: ISO 9001, IP67, UN38.3, USB 3.0, HS 8509.40, 2XL, 40HQ.
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

/// Containers by the name that they have in every language, and how else they are called behind their feet.
const CONTAINERS: [(&str, &[&str]); 3] = [
    ("HQ", &["HQ", "HC", "hq", "高柜", "high cube container", "high cubes", "high cube"]),
    ("GP", &["GP", "gp", "DC", "普柜", "平柜", "小柜", "货柜", "柜", "集装箱", "containers", "container"]),
    ("RF", &["RF", "RH", "冷柜", "冻柜", "reefer container", "reefers", "reefer"]),
];

/// 40HQ, 四十尺高柜, "a forty-foot high cube": a plain forty-foot container is a 40GP.
fn container(text: &Text, at: usize) -> Option<(String, usize)> {
    let spoken = chinese_numeral::numeral(text, at).map(|n| (n.value, n.end));
    let (feet, end) = spoken.or_else(|| english_numeral::numeral(text, at).map(|n| (n.value, n.end)))?;
    let feet = feet.normalize().to_string();
    matches!(feet.as_str(), "20" | "40" | "45").then_some(())?;
    let after = english_numeral::gap(text, end);
    let foot =
        ["英尺", "尺的", "尺", "foot", "feet", "ft", "'"].iter().find_map(|word| text.word(after, word));
    let start = foot.map_or(after, |end| english_numeral::gap(text, end));
    let called = |(kind, names): &(&str, &[&str])| {
        let end = names.iter().find_map(|name| {
            let short = name.len() == 2 && name.is_ascii();
            let end = if name.is_ascii() { text.latin(start, name) } else { text.word(start, name) }?;
            // Without its feet only the short name is one: 四十柜 are forty containers.
            (short || foot.is_some()).then_some(end)
        })?;
        Some((format!("{feet}{kind}"), end))
    };
    CONTAINERS.iter().find_map(called)
}

/// The name that begins at `at`, and its end.
pub(super) fn code(text: &Text, at: usize) -> Option<(String, usize)> {
    let first = text.get(at)?;
    if text.before(at).is_some_and(|ch| ch.is_ascii_alphanumeric()) {
        return None;
    }
    if let Some(found) = container(text, at) {
        return Some(found);
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
            ("一个40HQ装", "40HQ"),
            ("40HC", "40HQ"),
            ("四十尺高柜", "40HQ"),
            ("40尺柜", "40GP"),
            ("二十尺小柜", "20GP"),
            ("a forty-foot high cube holds", "40HQ"),
            ("a 40-foot container", "40GP"),
        ] {
            let found: Vec<String> = codes(text).into_iter().map(|(name, _)| name).collect();
            assert_eq!(found, [name], "{text}");
        }
    }

    #[test]
    fn numbers_beside_other_letters_are_no_names() {
        for text in [
            "VIP六七折",
            "USD 2.80",
            "EN 5 DIAS",
            "USB 2个",
            "IP",
            "20 kg",
            "EUR 30",
            "四十柜",
            "20 containers",
            "40 feet long",
        ] {
            assert_eq!(codes(text), [], "{text}");
        }
    }
}
