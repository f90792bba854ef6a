//! Units and half numbers as sellers say them, and that their normal form is read as the same value.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{Value, entities, normalise, spoken};
use crate::domain::{Lang, Quantity};

/// The values of the text; those of its normal form must be the same.
fn values(text: &str, tag: &str) -> Vec<Value> {
    let lang = Lang::parse(tag).unwrap();
    let read = |text: &str| -> Vec<Value> {
        entities(text, &lang).into_iter().map(|entity| plain(entity.value)).collect()
    };
    let normal = normalise(text, &lang);
    assert_eq!(read(&normal), read(text), "{text} is written {normal}");
    read(text)
}

fn plain(value: Value) -> Value {
    let plain = |q: Quantity| Quantity {
        amount: q.amount.normalize(),
        max: q.max.map(|max| max.normalize()),
        unit: q.unit,
    };
    match value {
        Value::Quantity(q) => Value::Quantity(plain(q)),
        Value::Over(q) => Value::Over(plain(q)),
        Value::Percent(n) => Value::Percent(n.normalize()),
        Value::Size(sides) => Value::Size(sides.into_iter().map(plain).collect()),
        other => other,
    }
}

fn one(amount: &str, unit: &str) -> Value {
    Value::Quantity(Quantity { amount: amount.parse().unwrap(), ..Quantity::new(0, unit) })
}

fn range(low: &str, high: &str, unit: &str) -> Value {
    let max = Some(high.parse().unwrap());
    Value::Quantity(Quantity { amount: low.parse().unwrap(), max, ..Quantity::new(0, unit) })
}

#[test]
fn metres_are_read_with_what_is_said_behind_them() {
    for (said, value) in [
        ("一米八", one("1.8", "metre")),
        ("一米八的床", one("1.8", "metre")),
        ("两米二", one("2.2", "metre")),
        ("一米七五", one("1.75", "metre")),
        ("1米8", one("1.8", "metre")),
        ("身高一米六到一米七的穿中码", range("1.6", "1.7", "metre")),
        ("一米五到两米", range("1.5", "2", "metre")),
        ("一米半", one("1.5", "metre")),
    ] {
        assert_eq!(values(said, "zh"), [value], "{said}");
    }
    // Prices, counts and other measures.
    for said in ["一米八块", "一米八个", "一米二十块", "一米八毛", "一米九折", "一米五百克"]
    {
        assert_eq!(values(said, "zh").first(), Some(&one("1", "metre")), "{said}");
    }
}

#[test]
fn units_of_storage_speed_pressure_and_room_are_read() {
    for (tag, said, value) in [
        ("zh", "五个立方", one("5", "cubic-metre")),
        ("zh", "零点零八立方米", one("0.08", "cubic-metre")),
        ("zh", "时速四十五公里每小时", one("45", "kilometre-per-hour")),
        ("zh", "一百二十八个G", one("128", "gigabyte")),
        ("zh", "256GB", one("256", "gigabyte")),
        ("zh", "十五巴", one("15", "bar")),
        ("zh", "五千毫安时", one("5000", "milliamp-hour")),
        ("zh", "十五点六英寸", one("15.6", "inch")),
        ("en", "sixty kilometres", one("60", "kilometre")),
        ("en", "twenty-five kilometres an hour", one("25", "kilometre-per-hour")),
        ("en", "25 km/h", one("25", "kilometre-per-hour")),
        ("en", "256 gigabytes", one("256", "gigabyte")),
        ("en", "a two terabyte", one("2", "terabyte")),
        ("en", "fifteen bar", one("15", "bar")),
        ("en", "five cubic metres", one("5", "cubic-metre")),
        ("en", "one square metre", one("1", "square-metre")),
        ("en", "five thousand milliamp hours", one("5000", "milliamp-hour")),
    ] {
        assert_eq!(values(said, tag), [value], "{said}");
    }
    for (tag, said) in [("zh", "三巴掌"), ("en", "350 degrees Fahrenheit"), ("en", "two bar stools")] {
        let unit = |value: &Value| matches!(value, Value::Quantity(q) if ["bar", "celsius"].contains(&q.unit.as_str()));
        assert!(!values(said, tag).iter().any(unit), "{said}");
    }
}

