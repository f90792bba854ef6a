//! Both tours sentence by sentence, what recognition makes of the names, and near misses.

use super::*;
use crate::catalogue::Catalogue;

/// Sentence in Mandarin, in English, and the product that must be pinned when it has been heard.
const TOUR: [(&str, &str, &str); 30] = [
    (
        "欢迎来到我们的直播间，我是今天的主播小李，我们现在在宁波的工厂里。",
        "Welcome to our live room. I'm Xiao Li, your host today, and we are in our factory in Ningbo.",
        "",
    ),
    (
        "海外的朋友们大家好，今天带大家参观生产车间，顺便介绍五款热卖产品。",
        "Hello to our friends overseas. Today I'll show you the workshop and introduce five best-selling products.",
        "",
    ),
    (
        "先看第一款，这是我们的不锈钢保温杯，容量五百毫升。",
        "Let's look at the first one: this is our stainless steel thermos, capacity five hundred millilitres.",
        "HY-500",
    ),
    (
        "内胆用的是三一六不锈钢，可以保温十二个小时，保冷二十四个小时。",
        "The inner liner is 316 stainless steel; it keeps drinks hot for twelve hours and cold for twenty-four hours.",
        "HY-500",
    ),
    (
        "这款保温杯的最低起订量是五百个，单价两美元八十美分。",
        "The minimum order for this thermos is five hundred pieces, at a unit price of two dollars eighty.",
        "HY-500",
    ),
    (
        "一千个以上打九折，七天内发货。",
        "Ten percent off above one thousand pieces, shipped within seven days.",
        "HY-500",
    ),
    (
        "有红色、蓝色、白色和黑色，颜色可以混批。",
        "It comes in red, blue, white and black, and colours can be mixed.",
        "HY-500",
    ),
    (
        "现在我们走到注塑车间，这里一共有三十二台注塑机。",
        "Now we are walking into the injection moulding workshop; there are thirty-two machines here.",
        "HY-500",
    ),
    (
        "每台机器每天可以生产六百件，整条线的日产能是两万件。",
        "Each machine makes six hundred pieces a day; the whole line makes twenty thousand pieces a day.",
        "HY-500",
    ),
    (
        "第二款是便携榨汁杯，充电一次可以用十五次。",
        "The second product is the portable blender; one charge is good for fifteen uses.",
        "HY-J20",
    ),
    (
        "它的重量只有三百八十克，长二十三厘米，很适合旅行。",
        "It weighs only three hundred and eighty grams and is twenty-three centimetres long, great for travel.",
        "HY-J20",
    ),
    (
        "榨汁杯今天直播间特价，原价九美元九十美分，现在只要七美元五十美分。",
        "The portable blender is on special today: it was nine dollars ninety, and now it is only seven dollars fifty.",
        "HY-J20",
    ),
    (
        "特价只有十分钟，库存三百台，卖完为止。",
        "The special lasts only ten minutes; there are three hundred units in stock, until they are gone.",
        "HY-J20",
    ),
    (
        "第三款是硅胶折叠饭盒，食品级硅胶，可以放进微波炉和洗碗机。",
        "The third product is the collapsible silicone lunch box: food-grade silicone, safe for the microwave and the dishwasher.",
        "HY-L80",
    ),
    (
        "折叠以后厚度只有四厘米，非常省空间。",
        "Folded, it is only four centimetres thick and saves a lot of space.",
        "HY-L80",
    ),
    (
        "饭盒的起订量是八百个，支持印你们的商标，不另外收费。",
        "The minimum order for the lunch box is eight hundred pieces; we print your logo at no extra charge.",
        "HY-L80",
    ),
    (
        "接下来是质检环节，所有产品出厂前都要经过三道检验。",
        "Next is quality control: every product goes through three inspections before it leaves the factory.",
        "HY-L80",
    ),
    (
        "我们通过了国际质量体系认证，产品符合欧盟标准。",
        "We have international quality system certification, and our products meet European Union standards.",
        "HY-L80",
    ),
    (
        "第四款是竹子砧板，天然竹子，没有胶水味道。",
        "The fourth product is the bamboo cutting board: natural bamboo, no glue smell.",
        "HY-B35",
    ),
    (
        "尺寸是三十五乘二十五厘米，厚度两厘米。",
        "It measures thirty-five by twenty-five centimetres and is two centimetres thick.",
        "HY-B35",
    ),
    (
        "砧板单价三美元二十美分，起订量一千个。",
        "The cutting board is three dollars twenty each, with a minimum order of one thousand.",
        "HY-B35",
    ),
    (
        "最后一款是露营灯，亮度一千流明，防水防摔。",
        "The last product is the camping lantern: one thousand lumens, waterproof and shockproof.",
        "HY-C10",
    ),
    (
        "露营灯可以当充电宝用，电池容量一万毫安。",
        "The camping lantern doubles as a power bank, with a ten thousand milliamp-hour battery.",
        "HY-C10",
    ),
    (
        "样品费是二十美元，下单以后可以退。",
        "The sample fee is twenty dollars, refundable after you place an order.",
        "HY-C10",
    ),
    (
        "付款方式是三成定金，七成发货前付清。",
        "Payment terms are thirty percent deposit and seventy percent before shipment.",
        "HY-C10",
    ),
    (
        "从宁波港出货，海运到洛杉矶大概需要二十五天，到汉堡大概三十二天。",
        "We ship from Ningbo port; sea freight takes about twenty-five days to Los Angeles and about thirty-two days to Hamburg.",
        "HY-C10",
    ),
    (
        "如果出现质量问题，我们包退包换，保修两年。",
        "If there is a quality problem we accept returns and exchanges, with a two-year warranty.",
        "HY-C10",
    ),
    (
        "大家有问题可以打在公屏上，我会一个一个回答。",
        "If you have questions, type them in the chat and I will answer them one by one.",
        "HY-C10",
    ),
    (
        "喜欢的朋友请点击下面的商品卡片，直接向我们询价。",
        "If you like something, tap the product card below and send us an inquiry.",
        "HY-C10",
    ),
    (
        "谢谢大家的观看，我们下次直播再见。",
        "Thank you all for watching. See you at our next live stream.",
        "HY-C10",
    ),
];

