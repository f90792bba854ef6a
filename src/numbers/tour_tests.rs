//! Every number of both tours, as it is read: the lines that the product is shown with.

use super::{Value, entities};
use crate::domain::Lang;

/// The values of a text on one line, `?` behind those that are not firm.
fn read(text: &str, tag: &str) -> String {
    let show = |value: &Value| match value {
        Value::Number(n) => n.normalize().to_string(),
        Value::Ordinal(n) => format!("#{n}"),
        Value::Money(m) => format!("{} {}", m.currency, m.amount.normalize()),
        Value::Percent(n) => format!("{}%", n.normalize()),
        Value::DiscountOff(n) => format!("-{}%", n.normalize()),
        Value::Quantity(q) => format!("{} {}", q.amount.normalize(), q.unit),
        Value::Over(q) => format!(">{} {}", q.amount.normalize(), q.unit),
        Value::Clock(clock) => format!("{}:{:02}", clock.hour, clock.minute),
        Value::Size(sides) => {
            let sides: Vec<String> = sides.iter().map(|side| side.amount.normalize().to_string()).collect();
            sides.join("x")
        }
    };
    let found = entities(text, &Lang::parse(tag).unwrap());
    let firm: Vec<String> =
        found.iter().filter(|entity| entity.firm).map(|entity| show(&entity.value)).collect();
    firm.join(", ")
}

#[test]
fn the_numbers_of_the_mandarin_tour_are_read() {
    for (said, is) in [
        ("欢迎来到我们的直播间，我是今天的主播小李，我们现在在宁波的工厂里。", ""),
        ("海外的朋友们大家好，今天带大家参观生产车间，顺便介绍五款热卖产品。", "5 model"),
        ("先看第一款，这是我们的不锈钢保温杯，容量五百毫升。", "500 millilitre"),
        ("内胆用的是三一六不锈钢，可以保温十二个小时，保冷二十四个小时。", "316, 12 hour, 24 hour"),
        ("这款保温杯的最低起订量是五百个，单价两美元八十美分。", "500 piece, USD 2.8"),
        ("一千个以上打九折，七天内发货。", "1000 piece, -10%, 7 day"),
        ("现在我们走到注塑车间，这里一共有三十二台注塑机。", "32 unit"),
        ("每台机器每天可以生产六百件，整条线的日产能是两万件。", "600 piece, 20000 piece"),
        ("第二款是便携榨汁杯，充电一次可以用十五次。", "15 time"),
        ("它的重量只有三百八十克，长二十三厘米，很适合旅行。", "380 gram, 23 centimetre"),
        ("榨汁杯今天直播间特价，原价九美元九十美分，现在只要七美元五十美分。", "USD 9.9, USD 7.5"),
        ("特价只有十分钟，库存三百台，卖完为止。", "10 minute, 300 unit"),
        ("折叠以后厚度只有四厘米，非常省空间。", "4 centimetre"),
        ("饭盒的起订量是八百个，支持印你们的商标，不另外收费。", "800 piece"),
        ("接下来是质检环节，所有产品出厂前都要经过三道检验。", "3 inspection"),
        ("尺寸是三十五乘二十五厘米，厚度两厘米。", "35x25, 2 centimetre"),
        ("砧板单价三美元二十美分，起订量一千个。", "USD 3.2, 1000 piece"),
        ("最后一款是露营灯，亮度一千流明，防水防摔。", "1000 lumen"),
        ("露营灯可以当充电宝用，电池容量一万毫安。", "10000 milliamp-hour"),
        ("样品费是二十美元，下单以后可以退。", "USD 20"),
        ("付款方式是三成定金，七成发货前付清。", "30%, 70%"),
        ("从宁波港出货，海运到洛杉矶大概需要二十五天，到汉堡大概三十二天。", "25 day, 32 day"),
        ("如果出现质量问题，我们包退包换，保修两年。", "2 year"),
        ("大家有问题可以打在公屏上，我会一个一个回答。", ""),
    ] {
        assert_eq!(read(said, "zh"), is, "{said}");
    }
}

#[test]
fn the_numbers_of_the_english_tour_are_read() {
    for (said, is) in [
        ("Today I'll show you the workshop and introduce five best-selling products.", "5"),
        ("this is our stainless steel thermos, capacity five hundred millilitres.", "500 millilitre"),
        (
            "The inner liner is 316 stainless steel; it keeps drinks hot for twelve hours and cold for twenty-four hours.",
            "316, 12 hour, 24 hour",
        ),
        (
            "The minimum order for this thermos is five hundred pieces, at a unit price of two dollars eighty.",
            "500 piece, USD 2.8",
        ),
        ("Ten percent off above one thousand pieces, shipped within seven days.", "-10%, 1000 piece, 7 day"),
        ("there are thirty-two machines here.", "32"),
        (
            "Each machine makes six hundred pieces a day; the whole line makes twenty thousand pieces a day.",
            "600 piece, 20000 piece",
        ),
        ("The second product is the portable blender; one charge is good for fifteen uses.", "15 time"),
        (
            "It weighs only three hundred and eighty grams and is twenty-three centimetres long",
            "380 gram, 23 centimetre",
        ),
        ("it was nine dollars ninety, and now it is only seven dollars fifty.", "USD 9.9, USD 7.5"),
        ("The special lasts only ten minutes; there are three hundred units in stock", "10 minute, 300 unit"),
        ("The minimum order for the lunch box is eight hundred pieces", "800 piece"),
        ("every product goes through three inspections", "3 inspection"),
        (
            "It measures thirty-five by twenty-five centimetres and is two centimetres thick.",
            "35x25, 2 centimetre",
        ),
        (
            "The cutting board is three dollars twenty each, with a minimum order of one thousand.",
            "USD 3.2, 1000",
        ),
        ("one thousand lumens, waterproof and shockproof.", "1000 lumen"),
        ("with a ten thousand milliamp-hour battery.", "10000 milliamp-hour"),
        ("The sample fee is twenty dollars, refundable after you place an order.", "USD 20"),
        ("Payment terms are thirty percent deposit and seventy percent before shipment.", "30%, 70%"),
        (
            "sea freight takes about twenty-five days to Los Angeles and about thirty-two days to Hamburg.",
            "25 day, 32 day",
        ),
        ("with a two-year warranty.", "2 year"),
        ("I will answer them one by one.", ""),
    ] {
        assert_eq!(read(said, "en"), is, "{said}");
    }
}
