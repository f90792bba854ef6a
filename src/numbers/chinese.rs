//! Mandarin sentences: numerals with what stands around them, made into values.

use rust_decimal::Decimal;

use super::chinese_money::{money, spoken_money};
use super::chinese_more::{metres, more_than, neighbour, up_to_hundreds};
use super::chinese_numeral::{Form, Numeral, approximate, digit, numeral};
use super::clock;
use super::codes::code;
use super::currency::before_amount;
use super::text::Text;
use super::units::{Dimension, chinese_unit};
use super::{Entity, Value};
use crate::domain::Quantity;

/// What 一 makes a word of its own with: 一起, 一下, 一体成型, …
const ONE_IDIOMS: &str = "下些起样直定般切边旦共律流点致向度面带时会路手站体键线目帆举再心味刻";
/// What stands before 一 in 统一, 唯一, 之一, 单一, 周一, …
const BEFORE_ONE: &str = "统唯之单专同周期万";
/// What 成 makes a word of its own with: 三成功 is not "thirty per cent …".
const WHOLE_WORDS_OF_CHENG: &str = "功本品立为交型员都熟绩套长果人";
pub(super) fn entities(text: &Text) -> Vec<Entity> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if let Some((_, end)) = code(text, at) {
            at = end;
            continue;
        }
        match entity(text, at) {
            Some((value, end, firm)) if end > at => {
                found.push(Entity { value, range: text.bytes(at..end), firm });
                at = end;
            }
            _ if text.get(at).is_some_and(|ch| ch.is_ascii_digit()) => at = text.code_end(at).max(at + 1),
            _ => at += 1,
        }
    }
    found
}

fn entity(text: &Text, at: usize) -> Option<(Value, usize, bool)> {
    if let Some((currency, start)) = before_amount(text, at) {
        let start = text.skip_spaces(start);
        let amount = numeral(text, start)?;
        return Some((money(amount.value, currency), amount.end, true));
    }
    if let Some(start) = text.word(at, "百分之") {
        let share = match numeral(text, start) {
            Some(share) => share,
            None => {
                Numeral { value: Decimal::ONE_HUNDRED, end: text.word(start, "百")?, form: Form::Spelled }
            }
        };
        return Some((Value::Percent(share.value), share.end, true));
    }
    if let Some(found) = misheard(text, at) {
        return Some(found);
    }
    if let Some((clock, end)) = clock::chinese(text, at) {
        return Some((Value::Clock(clock), end, true));
    }
    if let Some(place) = text.word(at, "第").and_then(|start| numeral(text, start)) {
        return Some((Value::Ordinal(u32::try_from(place.value).ok()?), place.end, false));
    }
    if text.word(at, "零下").is_some() {
        return None;
    }
    if let Some(start) = text.word(at, "半") {
        let (end, unit, _) = chinese_unit(text, start)?;
        // 说了半天 and 大半天 are only long.
        let idiom = unit == "day" && text.before(at).is_some_and(|ch| "了大好小前后上下老".contains(ch));
        let timely = Dimension::of(unit) == Dimension::Time && !idiom;
        return timely.then(|| (quantity(Decimal::new(5, 1), None, unit, 2), end, true));
    }
    if let Some((value, end)) = up_to_hundreds(text, at) {
        return Some((value, end, true));
    }
    if text.get(at)?.is_ascii_digit() && text.in_code(at) {
        return None;
    }
    if let Some((low, high, end)) = approximate(text, at)
        && let Some((end, unit, halves)) = chinese_unit(text, end)
    {
        return Some((quantity(low, Some(high), unit, halves), end, true));
    }
    let amount = numeral(text, at)?;
    if amount.value == Decimal::ONE && amount.form == Form::Single {
        let idiom = |ch: Option<char>, words: &str| ch.is_some_and(|ch| words.contains(ch));
        if idiom(text.get(amount.end), ONE_IDIOMS) || idiom(text.before(at), BEFORE_ONE) {
            return None;
        }
        if text.word(amount.end, "条龙").or_else(|| text.word(amount.end, "系列")).is_some() {
            return None;
        }
    }
    composed(text, at, amount)
}

