//! Number fidelity: does a viewer see the numbers that were said?
//!
//! Own reading of numbers, apart from the gateway's gate, so that a hole in the gate shows here.

use std::str::FromStr;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::english;
use super::shown_numbers::{Figure, is_code, kept_of, shown_numbers, without_telephones};
use super::text::primary;
use super::zh_numbers::spoken_to_digits;

/// One number that was said: any of these groups of numbers shows it (两美元八十美分: 2.80, or 2 and 80).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub any_of: Vec<Vec<Decimal>>,
    /// False for an ordinal, which may be shown or go into a word (第二款: n.º 2, the next one).
    pub required: bool,
}

/// Reads the numbers of a source text in a language (second argument).
pub type NumberReader = Arc<dyn Fn(&str, &str) -> Vec<Said> + Send + Sync>;

/// How a caption treats the source's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The source has none.
    NoNumber,
    Equal,
    /// Not equal, but the caption says so: the source is shown beside it.
    Marked,
    Wrong,
}

/// Judges one caption. `marked`: its fidelity is `source`.
pub fn judge(said: &[Said], text: &str, text_lang: &str, marked: bool) -> Shown {
    if said.is_empty() {
        return Shown::NoNumber;
    }
    let shown = fits(said, text, text_lang);
    match (shown, marked) {
        (true, _) if !said.iter().any(|number| number.required) => Shown::NoNumber,
        (true, _) => Shown::Equal,
        (false, true) => Shown::Marked,
        (false, false) => Shown::Wrong,
    }
}

/// The numbers of a source text. Codes such as HY-500 and the one of "one by one" are none.
pub fn numbers_said(text: &str, lang: &str) -> Vec<Said> {
    match primary(lang) {
        "zh" => chinese(text),
        "en" => english(text),
        _ => shown_numbers(text, lang)
            .into_iter()
            .map(|number| Said {
                any_of: number.readings.into_iter().map(|v| vec![v]).collect(),
                required: !number.incidental,
            })
            .collect(),
    }
}

/// Whether a text that may leave numbers out has one that was not said: a changed number.
pub fn contradicts(said: &[Said], text: &str, text_lang: &str) -> bool {
    let optional: Vec<Said> = said.iter().map(|one| Said { required: false, ..one.clone() }).collect();
    !fits(&optional, text, text_lang)
}

/// Whether every required number is shown, and none that was not said.
fn fits(said: &[Said], text: &str, text_lang: &str) -> bool {
    match primary(text_lang) {
        // As it is written, or with what its characters mean: 十二块八.
        "zh" => {
            let written = shown_numbers(&spoken_to_digits(&apart(text)), text_lang);
            all_shown(said, &written, true) || all_shown(said, &meant(&chinese(text)), true)
        }
        // English captions may spell a number out as the host did: "four queens".
        "en" => {
            let in_digits = shown_numbers(&english::words(text).join(" "), text_lang);
            all_shown(said, &shown_numbers(text, text_lang), false) || all_shown(said, &in_digits, false)
        }
        _ => all_shown(said, &shown_numbers(text, text_lang), false),
    }
}

/// What a Chinese caption says, as what it shows.
fn meant(said: &[Said]) -> Vec<Figure> {
    let figure = |said: &Said| Figure {
        readings: said.any_of.iter().filter(|group| group.len() == 1).flatten().copied().collect(),
        incidental: !said.required,
    };
    said.iter().map(figure).collect()
}

fn all_shown(said: &[Said], shown: &[Figure], chinese: bool) -> bool {
    let mut used = vec![false; shown.len()];
    for number in said {
        let taken_by = |group: &Vec<Decimal>, used: &[bool]| -> Option<Vec<usize>> {
            let mut taken: Vec<usize> = Vec::new();
            for value in group {
                let free = |n: &usize| !used[*n] && !taken.contains(n) && shown[*n].readings.contains(value);
                let found = (0..shown.len()).find(free)?;
                taken.push(found);
            }
            Some(taken)
        };
        match number.any_of.iter().find_map(|group| taken_by(group, &used)) {
            Some(taken) => taken.into_iter().for_each(|n| used[n] = true),
            None if number.required => return false,
            None => {}
        }
    }
    // What is shown beyond that was not said, unless it says a number again; 一款 is an article.
    shown.iter().zip(used).all(|(number, used)| {
        // Half of 两块五 is not that number again.
        let alone = said.iter().flat_map(|s| s.any_of.iter().filter(|group| group.len() == 1).flatten());
        let again = alone.into_iter().any(|value| number.readings.contains(value));
        used || again || number.incidental || (chinese && number.readings.contains(&Decimal::ONE))
    })
}

fn said(groups: impl IntoIterator<Item = Vec<Decimal>>) -> Said {
    let normal = |group: Vec<Decimal>| group.into_iter().map(|v| v.normalize()).collect();
    Said { any_of: groups.into_iter().map(normal).collect(), required: true }
}

