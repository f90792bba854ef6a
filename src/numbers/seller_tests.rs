//! What sellers say in a live show, as the values that it means: prices of one piece, times of day, measures, "more than".

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{BARE, Clock, Value, entities, normalise, spoken};
use crate::domain::{Currency, Lang, Money, Quantity};

fn values(text: &str, tag: &str) -> Vec<Value> {
    entities(text, &Lang::parse(tag).unwrap()).into_iter().map(|entity| entity.value).collect()
}

fn money(amount: &str, currency: Currency) -> Value {
    Value::Money(Money { amount: amount.parse().unwrap(), currency })
}

fn plain(value: Value) -> Value {
    match value {
        Value::Money(money) => Value::Money(Money { amount: money.amount.normalize(), ..money }),
        other => other,
    }
}

fn first(text: &str) -> Value {
    plain(values(text, "zh").into_iter().next().unwrap_or(Value::Ordinal(0)))
}

const PIECES: [&str; 14] =
    ["个", "件", "双", "套", "米", "条", "台", "只", "箱", "公斤", "打", "卷", "盒", "瓶"];

#[test]
fn the_price_of_one_piece_keeps_its_coins() {
    for (said, amount, currency) in [
        ("两块五一个", "2.5", Currency::CNY),
        ("两块五一双", "2.5", Currency::CNY),
        ("三块八毛一件", "3.8", Currency::CNY),
        ("三块八毛五一件", "3.85", Currency::CNY),
        ("五毛五一个", "0.55", Currency::CNY),
        ("十二块八一套", "12.8", Currency::CNY),
        ("一块二一米", "1.2", Currency::CNY),
        ("一块一一个", "1.1", Currency::CNY),
        ("两块五分一个", "2.05", Currency::CNY),
        ("两块五一卷", "2.5", Currency::CNY),
        ("两元五角一个", "2.5", Currency::CNY),
        ("五十美元一个", "50", Currency::USD),
        ("三美元五一个", "3.5", Currency::USD),
        ("三美元五十一个", "3.5", Currency::USD),
        ("三美元五十美分一个", "3.5", Currency::USD),
        ("两块一个", "2", Currency::CNY),
        ("2块5一个", "2.5", Currency::CNY),
        ("两块五一", "2.51", Currency::CNY),
    ] {
        assert_eq!(first(said), money(amount, currency), "{said}");
    }
    assert_eq!(
        values("两块二十个", "zh"),
        [money("2", Currency::CNY), Value::Quantity(Quantity::new(20, "piece"))]
    );
    assert_eq!(values("三块五十一个", "zh").len(), 2);
}

proptest! {
    #[test]
    fn every_price_of_one_piece_reads_back(whole in 1_u64..1000, tenth in 1_u64..10, piece in 0_usize..PIECES.len()) {
        let price = money(&format!("{whole}.{tenth}"), Currency::CNY);
        let said = format!("{}块{}一{}", spoken::chinese(whole), spoken::chinese(tenth), PIECES[piece]);
        prop_assert_eq!(first(&said), price.clone(), "{}", said);
        // Its normal form is the same price.
        let written = normalise(&said, &Lang::parse("zh").unwrap());
        prop_assert_eq!(first(&written), price, "{}", written);
        let jiao = format!("{}块{}毛一{}", spoken::chinese(whole), spoken::chinese(tenth), PIECES[piece]);
        prop_assert_eq!(first(&jiao), money(&format!("{whole}.{tenth}"), Currency::CNY), "{}", jiao);
    }

    #[test]
    fn every_time_of_day_reads_back(hour in 0_u8..24, minute in 0_u8..60) {
        let clock = Value::Clock(Clock { hour, minute, sure: true });
        let part = match hour { 0..6 => "凌晨", 6..12 => "上午", 12 => "中午", 13..18 => "下午", _ => "晚上" };
        let twelve = u64::from((hour + 11) % 12 + 1);
        let minutes = match minute {
            0 => String::new(),
            1..10 => format!("零{}分", spoken::chinese(u64::from(minute))),
            _ => format!("{}分", spoken::chinese(u64::from(minute))),
        };
        let said = format!("{part}{}点{minutes}", spoken::chinese(twelve));
        prop_assert_eq!(values(&said, "zh"), vec![clock.clone()], "{}", said);
        let written = normalise(&said, &Lang::parse("zh").unwrap());
        prop_assert_eq!(values(&written, "zh"), vec![clock.clone()], "{}", written);
        let half = if hour < 12 { "am" } else { "pm" };
        let said = format!("{twelve}:{minute:02} {half}");
        prop_assert_eq!(values(&said, "en"), vec![clock], "{}", said);
    }
}

#[test]
fn measures_dozens_and_people_have_their_units() {
    for (tag, said, n, unit) in [
        ("zh", "280克每平方米的面料", 280, "gram-per-square-metre"),
        ("zh", "280克/平方米", 280, "gram-per-square-metre"),
        ("zh", "280g/m²", 280, "gram-per-square-metre"),
        ("zh", "280gsm", 280, "gram-per-square-metre"),
        ("zh", "280克面料", 280, "gram"),
        ("zh", "噪音四十分贝", 40, "decibel"),
        ("zh", "两万转", 20_000, "rpm"),
        ("zh", "20000转每分钟", 20_000, "rpm"),
        ("zh", "三打", 3, "dozen"),
        ("zh", "八个工人", 8, "person"),
        ("zh", "三个客服", 3, "person"),
        ("zh", "五个人", 5, "person"),
        ("zh", "五百双", 500, "pair"),
        ("zh", "三个杯子", 3, "piece"),
        ("en", "280 gsm fabric", 280, "gram-per-square-metre"),
        ("en", "280 grams per square metre", 280, "gram-per-square-metre"),
        ("en", "forty decibels", 40, "decibel"),
        ("en", "20,000 rpm", 20_000, "rpm"),
        ("en", "three dozen", 3, "dozen"),
        ("en", "a dozen", 1, "dozen"),
        ("en", "five dozen pieces", 5, "dozen"),
        ("en", "half a dozen", 6, "piece"),
    ] {
        assert_eq!(values(said, tag), [Value::Quantity(Quantity::new(n, unit))], "{said}");
    }
    assert_eq!(values("一打开就能用", "zh").len(), 1, "no dozen");
    assert!(!values("三转账", "zh").iter().any(|value| matches!(value, Value::Quantity(_))));
}

#[test]
fn more_than_is_read_in_english_too() {
    let over = |n: i64, unit: &str| Value::Over(Quantity::new(n, unit));
    for (said, value) in [
        ("over twenty years of experience", over(20, "year")),
        ("more than 300 workers", over(300, BARE)),
        ("20+ years", over(20, "year")),
        ("80+ countries", over(80, BARE)),
    ] {
        assert_eq!(values(said, "en"), [value], "{said}");
    }
    assert_eq!(values("over two dollars", "en"), [money("2", Currency::USD)]);
    assert_eq!(values("more than 30 percent", "en"), [Value::Percent(Decimal::from(30))]);
}