/// Digits written with a character of the same sound where no other reading makes sense: 无款 for 五款, 打酒哲 for
/// 打九折. Heard from Whisper base on the tour.
fn misheard(text: &Text, at: usize) -> Option<(Value, usize, bool)> {
    if let Some(start) = text.word(at, "无") {
        // 无条件, 无双 and 无人 are words; 无款, 无台 and 无个 are none.
        let counted =
            text.get(start).is_some_and(|ch| "款台个套".contains(ch)) && text.get(start + 1) != Some('性');
        let (end, unit, halves) = chinese_unit(text, start).filter(|_| counted)?;
        return Some((quantity(Decimal::from(5), None, unit, halves), end, true));
    }
    let after_da = text.before(at) == Some('打');
    let nine = ["酒", "久", "就"].iter().find_map(|word| text.word(at, word)).filter(|_| after_da)?;
    let end = ["折", "哲", "者", "泽"].iter().find_map(|word| text.word(nine, word))?;
    Some((Value::DiscountOff(Decimal::TEN), end, true))
}

/// A numeral with what follows it.
fn composed(text: &Text, at: usize, amount: Numeral) -> Option<(Value, usize, bool)> {
    let n = amount.value;
    let after = text.skip_spaces(amount.end);
    if let Some(end) = text.word(after, "%").or_else(|| text.word(after, "个百分点")) {
        return Some((Value::Percent(n), end, true));
    }
    if let Some(end) =
        text.word(after, "折").filter(|end| !matches!(text.get(*end), Some('叠' | '扣' | '起')))
    {
        let keeps = if n >= Decimal::TEN { n } else { n * Decimal::TEN };
        let sensible = keeps > Decimal::ZERO && keeps < Decimal::ONE_HUNDRED;
        return sensible.then(|| (Value::DiscountOff((Decimal::ONE_HUNDRED - keeps).normalize()), end, true));
    }
    if let Some(found) = tenths(text, &amount, after) {
        return Some(found);
    }
    if let Some((value, end)) = more_than(text, &amount) {
        return Some((value, end, true));
    }
    if let Some(found) = size(text, &amount) {
        return Some(found);
    }
    if let Some((value, end)) = metres(text, &amount) {
        return Some((value, end, true));
    }
    if let Some(found) = range(text, at, &amount) {
        return Some(found);
    }
    if let Some((value, end)) = spoken_money(text, n, after) {
        return Some((value, end, true));
    }
    if let Some(end) = text.word(after, "块") {
        return Some((quantity(n, None, "piece", 2), end, n != Decimal::ONE || amount.form == Form::Digits));
    }
    if grade(text, amount) {
        return Some((Value::Number(n), amount.end + 1, true));
    }
    // 二零二六年 is a date.
    let dated = matches!(amount.form, Form::OneByOne | Form::Digits)
        && text.get(after) == Some('年')
        && n >= Decimal::from(1900);
    if let Some((end, unit, halves)) = chinese_unit(text, after).filter(|_| !dated) {
        return Some(counted(text, n, &amount, (end, unit, halves)));
    }
    let alone = amount.form == Form::Single || (amount.end == at + 1 && amount.form != Form::Digits);
    Some((Value::Number(n), amount.end, !alone))
}

/// 三成, 三成五, 七成半: tenths as per cent.
fn tenths(text: &Text, amount: &Numeral, after: usize) -> Option<(Value, usize, bool)> {
    let said = text.word(after, "成");
    // 三层定金 can only be 三成定金, misheard.
    let misheard = || {
        let end = text.word(after, "层")?;
        let paid = ["定金", "订金", "首付", "预付", "尾款", "余款", "发货前付", "出货前付", "付清"];
        paid.iter().any(|word| text.word(end, word).is_some()).then_some(end)
    };
    let end = said.or_else(misheard)?;
    if amount.value > Decimal::TEN || text.get(end).is_some_and(|ch| WHOLE_WORDS_OF_CHENG.contains(ch)) {
        return None;
    }
    let share = amount.value * Decimal::TEN;
    let more = text.get(end).and_then(|ch| if ch == '半' { Some(5) } else { digit(ch).filter(|d| *d > 0) });
    let plain =
        chinese_unit(text, end + 1).is_none() && numeral(text, end).is_none_or(|next| next.end == end + 1);
    match more.filter(|_| plain || text.get(end) == Some('半')) {
        Some(extra) => Some((Value::Percent(share + Decimal::from(extra)), end + 1, true)),
        None => Some((Value::Percent(share), end, true)),
    }
}

