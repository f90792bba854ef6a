//! How much repair gains, and that it breaks nothing: transcripts that came from Whisper, and sentences that are right.

use super::tests::{ROOM, english, lang, mandarin};
use crate::numbers;

/// Wrong, missing and surplus characters, with numbers in digits and without punctuation.
fn errors(reference: &str, heard: &str) -> usize {
    let zh = lang("zh");
    let plain = |text: &str| -> Vec<char> {
        numbers::normalise(text, &zh).chars().filter(|ch| ch.is_alphanumeric()).collect()
    };
    let (reference, heard) = (plain(reference), plain(heard));
    let mut row: Vec<usize> = (0..=heard.len()).collect();
    for (i, wanted) in reference.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, got) in heard.iter().enumerate() {
            let best = (diagonal + usize::from(wanted != got)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], best);
        }
    }
    row[heard.len()]
}

/// Errors before and after repair; no line may have more than it had.
fn gain(lines: &[(&str, &str)]) -> (usize, usize) {
    let counts = lines.iter().map(|(heard, said)| {
        let repaired = ROOM.repair(heard).text;
        let (before, after) = (errors(said, heard), errors(said, &repaired));
        assert!(after <= before, "{heard} became {repaired}");
        (before, after)
    });
    counts.fold((0, 0), |sum, next| (sum.0 + next.0, sum.1 + next.1))
}

#[test]
fn the_tours_errors_fall_by_a_third_or_more() {
    let (before, after) = gain(&TOUR);
    assert!(before > 50, "{before}: these are no raw transcripts");
    assert!(after * 3 <= before * 2, "{before} errors, {after} after repair");
}

#[test]
fn words_of_the_trade_are_repaired_that_no_catalogue_and_no_phrase_has() {
    let (before, after) = gain(&TRADE);
    assert!(after * 2 <= before, "{before} errors, {after} after repair");
}

#[test]
fn what_was_said_is_not_repaired() {
    let said = TOUR.iter().map(|(_, said)| *said).chain(TRADE.iter().map(|(_, said)| *said));
    let changed: Vec<String> = said
        .chain(RIGHT)
        .map(|said| (said, ROOM.repair(said)))
        .filter(|(_, repaired)| !repaired.changes.is_empty())
        .map(|(said, repaired)| format!("{said} → {}", repaired.text))
        .collect();
    assert!(changed.is_empty(), "{changed:?}");
}

#[test]
fn every_word_of_the_lexicon_stays_as_it_is() {
    let packs = crate::packs::Packs::builtin().unwrap();
    let rows = &packs.get(&lang("zh")).unwrap().lexicon;
    let changed: Vec<&str> = rows
        .iter()
        .map(|row| row.term.as_str())
        .filter(|term| !ROOM.repair(term).changes.is_empty())
        .collect();
    assert!(changed.is_empty(), "{changed:?}");
}

#[test]
fn rooms_share_what_their_pack_knows() {
    let packs = crate::packs::Packs::builtin().unwrap();
    let terms = super::Terms::of(&packs, &lang("zh"));
    let room = |keyterms: &[&str]| {
        let keyterms: Vec<String> = keyterms.iter().map(|term| (*term).to_owned()).collect();
        super::Repair::in_room(&terms, &[], &keyterms, &lang("zh"))
    };
    let (heard, meant) = ("我们的灵龙瓷用磨沙工艺", "我们的玲珑瓷用磨砂工艺");
    assert_eq!(room(&["玲珑瓷"]).repair(heard).text, meant);
    assert_eq!(room(&[]).repair(heard).text, "我们的灵龙瓷用磨砂工艺");
    assert_eq!(mandarin(&["玲珑瓷"]).repair(heard).text, meant);
}

#[test]
fn english_terms_of_the_trade_are_repaired_where_they_sound_the_same() {
    let pairs = [
        ("The bill of leading is ready.", "The bill of lading is ready."),
        ("A corrugated cartoon for every piece", "A corrugated carton for every piece"),
        ("customs clearence takes two days", "customs clearance takes two days"),
        ("We use stainless steal only", "We use stainless steel only"),
        ("Injection molding and aluminum alloy", "Injection molding and aluminum alloy"),
        ("The patch release fixes it", "The patch release fixes it"),
        ("a leading company and its bills", "a leading company and its bills"),
        ("He was the leading man", "He was the leading man"),
        ("The minimum orders were small", "The minimum orders were small"),
        ("in the quality of a parent", "in the quality of a parent"),
    ];
    let repair = english(&[]);
    for (heard, meant) in pairs {
        assert_eq!(repair.repair(heard).text, meant);
    }
}

