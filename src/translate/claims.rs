//! What a text says in numbers, in any pack's language: each number with its unit, currency or per cent sign.

use std::ops::Range;

use rust_decimal::Decimal;

use super::Request;
use super::measures::{below_zero, more_than, percent_word, unit_of};
use crate::domain::{Currency, Lang};
use crate::numbers::{BARE, Clock, Value, codes, currency_word, entities, symbol_currency};
use crate::packs::Pack;

/// A number with what it says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Claim {
    pub n: Decimal,
    pub kind: Kind,
    /// A translation may do without a number that is not firm.
    pub firm: bool,
    /// It stands below zero, by a sign or a word directly beside it.
    pub below: bool,
    /// A word for "below zero" stands near it, which may be another number's.
    pub cold: bool,
    /// More than that: 二十多年, `20+`. Only of what surely says so.
    pub over: bool,
    /// It is somebody's age, which some languages count in years and others do not.
    pub age: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Plain,
    Percent,
    Money(Currency),
    /// Unit keys that the word may stand for.
    Units(Vec<String>),
    /// The hour of a time of day, or its minute: what may be written for it, and whether the first is certain.
    Clock(Vec<Decimal>, bool),
}

/// The claims of a text in Chinese or English.
pub(super) fn said(text: &str, lang: &Lang) -> Vec<Claim> {
    let claims = entities(text, lang).into_iter().flat_map(|entity| -> Vec<Claim> {
        let kind = match &entity.value {
            Value::Number(_) | Value::Ordinal(_) => Kind::Plain,
            Value::Money(money) => Kind::Money(money.currency),
            Value::Percent(_) | Value::DiscountOff(_) => Kind::Percent,
            Value::Over(quantity) if quantity.unit.as_str() == BARE => Kind::Plain,
            Value::Quantity(quantity) | Value::Over(quantity) => Kind::Units(vec![quantity.unit.to_string()]),
            Value::Clock(clock) => return clock_claims(*clock, entity.firm),
            Value::Size(sides) => Kind::Units(sides.iter().map(|side| side.unit.to_string()).collect()),
        };
        let (before, after) = around(text, &entity.range);
        let (below, cold) = below_zero(before, after);
        let age = is_age(text, after);
        let over = matches!(&entity.value, Value::Over(_))
            && (lang.is_chinese() || text_says_plus(text, &entity.range));
        let claim = |n| Claim { n, kind: kind.clone(), firm: entity.firm, below, cold, over, age };
        entity.value.numbers().into_iter().map(claim).collect()
    });
    claims.collect()
}

/// The claims of a text in the language of a pack.
pub(super) fn written(text: &str, pack: &Pack) -> Vec<Claim> {
    if pack.lang.is_chinese() || pack.lang.primary() == "en" {
        return said(text, &pack.lang);
    }
    let names: Vec<Range<usize>> = codes(text).into_iter().map(|(_, range)| range).collect();
    let numbers = pack.number_style().read(text);
    let claims = numbers.iter().filter(|number| {
        !in_code(text, number.range.start) && !names.iter().any(|name| name.contains(&number.range.start))
    });
    let claims = claims.map(|number| {
        let (before, after) = around(text, &number.range);
        let (below, cold) = below_zero(before, after);
        let over = more_than(before, after);
        Claim {
            n: number.value,
            kind: kind_of(before, after, pack),
            firm: true,
            below,
            cold,
            over,
            age: false,
        }
    });
    claims.collect()
}

/// The hour, which must be there in one of its forms, and the minute, which words may say for 0 and 30.
fn clock_claims(clock: Clock, firm: bool) -> Vec<Claim> {
    let claim = |forms: Vec<Decimal>, sure: bool, firm: bool| Claim {
        n: forms.first().copied().unwrap_or_default(),
        kind: Kind::Clock(forms, sure),
        firm,
        below: false,
        cold: false,
        over: false,
        age: false,
    };
    let hours = clock.hours().into_iter().map(Decimal::from).collect();
    let minute = vec![Decimal::from(clock.minute)];
    vec![claim(hours, clock.sure, firm), claim(minute, true, firm && !matches!(clock.minute, 0 | 30))]
}