fn english(text: &str) -> Vec<Said> {
    let (telephones, text) = without_telephones(text);
    let is_name = |word: &&str| {
        let letter = word.find(|c: char| c.is_ascii_alphabetic());
        let digit = word.find(|c: char| c.is_ascii_digit());
        matches!((letter, digit), (Some(letter), Some(digit)) if letter < digit)
    };
    let mut found: Vec<Said> = telephones.into_iter().map(|number| said([vec![number]])).collect();
    // "two dollars eighty, ten percent": numbers of two clauses must not run together.
    for clause in text.split_inclusive([',', ';', ':', '.', '?', '!']).fold(Vec::new(), join_numbers) {
        let kept: Vec<&str> = clause.split_whitespace().filter(|word| !is_name(word)).collect();
        let words = english::words(&kept.join(" "));
        let word = |at: Option<usize>| at.and_then(|at| words.get(at)).map_or("", String::as_str);
        let numbers = words.iter().enumerate();
        found.extend(
            numbers.filter_map(|(at, n)| english_number(n, word(at.checked_sub(1)), word(Some(at + 1)))),
        );
        // Words make an article of it; as a digit it is one.
        let one = kept.iter().any(|word| word.trim_matches(|c: char| !c.is_alphanumeric()) == "1");
        found.extend(one.then(|| Said { required: false, ..said([vec![Decimal::ONE]]) }));
    }
    let ordinals = text.split(|c: char| !c.is_ascii_alphabetic()).filter_map(ordinal);
    found.extend(ordinals.map(|value| Said { required: false, ..said([vec![value.into()]]) }));
    found
}

fn english_number(word: &str, before: &str, after: &str) -> Option<Said> {
    let value = Decimal::from_str(word.trim_start_matches('$').trim_end_matches('%')).ok()?;
    let scale = match after {
        "thousand" => 1_000,
        "million" => 1_000_000,
        "billion" => 1_000_000_000,
        _ => 1,
    };
    let value = value.checked_mul(Decimal::from(scale))?;
    let cents = (value.fract() * Decimal::ONE_HUNDRED).normalize();
    let apart = (word.starts_with('$') && !cents.is_zero()).then(|| vec![value.trunc(), cents]);
    // "Below zero" is a sign; "these two" points.
    let idiom = value.is_zero() || matches!(before, "these" | "those");
    Some(Said { required: !idiom, ..said([vec![value]].into_iter().chain(apart)) })
}

fn ordinal(word: &str) -> Option<i64> {
    let words =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    let at = words.iter().position(|known| word.eq_ignore_ascii_case(known))?;
    i64::try_from(at + 1).ok()
}

/// Clauses of a text cut at every mark; a mark inside a number (2.80, 1,000) is none.
fn join_numbers(mut clauses: Vec<String>, part: &str) -> Vec<String> {
    match clauses.last_mut() {
        Some(last) if part.starts_with(|c: char| c.is_ascii_digit()) => last.push_str(part),
        _ => clauses.push(part.to_owned()),
    }
    clauses
}

fn chinese(text: &str) -> Vec<Said> {
    let chars: Vec<char> = spoken_to_digits(&apart(text)).chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let len = written_number(&chars[at..]);
        if len == 0 {
            at += 1;
            continue;
        }
        let before = &chars[..at];
        let value = Decimal::from_str(&chars[at..at + len].iter().collect::<String>()).ok();
        at += len;
        let (Some(value), false) = (value, is_code(before)) else { continue };
        // An ordinal, a day of the week, and the zero of 零下.
        let weekday = matches!(before, [.., '周'] | [.., '星', '期'] | [.., '礼', '拜']);
        if before.last() == Some(&'第') || weekday || value.is_zero() {
            found.push(Said { required: false, ..said([vec![value]]) });
            continue;
        }
        let (number, used) = match share(value, before, &chars[at..]) {
            Some((number, used)) => (Some(number), used),
            None => chinese_unit(value, &chars[at..]),
        };
        at += used;
        // 三、二、一 counts down, 扣个一 is what to type.
        let alone = chars.get(at).is_none_or(|c| !c.is_alphanumeric());
        let listed = value == Decimal::ONE && alone && matches!(before.last(), Some('、' | '个'));
        found.extend(number.or_else(|| listed.then(|| Said { required: false, ..said([vec![value]]) })));
    }
    found
}

