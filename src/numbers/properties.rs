//! Whatever a seller can say in numbers is read as the value that was meant, and so is its normal form: checked
//! against a speller that shares no code with the reader.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{Value, entities, normalise, spoken};
use crate::domain::{Currency, Lang, Money, Quantity};

fn lang(tag: &str) -> Lang {
    Lang::parse(tag).unwrap()
}

/// Reads one value, from what was said and from its normal form.
fn reads(said: &str, tag: &str, value: &Value) -> Result<(), TestCaseError> {
    let lang = lang(tag);
    let normal = normalise(said, &lang);
    for text in [said, normal.as_str()] {
        let found: Vec<Value> =
            entities(text, &lang).into_iter().map(|entity| canonical(entity.value)).collect();
        prop_assert_eq!(&found, &vec![canonical(value.clone())], "{} ({})", text, said);
    }
    Ok(())
}

/// Decimals without trailing zeros, so that 2.80 is 2.8.
fn canonical(value: Value) -> Value {
    let plain = |q: Quantity| Quantity {
        amount: q.amount.normalize(),
        max: q.max.map(|max| max.normalize()),
        unit: q.unit,
    };
    match value {
        Value::Number(n) => Value::Number(n.normalize()),
        Value::Percent(n) => Value::Percent(n.normalize()),
        Value::DiscountOff(n) => Value::DiscountOff(n.normalize()),
        Value::Money(m) => Value::Money(Money { amount: m.amount.normalize(), ..m }),
        Value::Quantity(q) => Value::Quantity(plain(q)),
        Value::Over(q) => Value::Over(plain(q)),
        Value::Size(sides) => Value::Size(sides.into_iter().map(plain).collect()),
        Value::Ordinal(n) => Value::Ordinal(n),
        Value::Clock(clock) => Value::Clock(clock),
    }
}

fn count(n: u64, unit: &str) -> Value {
    Value::Quantity(Quantity::new(n, unit))
}

fn range(low: u64, high: u64, unit: &str) -> Value {
    Value::Quantity(Quantity { max: Some(high.into()), ..Quantity::new(low, unit) })
}

fn money(cents: i64, currency: Currency) -> Value {
    Value::Money(Money { amount: Decimal::new(cents, 2), currency })
}

/// Below ten billion, every magnitude alike.
fn whole() -> impl Strategy<Value = u64> {
    (1_u32..=10).prop_flat_map(|digits| 0..10_u64.pow(digits))
}

/// As other people say the same number: 两千 for 二千, 一十五 for 十五, 三百八 for 三百八十.
fn variants(n: u64) -> Vec<String> {
    let plain = spoken::chinese(n);
    let mut all = vec![plain.clone()];
    let scales = ["百", "千", "万", "亿"];
    all.push(scales.iter().fold(plain.clone(), |said, s| said.replace(&format!("二{s}"), &format!("两{s}"))));
    if let Some(rest) = plain.strip_prefix('十') {
        all.push(format!("一十{rest}"));
    }
    let chars: Vec<char> = plain.chars().collect();
    for (scale, next) in [('百', '十'), ('千', '百'), ('万', '千')] {
        if let [.., before, _, last] = chars.as_slice()
            && (*before, *last) == (scale, next)
        {
            all.push(chars[..chars.len() - 1].iter().collect());
        }
    }
    all
}

fn digit_by_digit(digits: &str, one: &str) -> String {
    let names = ["零", one, "二", "三", "四", "五", "六", "七", "八", "九"];
    digits.bytes().map(|digit| names[usize::from(digit - b'0')]).collect()
}

