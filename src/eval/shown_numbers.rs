//! The numbers that a caption shows, in the digits, separators and scale words of any of the languages.

use std::str::FromStr;

use rust_decimal::Decimal;

use super::text::primary;

/// One number of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What it may mean: 1.000 is 1 or 1000.
    pub readings: Vec<Decimal>,
    /// The source need not have it: the dual of يومين, a month that has a number in one language and a name in others.
    pub incidental: bool,
}

/// Words that multiply the number before them, or before which it stands in Swahili (`milioni 35`). Counting in lakh and
/// crore or in millions is the language's business, not an error.
const SCALES: [(u64, &[&str]); 6] = [
    (
        1_000,
        &[
            "thousand",
            "mil",
            "mille",
            "тысяч",
            "тысяча",
            "тысячи",
            "ألف",
            "آلاف",
            "bin",
            "nghìn",
            "ngàn",
            "พัน",
            "ribu",
            "हज़ार",
            "हजार",
            "elfu",
        ],
    ),
    (10_000, &["หมื่น", "万"]),
    (100_000, &["แสน", "लाख", "laki"]),
    (
        1_000_000,
        &[
            "million",
            "millions",
            "millón",
            "millones",
            "milhão",
            "milhões",
            "миллион",
            "миллиона",
            "миллионов",
            "млн",
            "مليون",
            "ملايين",
            "milyon",
            "triệu",
            "ล้าน",
            "juta",
            "milioni",
        ],
    ),
    (10_000_000, &["करोड़"]),
    (
        1_000_000_000,
        &[
            "billion",
            "billions",
            "milliard",
            "milliards",
            "миллиард",
            "миллиарда",
            "миллиардов",
            "مليار",
            "milyar",
            "tỷ",
        ],
    ),
];

/// Arabic says two of a thing by its ending.
const DUALS: [(&str, u32); 22] = [
    ("يومين", 2),
    ("يومان", 2),
    ("شهرين", 2),
    ("شهران", 2),
    ("سنتين", 2),
    ("سنتان", 2),
    ("عامين", 2),
    ("عامان", 2),
    ("دقيقتين", 2),
    ("ساعتين", 2),
    ("ساعتان", 2),
    ("أسبوعين", 2),
    ("مرتين", 2),
    ("قطعتين", 2),
    ("قطعتان", 2),
    ("ورديتين", 2),
    ("لونين", 2),
    ("لونان", 2),
    ("مئتين", 200),
    ("مئتان", 200),
    ("ألفين", 2000),
    ("ألفان", 2000),
];

/// Every number of `text`, which is in `lang`. The digits of HY-500 are none.
pub fn shown_numbers(text: &str, lang: &str) -> Vec<Figure> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = chars.get(at) {
        if digit_value(*next).is_none() {
            at += 1;
            continue;
        }
        let from = at;
        let (before, rest) = chars.split_at(from);
        let telephone = telephone(rest);
        at += telephone.unwrap_or_else(|| run_length(rest));
        let (run, after) = (chars.get(from..at).unwrap_or_default(), chars.get(at..).unwrap_or_default());
        if is_code(before) {
            continue;
        }
        let readings = match telephone {
            Some(_) => {
                number(&run.iter().filter_map(|c| digit_value(*c)).collect::<String>()).into_iter().collect()
            }
            None => meanings(readings(run), before, after, lang),
        };
        found.push(Figure { readings, incidental: is_month(before, after) });
    }
    if primary(lang) == "ar" {
        found.extend(duals(text));
    }
    found
}

/// The telephone numbers of a text, and the text without them.
pub(super) fn without_telephones(text: &str) -> (Vec<Decimal>, String) {
    let chars: Vec<char> = text.chars().collect();
    let (mut found, mut rest) = (Vec::new(), String::with_capacity(text.len()));
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        match telephone(chars.get(at..).unwrap_or_default()) {
            Some(length) => {
                let digits = chars.iter().skip(at).take(length).filter_map(|c| digit_value(*c));
                found.extend(number(&digits.collect::<String>()));
                at += length;
            }
            None => {
                rest.push(*c);
                at += 1;
            }
        }
    }
    (found, rest)
}

