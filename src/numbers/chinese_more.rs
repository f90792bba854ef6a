//! Numbers said roughly in Mandarin: 二十多年, 三百多个, 十几年, 十五二十天.

use rust_decimal::Decimal;

use super::Value;
use super::chinese_numeral::{Form, Numeral, numeral};
use super::text::Text;
use super::units::{Dimension, chinese_unit};
use crate::domain::Quantity;

/// 二十多年, 三百余人, 十几年, 两个多月, 三年多.
pub(super) fn more_than(text: &Text, amount: &Numeral) -> Option<(Value, usize)> {
    let end = text.skip_spaces(amount.end);
    let round = (amount.value % Decimal::TEN).is_zero() && amount.value > Decimal::ZERO;
    let more = ["多", "余", "几"].iter().find_map(|word| text.word(end, word)).filter(|_| round);
    if let Some((end, unit, 2)) = more.and_then(|start| chinese_unit(text, start)) {
        return Some((over(amount.value, unit), end));
    }
    // 两个多月, 一个多小时
    if let Some(start) = text.word(end, "个多") {
        let month = || text.word(start, "月").map(|end| (end, "month", 2));
        let (end, unit, _) = chinese_unit(text, start).or_else(month)?;
        return (Dimension::of(unit) == Dimension::Time).then(|| (over(amount.value, unit), end));
    }
    let (end, unit, halves) = chinese_unit(text, end)?;
    let more = text.word(end, "多").filter(|end| !matches!(text.get(*end), Some('少' | '次' | '大' | '久')));
    let timely = Dimension::of(unit) == Dimension::Time && halves == 2;
    more.filter(|_| timely).map(|end| (over(amount.value, unit), end))
}

/// The second of 十五二十天, 三百五百个: a larger numeral that follows at once, of the same size.
pub(super) fn neighbour(text: &Text, low: &Numeral) -> Option<Numeral> {
    let high =
        numeral(text, low.end).filter(|high| high.form == Form::Spelled && low.form == Form::Spelled)?;
    let near = high.value > low.value && high.value <= low.value * Decimal::TWO;
    (near && high.value.fract().is_zero() && low.value.fract().is_zero()).then_some(high)
}

fn over(amount: Decimal, unit: &str) -> Value {
    Value::Over(Quantity::new(amount.normalize(), unit))
}
