//! English numerals: "three hundred and eighty", "thirty-two", "two point five", "three one six", `20,000`.

use rust_decimal::Decimal;

use super::arabic::arabic;
use super::text::Text;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Numeral {
    pub value: Decimal,
    pub end: usize,
    pub digits: bool,
}

/// The longest numeral at `at`, which must begin a word.
pub(super) fn numeral(text: &Text, at: usize) -> Option<Numeral> {
    if let Some((value, end)) = arabic(text, at) {
        return Some(scaled(text, value, end));
    }
    if text.before(at).is_some_and(char::is_alphanumeric) {
        return None;
    }
    one_by_one(text, at).or_else(|| spelled(text, at))
}

/// "3 million", "20 thousand", "10k".
fn scaled(text: &Text, value: Decimal, end: usize) -> Numeral {
    let start = text.skip_spaces(end);
    match scale(text, start) {
        Some((by, end)) if by >= 100 => Numeral { value: value * Decimal::from(by), end, digits: true },
        _ => match text.word(end, "k").filter(|next| !text.get(*next).is_some_and(char::is_alphanumeric)) {
            Some(end) => Numeral { value: value * Decimal::from(1000), end, digits: true },
            None => Numeral { value, end, digits: true },
        },
    }
}

/// Three or more digits said singly.
fn one_by_one(text: &Text, at: usize) -> Option<Numeral> {
    let (mut said, mut end, mut next) = (String::new(), at, at);
    while let Some((n, after)) = small(text, next).filter(|(n, _)| *n < 10) {
        said.push(char::from(b'0' + u8::try_from(n).ok()?));
        end = after;
        next = gap(text, after);
    }
    let scaled = scale(text, next).is_some() || tens(text, next).is_some();
    (said.len() >= 3 && said.len() <= 15 && !scaled).then_some(())?;
    Some(Numeral { value: said.parse().ok()?, end, digits: false })
}

fn spelled(text: &Text, at: usize) -> Option<Numeral> {
    let (mut total, mut section, mut end) = (0_u64, 0_u64, at);
    let mut next = at;
    let mut open = true;
    loop {
        let and =
            text.latin(next, "and").filter(|_| section >= 100 || total > 0).filter(|_| end > at && !open);
        let start = and.map_or(next, |after| gap(text, after));
        // "between three hundred and three hundred and one": the second hundred is another number's.
        let hundreds = two_digits(text, start).and_then(|(_, end)| scale(text, gap(text, end)));
        if section >= 100 && hundreds.is_some_and(|(by, _)| by == 100) {
            break;
        }
        if let Some((n, after)) =
            tens(text, start).filter(|_| section % 100 == 0 && (open || section > 0 || total > 0))
        {
            section += n;
            end = after;
            if let Some((unit, after)) = small(text, gap(text, after)).filter(|(n, _)| (1..10).contains(n)) {
                section += unit;
                end = after;
            }
        } else if let Some((n, after)) =
            small(text, start).filter(|_| section % 100 == 0 && (open || section > 0 || total > 0))
        {
            section += n;
            end = after;
        } else if let Some((by, after)) = scale(text, next) {
            let article = end == at;
            if article || section == 0 {
                break;
            }
            if by == 100 {
                (section < 100).then_some(())?;
                section *= 100;
            } else {
                total += section * by;
                section = 0;
            }
            end = after;
        } else if let Some(after) =
            text.latin(next, "a").or_else(|| text.latin(next, "an")).filter(|_| end == at)
        {
            // "a hundred", but "a" alone is no number.
            let (by, after) = scale(text, gap(text, after))?;
            if by == 100 {
                section = 100;
            } else {
                total = by;
            }
            end = after;
        } else {
            break;
        }
        open = false;
        next = gap(text, end);
    }
    (end > at).then_some(())?;
    let value = Decimal::from(total + section);
    Some(point(text, value, end).unwrap_or(Numeral { value, end, digits: false }))
}

/// "in twenty eighteen", "since nineteen ninety-eight": a year, which only its preposition tells from two numbers.
pub(super) fn spoken_year(text: &Text, at: usize) -> Option<(Decimal, usize)> {
    let before: String = (0..at).rev().map_while(|place| text.get(place)).take(6).collect();
    let dated = ["in", "since", "from", "by", "until", "year", "of"].iter().any(|word| {
        let word: String = format!(" {}", word.chars().rev().collect::<String>());
        before.to_ascii_lowercase().starts_with(&word)
    });
    let (century, end) = small(text, at)
        .filter(|(n, _)| *n == 19)
        .or_else(|| tens(text, at).filter(|(n, end)| *n == 20 && scale(text, gap(text, *end)).is_none()))?;
    let start = gap(text, end);
    let (years, end) = two_digits(text, start)?;
    (dated && years >= 10).then(|| (Decimal::from(century * 100 + years), end))
}