fn text_says_plus(text: &str, range: &Range<usize>) -> bool {
    text.get(range.clone()).is_some_and(|said| said.contains('+'))
}

fn is_age(text: &str, after: &str) -> bool {
    let words = || text.split(|ch: char| !ch.is_ascii_alphabetic()).map(str::to_ascii_lowercase);
    let english = ["age", "ages", "aged", "child", "children", "kids", "toddlers", "baby", "babies"];
    after.chars().take(6).any(|ch| ch == '岁' || ch == '歲')
        || words().any(|word| english.contains(&word.as_str()))
}

fn around<'a>(text: &'a str, range: &Range<usize>) -> (&'a str, &'a str) {
    (text.get(..range.start).unwrap_or_default(), text.get(range.end..).unwrap_or_default())
}

fn blank(ch: char) -> bool {
    ch.is_whitespace() || ('\u{2066}'..='\u{2069}').contains(&ch) || matches!(ch, '\u{200f}' | '\u{61c}')
}

fn kind_of(before: &str, after: &str, pack: &Pack) -> Kind {
    let (before, after) = beside_range(before, after);
    let (before, after) = (before.trim_end_matches(blank), after.trim_start_matches(blank));
    // More than that: 20+ años.
    let after = after.strip_prefix('+').map_or(after, |rest| rest.trim_start_matches(blank));
    if after.starts_with(['%', '٪', '％']) || before.ends_with(['%', '٪']) {
        return Kind::Percent;
    }
    let (before, after) = (tail(before), head(after));
    if let Some(currency) = money(before, after, pack) {
        return Kind::Money(currency);
    }
    let before = before.to_lowercase();
    let mut longest: (usize, Vec<String>) = (0, Vec::new());
    for (unit, form) in pack.unit_words() {
        let length = fits(form, &before, after);
        if length > longest.0 {
            longest = (length, vec![unit.to_owned()]);
        } else if length == longest.0 && length > 0 {
            longest.1.push(unit.to_owned());
        }
    }
    let units = longest.1;
    if units.iter().any(|unit| unit == "percent") || percent_word(&before, after) {
        return Kind::Percent;
    }
    if !units.is_empty() {
        return Kind::Units(units);
    }
    unit_of(&before, after, &pack.lang).map_or(Kind::Plain, |unit| Kind::Units(vec![unit.to_owned()]))
}

/// Of a range each number is taken with what stands beside the whole of it: 15 of "15–20 días", 20 of "%15–20".
fn beside_range<'a>(before: &'a str, after: &'a str) -> (&'a str, &'a str) {
    let dash = ['-', '–', '—', '~'];
    let part = |ch: char| ch.is_numeric() || matches!(ch, '.' | ',' | '٫' | '٬' | '\u{a0}' | '\u{202f}');
    let behind = after.strip_prefix(dash).filter(|rest| rest.starts_with(char::is_numeric));
    let ahead = before.strip_suffix(dash).filter(|rest| rest.ends_with(char::is_numeric));
    (
        ahead.map_or(before, |rest| rest.trim_end_matches(part)),
        behind.map_or(after, |rest| rest.trim_start_matches(part)),
    )
}

/// Enough of the text before a number to hold a unit.
fn tail(before: &str) -> &str {
    let at = before.char_indices().rev().take(24).last().map_or(0, |(at, _)| at);
    before.get(at..).unwrap_or_default()
}

fn head(after: &str) -> &str {
    let end = after.char_indices().nth(40).map_or(after.len(), |(at, _)| at);
    after.get(..end).unwrap_or_default()
}

fn money(before: &str, after: &str, pack: &Pack) -> Option<Currency> {
    let letters = |ch: &char| ch.is_alphabetic() || "$€£¥₽₫₹฿₺₩".contains(*ch);
    let token = |text: &str| -> String { text.chars().take_while(letters).collect() };
    let last: String = before.chars().rev().take_while(letters).collect();
    let last: String = last.chars().rev().collect();
    if let Some(currency) = symbol_currency(&last).or_else(|| symbol_currency(&token(after))) {
        return Some(currency);
    }
    let after = after.to_lowercase();
    let after =
        ["de ", "d’", "d'", "us ", "u.s. "].iter().find_map(|of| after.strip_prefix(of)).unwrap_or(&after);
    let named_before = || currency_word(&last.to_lowercase()).filter(|_| pack.lang.primary() == "sw");
    currency_word(after).or_else(named_before)
}

