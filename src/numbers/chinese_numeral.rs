//! Mandarin numerals: 三百八十, 一万二, 三点五, 三一六, 1万, 2千.

use rust_decimal::Decimal;

use super::arabic::arabic;
use super::text::Text;

/// How a numeral is written, which tells how sure it is that it is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Digits,
    /// Several characters: 三百.
    Spelled,
    /// Digits said one by one: 三一六.
    OneByOne,
    /// One character, which may be part of a word: 四川.
    Single,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Numeral {
    pub value: Decimal,
    pub end: usize,
    pub form: Form,
}

/// The longest numeral at `at`.
pub(super) fn numeral(text: &Text, at: usize) -> Option<Numeral> {
    if let Some((value, end)) = arabic(text, at) {
        return Some(scaled(text, value, end));
    }
    one_by_one(text, at).or_else(|| spelled(text, at))
}

/// 两三天, 二三十个: two neighbouring digits said for "two or three". Answers both and the end of the numeral.
pub(super) fn approximate(text: &Text, at: usize) -> Option<(Decimal, Decimal, usize)> {
    let (low, high) = (digit(text.get(at)?)?, digit(text.get(at + 1)?)?);
    let neighbours = low > 0 && (high == low + 1 || (low, high) == (3, 5));
    let more = text.get(at + 2);
    if !neighbours || more.is_some_and(|ch| digit(ch).is_some() || ch == '点' || ch.is_ascii_digit()) {
        return None;
    }
    let (scale, end) = more
        .and_then(small_scale)
        .or_else(|| more.and_then(large_scale))
        .map_or((1, at + 2), |s| (s, at + 3));
    Some((Decimal::from(low * scale), Decimal::from(high * scale), end))
}

/// 1万, 2.5千, 2万3千 after a number in digits.
fn scaled(text: &Text, value: Decimal, end: usize) -> Numeral {
    let mut found = Numeral { value, end, form: Form::Digits };
    // 12千克 is twelve kilograms, not twelve thousand grams.
    let prefix = text.get(end) == Some('千') && matches!(text.get(end + 1), Some('克' | '瓦' | '米'));
    let scale = text.get(end).and_then(|ch| small_scale(ch).filter(|s| *s > 10).or_else(|| large_scale(ch)));
    let Some(scale) = scale.filter(|_| !prefix) else {
        return found;
    };
    found.value *= Decimal::from(scale);
    found.end = end + 1;
    if let Some('万' | '亿') = text.get(found.end).filter(|_| scale < 10_000) {
        found.value *= Decimal::from(text.get(found.end).and_then(large_scale).unwrap_or(1));
        found.end += 1;
        return found;
    }
    if let Some(rest) = numeral(text, found.end).filter(|rest| rest.value < Decimal::from(scale)) {
        let tail =
            matches!(rest.form, Form::Single) || (rest.form == Form::Digits && rest.end == found.end + 1);
        // 2万3 is 23,000, 2万3千 as well.
        found.value += if tail { rest.value * Decimal::from(scale / 10) } else { rest.value };
        found.end = rest.end;
    }
    found
}

fn one_by_one(text: &Text, at: usize) -> Option<Numeral> {
    let mut end = at;
    let mut said = String::new();
    while let Some(d) = text.get(end).and_then(|ch| if ch == '两' { None } else { digit(ch) }) {
        said.push(char::from(b'0' + u8::try_from(d).ok()?));
        end += 1;
    }
    let scaled = text.get(end).is_some_and(|ch| small_scale(ch).is_some() || large_scale(ch).is_some());
    // 一一 is "one by one".
    if said.len() < 2 || said.len() > 15 || scaled || said == "11" {
        return None;
    }
    let mut form = Form::OneByOne;
    if let Some((decimals, next)) = decimals(text, end) {
        said.push('.');
        said.push_str(&decimals);
        end = next;
        form = Form::Spelled;
    }
    Some(Numeral { value: said.parse().ok()?, end, form })
}