/// Whether the digits that follow belong to a name: HY-500, J20, ISO 9001.
pub(super) fn is_code(before: &[char]) -> bool {
    // Not any capitals before a space: USD 2.80 is a number.
    const STANDARDS: [&str; 7] = ["ISO", "IEC", "EN", "DIN", "ASTM", "UL", "GB"];
    if let [named @ .., ' ' | '\u{A0}'] = before {
        let word = named.iter().rev().take_while(|c| c.is_alphanumeric()).collect::<Vec<_>>();
        let word: String = word.into_iter().rev().collect();
        return STANDARDS.contains(&word.as_str());
    }
    let latin = |c: Option<&char>| c.is_some_and(char::is_ascii_alphabetic);
    match before {
        [.., c, '-'] => latin(Some(c)),
        before => latin(before.last()),
    }
}

/// Per cent of the price that is left: 九折 and 九五折 are 90 and 95.
pub(super) fn kept_of(discount: Decimal) -> Decimal {
    if discount < Decimal::TEN { discount * Decimal::TEN } else { discount }
}

/// What the readings mean with the words beside them.
fn meanings(readings: Vec<Decimal>, before: &[char], after: &[char], lang: &str) -> Vec<Decimal> {
    if let Some(scale) = scale(before, after, lang) {
        return readings.iter().filter_map(|v| v.checked_mul(scale)).map(|v| v.normalize()).collect();
    }
    if before.ends_with(&['千', '分', '之']) || after.first() == Some(&'‰') {
        return readings.iter().flat_map(|value| [*value, (value / Decimal::TEN).normalize()]).collect();
    }
    let tenths = |value: Decimal| match after.first() {
        // 九折 leaves nine tenths, 三成 is three.
        Some('折') => vec![kept_of(value), Decimal::ONE_HUNDRED - kept_of(value)],
        Some('成') => vec![value * Decimal::TEN],
        _ => Vec::new(),
    };
    let more: Vec<Decimal> =
        readings.iter().flat_map(|value| tenths(*value)).map(|value| value.normalize()).collect();
    [readings, more].concat()
}

fn scale(before: &[char], after: &[char], lang: &str) -> Option<Decimal> {
    // What is written without spaces has no word's end to look for.
    let joined = matches!(primary(lang), "th" | "zh");
    let word: String = match primary(lang) {
        "sw" => {
            let behind = before.iter().rev().skip_while(|c| c.is_whitespace());
            behind.take_while(|c| c.is_alphabetic()).collect::<Vec<_>>().into_iter().rev().collect()
        }
        _ => {
            let next = after.iter().skip_while(|c| c.is_whitespace());
            next.take_while(|c| joined || c.is_alphabetic() || is_sign(**c)).take(16).collect()
        }
    };
    let word = word.to_lowercase();
    let fits = |known: &&str| if joined { word.starts_with(known) } else { word == *known };
    let (scale, _) = SCALES.iter().find(|(_, words)| words.iter().any(fits))?;
    Some(Decimal::from(*scale))
}

/// Devanagari vowel signs and the nukta, which are part of a word but no letters.
fn is_sign(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{903}' | '\u{93A}'..='\u{94F}')
}

/// Vietnamese and Chinese months have numbers, Swahili ones may.
fn is_month(before: &[char], after: &[char]) -> bool {
    let ends = |word: &str| {
        before
            .iter()
            .rev()
            .copied()
            .skip_while(|c| c.is_whitespace())
            .take(word.chars().count())
            .eq(word.chars().rev())
    };
    ends("tháng") || ends("mwezi wa") || after.first() == Some(&'月')
}

fn duals(text: &str) -> impl Iterator<Item = Figure> {
    text.split(|c: char| !c.is_alphabetic()).filter_map(|word| {
        // و, ل, ب and the article are written onto the word.
        let (_, value) = DUALS.iter().find(|(dual, _)| word.ends_with(dual))?;
        Some(Figure { readings: vec![Decimal::from(*value)], incidental: true })
    })
}

/// Length of the digits and separators that the text begins with.
fn run_length(chars: &[char]) -> usize {
    let digit = |at: usize| chars.get(at).is_some_and(|c| digit_value(*c).is_some());
    (0..chars.len())
        .find(|at| !(digit(*at) || chars.get(*at).is_some_and(|c| separator(*c)) && digit(at + 1)))
        .unwrap_or(chars.len())
}