fn english_digits(digits: &str) -> String {
    let names: Vec<String> = digits.bytes().map(|digit| spoken::english(u64::from(digit - b'0'))).collect();
    names.join(" ")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whole_numbers_come_back_from_mandarin(n in whole()) {
        for said in variants(n) {
            reads(&format!("{said}件"), "zh", &count(n, "piece"))?;
        }
    }

    #[test]
    fn whole_numbers_come_back_from_english(n in whole()) {
        let said = spoken::english(n);
        for said in [said.clone(), said.replace(" and ", " "), said.replace('-', " ")] {
            reads(&format!("{said} pieces"), "en", &count(n, "piece"))?;
        }
    }

    #[test]
    fn whole_numbers_come_back_from_digits(n in whole()) {
        let mut grouped = n.to_string();
        for at in (1..grouped.len()).rev().filter(|at| (n.to_string().len() - at) % 3 == 0) {
            grouped.insert(at, ',');
        }
        for written in [n.to_string(), grouped] {
            reads(&format!("{written}件"), "zh", &count(n, "piece"))?;
            reads(&format!("{written} pieces"), "en", &count(n, "piece"))?;
        }
    }

    #[test]
    fn decimals_come_back(whole in 0_u64..100_000, decimals in "[0-9]{1,4}") {
        let value = count(0, "litre");
        let Value::Quantity(litres) = value else { unreachable!() };
        let value = Value::Quantity(Quantity { amount: format!("{whole}.{decimals}").parse().unwrap(), ..litres });
        reads(&format!("{}点{}升", spoken::chinese(whole), digit_by_digit(&decimals, "一")), "zh", &value)?;
        reads(&format!("{whole}.{decimals}升"), "zh", &value)?;
        let english = format!("{} point {}", spoken::english(whole), english_digits(&decimals));
        reads(&format!("{english} litres"), "en", &value)?;
    }

    #[test]
    fn money_comes_back(whole in 1_u64..10_000, cents in 0_i64..100) {
        let dollars = money(i64::try_from(whole).unwrap() * 100 + cents, Currency::USD);
        let said = spoken::chinese(whole);
        let spell = |n: i64| spoken::chinese(u64::try_from(n).unwrap());
        if cents == 0 {
            reads(&format!("{said}美元"), "zh", &dollars)?;
            reads(&format!("{} dollars", spoken::english(whole)), "en", &dollars)?;
        } else {
            reads(&format!("{said}美元{}美分", spell(cents)), "zh", &dollars)?;
            let (english, coins) = (spoken::english(whole), spoken::english(u64::try_from(cents).unwrap()));
            let unit = if whole == 1 { "dollar" } else { "dollars" };
            reads(&format!("{english} {unit} and {coins} cents"), "en", &dollars)?;
            if cents >= 10 {
                reads(&format!("{english} {unit} {coins}"), "en", &dollars)?;
            }
        }
        let yuan = money(i64::try_from(whole).unwrap() * 100 + cents, Currency::CNY);
        let (jiao, fen) = (cents / 10, cents % 10);
        match (jiao, fen) {
            (0, 0) => reads(&format!("{said}块"), "zh", &yuan)?,
            (0, _) => {}
            (_, 0) => {
                reads(&format!("{said}块{}", spell(jiao)), "zh", &yuan)?;
                reads(&format!("{said}块{}毛", spell(jiao)), "zh", &yuan)?;
            }
            _ => {
                reads(&format!("{said}块{}毛{}", spell(jiao), spell(fen)), "zh", &yuan)?;
                reads(&format!("{said}元{}角{}分", spell(jiao), spell(fen)), "zh", &yuan)?;
            }
        }
    }

    #[test]
    fn shares_and_discounts_come_back(tenths in 1_u64..10, five in 0_u64..10, hundredths in 0_u64..=100) {
        let names = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
        let (tens, ones) = (names[usize::try_from(tenths).unwrap()], names[usize::try_from(five).unwrap()]);
        let share = Value::Percent((tenths * 10).into());
        reads(&format!("{tens}成"), "zh", &share)?;
        reads(&format!("打{tens}折"), "zh", &Value::DiscountOff((100 - tenths * 10).into()))?;
        if five > 0 {
            reads(&format!("{tens}成{ones}"), "zh", &Value::Percent((tenths * 10 + five).into()))?;
            let off = Value::DiscountOff((100 - tenths * 10 - five).into());
            // 十一折 is nothing that anybody says, and 一一 is "one by one".
            if (tenths, five) != (1, 1) {
                reads(&format!("{tens}{ones}折"), "zh", &off)?;
            }
            reads(&format!("{tens}点{ones}折"), "zh", &off)?;
        }
        let percent = Value::Percent(hundredths.into());
        reads(&format!("百分之{}", spoken::chinese(hundredths)), "zh", &percent)?;
        reads(&format!("{} percent", spoken::english(hundredths)), "en", &percent)?;
        reads(&format!("{hundredths}% off"), "en", &Value::DiscountOff(hundredths.into()))?;
    }

    #[test]
    fn ranges_come_back(low in 2_u64..500, more in 1_u64..500) {
        let high = low + more;
        let value = range(low, high, "day");
        let (a, b) = (spoken::chinese(low), spoken::chinese(high));
        for joint in ["到", "至"] {
            reads(&format!("{a}{joint}{b}天"), "zh", &value)?;
            reads(&format!("{a}天{joint}{b}天"), "zh", &value)?;
        }
        reads(&format!("{low}-{high}天"), "zh", &value)?;
        let (a, b) = (spoken::english(low), spoken::english(high));
        for said in [format!("{a} to {b} days"), format!("{low}-{high} days"), format!("between {a} and {b} days")] {
            let lang = lang("en");
            let found: Vec<Value> = entities(&said, &lang).into_iter().map(|entity| entity.value).collect();
            prop_assert_eq!(found, vec![value.clone()], "{}", said);
        }
    }

    #[test]
    fn digits_said_one_by_one_come_back(phone in "1[3-9][0-9]{9}", year in 1900_u64..2100) {
        let number = Value::Number(phone.parse().unwrap());
        reads(&digit_by_digit(&phone, "幺"), "zh", &number)?;
        reads(&digit_by_digit(&phone, "一"), "zh", &number)?;
        reads(&english_digits(&phone), "en", &number)?;
        let value = Value::Number(year.into());
        let said = format!("{}年", digit_by_digit(&year.to_string(), "一"));
        let found: Vec<Value> = entities(&said, &lang("zh")).into_iter().map(|entity| entity.value).collect();
        prop_assert_eq!(found, vec![value.clone()], "{}", said);
        if year % 100 >= 10 {
            let said = format!("in {} {}", spoken::english(year / 100), spoken::english(year % 100));
            reads(&said, "en", &value)?;
        }
    }

    #[test]
    fn no_text_makes_the_readers_fail(text in "[零一二三四五六七八九十百千万亿两半点成折块毛分个天到至美元0-9.,%a-z -]{0,40}") {
        for tag in ["zh", "en"] {
            for entity in entities(&text, &lang(tag)) {
                prop_assert!(text.get(entity.range).is_some());
            }
        }
    }
}

