//! Numbers said roughly in English ("over twenty years", "20+ countries"), and dozens.

use rust_decimal::Decimal;

use super::Value;
use super::currency::english_after;
use super::english_numeral::{Numeral, gap, numeral};
use super::text::Text;
use super::units::english_unit;
use super::{BARE, Dimension};
use crate::domain::Quantity;

/// "over twenty years", "more than 300 workers", "20+ years". Not of money, shares and ordinals, which keep their own
/// words around them.
pub(super) fn over(text: &Text, at: usize) -> Option<(Value, usize, bool)> {
    let word = ["over", "more than"].iter().find_map(|word| text.latin(at, word));
    let start = word.map_or(at, |end| text.skip_spaces(end));
    let amount = numeral(text, start)?;
    let plus = text.word(amount.end, "+").filter(|end| !text.get(*end).is_some_and(|ch| ch.is_ascii_digit()));
    (word.is_some() || plus.is_some()).then_some(())?;
    let after = plus.map_or_else(|| gap(text, amount.end), |end| text.skip_spaces(end));
    if let Some((end, unit, _)) = english_unit(text, after) {
        return Some((Value::Over(Quantity::new(amount.value, unit)), end, true));
    }
    let end = plus.unwrap_or(amount.end);
    let noun = text.get(after).is_some_and(char::is_alphabetic)
        && english_after(text, after).is_none()
        && !["percent", "per", "and", "to", "by", "or", "each", "off", "cents"]
            .iter()
            .any(|word| text.latin(after, word).is_some());
    noun.then(|| (Value::Over(Quantity::new(amount.value, BARE)), end, true))
}

/// "in a week", "takes an hour", "a couple of days": one, or two and perhaps three, of a time. Elsewhere "a day" says how often.
pub(super) fn article(text: &Text, at: usize) -> Option<(Value, usize, bool)> {
    let start = text.skip_spaces(text.latin(at, "a").or_else(|| text.latin(at, "an"))?);
    let time = |at: usize| {
        english_unit(text, text.skip_spaces(at)).filter(|(_, unit, _)| {
            Dimension::of(unit) == Dimension::Time && !matches!(*unit, "second" | "minute")
        })
    };
    let couple = text.latin(start, "couple of").or_else(|| text.latin(start, "couple"));
    if let Some((end, unit, _)) = couple.and_then(time) {
        let two = Quantity { max: Some(3.into()), ..Quantity::new(2, unit) };
        return Some((Value::Quantity(two), end, true));
    }
    // "a metre and a half", "a kilo and a half"
    let measure = english_unit(text, start).filter(|(_, unit, _)| Dimension::of(unit) != Dimension::Count);
    if let Some((unit, (n, end))) =
        measure.and_then(|(end, unit, _)| Some((unit, and_a_half(text, Decimal::ONE, end)?)))
    {
        return Some((Value::Quantity(Quantity::new(n, unit)), end, true));
    }
    const LASTING: [&str; 24] = [
        "in",
        "within",
        "for",
        "about",
        "around",
        "take",
        "takes",
        "after",
        "last",
        "lasts",
        "least",
        "than",
        "under",
        "only",
        "just",
        "need",
        "needs",
        "up to",
        "full",
        "whole",
        "roughly",
        "approximately",
        "allow",
        "is",
    ];
    let lasting = LASTING.iter().any(|word| said_before(text, at, word));
    let (end, unit, _) = time(start).filter(|_| lasting)?;
    Some((Value::Quantity(Quantity::new(1, unit)), end, false))
}

/// "two and a half", "an hour and a half": the amount with it, and the end.
pub(super) fn and_a_half(text: &Text, n: Decimal, end: usize) -> Option<(Decimal, usize)> {
    let next = text.skip_spaces(end);
    let end = ["and a half", "and half"].iter().find_map(|word| text.latin(next, word))?;
    n.fract().is_zero().then(|| (n + Decimal::new(5, 1), end))
}

/// "one metre eighty", "two metres twenty", and from one to the other.
pub(super) fn metres(text: &Text, low: &Numeral) -> Option<(Value, usize)> {
    let (amount, end) = metres_and(text, low)?;
    let joint = text.latin(text.skip_spaces(end), "to").map(|end| text.skip_spaces(end));
    let high = joint.and_then(|start| numeral(text, start)).and_then(|high| {
        let plain = || english_unit(text, gap(text, high.end)).filter(|(_, unit, _)| *unit == "metre");
        metres_and(text, &high).or_else(|| plain().map(|(end, _, _)| (high.value, end)))
    });
    let (max, end) = match high.filter(|(high, _)| *high > amount) {
        Some((high, end)) => (Some(high), end),
        None => (None, end),
    };
    Some((Value::Quantity(Quantity { max, ..Quantity::new(amount, "metre") }), end))
}

/// Metres with the centimetres said behind them, which no price nor unit follows.
fn metres_and(text: &Text, whole: &Numeral) -> Option<(Decimal, usize)> {
    let small = whole.value.fract().is_zero() && whole.value < Decimal::TEN;
    let (end, _, _) =
        english_unit(text, gap(text, whole.end)).filter(|(_, unit, _)| small && *unit == "metre")?;
    let part = numeral(text, text.skip_spaces(end)).filter(|part| !part.digits)?;
    let two_digits =
        part.value.fract().is_zero() && part.value >= Decimal::TEN && part.value < Decimal::ONE_HUNDRED;
    let next = gap(text, part.end);
    let follows = |words: &[&str]| words.iter().any(|word| text.latin(next, word).is_some());
    let centimetres = english_unit(text, next);
    let end = match centimetres {
        Some((end, "centimetre", _)) => end,
        Some(_) => return None,
        None => part.end,
    };
    let goes_on = english_after(text, next).is_some()
        || text.word(next, "%").is_some()
        || follows(&["percent", "per", "cents", "by", "point", "each", "a"]);
    (two_digits && !goes_on).then(|| (whole.value + part.value / Decimal::ONE_HUNDRED, end))
}

/// Does the word stand before the place?
pub(super) fn said_before(text: &Text, at: usize, word: &str) -> bool {
    let before = (0..at).rev().map_while(|place| text.get(place)).skip_while(|ch| *ch == ' ');
    let mut before = before.map(|ch| ch.to_ascii_lowercase());
    let same = word.chars().rev().all(|ch| before.next() == Some(ch));
    same && !before.next().is_some_and(char::is_alphanumeric)
}

/// "a dozen", "half a dozen", and what they are a dozen of.
pub(super) fn dozen(text: &Text, at: usize) -> Option<(Value, usize, bool)> {
    let half = text.latin(at, "half").map(|end| text.skip_spaces(end));
    let article = text.latin(half.unwrap_or(at), "a").map(|end| text.skip_spaces(end))?;
    let end = text.latin(article, "dozen")?;
    let value = match half {
        Some(_) => Quantity::new(6, "piece"),
        None => Quantity::new(1, "dozen"),
    };
    Some((Value::Quantity(value), of_dozen(text, end), true))
}

/// "three dozen pieces" are three dozen: the end of what is counted, where that is a piece anyway.
pub(super) fn of_dozen(text: &Text, end: usize) -> usize {
    let next = text.skip_spaces(end);
    let counted = english_unit(text, next).filter(|(_, unit, _)| Dimension::of(unit) == Dimension::Count);
    counted.filter(|(_, unit, _)| *unit != "dozen").map_or(end, |(end, _, _)| end)
}