/// What Whisper base wrote of the Mandarin tour, an utterance a line (128 spare positions, 5 beams), beside what was
/// said.
#[rustfmt::skip] // a table
const TOUR: [(&str, &str); 30] = [
    ("欢迎来到我们的直播间,我是今天的主播小李,我们现在在宁波的工厂里。", "欢迎来到我们的直播间，我是今天的主播小李，我们现在在宁波的工厂里。"),
    ("海外的朋友们大家好,今天带大家参观生产车间,顺便介绍无款热卖产品。", "海外的朋友们大家好，今天带大家参观生产车间，顺便介绍五款热卖产品。"),
    ("先看第一款,这是我们的步秀钢宝温杯容量500毫升。", "先看第一款，这是我们的不锈钢保温杯，容量五百毫升。"),
    ("内胆用的是316不锈钢可以保温12个小时,保冷24个小时。", "内胆用的是三一六不锈钢，可以保温十二个小时，保冷二十四个小时。"),
    ("这款保温杯的最低起定量是500个单价两美元80美分。", "这款保温杯的最低起订量是五百个，单价两美元八十美分。"),
    ("以前个以上打九折7天内发霍", "一千个以上打九折，七天内发货。"),
    ("有红色蓝色白色和黑色颜色可以混皮。", "有红色、蓝色、白色和黑色，颜色可以混批。"),
    ("现在我们走到住宿车间,这里一共有32台住宿机。", "现在我们走到注塑车间，这里一共有三十二台注塑机。"),
    ("每台机器每天可以生产600件 整条线的日产能式2万件。", "每台机器每天可以生产六百件，整条线的日产能是两万件。"),
    ("第二款是变形炸之杯,充电一次可以用15次。", "第二款是便携榨汁杯，充电一次可以用十五次。"),
    ("它的重量只有380克长23厘米很适合旅行。", "它的重量只有三百八十克，长二十三厘米，很适合旅行。"),
    ("炸汁被今天直播间特价,原价9美元90美分,现在只要7美元50美分。", "榨汁杯今天直播间特价，原价九美元九十美分，现在只要七美元五十美分。"),
    ("特价只有10分钟酷存300台卖完为止。", "特价只有十分钟，库存三百台，卖完为止。"),
    ("第三款是归胶折叠饭盒10瓶级归胶可以放进微波炉和洗碗器。", "第三款是硅胶折叠饭盒，食品级硅胶，可以放进微波炉和洗碗机。"),
    ("折叠以后厚度只有4厘米非常省空间。", "折叠以后厚度只有四厘米，非常省空间。"),
    ("放盒的起定量是800个支持益你们的商调不另外收费。", "饭盒的起订量是八百个，支持印你们的商标，不另外收费。"),
    ("接下来是致解环节,所有产品出厂前都要经过三道检验。", "接下来是质检环节，所有产品出厂前都要经过三道检验。"),
    ("我们通过了国际质量体系认证、产品符合欧盟标准。", "我们通过了国际质量体系认证，产品符合欧盟标准。"),
    ("第四款是竹子珍板,天然竹子,没有交水味道。", "第四款是竹子砧板，天然竹子，没有胶水味道。"),
    ("尺寸是35×25厘米 厚度2厘米", "尺寸是三十五乘二十五厘米，厚度两厘米。"),
    ("珍板单价3美元20美分,起定量1000个。", "砧板单价三美元二十美分，起订量一千个。"),
    ("最后一款是录营灯,亮度一千流明防水防帅。", "最后一款是露营灯，亮度一千流明，防水防摔。"),
    ("录音灯可以当充电保用电池容量以外好按", "露营灯可以当充电宝用，电池容量一万毫安。"),
    ("洋瓶费是20美元下单以后可以退。", "样品费是二十美元，下单以后可以退。"),
    ("付款方式是三成定金,七成发货钱父亲。", "付款方式是三成定金，七成发货前付清。"),
    ("从临波港出货,海运道路山机大概需要25天,到汉堡大概32天。", "从宁波港出货，海运到洛杉矶大概需要二十五天，到汉堡大概三十二天。"),
    ("如果出现质量问题,我们包退包换保修两年。", "如果出现质量问题，我们包退包换，保修两年。"),
    ("大家有问题可以打在公平上我会一个一个回答。", "大家有问题可以打在公屏上，我会一个一个回答。"),
    ("喜欢的朋友请点击下面的商品卡片,直接向我们寻价。", "喜欢的朋友请点击下面的商品卡片，直接向我们询价。"),
    ("谢谢大家的观看,我们下次直播再见。", "谢谢大家的观看，我们下次直播再见。"),
];

