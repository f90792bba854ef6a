//! English sentences: numerals with what stands around them, made into values.

use rust_decimal::Decimal;

use super::clock;
use super::codes::code;
use super::currency::{before_amount, english_after};
use super::english_more;
use super::english_numeral::{Numeral, each_price, gap, numeral, spoken_year};
use super::text::Text;
use super::units::{Dimension, english_unit};
use super::{BARE, Entity, Value};
use crate::domain::{Currency, Money, Quantity};

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

/// The value in one written form.
pub(super) fn written(value: &Value, said: &str) -> String {
    let said = said.strip_suffix(" and a half").or_else(|| said.strip_suffix(" and half")).unwrap_or(said);
    let key = match value {
        Value::Quantity(q) | Value::Over(q) => q.unit.as_str(),
        _ => "",
    };
    let unit = || {
        match key {
            // "one metre eighty" has its unit in the midst.
            "metre" => return "metres".to_owned(),
            "kilometre-per-hour" => return "km/h".to_owned(),
            "gram-per-square-metre" => return "gsm".to_owned(),
            _ => {}
        }
        let words: Vec<&str> = said.split([' ', '\u{a0}']).collect();
        let last = words.last().copied().unwrap_or_default();
        let letters = last.trim_start_matches(|ch: char| !ch.is_alphabetic() && ch != '°');
        let before = words.len().checked_sub(2).and_then(|at| words.get(at)).copied().unwrap_or_default();
        let two =
            ["square", "cubic", "working", "business", "milliamp", "milliampere", "kilowatt", "watt", "amp"]
                .contains(&before.to_lowercase().as_str());
        if two {
            format!("{before} {letters}")
        } else {
            letters.rsplit('-').next().unwrap_or(letters).to_owned()
        }
    };
    match value {
        Value::Number(n) => n.normalize().to_string(),
        Value::Ordinal(_) => said.to_owned(),
        Value::Clock(clock) if clock.sure => {
            format!("{} {}", clock.twelve(), if clock.morning() { "am" } else { "pm" })
        }
        Value::Clock(clock) => clock.twelve(),
        Value::Money(money) => match money.currency.as_str() {
            "USD" => format!("${}", money.amount.normalize()),
            code => format!("{code} {}", money.amount.normalize()),
        },
        Value::Percent(n) => format!("{}%", n.normalize()),
        Value::DiscountOff(n) => format!("{}% off", n.normalize()),
        Value::Over(q) if q.unit.as_str() == BARE => format!("{}+", q.amount.normalize()),
        Value::Over(q) => format!("{}+ {}", q.amount.normalize(), unit()),
        Value::Quantity(q) => match q.max {
            Some(max) => format!("{}-{} {}", q.amount.normalize(), max.normalize(), unit()),
            None => format!("{} {}", q.amount.normalize(), unit()),
        },
        Value::Size(sides) => {
            let sides: Vec<String> = sides.iter().map(|side| side.amount.normalize().to_string()).collect();
            format!("{} {}", sides.join("×"), unit())
        }
    }
}

fn entity(text: &Text, at: usize) -> Option<(Value, usize, bool)> {
    let first = text.get(at)?;
    if !first.is_ascii_digit() && text.before(at).is_some_and(char::is_alphanumeric) {
        return None;
    }
    if let Some((currency, start)) = before_amount(text, at) {
        let amount = numeral(text, text.skip_spaces(start))?;
        return Some((money(amount.value, currency), amount.end, true));
    }
    if first.is_ascii_digit() && text.in_code(at) {
        return None;
    }
    if let Some((clock, end)) = clock::english(text, at) {
        return Some((Value::Clock(clock), end, true));
    }
    if let Some((place, end)) = ordinal(text, at) {
        return Some((Value::Ordinal(place), end, false));
    }
    let more = english_more::over(text, at).or_else(|| english_more::dozen(text, at));
    if let Some(found) = more.or_else(|| english_more::article(text, at)) {
        return Some(found);
    }
    if let Some((value, end)) = half(text, at) {
        return Some((value, end, true));
    }
    // The zero of "below zero" is no number.
    if text.latin(at, "zero").is_some() && english_more::said_before(text, at, "below") {
        return None;
    }
    if let Some((year, end)) = spoken_year(text, at) {
        return Some((Value::Number(year), end, true));
    }
    // "a dollar twenty"
    let amount = match text.latin(at, "a").map(|end| text.skip_spaces(end)) {
        Some(start) if text.latin(start, "dollar").is_some() => {
            Numeral { value: Decimal::ONE, end: at + 1, digits: false }
        }
        _ => match each_price(text, at) {
            Some((price, end)) => return Some((Value::Number(price), end, true)),
            None => numeral(text, at)?,
        },
    };
    Some(composed(text, at, amount))
}