#[test]
fn what_sellers_say_beside_the_rules_is_read() {
    let year = |n: &str| Value::Quantity(Quantity { amount: n.parse().unwrap(), ..Quantity::new(0, "year") });
    let month =
        |n: &str| Value::Quantity(Quantity { amount: n.parse().unwrap(), ..Quantity::new(0, "month") });
    let hour = |n: &str| Value::Quantity(Quantity { amount: n.parse().unwrap(), ..Quantity::new(0, "hour") });
    let over = |n: i64, unit: &str| Value::Over(Quantity::new(n, unit));
    let two = Decimal::from(2);
    for (tag, said, value) in [
        ("zh", "一个半月", month("1.5")),
        ("zh", "半小时", hour("0.5")),
        ("zh", "半个小时", hour("0.5")),
        ("zh", "两年半", year("2.5")),
        ("zh", "俩", Value::Number(two)),
        ("zh", "三百八", Value::Number(380.into())),
        ("zh", "十五二十天", range(15, 20, "day")),
        ("zh", "两三天", range(2, 3, "day")),
        ("zh", "一块九毛九", money(199, Currency::CNY)),
        ("zh", "十二块八", money(1280, Currency::CNY)),
        ("zh", "两美元八十美分", money(280, Currency::USD)),
        ("zh", "二十多年", over(20, "year")),
        ("zh", "三百多个", over(300, "piece")),
        ("zh", "十几年", over(10, "year")),
        ("zh", "两个多月", over(2, "month")),
        ("zh", "三年多", over(3, "year")),
        ("zh", "二十五个工作日", count(25, "workday")),
        ("zh", "7个工作日", count(7, "workday")),
        ("zh", "二零一八年", Value::Number(2018.into())),
        ("en", "seven working days", count(7, "workday")),
        ("en", "ten business days", count(10, "workday")),
        ("en", "one dollar eighty", money(180, Currency::USD)),
        ("en", "a dollar twenty", money(120, Currency::USD)),
        ("en", "two fifty each", Value::Number(Decimal::new(25, 1))),
        ("en", "half an hour", hour("0.5")),
        ("en", "since twenty eighteen", Value::Number(2018.into())),
        ("en", "five lakh pieces", count(500_000, "piece")),
        ("en", "₹250", money(25_000, Currency::parse("INR").unwrap())),
        ("en", "Rp 46704", money(4_670_400, Currency::parse("IDR").unwrap())),
    ] {
        let found: Vec<Value> = entities(said, &lang(tag)).into_iter().map(|e| canonical(e.value)).collect();
        assert_eq!(found, [canonical(value)], "{said}");
    }
}

#[test]
fn temperatures_below_zero_are_two_values_and_names_with_digits_none() {
    let read = |tag: &str, said: &str| -> Vec<Value> {
        entities(said, &lang(tag)).into_iter().map(|e| canonical(e.value)).collect()
    };
    let two = [count(40, "celsius"), count(230, "celsius")];
    for (tag, said) in [
        ("zh", "零下四十度到二百三十度"),
        ("zh", "零下四十到二百三十度"),
        ("zh", "-40℃到230℃"),
        ("en", "from minus 40 to 230 degrees"),
        ("en", "from 40 degrees below zero to 230 degrees"),
    ] {
        assert_eq!(read(tag, said), two, "{said}");
    }
    for (tag, said) in [
        ("zh", "ISO9001"),
        ("zh", "ISO九零零一"),
        ("zh", "UN38.3"),
        ("zh", "IP六七"),
        ("zh", "HS编码8509400000"),
        ("zh", "有2XL"),
        ("en", "HS code 8509.40"),
        ("en", "HY-500"),
    ] {
        assert_eq!(read(tag, said), [], "{said}");
    }
}