/// 两三天 as 2、3天, and 八毛五一个 as 八毛五，一个: neighbours of one number that are two.
fn apart(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let digit = |at: Option<usize>| {
        at.and_then(|at| "零一二三四五六七八九".chars().position(|c| chars.get(at) == Some(&c)))
    };
    let numeral = |at: Option<usize>| {
        at.and_then(|at| chars.get(at)).is_some_and(|c| "零〇一二两三四五六七八九十百千万亿点".contains(*c))
    };
    let mut out = String::with_capacity(text.len());
    for (at, c) in chars.iter().enumerate() {
        let before = |n: usize| at.checked_sub(n);
        let lone = !numeral(before(2)) && !numeral(Some(at + 1));
        let follows = digit(before(1)).is_some_and(|low| low > 0 && digit(Some(at)) == Some(low + 1));
        let pair = lone && (follows || before(1).and_then(|at| chars.get(at)) == Some(&'两') && *c == '三');
        let after_price = before(2).and_then(|at| chars.get(at)).is_some_and(|c| "块毛元角".contains(*c));
        let each = *c == '一' && after_price && numeral(before(1)) && !numeral(Some(at + 1));
        if pair || each {
            out.push(if pair { '、' } else { '，' });
        }
        out.push(*c);
    }
    out
}

/// 三分之一 (a third has a word in many languages) and 千分之三 (3 ‰, 0.3 %).
fn share(value: Decimal, before: &[char], rest: &[char]) -> Option<(Said, usize)> {
    if before.ends_with(&['千', '分', '之']) {
        return Some((said([vec![value / Decimal::TEN], vec![value]]), 0));
    }
    let part = rest.strip_prefix(&['分', '之'])?;
    let len = written_number(part);
    let part = Decimal::from_str(&part.iter().take(len).collect::<String>()).ok()?;
    Some((Said { required: false, ..said([vec![part, value]]) }, 2 + len))
}

/// What a number means with the words behind it, and how many of them it takes.
fn chinese_unit(value: Decimal, rest: &[char]) -> (Option<Said>, usize) {
    let ten = Decimal::TEN;
    let after = |prefix: &str| rest.iter().take(prefix.chars().count()).copied().eq(prefix.chars());
    // 两美元八十美分, 三块五
    for (whole, part, per) in [("美元", "美分", 100), ("元", "角", 10), ("块", "毛", 10), ("块", "", 10)]
    {
        let skip = whole.chars().count();
        if !after(whole) {
            continue;
        }
        let len = written_number(&rest[skip..]);
        let small = Decimal::from_str(&rest[skip..skip + len].iter().collect::<String>()).ok();
        let behind = &rest[skip + len..];
        let named = behind.iter().take(part.chars().count()).copied().eq(part.chars());
        if let Some(small) = small.filter(|s| named && *s < Decimal::from(per)) {
            let joined = value + small / Decimal::from(per);
            let used = skip + len + part.chars().count();
            // 一块九毛九
            let cent = rest.get(used).filter(|_| part == "毛" && written_number(&rest[used..]) == 1);
            if let Some(cent) = cent.and_then(|c| c.to_digit(10)) {
                return (Some(said([vec![joined + Decimal::new(i64::from(cent), 2)]])), used + 1);
            }
            return (Some(said([vec![joined], vec![value, small]])), used);
        }
    }
    match rest.first() {
        Some('成') => (Some(said([vec![value * ten]])), 1),
        Some('折') => {
            let kept = kept_of(value);
            (Some(said([vec![Decimal::ONE_HUNDRED - kept], vec![kept]])), 1)
        }
        Some('点') if after("点半") => (Some(said([vec![value, Decimal::from(30)], vec![value]])), 2),
        // A month and a half has words in many languages.
        Some('个') if rest.get(1) == Some(&'半') => {
            let half = said([vec![value + Decimal::new(5, 1)], vec![value]]);
            (Some(Said { required: value != Decimal::ONE, ..half }), 2)
        }
        _ if value == Decimal::ONE && !measures(rest) => (None, 0),
        // Elsewhere an article is enough: "a year's warranty", "within a month".
        _ if value == Decimal::ONE && rest.get(1) != Some(&'半') => {
            (Some(Said { required: false, ..said([vec![value]]) }), 0)
        }
        // A month has a name in most languages.
        Some('月') => (Some(Said { required: false, ..said([vec![value]]) }), 0),
        _ if rest.get(1) == Some(&'半') => (Some(said([vec![value + Decimal::new(5, 1)], vec![value]])), 2),
        _ => (Some(said([vec![value]])), 0),
    }
}

/// Whether 一 counts something here, as in 一年, and is not 一款, 一下 or 一个一个.
fn measures(rest: &[char]) -> bool {
    let rest = rest.strip_prefix(&['个']).unwrap_or(rest);
    rest.first().is_some_and(|c| "年月天日周米厘毫公克吨升美元块角瓦安%小".contains(*c))
}

/// Length of the digits, with a point inside, that the text starts with.
fn written_number(chars: &[char]) -> usize {
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    (0..chars.len())
        .find(|at| !(digit(*at) || *at > 0 && chars[*at] == '.' && digit(*at + 1)))
        .unwrap_or(chars.len())
}

#[cfg(test)]
#[path = "numbers_tests.rs"]
mod tests;