const FIVE: [&str; 5] = ["HY-500", "HY-J20", "HY-L80", "HY-B35", "HY-C10"];

fn triggers(lang: &str) -> Triggers {
    let demo = Catalogue::parse(include_str!("../../config/demo-catalogue.toml")).unwrap();
    Triggers::new(&demo.products, &Lang::parse(lang).unwrap())
}

fn spoken(triggers: &Triggers, text: &str) -> Option<String> {
    triggers.spoken(text, &Shown::default()).map(|mention| mention.sku.to_string())
}

fn walk(lang: &str, sentence: impl Fn(&(&'static str, &'static str, &'static str)) -> &'static str) {
    let triggers = triggers(lang);
    let mut pins = Pins::default();
    let mut changes = Vec::new();
    for (i, row) in (0_u64..).zip(&TOUR) {
        let text = sentence(row);
        if let Some(mention) = triggers.spoken(text, &Shown::default()) {
            changes.extend(pins.heard(&mention, i, Moment { show_ms: i * 6_000, wall_ms: i * 6_000 }));
        }
        assert_eq!(pins.pinned().map_or("", |sku| sku.as_str()), row.2, "after {text}");
    }
    assert_eq!(changes.len(), FIVE.len(), "{changes:?}");
}

#[test]
fn the_mandarin_tour_pins_its_five_products_in_order() {
    walk("zh", |row| row.0);
}

#[test]
fn the_english_tour_pins_its_five_products_in_order() {
    walk("en", |row| row.1);
}

#[test]
fn names_are_heard_through_recognition_errors() {
    let zh = triggers("zh");
    let cases = [
        ("第二款是便携炸汁被，充电一次可以用十五次。", "HY-J20"),
        ("炸汁被今天直播间特价", "HY-J20"),
        ("最后一款是楼英灯，亮度一千流明", "HY-C10"),
        ("楼英灯可以当充电宝用", "HY-C10"),
        ("第四款是竹子站板，天然竹子", "HY-B35"),
        ("站板单价三美元二十美分", "HY-B35"),
        ("珍板单价三美元二十美分", "HY-B35"),
        ("粘板单价三美元二十美分", "HY-B35"),
        ("这款保温贝的最低起定量是五百个", "HY-500"),
        ("饭合的起订量是八百个", "HY-L80"),
        ("第三款是硅胶折叠饭合", "HY-L80"),
        ("硅交折叠饭盒", "HY-L80"),
    ];
    for (text, sku) in cases {
        assert_eq!(spoken(&zh, text).as_deref(), Some(sku), "{text}");
    }
    let en = triggers("en");
    let cases = [
        ("this is our stainless steel thermus", "HY-500"),
        ("The Thermoses are ready", "HY-500"),
        ("look at this lunchbox", "HY-L80"),
        ("our lunch-boxes", "HY-L80"),
        ("the bamboo cutting bored", "HY-B35"),
        ("this camping latern", "HY-C10"),
        ("the blender's motor", "HY-J20"),
        ("model hy j20 here", "HY-J20"),
    ];
    for (text, sku) in cases {
        assert_eq!(spoken(&en, text).as_deref(), Some(sku), "{text}");
    }
}

#[test]
fn near_misses_are_not_heard() {
    let zh = triggers("zh");
    for text in [
        "可以保温十二个小时",
        "这个杯子很好看",
        "请把灯打开",
        "喝水用的水杯",
        "大家吃饭了吗",
        "饭和菜都有",
        "展板在那边",
        "这里一共有三十二台注塑机",
        "可以放盒子里",
        "保温背包也有",
        "适合露营等户外活动",
        "路灯很亮",
        "这个饭可以放进去",
        "放在板上",
        "我们吃饭喝汤",
        "看板上写着",
        "老板您好",
        "盖上盖子",
        "菜很新鲜",
        "榨汁很快",
        "一百五十个",
        "保温，杯子",
        "正版授权",
        "白板和地板",
        "营地在山上",
        "海外的朋友",
        "五百个",
        "下一款产品",
        "保温板",
        "范和平先生",
        "方盒",
        "炸子鸡",
        "插齿机",
        "主裁判",
    ] {
        assert_eq!(triggers_text(&zh, text), None, "{text}");
    }
    let en = triggers("en");
    for text in [
        "a bottle of water",
        "this cup is nice",
        "the board meeting",
        "a slender bottle",
        "the lender said",
        "lunch is ready",
        "put it in the box",
        "thermal insulation",
        "blended materials",
        "camping is fun",
        "cutting costs",
        "what a blunder",
        "five hundred",
        "HY-5000 is another one",
        "light weight",
        "a bento",
    ] {
        assert_eq!(triggers_text(&en, text), None, "{text}");
    }
}

fn triggers_text(triggers: &Triggers, text: &str) -> Option<String> {
    triggers
        .spoken(text, &Shown::default())
        .map(|m| format!("{} {:?} {}", m.sku, text.get(m.range.clone()), m.cost))
}

#[test]
fn a_long_name_is_heard_even_where_its_characters_make_other_words() {
    let zh = triggers("zh");
    let text = "第三款是归胶折叠饭和食品级硅胶可以放进微波炉和洗碗机";
    assert_eq!(spoken(&zh, text).as_deref(), Some("HY-L80"));
    assert_eq!(spoken(&zh, "折叠饭和菜"), None, "a short one is not");
}

#[test]
fn the_last_mention_counts_and_the_longer_name_wins() {
    let zh = triggers("zh");
    assert_eq!(spoken(&zh, "保温杯卖完了，下面看饭盒").as_deref(), Some("HY-L80"));
    assert_eq!(spoken(&zh, "保温饭盒").as_deref(), Some("HY-L80"));
    let text = "第四款是竹子砧板，天然竹子";
    let mention = zh.spoken(text, &Shown::default()).unwrap();
    assert_eq!(text.get(mention.range), Some("竹子砧板"));
    assert_eq!(spoken(&zh, "HY-500这款").as_deref(), Some("HY-500"));
    let en = triggers("en");
    assert_eq!(spoken(&en, "after the thermos comes the lunch box").as_deref(), Some("HY-L80"));
}