/// 三十五乘二十五厘米, 35×25厘米, 35*25: sides of one unit (centimetres where none is said).
fn size(text: &Text, first: &Numeral) -> Option<(Value, usize, bool)> {
    let mut sides = vec![first.value];
    let mut unit = None;
    let mut end = first.end;
    loop {
        let mut next = text.skip_spaces(end);
        if let Some((after, key, 2)) = chinese_unit(text, next) {
            unit = Some(key);
            next = text.skip_spaces(after);
            end = after;
        }
        let times = ["乘以", "乘", "×", "x", "X", "*"].iter().find_map(|sign| text.word(next, sign));
        let Some(side) = times.and_then(|start| numeral(text, text.skip_spaces(start))) else { break };
        sides.push(side.value);
        end = side.end;
    }
    if sides.len() < 2 {
        return None;
    }
    let unit = unit.unwrap_or("centimetre");
    Some((Value::Size(sides.into_iter().map(|side| Quantity::new(side, unit)).collect()), end, true))
}

/// 十五到二十天, 15-20天, 十五天到二十天, 十五二十天.
fn range(text: &Text, at: usize, low: &Numeral) -> Option<(Value, usize, bool)> {
    if let Some(high) = neighbour(text, low) {
        let (end, unit, halves) = chinese_unit(text, text.skip_spaces(high.end))?;
        return Some((quantity(low.value, Some(high.value), unit, halves), end, true));
    }
    let after = text.skip_spaces(low.end);
    let own = chinese_unit(text, after);
    let joint = own.map_or(after, |(end, _, _)| end);
    let start = ["到", "至", "~", "-"].iter().find_map(|sign| text.word(text.skip_spaces(joint), sign))?;
    let high = numeral(text, text.skip_spaces(start))?;
    let (end, unit, halves) = chinese_unit(text, text.skip_spaces(high.end))?;
    if text.below_zero(at) {
        // 零下四十到二百三十度 are two temperatures: the sign belongs to the first alone.
        return own.is_none().then(|| (quantity(low.value, None, unit, halves), low.end, true));
    }
    let same = own.is_none_or(|(_, own, _)| own == unit);
    (same && high.value > low.value).then(|| (quantity(low.value, Some(high.value), unit, halves), end, true))
}

/// 316L is a steel, not litres.
fn grade(text: &Text, amount: Numeral) -> bool {
    let steel = [Decimal::from(304), Decimal::from(316)].contains(&amount.value);
    steel && matches!(text.get(amount.end), Some('L' | 'l'))
}

/// A count or a measure, with 半 in or after it: 一个半小时, 两年半.
fn counted(
    text: &Text,
    n: Decimal,
    amount: &Numeral,
    unit: (usize, &'static str, u8),
) -> (Value, usize, bool) {
    let (end, key, halves) = unit;
    let half = Decimal::new(5, 1);
    if let Some(start) = text.word(amount.end, "个半")
        && let Some((end, key, halves)) =
            chinese_unit(text, start).or_else(|| text.word(start, "月").map(|end| (end, "month", 2)))
    {
        return (quantity(n + half, None, key, halves), end, true);
    }
    let counts = Dimension::of(key) == Dimension::Count;
    if !counts
        && let Some(after) = text.word(end, "半")
        && key != "day"
    {
        return (quantity(n + half, None, key, halves), after, true);
    }
    let firm = !(counts && n == Decimal::ONE && amount.form == Form::Single);
    (quantity(n, None, key, halves), end, firm)
}

pub(super) fn quantity(amount: Decimal, max: Option<Decimal>, unit: &str, halves: u8) -> Value {
    let whole = |n: Decimal| (n * Decimal::from(halves) / Decimal::TWO).normalize();
    let mut quantity = Quantity::new(whole(amount), unit);
    quantity.max = max.map(whole);
    Value::Quantity(quantity)
}
