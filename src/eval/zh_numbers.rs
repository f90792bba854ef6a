//! Spoken Chinese numbers to digits, for comparing texts only.
//!
//! Deliberately not [`crate::numbers`], which the product itself uses: a mistake there must not hide in the
//! score. Idioms (一个一个) are rewritten as well; the same happens to both sides of a comparison.

use std::str::FromStr;

use rust_decimal::Decimal;

/// `最低五百个，三点五折，百分之三十` → `最低500个，3.5折，30%`.
pub fn spoken_to_digits(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let percent = chars[at..].starts_with(&['百', '分', '之']);
        let from = if percent { at + 3 } else { at };
        let run = number_run(&chars[from..]);
        match rewrite(&chars[from..from + run]) {
            Some(digits) => {
                out.push_str(&digits);
                if percent {
                    out.push('%');
                }
                at = from + run;
            }
            None if run > 0 && !percent => {
                out.extend(&chars[at..at + run]);
                at += run;
            }
            None => {
                out.push(chars[at]);
                at += 1;
            }
        }
    }
    out
}

/// Length of the number that the text starts with.
fn number_run(chars: &[char]) -> usize {
    let digit_at = |at: usize| chars.get(at).is_some_and(|c| digit(*c).is_some() || c.is_ascii_digit());
    let mut len = 0;
    let mut pointed = false;
    while let Some(&c) = chars.get(len) {
        let joins = match c {
            // 两点三十 and 七点半 are times: a decimal has bare digits behind the point.
            '点' => !pointed && len > 0 && digit_at(len + 1) && !times_follows(&chars[len + 1..]),
            '.' => !pointed && len > 0 && digit_at(len - 1) && digit_at(len + 1),
            ',' => len > 0 && chars[len - 1].is_ascii_digit() && three_digits(&chars[len + 1..]),
            _ => digit(c).is_some() || multiplier(c).is_some() || c.is_ascii_digit(),
        };
        if !joins {
            break;
        }
        pointed |= matches!(c, '点' | '.');
        len += 1;
    }
    len
}

/// Whether 十, 百 or 千 stands among the numerals that follow.
fn times_follows(chars: &[char]) -> bool {
    let ends = chars.iter().find(|c| digit(**c).is_none() && !c.is_ascii_digit());
    ends.is_some_and(|c| matches!(c, '十' | '百' | '千'))
}

fn three_digits(chars: &[char]) -> bool {
    chars.len() >= 3
        && chars[..3].iter().all(char::is_ascii_digit)
        && !chars.get(3).is_some_and(char::is_ascii_digit)
}

/// One part of a number.
enum Part {
    /// Digits with or without a decimal point, spoken one by one or written.
    Digits {
        text: String,
        spoken: bool,
    },
    Times(Decimal),
}

/// A run in digits; `None` where it is no number (千万别) or one that has no single value (三四十).
fn rewrite(run: &[char]) -> Option<String> {
    let parts = parts(run);
    match parts.as_slice() {
        [] => None,
        [Part::Digits { text, .. }] => Some(trimmed(text)),
        // 十 alone is ten; 百, 千 and 万 alone are parts of words.
        [Part::Times(ten), ..] if *ten != Decimal::TEN => None,
        _ => value(&parts).map(|v| v.normalize().to_string()),
    }
}

fn parts(run: &[char]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for &c in run {
        if let Some(times) = multiplier(c) {
            parts.push(Part::Times(times));
            continue;
        }
        let c = match c {
            ',' => continue,
            '点' => '.',
            c => c,
        };
        let as_digit = digit(c).unwrap_or(c);
        match parts.last_mut() {
            Some(Part::Digits { text, .. }) => text.push(as_digit),
            _ => parts.push(Part::Digits { text: as_digit.to_string(), spoken: as_digit != c }),
        }
    }
    parts
}