/// 三千零五十万二: sections below ten thousand, joined by 万 and 亿.
fn spelled(text: &Text, at: usize) -> Option<Numeral> {
    let (mut total, mut section, mut current) = (0_u64, 0_u64, None::<u64>);
    // What the last scale was, for 三千五 (= 3,500), and below what the next one in the section must be.
    let (mut last_scale, mut ceiling, mut zero) = (1_u64, 10_000_u64, false);
    let mut end = at;
    while let Some(ch) = text.get(end) {
        if let Some(d) = digit(ch) {
            if current.is_some() {
                break;
            }
            if d == 0 {
                zero = true;
                if end > at
                    && !text
                        .get(end + 1)
                        .is_some_and(|next| digit(next).is_some_and(|d| d > 0) || next == '十')
                {
                    break;
                }
                if end == at {
                    current = Some(0);
                }
            } else {
                current = Some(d);
            }
        } else if let Some(scale) = small_scale(ch) {
            let bare_ten = scale == 10 && current.is_none();
            if scale >= ceiling || current == Some(0) || (current.is_none() && !bare_ten) {
                break;
            }
            section += current.take().unwrap_or(1) * scale;
            (last_scale, ceiling, zero) = (scale, scale, false);
        } else if let Some(scale) = large_scale(ch) {
            let below = section + current.unwrap_or(0);
            if below == 0 && !(scale == 100_000_000 && total > 0) {
                break;
            }
            // 一万亿 multiplies what there is; 一亿二千万 adds to it.
            total = if scale == 100_000_000 {
                (total + below).checked_mul(scale)?
            } else {
                total + below * scale
            };
            (section, current, last_scale, ceiling, zero) = (0, None, scale, 10_000, false);
        } else {
            break;
        }
        end += 1;
    }
    if end == at {
        return None;
    }
    let tail = match current {
        Some(d) if last_scale > 10 && !zero => d * (last_scale / 10),
        Some(d) => d,
        None => 0,
    };
    let mut value = Decimal::from(total + section + tail);
    let plain_end = end;
    if let Some((decimals, next)) = decimals(text, end) {
        let whole = total + section + current.unwrap_or(0);
        value = format!("{whole}.{decimals}").parse().ok()?;
        end = next;
        if let Some(scale) = text.get(end).and_then(large_scale) {
            value *= Decimal::from(scale);
            end += 1;
        }
    }
    let form = if plain_end == at + 1 && end == plain_end { Form::Single } else { Form::Spelled };
    Some(Numeral { value, end, form })
}

/// 点五: the digits after the decimal sign, unless it tells the time (八点二十).
fn decimals(text: &Text, at: usize) -> Option<(String, usize)> {
    if text.get(at)? != '点' {
        return None;
    }
    let mut said = String::new();
    let mut end = at + 1;
    while let Some(ch) = text.get(end) {
        let Some(d) = digit(ch).filter(|_| ch != '两').or_else(|| ch.to_digit(10).map(u64::from)) else {
            break;
        };
        said.push(char::from(b'0' + u8::try_from(d).ok()?));
        end += 1;
    }
    let timely = text.get(end).and_then(small_scale).is_some();
    (!said.is_empty() && said.len() <= 8 && !timely).then_some((said, end))
}

pub(super) fn digit(ch: char) -> Option<u64> {
    Some(match ch {
        '零' => 0,
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

fn small_scale(ch: char) -> Option<u64> {
    match ch {
        '十' => Some(10),
        '百' => Some(100),
        '千' => Some(1000),
        _ => None,
    }
}

fn large_scale(ch: char) -> Option<u64> {
    match ch {
        '万' => Some(10_000),
        '亿' => Some(100_000_000),
        _ => None,
    }
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
            ("零", "0"),
            ("十", "10"),
            ("十五", "15"),
            ("三十二", "32"),
            ("五百", "500"),
            ("三百八十", "380"),
            ("一百零八", "108"),
            ("一百二", "120"),
            ("三千五", "3500"),
            ("一万二", "12000"),
            ("两万", "20000"),
            ("一千零五十万", "10500000"),
            ("一亿二千万", "120000000"),
            ("三点五", "3.5"),
            ("十二点八", "12.8"),
            ("一点五万", "15000"),
            ("三一六", "316"),
            ("二零二六", "2026"),
            ("1万", "10000"),
            ("2千", "2000"),
            ("9.9", "9.9"),
            ("2万3千", "23000"),
            ("1,000", "1000"),
            ("3百万", "3000000"),
            ("兩萬", "20000"),
        ] {
            assert_eq!(read(said), Some((value.to_owned(), said.chars().count())), "{said}");
        }
    }

    #[test]
    fn scales_alone_and_times_of_day_are_no_numerals() {
        assert_eq!(read("千万不要"), None);
        assert_eq!(read("万一"), None);
        assert_eq!(read("八点二十").map(|(v, _)| v), Some("8".into()));
    }

    #[test]
    fn every_number_below_ten_billion_comes_back_from_its_spoken_form() {
        for n in spoken::sample() {
            let said = spoken::chinese(n);
            assert_eq!(read(&said), Some((n.to_string(), said.chars().count())), "{n} {said}");
        }
    }

    #[test]
    fn neighbouring_digits_are_a_range() {
        let two = Decimal::from(2);
        assert_eq!(approximate(&Text::new("两三天"), 0), Some((two, Decimal::from(3), 2)));
        assert_eq!(approximate(&Text::new("二三十个"), 0), Some((Decimal::from(20), Decimal::from(30), 3)));
        assert_eq!(approximate(&Text::new("三一六"), 0), None);
    }
}
