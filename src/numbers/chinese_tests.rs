//! What Mandarin sentences are read as: the cases of the tour, and of what sellers say beside it.

use super::text::Text;
use super::{Entity, Value};
use crate::domain::Quantity;

/// The values of a text, written in one line, with `?` for those that are not firm.
fn read(text: &str) -> String {
    let show = |entity: Entity| {
        let sure = if entity.firm { "" } else { "?" };
        let side = |q: &Quantity| {
            let max = q.max.map_or(String::new(), |max| format!("-{max}"));
            format!("{}{max} {}", q.amount, q.unit)
        };
        match entity.value {
            Value::Number(n) => format!("{n}{sure}"),
            Value::Ordinal(n) => format!("#{n}{sure}"),
            Value::Money(m) => format!("{} {}{sure}", m.currency, m.amount.normalize()),
            Value::Percent(n) => format!("{n}%{sure}"),
            Value::DiscountOff(n) => format!("-{n}%{sure}"),
            Value::Quantity(q) => format!("{}{sure}", side(&q)),
            Value::Over(q) => format!(">{}{sure}", side(&q)),
            Value::Clock(clock) => format!("{}:{:02}{sure}", clock.hour, clock.minute),
            Value::Size(sides) => sides.iter().map(side).collect::<Vec<_>>().join(" x "),
        }
    };
    super::chinese::entities(&Text::new(text)).into_iter().map(show).collect::<Vec<_>>().join(", ")
}

#[test]
fn money_is_read_in_every_form() {
    for said in [
        "两美元八十美分",
        "2美元80美分",
        "2美元80",
        "$2.80",
        "US$2.8",
        "2.8美元",
        "USD 2.80",
        "两块八美金",
        "两美元八十",
    ] {
        assert_eq!(read(said), "USD 2.8", "{said}");
    }
    assert_eq!(read("九块九"), "CNY 9.9");
    assert_eq!(read("十二块八毛五"), "CNY 12.85");
    assert_eq!(read("十二块八，包邮"), "CNY 12.8");
    assert_eq!(read("9.9元"), "CNY 9.9");
    assert_eq!(read("五块钱"), "CNY 5");
    assert_eq!(read("五毛钱"), "CNY 0.5");
    assert_eq!(read("80美分"), "USD 0.8");
    assert_eq!(read("三美元二十美分，起订量"), "USD 3.2");
    assert_eq!(read("三美元二十个起"), "USD 3, 20 piece");
    assert_eq!(read("三块砧板"), "3 piece");
}

#[test]
fn shares_and_discounts_are_told_apart() {
    assert_eq!(read("打九折"), "-10%");
    assert_eq!(read("8.5折和八五折"), "-15%, -15%");
    assert_eq!(read("三成定金，七成发货前付清"), "30%, 70%");
    assert_eq!(read("百分之三十，30%，百分之百"), "30%, 30%, 100%");
    assert_eq!(read("三成五"), "35%");
    assert_eq!(read("三层定金，七层发货前付清，三层饭盒"), "30%, 70%, 3 layer");
    assert_eq!(read("一个成功"), "1 piece?");
}

#[test]
fn quantities_take_their_units() {
    for (said, is) in [
        ("五百毫升", "500 millilitre"),
        ("500毫升", "500 millilitre"),
        ("500ml", "500 millilitre"),
        ("三十二台注塑机", "32 unit"),
        ("每天六百件", "600 piece"),
        ("两万件", "20000 piece"),
        ("十二个小时", "12 hour"),
        ("七天内", "7 day"),
        ("三道检验", "3 inspection"),
        ("三道工序", "3 step"),
        ("五款热卖产品", "5 model"),
        ("一万毫安", "10000 milliamp-hour"),
        ("380克", "380 gram"),
        ("两斤", "1 kilogram"),
        ("十五次", "15 time"),
        ("保修两年", "2 year"),
        ("十分钟", "10 minute"),
        ("十五到二十天", "15-20 day"),
        ("15-20天", "15-20 day"),
        ("两三天", "2-3 day"),
        ("半年", "0.5 year"),
        ("一个半小时", "1.5 hour"),
        ("两年半", "2.5 year"),
        ("三个月", "3 month"),
        ("二十千克", "20 kilogram"),
        ("三十五乘二十五厘米", "35 centimetre x 25 centimetre"),
        ("35×25厘米", "35 centimetre x 25 centimetre"),
        ("35*25", "35 centimetre x 25 centimetre"),
        ("1万个", "10000 piece"),
        ("一千流明", "1000 lumen"),
    ] {
        assert_eq!(read(said), is, "{said}");
    }
}

#[test]
fn plain_numbers_codes_and_dates_are_kept_apart() {
    assert_eq!(read("三一六不锈钢"), "316");
    assert_eq!(read("316L不锈钢"), "316");
    assert_eq!(read("型号HY-500和USB3"), "");
    assert_eq!(read("二零二六年"), "2026");
    assert_eq!(read("第三款"), "#3?");
}

#[test]
fn digits_misheard_where_only_a_digit_makes_sense_are_read() {
    assert_eq!(read("介绍无款产品，打酒哲"), "5 model, -10%");
    assert_eq!(read("无胶水味道，无条件退换，无个性，就折叠"), "");
}

#[test]
fn idioms_are_no_firm_numbers() {
    assert_eq!(read("一起看一下，一些，一样，一直，一定，统一，万一"), "");
    assert_eq!(read("一个一个回答"), "1 piece?, 1 piece?");
    assert_eq!(read("十分满意"), "10?");
    assert_eq!(read("四川"), "4?");
}