/// "two fifty each", "one eighty per piece": a price without its currency, which is not for us to guess.
pub(super) fn each_price(text: &Text, at: usize) -> Option<(Decimal, usize)> {
    let (whole, end) = small(text, at).filter(|(n, _)| (1..20).contains(n))?;
    let (cents, end) = two_digits(text, text.skip_spaces(end)).filter(|(n, _)| *n >= 10)?;
    let after = text.skip_spaces(end);
    let each = ["each", "apiece", "a piece", "per piece", "a unit", "per unit"];
    let priced = each.iter().any(|word| text.latin(after, word).is_some());
    priced.then(|| (Decimal::new(i64::try_from(whole * 100 + cents).unwrap_or(0), 2).normalize(), end))
}

/// Ten to ninety-nine.
fn two_digits(text: &Text, at: usize) -> Option<(u64, usize)> {
    if let Some(found) = small(text, at) {
        return Some(found);
    }
    let (n, end) = tens(text, at)?;
    let unit = small(text, gap(text, end)).filter(|(n, _)| (1..10).contains(n));
    Some(unit.map_or((n, end), |(unit, end)| (n + unit, end)))
}

/// "two point five": digits one by one after the point.
fn point(text: &Text, whole: Decimal, end: usize) -> Option<Numeral> {
    let mut next = gap(text, text.latin(gap(text, end), "point")?);
    let (mut decimals, mut end) = (String::new(), end);
    while let Some((n, after)) = small(text, next).filter(|(n, _)| *n < 10) {
        decimals.push(char::from(b'0' + u8::try_from(n).ok()?));
        end = after;
        next = gap(text, after);
    }
    (!decimals.is_empty() && decimals.len() < 9).then_some(())?;
    Some(Numeral { value: format!("{whole}.{decimals}").parse().ok()?, end, digits: false })
}

/// Over spaces and one hyphen ("thirty-two").
pub(super) fn gap(text: &Text, at: usize) -> usize {
    match text.get(at) {
        Some('-') => at + 1,
        _ => text.skip_spaces(at),
    }
}

fn small(text: &Text, at: usize) -> Option<(u64, usize)> {
    const WORDS: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    let found = WORDS.iter().zip(0_u64..).find_map(|(word, n)| Some((n, text.latin(at, word)?)));
    found.or_else(|| Some((0, text.latin(at, "oh")?)))
}

fn tens(text: &Text, at: usize) -> Option<(u64, usize)> {
    const WORDS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    WORDS.iter().zip(2_u64..).find_map(|(word, n)| Some((n * 10, text.latin(at, word)?)))
}

fn scale(text: &Text, at: usize) -> Option<(u64, usize)> {
    const WORDS: [(&str, u64); 6] = [
        ("hundred", 100),
        ("thousand", 1000),
        ("lakh", 100_000),
        ("crore", 10_000_000),
        ("million", 1_000_000),
        ("billion", 1_000_000_000),
    ];
    WORDS.iter().find_map(|(word, by)| Some((*by, text.latin(at, word)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbers::spoken;

    fn read(text: &str) -> Option<(String, usize)> {
        numeral(&Text::new(text), 0).map(|n| (n.value.normalize().to_string(), n.end))
    }

    #[test]
    fn numerals_of_every_form_are_read() {
        for (said, value) in [
            ("five hundred", "500"),
            ("thirty-two", "32"),
            ("thirty two", "32"),
            ("twenty thousand", "20000"),
            ("three hundred and eighty", "380"),
            ("a thousand", "1000"),
            ("two point five", "2.5"),
            ("three one six", "316"),
            ("three oh four", "304"),
            ("20,000", "20000"),
            ("3 million", "3000000"),
            ("Twelve", "12"),
            ("1.5 million", "1500000"),
            ("eight hundred thousand and five", "800005"),
        ] {
            assert_eq!(read(said), Some((value.to_owned(), said.chars().count())), "{said}");
        }
        assert_eq!(read("a piece"), None);
        assert_eq!(read("hundreds"), None);
    }

    #[test]
    fn every_number_below_ten_billion_comes_back_from_its_spoken_form() {
        for n in spoken::sample() {
            let said = spoken::english(n);
            assert_eq!(read(&said), Some((n.to_string(), said.chars().count())), "{n} {said}");
        }
    }
}