fn composed(text: &Text, at: usize, amount: Numeral) -> (Value, usize, bool) {
    let whole = amount.value;
    let half = english_more::and_a_half(text, whole, amount.end);
    let measured = half.filter(|(_, end)| {
        let next = gap(text, *end);
        english_unit(text, next).is_some() || text.latin(next, "to").is_some()
    });
    let (value, end) = measured.unwrap_or((whole, amount.end));
    let amount = Numeral { value, end, ..amount };
    let n = amount.value;
    if text.word(amount.end, "/").is_some_and(|next| text.get(next).is_some_and(|ch| ch.is_ascii_digit())) {
        return (Value::Number(n), amount.end, amount.digits);
    }
    let after = gap(text, amount.end);
    let percent = ["percent", "per cent"].iter().find_map(|word| text.latin(after, word));
    if let Some(end) = text.word(after, "%").or(percent) {
        let next = text.skip_spaces(end);
        let off = ["off", "discount", "less", "cheaper"].iter().find_map(|word| text.latin(next, word));
        return match off {
            Some(end) => (Value::DiscountOff(n), end, true),
            None => (Value::Percent(n), end, true),
        };
    }
    if let Some((value, end)) = english_more::metres(text, &amount) {
        return (value, end, true);
    }
    if let Some(found) = size(text, &amount).or_else(|| range(text, at, &amount)) {
        return found;
    }
    if let Some((value, end)) = spoken_money(text, n, after) {
        return (value, end, true);
    }
    let steel = n == Decimal::from(304) || n == Decimal::from(316);
    if steel && matches!(text.get(amount.end), Some('L' | 'l')) {
        return (Value::Number(n), amount.end + 1, true);
    }
    // "one", "one time" and "one kind" may be left to grammar; 1 in digits may not.
    let loose = n == Decimal::ONE && !amount.digits;
    if let Some((end, unit, _)) = english_unit(text, after) {
        let end = if unit == "dozen" { english_more::of_dozen(text, end) } else { end };
        let counts = Dimension::of(unit) == Dimension::Count;
        let half = english_more::and_a_half(text, n, end).filter(|_| !counts);
        let (n, end) = half.unwrap_or((n, end));
        return (Value::Quantity(Quantity::new(n, unit)), end, !(loose && counts));
    }
    (Value::Number(n), amount.end, !loose)
}

/// "two dollars eighty", "two dollars and eighty cents", "80 cents", "2.80 euros".
fn spoken_money(text: &Text, n: Decimal, after: usize) -> Option<(Value, usize)> {
    let cents = |at: usize| text.latin(at, "cents").or_else(|| text.latin(at, "cent"));
    if let Some(end) = cents(after) {
        return Some((money(n / Decimal::ONE_HUNDRED, Currency::USD), end));
    }
    let (currency, end) = english_after(text, after)?;
    let next = text.skip_spaces(end);
    let joined = text.latin(next, "and").map(|end| text.skip_spaces(end));
    let coin =
        numeral(text, joined.unwrap_or(next)).filter(|c| c.value < Decimal::ONE_HUNDRED && n.scale() == 0);
    let Some(coin) = coin.filter(|c| c.value.scale() == 0) else { return Some((money(n, currency), end)) };
    let total = money(n + coin.value / Decimal::ONE_HUNDRED, currency);
    let follows = gap(text, coin.end);
    if let Some(end) = cents(follows) {
        return Some((total, end));
    }
    // "two dollars eighty", but not "two dollars eighty pieces" nor "two dollars and eighty …".
    let counts = english_unit(text, follows).is_some()
        || ["%", "percent", "per cent", "dollars", "by", "to"]
            .iter()
            .any(|word| text.word(follows, word).is_some());
    let bare = joined.is_none() && !counts && coin.value >= Decimal::TEN;
    Some(if bare { (total, coin.end) } else { (money(n, currency), end) })
}