/// Length of a telephone number (0574-555-0188), which is one number: three groups of digits, the first with a zero.
fn telephone(chars: &[char]) -> Option<usize> {
    let mut groups = 0;
    let mut at = 0;
    loop {
        let digits = chars.iter().skip(at).take_while(|c| digit_value(**c).is_some()).count();
        groups += usize::from((2..=5).contains(&digits));
        at += digits;
        let joins = matches!(chars.get(at), Some('-' | ' ' | '\u{A0}'))
            && chars.get(at + 1).is_some_and(|c| digit_value(*c).is_some());
        if !joins {
            break;
        }
        at += 1;
    }
    (groups >= 3 && chars.first().copied().and_then(digit_value) == Some('0')).then_some(at)
}

fn readings(run: &[char]) -> Vec<Decimal> {
    let groups: Vec<String> = run
        .split(|c| separator(*c))
        .map(|group| group.iter().filter_map(|c| digit_value(*c)).collect())
        .collect();
    let separators: Vec<char> = run.iter().copied().filter(|c| separator(*c)).collect();
    let mut texts = Vec::new();
    if groups.len() == 1 || grouped(&groups, &separators) {
        texts.push(groups.concat());
    }
    // The last separator is a decimal sign if it is the only one of its kind.
    if let [whole @ .., fraction] = groups.as_slice()
        && let [others @ .., last] = separators.as_slice()
        && !others.contains(last)
        && !matches!(last, ' ' | '\u{A0}' | '\u{202F}' | '\'' | '’' | '٬')
    {
        texts.push(format!("{}.{fraction}", whole.concat()));
    }
    texts.iter().filter_map(|text| number(text)).collect()
}

/// Thousands, or twos before the last three digits as Hindi writes them: 1,20,000.
fn grouped(groups: &[String], separators: &[char]) -> bool {
    let [first, middle @ .., last] = groups else { return false };
    let uniform = separators.windows(2).all(|pair| pair.first() == pair.last());
    let (threes, twos) = (middle.iter().all(|g| g.len() == 3), middle.iter().all(|g| g.len() == 2));
    uniform && last.len() == 3 && (threes && first.len() <= 3 || twos && first.len() <= 2)
}

fn number(digits: &str) -> Option<Decimal> {
    Decimal::from_str(digits).ok().map(|value| value.normalize())
}

fn separator(c: char) -> bool {
    matches!(c, '.' | ',' | '٫' | '٬' | '\'' | '’' | '\u{A0}' | '\u{202F}')
}

/// The digit of ASCII, full-width, Arabic, Persian, and the Indic and Thai scripts.
fn digit_value(c: char) -> Option<char> {
    const ZEROS: [u32; 9] = [0x30, 0xFF10, 0x660, 0x6F0, 0x966, 0x9E6, 0xBE6, 0xE50, 0x17E0];
    let code = u32::from(c);
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, lang: &str) -> Vec<String> {
        let shown = shown_numbers(text, lang);
        shown
            .iter()
            .map(|n| n.readings.iter().map(ToString::to_string).collect::<Vec<_>>().join("|"))
            .collect()
    }

    #[test]
    fn scale_words_belong_to_their_number() {
        for (lang, text, value) in [
            ("hi", "12 लाख पीस", "1200000"),
            ("hi", "3.5 करोड़ डिब्बे", "35000000"),
            ("pt-BR", "1,2 milhão de peças", "1200000"),
            ("sw", "maboksi milioni 35 ya chakula", "35000000"),
            ("th", "35 ล้านใบ", "35000000"),
            ("ru", "1,2\u{A0}миллиона штук", "1200000"),
            ("es", "20 mil piezas", "20000"),
            ("es", "20 militares", "20"),
            ("en", "35 million", "35000000"),
            ("hi", "1,20,000", "120000"),
        ] {
            assert_eq!(read(text, lang), [value], "{text}");
        }
    }

    #[test]
    fn readings_codes_and_telephone_numbers() {
        assert_eq!(read("1.000 y 2,80", "es"), ["1000|1", "2.8"]);
        assert_eq!(read("HY-500, ISO9001, IP67, ISO 9001", "en"), [""; 0]);
        assert_eq!(read("USD 2.80", "en"), ["2.8"]);
        assert_eq!(read("0574-555-0188", "es"), ["5745550188"]);
        assert_eq!(read("100-200, 15-20", "es"), ["100", "200", "15", "20"]);
    }

    #[test]
    fn what_a_language_adds_is_incidental() {
        let incidental = |text: &str, lang: &str| shown_numbers(text, lang).iter().all(|n| n.incidental);
        assert!(incidental("خلال يومين", "ar"));
        assert!(incidental("tháng 10", "vi"));
        assert!(!incidental("10 tháng", "vi"));
    }
}