/// How many bytes of a unit's form stand beside the number, all of the form or none of it: `días`, `siku {n} za kazi`.
fn fits(form: &str, before: &str, after: &str) -> usize {
    let (ahead, behind) = sides_of(form);
    let whole = |rest: &str| rest.chars().next().is_none_or(|ch| !ch.is_alphabetic());
    let fits_behind = behind.is_empty() || after.strip_prefix(behind).is_some_and(whole);
    if ahead.is_empty() {
        return if fits_behind { behind.len() } else { 0 };
    }
    let ahead = ahead.to_lowercase();
    let alone = |rest: &str| rest.chars().next_back().is_none_or(|ch| !ch.is_alphabetic());
    let fits_ahead = before.strip_suffix(ahead.as_str()).is_some_and(alone);
    if fits_behind && fits_ahead { ahead.len() + behind.len() } else { 0 }
}

/// What of a unit's form stands before the number and behind it.
fn sides_of(form: &str) -> (&str, &str) {
    let cut = |ch: char| ch.is_whitespace() || ch == '.';
    let (ahead, behind) = form.split_once("{n}").unwrap_or(("", form));
    (ahead.trim_matches(cut), behind.trim_matches(cut))
}

/// Is a word of the unit anywhere in the text? An abbreviation counts only as a word of its own.
pub(super) fn names_unit(text: &str, form: &str) -> bool {
    let (ahead, behind) = sides_of(form);
    let word = if behind.is_empty() { ahead } else { behind };
    let boundary = |ch: Option<char>| ch.is_none_or(|ch| !ch.is_alphabetic());
    let short =
        word.chars().count() < 3 && !word.contains(|ch: char| ('\u{4e00}'..='\u{9fff}').contains(&ch));
    !word.is_empty()
        && text.match_indices(word).any(|(at, _)| {
            let before = text.get(..at).and_then(|head| head.chars().next_back());
            let after = text.get(at + word.len()..).and_then(|rest| rest.chars().next());
            !short || (boundary(before) && boundary(after))
        })
}

/// The digits of `HY-500` and of `USB3` are no numbers; those of `Rp46.704`, `15-20` and `ke-2` are.
fn in_code(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let token = |ch: &char| ch.is_ascii_alphanumeric() || *ch == '-' || *ch == '_';
    let token: String = before.chars().rev().take_while(token).collect();
    let token: String = token.chars().rev().collect();
    let letters: String = token.chars().rev().take_while(char::is_ascii_alphabetic).collect();
    let letters: String = letters.chars().rev().collect();
    match token.chars().next_back() {
        Some('-' | '_') => token.chars().any(|ch| ch.is_ascii_uppercase()),
        Some(ch) if ch.is_ascii_alphabetic() => symbol_currency(&letters).is_none(),
        _ => false,
    }
}

/// A product's name may have digits that nobody said, and letters of another script.
pub(super) fn without_product_names(request: &Request, text: &str) -> String {
    let mut names: Vec<&String> =
        request.products.iter().flat_map(|product| product.names.values()).collect();
    names.retain(|name| !name.is_empty());
    // The longest first: one name may be the beginning of another.
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.into_iter().fold(text.to_owned(), |text, name| text.replace(name.as_str(), " "))
}

/// Terms that the pack itself writes in Latin letters (Trade Assurance) are right in any script.
pub(super) fn without_names_of_terms(text: &str, pack: &Pack) -> String {
    let latin = |form: &&str| form.contains(|ch: char| ch.is_ascii_alphabetic());
    // In Latin scripts a term is right anyway.
    if !matches!(pack.lang.primary(), "zh" | "ru" | "ar" | "th" | "hi") || !latin(&text) {
        return text.to_owned();
    }
    let terms = pack.terms.keys().filter_map(|key| pack.term(key)).filter(latin);
    terms.fold(text.to_owned(), |text, term| if text.contains(term) { text.replace(term, " ") } else { text })
}
