use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::*;
use crate::domain::{Currency, Money, Quantity, Sku};
use crate::packs::Packs;

pub fn lang(tag: &str) -> Lang {
    Lang::parse(tag).unwrap()
}

fn product(sku: &str, zh: &[&str], en: &[&str]) -> Product {
    let spoken = [("zh", zh), ("en", en)];
    let price = Money { amount: 1.into(), currency: Currency::parse("USD").unwrap() };
    Product {
        sku: Sku::parse(sku).unwrap(),
        names: spoken.iter().map(|(tag, names)| (lang(tag), names[0].to_owned())).collect(),
        aliases: spoken
            .iter()
            .map(|(tag, names)| (lang(tag), names[1..].iter().map(|name| (*name).to_owned()).collect()))
            .collect::<BTreeMap<_, _>>(),
        image: None,
        price,
        tiers: Vec::new(),
        moq: Quantity::new(500, "piece"),
        lead_time: Quantity::new(7, "day"),
        more_images: Vec::new(),
        delivery: None,
        stock: None,
        hs_code: None,
        facts: Vec::new(),
    }
}

fn products() -> Vec<Product> {
    vec![
        product("A", &["不锈钢保温杯", "保温杯", "保温瓶"], &["Stainless steel thermos", "thermos"]),
        product("B", &["便携榨汁杯", "榨汁杯", "榨汁机"], &["Portable blender", "blender"]),
        product("C", &["硅胶折叠饭盒", "饭盒", "折叠饭盒"], &["Collapsible silicone lunch box", "lunch box"]),
        product("D", &["竹子砧板", "砧板", "菜板"], &["Bamboo cutting board", "cutting board"]),
        product("E", &["露营灯", "营地灯", "帐篷灯"], &["Camping lantern", "lantern"]),
    ]
}

/// A room of the demo's products. What the packs know is made once: in a debug build it takes a second.
fn room(tag: &str, keyterms: &[&str]) -> Repair {
    static KNOWN: LazyLock<[Terms; 2]> = LazyLock::new(|| {
        let packs = Packs::builtin().unwrap();
        ["zh", "en"].map(|tag| Terms::of(&packs, &lang(tag)))
    });
    let keyterms: Vec<String> = keyterms.iter().map(|term| (*term).to_owned()).collect();
    Repair::in_room(&KNOWN[usize::from(tag == "en")], &products(), &keyterms, &lang(tag))
}

pub fn mandarin(keyterms: &[&str]) -> Repair {
    room("zh", keyterms)
}

/// The demo room without keyterms.
pub static ROOM: LazyLock<Repair> = LazyLock::new(|| mandarin(&[]));

pub fn english(keyterms: &[&str]) -> Repair {
    room("en", keyterms)
}