/// "thirty-five by twenty-five centimetres", "35 x 25 cm", "35x25cm".
fn size(text: &Text, first: &Numeral) -> Option<(Value, usize, bool)> {
    let mut sides = vec![first.value];
    let mut unit = None;
    let mut end = first.end;
    // "one by one"
    (first.digits || first.value != Decimal::ONE).then_some(())?;
    loop {
        let mut next = gap(text, end);
        if let Some((after, key, _)) = english_unit(text, next) {
            unit = Some(key);
            end = after;
            next = text.skip_spaces(after);
        }
        let sign = ["×", "x", "X", "*"].iter().find_map(|sign| text.word(next, sign));
        let times = text.latin(next, "by").or(sign);
        let Some(side) = times.and_then(|start| numeral(text, text.skip_spaces(start))) else { break };
        sides.push(side.value);
        end = side.end;
    }
    (sides.len() > 1).then_some(())?;
    let unit = unit.unwrap_or("centimetre");
    Some((Value::Size(sides.into_iter().map(|side| Quantity::new(side, unit)).collect()), end, true))
}

/// "fifteen to twenty days", "15-20 days", "fifteen or twenty days", "between fifteen and twenty days".
fn range(text: &Text, at: usize, low: &Numeral) -> Option<(Value, usize, bool)> {
    let next = text.skip_spaces(low.end);
    let own = english_unit(text, next).filter(|(_, unit, _)| *unit == "celsius");
    let next = own.map_or(next, |(end, _, _)| text.skip_spaces(end));
    let between = || text.latin(next, "and").filter(|_| english_more::said_before(text, at, "between"));
    let joint = text.latin(next, "to").or_else(|| text.latin(next, "or")).or_else(between);
    let joint = joint.or_else(|| text.word(next, "-")).or_else(|| text.word(next, "~"))?;
    let high = numeral(text, text.skip_spaces(joint)).filter(|high| high.value > low.value)?;
    let (end, unit, _) = english_unit(text, gap(text, high.end))?;
    let mut quantity = Quantity::new(low.value, unit);
    if text.below_zero(at) {
        // "minus 40 to 230 degrees" are two temperatures: the sign belongs to the first alone.
        return own.is_none().then_some((Value::Quantity(quantity), low.end, true));
    }
    quantity.max = Some(high.value);
    Some((Value::Quantity(quantity), end, true))
}

/// "half an hour", "half a year".
fn half(text: &Text, at: usize) -> Option<(Value, usize)> {
    let start = text.skip_spaces(text.latin(at, "half")?);
    if let Some(end) = text.latin(start, "a percent").or_else(|| text.latin(start, "a per cent")) {
        return Some((Value::Percent(Decimal::new(5, 1)), end));
    }
    let article = text.latin(start, "an").or_else(|| text.latin(start, "a"))?;
    let (end, unit, _) = english_unit(text, text.skip_spaces(article))?;
    (Dimension::of(unit) != Dimension::Count)
        .then(|| (Value::Quantity(Quantity::new(Decimal::new(5, 1), unit)), end))
}

fn ordinal(text: &Text, at: usize) -> Option<(u32, usize)> {
    const WORDS: [&str; 20] = [
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
    ];
    if let Some(found) = WORDS.iter().zip(1_u32..).find_map(|(word, n)| Some((n, text.latin(at, word)?))) {
        return Some(found);
    }
    let end = super::arabic::digits_end(text, at);
    let suffix =
        ["st", "nd", "rd", "th"].iter().find_map(|suffix| text.latin(end, suffix)).filter(|_| end > at)?;
    let digits: String = (at..end).filter_map(|i| text.get(i)).collect();
    Some((digits.parse().ok()?, suffix))
}

fn money(amount: Decimal, currency: Currency) -> Value {
    Value::Money(Money { amount, currency })
}