/// Homophones, as Whisper writes them, in sentences that are in no pack.
#[rustfmt::skip] // a table
const TRADE: [(&str, &str); 30] = [
    ("表面是磨沙的手感很好", "表面是磨砂的手感很好"),
    ("我们用的是聚氨脂材料", "我们用的是聚氨酯材料"),
    ("这个拉伸强渡很高", "这个拉伸强度很高"),
    ("报关但我们来做", "报关单我们来做"),
    ("可以做信用正", "可以做信用证"),
    ("货代帮你定仓", "货代帮你订舱"),
    ("先付定金尾宽发货前付", "先付定金尾款发货前付"),
    ("我们全部包游", "我们全部包邮"),
    ("这是摸具车间", "这是模具车间"),
    ("可以做烫今和丝印", "可以做烫金和丝印"),
    ("外壳是压住的", "外壳是压铸的"),
    ("颜色牢度很好不会退色", "颜色牢度很好不会褪色"),
    ("内衬是珍珠绵", "内衬是珍珠棉"),
    ("我们有盐务测试报告", "我们有盐雾测试报告"),
    ("出货前会做跌落侧试", "出货前会做跌落测试"),
    ("这个面料是粗仿", "这个面料是粗纺"),
    ("提单和装箱但一起寄", "提单和装箱单一起寄"),
    ("我们有原产地正", "我们有原产地证"),
    ("整柜和拼相都可以", "整柜和拼箱都可以"),
    ("表面做了阳及氧化", "表面做了阳极氧化"),
    ("一共三条流水县", "一共三条流水线"),
    ("用的是高彭硅玻璃", "用的是高硼硅玻璃"),
    ("我们是原头工厂", "我们是源头工厂"),
    ("家人们点一下小黄扯", "家人们点一下小黄车"),
    ("全部是现货妙发", "全部是现货秒发"),
    ("有增直税发票", "有增值税发票"),
    ("注塑机和冲窗都有", "注塑机和冲床都有"),
    ("这是瓦楞只箱", "这是瓦楞纸箱"),
    ("库存不多买完就下架", "库存不多卖完就下架"),
    ("我们做过第三方厌厂", "我们做过第三方验厂"),
];

/// Right, though it sounds like a word of the trade; each was changed once, while repair was being made.
#[rustfmt::skip] // a list
const RIGHT: [&str; 36] = [
    "港人治港高度自治", "村民们交口称赞", "我们厂大获好评", "桑普拉斯赢了比赛", "战士们在拉练的途中", "满腹经纶的人",
    "客人不用脱鞋", "屏幕出现花屏", "价格有点小贵", "他被电击了一下", "要更快地发展", "画家的调色板", "酒店收了预授权",
    "把边压住就好", "书价差不多", "溢价百分之十", "货币供应量增长", "著名的社会活动家", "故事情节非常有趣", "我住在大理市",
    "环境监测设备", "已经出库了", "电话没有免提", "防抱死系统", "价格买这个配置很划算", "显然是刻意安排的", "正常的价格秩序",
    "让我们携手并肩", "这是一个极其平凡的工作", "适合女性使用", "公安机关办理保管手续", "国家重点工程", "蔬菜鲜果供应充足",
    "就是我们常说的毛病", "把图层合并", "双份早餐",
];
