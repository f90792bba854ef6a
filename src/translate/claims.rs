//! What a text says in numbers, in any pack's language: each number with its unit, currency or per cent sign.

use rust_decimal::Decimal;

use super::Request;
use crate::domain::{Currency, Lang};
use crate::numbers::{Value, entities, symbol_currency};
use crate::packs::Pack;

/// A number with what it says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Claim {
    pub n: Decimal,
    pub kind: Kind,
    /// A translation may do without a number that is not firm.
    pub firm: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Plain,
    Percent,
    Money(Currency),
    /// Unit keys that the word may stand for.
    Units(Vec<String>),
}

/// The claims of a text in Chinese or English.
pub(super) fn said(text: &str, lang: &Lang) -> Vec<Claim> {
    let claims = entities(text, lang).into_iter().flat_map(|entity| {
        let kind = match &entity.value {
            Value::Number(_) | Value::Ordinal(_) => Kind::Plain,
            Value::Money(money) => Kind::Money(money.currency),
            Value::Percent(_) | Value::DiscountOff(_) => Kind::Percent,
            Value::Quantity(quantity) => Kind::Units(vec![quantity.unit.to_string()]),
            Value::Size(sides) => Kind::Units(sides.iter().map(|side| side.unit.to_string()).collect()),
        };
        let numbers = entity.value.numbers();
        numbers.into_iter().map(move |n| Claim { n, kind: kind.clone(), firm: entity.firm })
    });
    claims.collect()
}

/// The claims of a text in the language of a pack.
pub(super) fn written(text: &str, pack: &Pack) -> Vec<Claim> {
    if pack.lang.is_chinese() || pack.lang.primary() == "en" {
        return said(text, &pack.lang);
    }
    let numbers = pack.number_style().read(text);
    let claims = numbers.iter().filter(|number| !in_code(text, number.range.start)).map(|number| {
        let before = text.get(..number.range.start).unwrap_or_default();
        let after = text.get(number.range.end..).unwrap_or_default();
        Claim { n: number.value, kind: kind_of(before, after, pack), firm: true }
    });
    claims.collect()
}

fn kind_of(before: &str, after: &str, pack: &Pack) -> Kind {
    let blank = |ch: char| ch.is_whitespace() || ('\u{2066}'..='\u{2069}').contains(&ch) || ch == '\u{200f}';
    let (before, after) = (before.trim_end_matches(blank), after.trim_start_matches(blank));
    if after.starts_with(['%', '٪', '％']) || before.ends_with(['%', '٪']) {
        return Kind::Percent;
    }
    let token = |text: &str, last: bool| -> String {
        let letters = |ch: &char| ch.is_alphabetic() || "$€£¥₽₫₹฿".contains(*ch);
        let found: Vec<char> = if last {
            text.chars().rev().take_while(letters).collect()
        } else {
            text.chars().take_while(letters).collect()
        };
        if last { found.into_iter().rev().collect() } else { found.into_iter().collect() }
    };
    if let Some(currency) =
        symbol_currency(&token(before, true)).or_else(|| symbol_currency(&token(after, false)))
    {
        return Kind::Money(currency);
    }
    let whole = |rest: &str| rest.chars().next().is_none_or(|ch| !ch.is_alphabetic());
    let words = pack.unit_words().filter(|(_, form)| !word_of(form).is_empty());
    let longest = words
        .filter(|(_, form)| after.strip_prefix(word_of(form)).is_some_and(whole))
        .fold((0, Vec::new()), |(length, mut units): (usize, Vec<String>), (unit, form)| {
            match word_of(form).len() {
                longer if longer > length => (longer, vec![unit.to_owned()]),
                same if same == length => {
                    units.push(unit.to_owned());
                    (length, units)
                }
                _ => (length, units),
            }
        })
        .1;
    match longest.iter().any(|unit| unit == "percent") {
        true => Kind::Percent,
        false if longest.is_empty() => Kind::Plain,
        false => Kind::Units(longest),
    }
}

/// What of a unit's form stands behind the number.
pub(super) fn word_of(form: &str) -> &str {
    form.rsplit("{n}").next().unwrap_or(form).trim_matches(|ch: char| ch.is_whitespace() || ch == '.')
}

/// The digits of `HY-500` and of `USB3` are no numbers.
fn in_code(text: &str, at: usize) -> bool {
    let mut before = text.get(..at).unwrap_or_default().chars().rev();
    match before.next() {
        Some(ch) if ch.is_ascii_alphabetic() => true,
        Some('-') => before.next().is_some_and(|ch| ch.is_ascii_alphanumeric()),
        _ => false,
    }
}

/// A product's name may have digits that nobody said.
pub(super) fn without_product_names(request: &Request, text: &str, lang: &Lang) -> String {
    let names = request.products.iter().flat_map(|product| product.names.iter());
    names
        .filter(|(named, name)| {
            (named.primary() == lang.primary() || named.primary() == "en") && !name.is_empty()
        })
        .filter(|(_, name)| name.chars().any(char::is_numeric))
        .fold(text.to_owned(), |text, (_, name)| text.replace(name.as_str(), " "))
}
