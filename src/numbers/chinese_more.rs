//! Numbers said roughly in Mandarin: 二十多年, 三百多个, 十几年, 十五二十天.

use rust_decimal::Decimal;

use super::Value;
use super::chinese_numeral::{Form, Numeral, digit, numeral};
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

/// 上百个, 上千种, 上万件: at least so many.
pub(super) fn up_to_hundreds(text: &Text, at: usize) -> Option<(Value, usize)> {
    let scales = [("上百", 100), ("上千", 1000), ("上万", 10_000)];
    let (start, least) = scales.iter().find_map(|(word, n)| Some((text.word(at, word)?, *n)))?;
    let whole = !text.before(at).is_some_and(|ch| "以千百万".contains(ch));
    let (end, unit, halves) = chinese_unit(text, start).filter(|_| whole)?;
    (halves == 2).then(|| (over(Decimal::from(least), unit), end))
}

/// 一米八, 两米二, 一米七五, and from one to the other: 一米五到一米八.
pub(super) fn metres(text: &Text, low: &Numeral) -> Option<(Value, usize)> {
    let (low, end) = metres_and(text, low)?;
    let high = ["到", "至", "~", "-"].iter().find_map(|sign| text.word(end, sign)).and_then(|start| {
        let whole = numeral(text, start)?;
        metres_and(text, &whole).or_else(|| Some((whole.value, text.word(whole.end, "米")?)))
    });
    let (max, end) = match high.filter(|(high, _)| *high > low) {
        Some((high, end)) => (Some(high), end),
        None => (None, end),
    };
    Some((Value::Quantity(Quantity { max, ..Quantity::new(low, "metre") }), end))
}

/// Metres with the decimetres, and centimetres, said behind them. 一米八块 is a price, and 一米八个 a count.
fn metres_and(text: &Text, whole: &Numeral) -> Option<(Decimal, usize)> {
    let start =
        text.word(whole.end, "米").filter(|_| whole.value.fract().is_zero() && whole.value < Decimal::TEN)?;
    let digits: Vec<i64> = (start..start + 3)
        .map_while(|at| text.get(at).filter(|ch| !matches!(*ch, '两' | '零' | '0')))
        .map_while(|ch| ch.to_digit(10).map(u64::from).or_else(|| digit(ch)))
        .filter_map(|n| i64::try_from(n).ok())
        .collect();
    let end = start + digits.len();
    let part = match digits.as_slice() {
        [tenths] => Decimal::new(*tenths, 1),
        [tenths, hundredths] => Decimal::new(tenths * 10 + hundredths, 2),
        _ => return None,
    };
    let next = text.get(end);
    let goes_on = next.is_some_and(|ch| "十百千万亿半.0块元毛角分点折成多几余美欧两".contains(ch));
    let counts =
        chinese_unit(text, end).is_some_and(|(_, unit, _)| unit != "metre" || text.get(end) == Some('米'));
    (!goes_on && !counts).then_some((whole.value + part, end))
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
