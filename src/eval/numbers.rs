//! Number fidelity: does a viewer see the numbers that were said?
//!
//! Own reading of numbers, apart from the gateway's gate, so that a hole in the gate shows here.

use std::str::FromStr;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::english;
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
    if !said.iter().any(|number| number.required) {
        return Shown::NoNumber;
    }
    // English captions may spell a number out as the host did: "four queens".
    let in_digits = || (primary(text_lang) == "en").then(|| english::words(text).join(" "));
    let shown =
        all_shown(said, text, text_lang) || in_digits().is_some_and(|text| all_shown(said, &text, text_lang));
    match (shown, marked) {
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
        _ => runs(text)
            .into_iter()
            .map(|run| Said { any_of: run.into_iter().map(|v| vec![v]).collect(), required: true })
            .collect(),
    }
}

fn all_shown(said: &[Said], text: &str, text_lang: &str) -> bool {
    let chinese = primary(text_lang) == "zh";
    let text = if chinese { spoken_to_digits(text) } else { text.to_owned() };
    let shown = runs(&text);
    let mut used = vec![false; shown.len()];
    for number in said {
        let taken_by = |group: &Vec<Decimal>, used: &[bool]| -> Option<Vec<usize>> {
            let mut taken: Vec<usize> = Vec::new();
            for value in group {
                let free = |n: &usize| !used[*n] && !taken.contains(n) && shown[*n].contains(value);
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
    shown.iter().zip(used).all(|(readings, used)| {
        let again = said.iter().flat_map(|s| s.any_of.iter().flatten()).any(|v| readings.contains(v));
        used || again || (chinese && readings.contains(&Decimal::ONE))
    })
}

/// Every number in digits of any script, each with its possible readings (1.000 may be 1 or 1000).
fn runs(text: &str) -> Vec<Vec<Decimal>> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if digit_value(chars[at]).is_none() {
            at += 1;
            continue;
        }
        let from = at;
        while at < chars.len() {
            let separates =
                separator(chars[at]) && chars.get(at + 1).is_some_and(|c| digit_value(*c).is_some());
            if digit_value(chars[at]).is_none() && !separates {
                break;
            }
            at += 1;
        }
        if !is_code(&chars[..from]) {
            let mut readings = readings(&chars[from..at]);
            readings.extend(readings.clone().into_iter().flat_map(|v| tenths(v, chars.get(at))));
            found.push(readings);
        }
    }
    found
}

/// What a number means before 折 and 成: tenths that are left, tenths.
fn tenths(value: Decimal, next: Option<&char>) -> Vec<Decimal> {
    let meant = match next {
        Some('折') => vec![kept_of(value), Decimal::ONE_HUNDRED - kept_of(value)],
        Some('成') => vec![value * Decimal::TEN],
        _ => Vec::new(),
    };
    meant.into_iter().map(|v| v.normalize()).collect()
}

/// Whether the digits that follow belong to a name: HY-500, J20.
fn is_code(before: &[char]) -> bool {
    let latin = |c: Option<&char>| c.is_some_and(char::is_ascii_alphabetic);
    match before {
        [.., c, '-'] => latin(Some(c)),
        before => latin(before.last()),
    }
}

fn readings(run: &[char]) -> Vec<Decimal> {
    let groups: Vec<String> = run
        .split(|c| separator(*c))
        .map(|group| group.iter().filter_map(|c| digit_value(*c)).collect())
        .collect();
    let separators: Vec<char> = run.iter().copied().filter(|c| separator(*c)).collect();
    let thousands = groups.len() > 1 && groups[0].len() <= 3 && groups[1..].iter().all(|g| g.len() == 3);
    let uniform = separators.windows(2).all(|pair| pair[0] == pair[1]);
    let mut texts = Vec::new();
    if groups.len() == 1 || (thousands && uniform) {
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
    texts.iter().filter_map(|text| Decimal::from_str(text).ok()).map(|v| v.normalize()).collect()
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

fn said(groups: impl IntoIterator<Item = Vec<Decimal>>) -> Said {
    let normal = |group: Vec<Decimal>| group.into_iter().map(|v| v.normalize()).collect();
    Said { any_of: groups.into_iter().map(normal).collect(), required: true }
}

fn english(text: &str) -> Vec<Said> {
    let is_name = |word: &&str| {
        let letter = word.find(|c: char| c.is_ascii_alphabetic());
        let digit = word.find(|c: char| c.is_ascii_digit());
        matches!((letter, digit), (Some(letter), Some(digit)) if letter < digit)
    };
    // "two dollars eighty, ten percent": numbers of two clauses must not run together.
    let mut words = Vec::new();
    for clause in text.split_inclusive([',', ';', ':', '.', '?', '!']).fold(Vec::new(), join_numbers) {
        let kept: Vec<&str> = clause.split_whitespace().filter(|word| !is_name(word)).collect();
        words.extend(english::words(&kept.join(" ")));
    }
    let ordinals = text.split(|c: char| !c.is_ascii_alphabetic()).filter_map(ordinal);
    let ordinals = ordinals.map(|value| Said { required: false, ..said([vec![value.into()]]) });
    let cardinals = words.iter().filter_map(|word| {
        let value = Decimal::from_str(word.trim_start_matches('$').trim_end_matches('%')).ok()?;
        let cents = (value.fract() * Decimal::ONE_HUNDRED).normalize();
        let apart = (word.starts_with('$') && !cents.is_zero()).then(|| vec![value.trunc(), cents]);
        Some(said([vec![value]].into_iter().chain(apart)))
    });
    cardinals.chain(ordinals).collect()
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
    let chars: Vec<char> = spoken_to_digits(text).chars().collect();
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
        if before.last() == Some(&'第') {
            found.push(Said { required: false, ..said([vec![value]]) });
            continue;
        }
        let (number, used) = chinese_unit(value, &chars[at..]);
        at += used;
        found.extend(number);
    }
    found
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
            return (Some(said([vec![joined], vec![value, small]])), skip + len + part.chars().count());
        }
    }
    match rest.first() {
        Some('成') => (Some(said([vec![value * ten]])), 1),
        Some('折') => {
            let kept = kept_of(value);
            (Some(said([vec![Decimal::ONE_HUNDRED - kept], vec![kept]])), 1)
        }
        Some('点') if after("点半") => (Some(said([vec![value, Decimal::from(30)], vec![value]])), 2),
        _ if value == Decimal::ONE && !measures(rest) => (None, 0),
        _ if rest.get(1) == Some(&'半') => (Some(said([vec![value + Decimal::new(5, 1)], vec![value]])), 2),
        _ => (Some(said([vec![value]])), 0),
    }
}