fn all_become(repair: &Repair, pairs: &[(&str, &str)]) {
    let wrong: Vec<String> = pairs
        .iter()
        .map(|(heard, meant)| (heard, meant, repair.repair(heard).text))
        .filter(|(_, meant, got)| got != *meant)
        .map(|(heard, meant, got)| format!("{heard}: {got}, not {meant}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// All from real transcripts of Whisper base.
#[test]
fn homophones_become_the_terms_that_were_said() {
    let pairs = [
        ("这款保温杯的最低起定量是500个", "这款保温杯的最低起订量是500个"),
        ("珍板单价3美元20美分,起定量1000个", "砧板单价3美元20美分,起订量1000个"),
        ("先看第一款这是我们的步秀钢保温杯容量500毫升", "先看第一款这是我们的不锈钢保温杯容量500毫升"),
        ("这是我们的不秀钢宝温杯", "这是我们的不锈钢保温杯"),
        ("内胆用的是316不秀缸可以保温12个小时", "内胆用的是316不锈钢可以保温12个小时"),
        ("炸之被今天直播间特价", "榨汁杯今天直播间特价"),
        ("第二款是便携炸汁被", "第二款是便携榨汁杯"),
        ("有红色蓝色白色和黑色颜色可以混皮。", "有红色蓝色白色和黑色颜色可以混批。"),
        ("库存300台买完为止", "库存300台卖完为止"),
        ("库存300台卖完维指", "库存300台卖完为止"),
        ("库存300台蔓完为止", "库存300台卖完为止"),
        ("支持印你们的商标不令外收费", "支持印你们的商标不另外收费"),
        ("支持印你们的商调", "支持印你们的商标"),
        ("所有产品出场前都要经过三道解厌", "所有产品出厂前都要经过三道检验"),
        ("接下来是至界环节", "接下来是质检环节"),
        ("第三款是规矫折叠饭盒", "第三款是硅胶折叠饭盒"),
        ("食品级规交可以放进微波如", "食品级硅胶可以放进微波炉"),
        ("可以放进微波罗", "可以放进微波炉"),
        ("放合的起定量是800个", "饭盒的起订量是800个"),
        ("最后一款是路营灯", "最后一款是露营灯"),
        ("录音灯可以当充电保用", "露营灯可以当充电宝用"),
        ("大家有问题可以打在公平上我会一个一个回答", "大家有问题可以打在公屏上我会一个一个回答"),
        ("直接向我们训价", "直接向我们询价"),
        ("直接向我们寻价", "直接向我们询价"),
        ("洋品费是20美元", "样品费是20美元"),
        ("7天内发霍", "7天内发货"),
        ("产品符合欧盟雕准", "产品符合欧盟标准"),
        ("天然竹子没有交水味道", "天然竹子没有胶水味道"),
        ("现在我们走到住宿车间这里一共有32台住宿机", "现在我们走到注塑车间这里一共有32台注塑机"),
        ("七成发货前父亲", "七成发货前付清"),
        ("第四款是竹子站板", "第四款是竹子砧板"),
    ];
    all_become(&ROOM, &pairs);
}

#[test]
fn units_are_repaired_only_behind_a_number() {
    let pairs = [
        ("折叠以后厚度只有4里米", "折叠以后厚度只有4厘米"),
        ("尺寸是35×25里米", "尺寸是35×25厘米"),
        ("亮度1000留名", "亮度1000流明"),
        ("电池容量1万好按", "电池容量1万毫安"),
        ("他在历史上留名", "他在历史上留名"),
        ("让度一切留名", "让度一切留名"),
        ("厨房里米不多了", "厨房里米不多了"),
    ];
    all_become(&ROOM, &pairs);
}

#[test]
fn numerals_negations_and_opposites_stay_as_they_were_heard() {
    let same = [
        "这个产品步含运费",
        "颜色步能混批",
        "起订量是三摆个",
        "打九折不打酒折",
        "没有现货",
        "不是不锈钢",
        "一千个以下打九折",
        "最高起订量",
        "可以放冷水",
        "保冷杯",
        "这个不防水",
        "不另外收费",
        "需要另外收费",
        "我们不接受退换",
    ];
    let repair = &ROOM;
    for text in same {
        assert_eq!(repair.repair(text), Repaired { text: text.into(), changes: Vec::new() });
    }
}

#[test]
fn what_is_right_stays() {
    let repair = &ROOM;
    let changed: Vec<String> = ORDINARY
        .iter()
        .map(|text| repair.repair(text).text)
        .filter(|got| !ORDINARY.contains(&got.as_str()))
        .collect();
    assert!(changed.is_empty(), "{changed:?}");
}

#[test]
fn what_the_packs_hosts_say_stays() {
    let packs = Packs::builtin().unwrap();
    let repair = &ROOM;
    for row in &packs.get(&lang("zh")).unwrap().patterns {
        let example = row.example.as_deref().unwrap_or_default();
        assert_eq!(repair.repair(example).changes, [], "{example}");
    }
}

#[test]
fn keyterms_are_repaired_too() {
    let heard = "我们的玲珑瓷今年升级了";
    assert_eq!(ROOM.repair("我们的灵龙瓷今年升级了").text, "我们的灵龙瓷今年升级了");
    assert_eq!(mandarin(&["玲珑瓷"]).repair("我们的灵龙瓷今年升级了").text, heard);
    assert_eq!(
        english(&["Hengyu Houseware"]).repair("welcome to Hengyu housewear").text,
        "welcome to Hengyu Houseware"
    );
}

#[test]
fn a_change_tells_what_it_was_and_where() {
    let text = "最低起定量是500个，7天内发霍。";
    let repaired = ROOM.repair(text);
    assert_eq!(repaired.text, "最低起订量是500个，7天内发货。");
    assert_eq!(repaired.changes.len(), 2);
    for change in &repaired.changes {
        assert_eq!(text.get(change.range.clone()), Some(change.from.as_str()));
    }
    assert_eq!((repaired.changes[1].from.as_str(), repaired.changes[1].to.as_str()), ("霍", "货"));
}

#[test]
fn no_repair_reaches_over_punctuation() {
    for text in ["食品级规，交给我们", "充电，保用三年", "", "，。！", "HY-500", "500"] {
        assert_eq!(ROOM.repair(text).text, text);
    }
}

#[test]
fn english_names_are_repaired_by_their_spelling() {
    let pairs = [
        (
            "This is the camping lanten, one thousand lumens.",
            "This is the camping lantern, one thousand lumens.",
        ),
        ("Our portable blander is on sale", "Our portable blender is on sale"),
        ("Stainless steal thermos", "Stainless steel thermos"),
        ("Two lunch boxes and a lantern", "Two lunch boxes and a lantern"),
        ("The lanterns are thermoses", "The lanterns are thermoses"),
        ("We have lunch at the border", "We have lunch at the border"),
        ("a slender lender of fenders", "a slender lender of fenders"),
    ];
    all_become(&english(&[]), &pairs);
}

/// Sentences as they are said, about anything; many sound like something in the packs.
#[rustfmt::skip] // a list
const ORDINARY: [&str; 76] = [
    "今天天气很好我们去公园散步", "他昨天买了三本书都是关于历史的", "北京时间八点二十分", "你好世界",
    "希望今天是难忘的喔", "这辈子第一次因为烫伤痛到没办法睡", "还能笑得这么开心", "现在天气一变头就有感觉了",
    "公平竞争对大家都有好处", "他在公平上做了很多努力", "我的父亲和母亲都住在农村", "父亲从宁波回来了",
    "我们订的酒店住宿条件不错", "住宿费每天两百块", "录音机可以录音", "他录音的时候不要说话",
    "露营等活动都很受欢迎", "这个展板很大", "保温被盖在大棚上", "把饭放在盒子里", "他吃饭喝汤都很快",
    "演员出场前都很紧张", "球员出场前要热身", "他的商业头脑很好", "我有一个朋友在银行工作", "请把门关上谢谢",
    "这本书我看了三遍", "她的声音很好听", "我们一起去爬山吧", "孩子们在操场上玩", "他坐公交车上班",
    "可以坐地铁去机场", "大家可以试试这个办法", "像我们这样的小公司很多", "我们又想起了那一年", "这可是我们的心血",
    "充电时不要使用电脑", "生活可以平淡但不能没有爱", "那里的房间里时常可以看见海", "她在医院当护士",
    "我买的不多", "买完菜就回家", "卖了房子去旅行", "小丽是我的同学", "我是小黎", "他叫李明今年二十岁",
    "三十五加二十五等于六十", "第一名是谁", "每个人都有自己的梦想", "这件事情很难办", "他一口气跑了十公里",
    "十里桃花很有名", "厂里米饭不要钱", "这个城市有两百万人口", "老师在黑板上写字", "冬天的时候要多穿衣服",
    "大学生利用漏洞免费吃肯德基获刑", "欢迎大家来体验达摩院推出的语音识别模型", "我想问我在滨海新区有房",
    "广州市房地产中介协会分析", "目前工厂产量已下降超百分之五十", "春节是团圆是温暖是亲情", "我们从不后悔",
    "他没有说话", "别担心没事的", "东西坏了要修理", "设计室在三楼", "铅灰色的天空", "宝贝我回来了",
    "县级以上的医院", "一级以上的地震", "只要和真心的人在一起", "他把钱包放在包里", "这条河流明年要治理",
    "豪华升级版什么时候出", "这家店的性价比好",
];