#[test]
fn halves_and_articles_are_numbers() {
    for (tag, said, value) in [
        ("zh", "半天就装好", one("0.5", "day")),
        ("zh", "两三天", range("2", "3", "day")),
        ("zh", "上千个", Value::Over(Quantity::new(1000, "piece"))),
        ("zh", "上百种", Value::Over(Quantity::new(100, "kind"))),
        ("en", "five and a half litres", one("5.5", "litre")),
        ("en", "two and a half hours", one("2.5", "hour")),
        ("en", "an hour and a half", one("1.5", "hour")),
        ("en", "a metre and a half", one("1.5", "metre")),
        ("en", "half a day", one("0.5", "day")),
        ("en", "half a litre", one("0.5", "litre")),
        ("en", "within a week", one("1", "week")),
        ("en", "it takes an hour", one("1", "hour")),
        ("en", "in a couple of days", range("2", "3", "day")),
        ("en", "one metre eighty", one("1.8", "metre")),
        ("en", "from one metre forty to two metres", range("1.4", "2", "metre")),
        ("en", "half a percent", Value::Percent(Decimal::new(5, 1))),
        ("en", "two and a half to twenty-four kilos", range("2.5", "24", "kilogram")),
    ] {
        assert_eq!(values(said, tag), [value], "{said}");
    }
    for said in ["one metre forty dollars", "one metre fifty pieces", "two metres twenty percent"] {
        assert_ne!(values(said, "en"), [one("1.4", "metre")], "{said}");
        assert_eq!(values(said, "en").len(), 2, "{said}");
    }
    // How often, and what is only said so.
    for (tag, said) in [
        ("en", "once a day"),
        ("en", "a piece"),
        ("en", "wait a minute"),
        ("zh", "说了半天"),
        ("zh", "以上千万"),
    ] {
        assert_eq!(values(said, tag), [], "{said}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn metres_and_decimetres_come_back(whole in 1_u64..10, tenths in 1_u64..10) {
        let (a, b) = (spoken::chinese(whole), spoken::chinese(tenths));
        let amount = format!("{whole}.{tenths}");
        prop_assert_eq!(values(&format!("高{a}米{b}，"), "zh"), [one(&amount, "metre")]);
    }

    #[test]
    fn sizes_of_three_sides_come_back(a in 2_u64..200, b in 2_u64..200, c in 2_u64..200) {
        let sides = |unit: &str| Value::Size([a, b, c].iter().map(|side| Quantity::new(*side, unit)).collect());
        let zh: Vec<String> = [a, b, c].iter().map(|n| spoken::chinese(*n)).collect();
        prop_assert_eq!(values(&format!("{}厘米", zh.join("乘")), "zh"), [sides("centimetre")]);
        let en: Vec<String> = [a, b, c].iter().map(|n| spoken::english(*n)).collect();
        prop_assert_eq!(values(&format!("{} centimetres", en.join(" by ")), "en"), [sides("centimetre")]);
        prop_assert_eq!(values(&format!("{a} x {b} x {c} mm"), "en"), [sides("millimetre")]);
    }

    #[test]
    fn every_unit_and_a_half_comes_back(n in 2_u64..1000, at in 0_usize..8) {
        let (word, unit) = [
            ("litres", "litre"), ("kilos", "kilogram"), ("hours", "hour"), ("kilometres", "kilometre"), ("weeks", "week"),
            ("metres", "metre"), ("inches", "inch"), ("cubic metres", "cubic-metre"),
        ][at];
        let said = spoken::english(n);
        let value = one(&format!("{n}.5"), unit);
        prop_assert_eq!(values(&format!("{said} and a half {word}"), "en"), vec![value.clone()]);
        prop_assert_eq!(values(&format!("{said} {word} and a half"), "en"), vec![value]);
    }
}