/// Per cent of the price that is left: 九折 and 九五折 are 90 and 95.
fn kept_of(discount: Decimal) -> Decimal {
    if discount < Decimal::TEN { discount * Decimal::TEN } else { discount }
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
mod tests {
    use super::*;

    fn verdict(source: &str, lang: &str, text: &str, text_lang: &str) -> Shown {
        judge(&numbers_said(source, lang), text, text_lang, false)
    }

    #[test]
    fn equal_numbers_pass_in_every_script_and_with_every_separator() {
        let source = "最低起订量是一千个，单价两美元八十美分";
        for (lang, text) in [
            ("es", "Pedido mínimo: 1.000 piezas. Precio: USD 2,80."),
            ("en", "MOQ 1,000 pieces at $2.80"),
            ("ru", "Минимум 1\u{A0}000 штук, 2,80 доллара"),
            ("ar", "الحد الأدنى ١٬٠٠٠ قطعة بسعر ٢٫٨٠ دولار"),
            ("en", "1000 pieces, 2 dollars 80 cents"),
        ] {
            assert_eq!(verdict(source, "zh", text, lang), Shown::Equal, "{text}");
        }
    }

    #[test]
    fn a_wrong_a_missing_and_an_added_number_are_found() {
        for text in ["Pedido mínimo: 50 piezas", "Pedido mínimo", "Pedido mínimo: 500 piezas, 3 colores"] {
            assert_eq!(verdict("最低起订量是五百个", "zh", text, "es"), Shown::Wrong, "{text}");
        }
        let said = numbers_said("最低起订量是五百个", "zh");
        assert_eq!(judge(&said, "Pedido mínimo", "es", true), Shown::Marked);
    }

    #[test]
    fn discounts_and_shares_may_be_said_the_other_way_round() {
        assert_eq!(verdict("一千个以上打九折", "zh", "10 % off from 1000 pieces", "en"), Shown::Equal);
        assert_eq!(
            verdict("三成定金，七成发货前付清", "zh", "30 % depósito, 70 % antes del envío", "es"),
            Shown::Equal
        );
        assert_eq!(verdict("打八五折", "zh", "15% off", "en"), Shown::Equal);
        assert_eq!(verdict("打九折，三成定金", "zh", "打9折，3成定金", "zh"), Shown::Equal);
        assert_eq!(verdict("打九折", "zh", "9% off", "en"), Shown::Wrong);
        assert_eq!(verdict("ten percent off", "en", "打九折", "zh"), Shown::Equal);
        assert_eq!(verdict("保修两年半", "zh", "2,5 años", "es"), Shown::Equal);
    }

    #[test]
    fn idioms_ordinals_and_codes_are_no_numbers() {
        for source in ["我会一个一个回答", "看一下", "这是HY-500"] {
            assert_eq!(numbers_said(source, "zh"), [], "{source}");
        }
        for text in ["Veamos la segunda: sirve 15 veces.", "N.º 2: 15 usos", "第2款可以用15次"] {
            assert_eq!(verdict("第二款可以用十五次", "zh", text, "es"), Shown::Equal, "{text}");
        }
        assert_eq!(verdict("第二款可以用十五次", "zh", "N.º 3: 15 usos", "es"), Shown::Wrong);
        assert_eq!(verdict("先看第一款", "zh", "Primero", "es"), Shown::NoNumber);
        assert_eq!(numbers_said("保修一年", "zh").len(), 1);
        assert_eq!(verdict("容量500毫升", "zh", "HY-500: 500 ml", "en"), Shown::Equal);
        assert_eq!(numbers_said("answer one by one, SKU HY-500", "en"), []);
        assert_eq!(
            verdict("The second product: 15 uses", "en", "Producto n.º 2: 15 usos", "es"),
            Shown::Equal
        );
        assert_eq!(verdict("The second product: 15 uses", "en", "Lo siguiente: 15 usos", "es"), Shown::Equal);
        assert_eq!(
            verdict("The second product: 15 uses", "en", "Producto n.º 3: 15 usos", "es"),
            Shown::Wrong
        );
    }

    #[test]
    fn english_sources_are_read_too() {
        let source =
            "two dollars eighty, ten percent off above one thousand, keeps cold for twenty-four hours";
        assert_eq!(
            verdict(source, "en", "2,80 $; 10 %; 1 000; 24".replace("1 0", "1\u{202F}0").as_str(), "fr"),
            Shown::Equal
        );
        assert_eq!(verdict("five hundred pieces", "en", "最低五百个，一款", "zh"), Shown::Equal);
        assert_eq!(verdict("four queens", "en", "Four queens", "en"), Shown::Equal);
        assert_eq!(verdict("four queens", "en", "Five queens", "en"), Shown::Wrong);
    }
}
