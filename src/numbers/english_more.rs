//! Numbers said roughly in English ("over twenty years", "20+ countries"), and dozens.

use super::Value;
use super::currency::english_after;
use super::english_numeral::{gap, numeral};
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