fn value(parts: &[Part]) -> Option<Decimal> {
    let wan = Decimal::from(10_000);
    let (mut total, mut section) = (Decimal::ZERO, Decimal::ZERO);
    let mut digits: Option<&Part> = None;
    let (mut last_times, mut last_big) = (Decimal::ONE, Decimal::MAX);
    for (n, part) in parts.iter().enumerate() {
        match part {
            Part::Digits { .. } => digits = Some(part),
            Part::Times(times) if *times < wan => {
                // 十 leaves out the one that 一百一十 says.
                let count = digits.take().map_or(Some(Decimal::ONE), counted)?;
                section = section.checked_add(count.checked_mul(*times)?)?;
                last_times = *times;
            }
            Part::Times(times) => {
                let count = match digits.take() {
                    Some(digits) => section.checked_add(counted(digits)?)?,
                    None if n == 0 => return None,
                    None => section,
                };
                // 一万亿 multiplies what is already there, 一亿一万 adds to it.
                total = if *times > last_big {
                    total.checked_add(count)?.checked_mul(*times)?
                } else {
                    total.checked_add(count.checked_mul(*times)?)?
                };
                last_big = *times;
                section = Decimal::ZERO;
                last_times = *times;
            }
        }
    }
    if let Some(digits) = digits {
        // 两百五 is 250, but 两百零五 is 205 and 一百二十五 is 125.
        let one_digit = matches!(digits, Part::Digits { text, .. } if text.len() == 1 && text != "0");
        let colloquial = last_times > Decimal::TEN && one_digit;
        let unit = if colloquial { last_times / Decimal::TEN } else { Decimal::ONE };
        section = section.checked_add(counted(digits)?.checked_mul(unit)?)?;
    }
    total.checked_add(section)
}

/// The number that stands before a multiplier: one digit (with a zero before it), or written digits. Two
/// spoken digits (三四十) are "three or four".
fn counted(part: &Part) -> Option<Decimal> {
    let Part::Digits { text, spoken } = part else { return None };
    let several = text.trim_start_matches('0').len() > 1 && !text.contains('.');
    if *spoken && several { None } else { Decimal::from_str(text).ok() }
}

fn trimmed(digits: &str) -> String {
    if digits.contains('.') {
        digits.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        digits.to_owned()
    }
}

fn digit(c: char) -> Option<char> {
    Some(match c {
        '零' | '〇' => '0',
        '一' => '1',
        '二' | '两' | '兩' => '2',
        '三' => '3',
        '四' => '4',
        '五' => '5',
        '六' => '6',
        '七' => '7',
        '八' => '8',
        '九' => '9',
        _ => return None,
    })
}

fn multiplier(c: char) -> Option<Decimal> {
    Some(Decimal::from(match c {
        '十' => 10,
        '百' => 100,
        '千' => 1000,
        '万' | '萬' => 10_000,
        '亿' | '億' => 100_000_000,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spoken_and_written_numbers_become_the_same_digits() {
        for (spoken, digits) in [
            ("最低起订量是五百个", "最低起订量是500个"),
            ("两美元八十美分", "2美元80美分"),
            ("三一六不锈钢", "316不锈钢"),
            ("二零二六年", "2026年"),
            ("两万件", "20000件"),
            ("一万两千三百四十五", "12345"),
            ("一千零五个", "1005个"),
            ("两百五", "250"),
            ("两百零五", "205"),
            ("三万二", "32000"),
            ("十二个小时", "12个小时"),
            ("一百一十五", "115"),
            ("三百八十克", "380克"),
            ("三点五公斤", "3.5公斤"),
            ("一点五万", "15000"),
            ("1.5万", "15000"),
            ("5百", "500"),
            ("1,000个", "1000个"),
            ("10,000毫安", "10000毫安"),
            ("一亿三千万", "130000000"),
            ("下降超百分之五十", "下降超50%"),
            ("2.80美元", "2.8美元"),
            ("七点半到九点半", "7点半到9点半"),
            ("两点三十分", "2点30分"),
        ] {
            assert_eq!(spoken_to_digits(spoken), digits, "{spoken}");
        }
    }

    #[test]
    fn words_that_only_look_like_numbers_stay() {
        for word in ["千万别走", "万一", "百分之", "老百姓", "三四十个"] {
            assert_eq!(spoken_to_digits(word), word);
        }
        assert_eq!(spoken_to_digits(""), "");
    }
}
