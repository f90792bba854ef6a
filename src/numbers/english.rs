//! English sentences: numerals with what stands around them, made into values.

use rust_decimal::Decimal;

use super::currency::{before_amount, english_after};
use super::english_numeral::{Numeral, gap, numeral};
use super::text::Text;
use super::units::{Dimension, english_unit};
use super::{Entity, Value};
use crate::domain::{Currency, Money, Quantity};

pub(super) fn entities(text: &Text) -> Vec<Entity> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
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
    let unit = || {
        let words: Vec<&str> = said.split([' ', '\u{a0}']).collect();
        let last = words.last().copied().unwrap_or_default();
        let letters = last.trim_start_matches(|ch: char| !ch.is_alphabetic() && ch != '°');
        let before = words.len().checked_sub(2).and_then(|at| words.get(at)).copied().unwrap_or_default();
        let two = ["square", "working", "business", "milliamp"].contains(&before.to_lowercase().as_str());
        if two {
            format!("{before} {letters}")
        } else {
            letters.rsplit('-').next().unwrap_or(letters).to_owned()
        }
    };
    match value {
        Value::Number(n) => n.normalize().to_string(),
        Value::Ordinal(_) => said.to_owned(),
        Value::Money(money) => match money.currency.as_str() {
            "USD" => format!("${}", money.amount.normalize()),
            code => format!("{code} {}", money.amount.normalize()),
        },
        Value::Percent(n) => format!("{}%", n.normalize()),
        Value::DiscountOff(n) => format!("{}% off", n.normalize()),
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
    if let Some((place, end)) = ordinal(text, at) {
        return Some((Value::Ordinal(place), end, false));
    }
    if let Some((value, end)) = half(text, at) {
        return Some((value, end, true));
    }
    // "a dollar twenty"
    let amount = match text.latin(at, "a").map(|end| text.skip_spaces(end)) {
        Some(start) if text.latin(start, "dollar").is_some() => {
            Numeral { value: Decimal::ONE, end: at + 1, digits: false }
        }
        _ => numeral(text, at)?,
    };
    Some(composed(text, amount))
}

fn composed(text: &Text, amount: Numeral) -> (Value, usize, bool) {
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
    if let Some(found) = size(text, &amount).or_else(|| range(text, &amount)) {
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
        let counts = Dimension::of(unit) == Dimension::Count;
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

/// "fifteen to twenty days", "15-20 days".
fn range(text: &Text, low: &Numeral) -> Option<(Value, usize, bool)> {
    let next = text.skip_spaces(low.end);
    let joint = text.latin(next, "to").or_else(|| text.word(next, "-")).or_else(|| text.word(next, "~"))?;
    let high = numeral(text, text.skip_spaces(joint)).filter(|high| high.value > low.value)?;
    let (end, unit, _) = english_unit(text, gap(text, high.end))?;
    let mut quantity = Quantity::new(low.value, unit);
    quantity.max = Some(high.value);
    Some((Value::Quantity(quantity), end, true))
}

/// "half an hour", "half a year".
fn half(text: &Text, at: usize) -> Option<(Value, usize)> {
    let start = text.skip_spaces(text.latin(at, "half")?);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<Value> {
        super::entities(&Text::new(text)).into_iter().map(|entity| entity.value).collect()
    }

    fn usd(amount: &str) -> Value {
        money(amount.parse().unwrap(), Currency::USD)
    }

    fn count(n: i64, unit: &str) -> Value {
        Value::Quantity(Quantity::new(n, unit))
    }

    #[test]
    fn money_is_read_in_every_form() {
        for said in [
            "two dollars eighty",
            "two dollars and eighty cents",
            "$2.80",
            "2.80 dollars",
            "US$2.80",
            "USD 2.8",
            "2.80 US dollars",
        ] {
            let got = values(said);
            assert!(
                matches!(got.as_slice(), [Value::Money(m)] if m.amount.normalize().to_string() == "2.8"),
                "{said} {got:?}"
            );
        }
        assert_eq!(values("it was nine dollars ninety, and now"), [usd("9.90")]);
        assert_eq!(values("twenty dollars, refundable"), [usd("20")]);
        assert_eq!(values("two dollars eighty pieces"), [usd("2"), count(80, "piece")]);
    }

    #[test]
    fn shares_and_discounts_are_told_apart() {
        assert_eq!(values("ten percent off"), [Value::DiscountOff(Decimal::TEN)]);
        assert_eq!(
            values("10% off above 1,000 pieces"),
            [Value::DiscountOff(Decimal::TEN), count(1000, "piece")]
        );
        assert_eq!(
            values("thirty percent deposit and 70% before"),
            [Value::Percent(Decimal::from(30)), Value::Percent(Decimal::from(70))]
        );
    }

    #[test]
    fn quantities_take_their_units() {
        for (said, n, unit) in [
            ("five hundred millilitres", 500, "millilitre"),
            ("500 ml", 500, "millilitre"),
            ("thirty-two units", 32, "unit"),
            ("twenty thousand pieces", 20_000, "piece"),
            ("fifteen uses", 15, "time"),
            ("a ten-minute special", 10, "minute"),
            ("twenty-five days", 25, "day"),
            ("ten thousand milliamp-hour battery", 10_000, "milliamp-hour"),
            ("one thousand lumens", 1000, "lumen"),
            ("two-year warranty", 2, "year"),
            ("three inspections", 3, "inspection"),
        ] {
            assert_eq!(values(said), [count(n, unit)], "{said}");
        }
        let Some(Value::Size(sides)) = values("thirty-five by twenty-five centimetres").pop() else {
            panic!()
        };
        assert_eq!(sides, [Quantity::new(35, "centimetre"), Quantity::new(25, "centimetre")]);
        let Some(Value::Quantity(q)) = values("15-20 days").pop() else { panic!() };
        assert_eq!((q.amount, q.max), (Decimal::from(15), Some(Decimal::from(20))));
    }

    #[test]
    fn one_is_loose_and_codes_are_no_numbers() {
        let found = super::entities(&Text::new("this one, HY-500, one by one"));
        assert!(found.iter().all(|entity| !entity.firm), "{found:?}");
        assert_eq!(values("316 stainless steel"), [Value::Number(Decimal::from(316))]);
        assert_eq!(values("316L steel"), [Value::Number(Decimal::from(316))]);
        assert_eq!(values("the third product"), [Value::Ordinal(3)]);
    }
}
