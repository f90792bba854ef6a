//! Words of Mandarin hosts.

use super::super::atoms::Atom;
use super::Rest;

/// May be left out.
#[rustfmt::skip] // a list, read by kinds
const HARMLESS: &[&str] = &[
    // speaking and showing
    "看一下", "看一看", "看看", "看到", "看这里", "来看", "请看", "看", "说一下", "讲一下", "说", "讲", "告诉", "介绍一下", "放心", "记住", "知道",
    // praise
    "非常", "很", "特别", "超级", "真", "漂亮", "好看", "不错", "厉害", "完美", "太棒了", "棒", "挺", "方便", "实用", "好用", "划算", "用心", "有质感", "高档", "大气", "百搭",
    // politeness
    "谢谢", "感谢", "欢迎", "哈喽", "不好意思", "辛苦", "拜托", "宝贝", "哥", "姐",
    // what is spoken of, when no other noun is
    "产品", "东西", "商品", "宝贝们",
];
/// Join what is said to what it is not true of.
const TURNS: &[&str] = &["但是", "但", "不过", "然而", "可是", "虽然", "而是"];
/// Limit, exempt, name a variant, a group or another subject.
#[rustfmt::skip] // a list, read by kinds
const BARS: &[&str] = &[
    // limits, conditions, hedges
    "只", "仅", "才", "限", "以上", "以下", "以内", "之内", "最多", "最少", "至少", "超过", "不足", "除外", "除了", "除非", "否则", "不然", "可能", "也许", "未必",
    "满", "要是", "如果", "假如", "下单", "每", "另算", "另付", "自付", "自理", "自己付", "收费", "付费", "加钱", "加价", "补", "差价", "运费", "取决", "情况",
    "根据", "的时候", "之前", "之后", "以前", "以后", "今天", "明天", "今晚", "本周", "月底", "年底", "一共", "总共", "合计", "加起来", "有人问", "有人说", "问",
    // variants and parts
    "颜色", "尺码", "大号", "小号", "中号", "加大", "版", "银色", "那款", "另一款", "别的款", "部分", "有些", "有的", "其他", "其它", "其余", "剩下",
    // groups and kinds of order
    "客户", "会员", "新客", "老客", "首单", "订单", "大货", "样品", "样品单", "现货", "定制", "定做", "批发", "零售", "代理", "偏远", "海外", "国内", "国外",
    // other subjects
    "赠品", "礼品", "配件", "附件", "零件", "底座", "灯珠", "内胆", "外壳", "手柄", "把手", "老款", "旧款",
    "机器", "设备", "模具", "车间", "产线", "生产线", "这条线", "箱", "托盘", "布", "面料", "柜", "包装", "盒", "电池", "电机", "马达", "盖子", "工厂",
    // what was said before was wrong
    "说错", "讲错", "涨价到", "涨到", "降到", "口误", "更正", "纠正",
];
/// The same, where something was said before it and is behind it: 一百五十公斤，不好意思，五十公斤.
const TAKES_BACK: [&str; 3] = ["不好意思", "抱歉", "对不起"];
/// Nouns behind which 的话 only points: "as for the price".
#[rustfmt::skip] // a list, read by rows
const TOPICS: &[&str] = &[
    "价格", "单价", "起订量", "交期", "重量", "尺寸", "颜色", "付款", "运费", "库存", "包装", "质保", "保修", "材质", "容量", "功率", "样品", "样品费",
    "这款", "这个", "我们", "你们", "大家", "这边", "它", "产品", "呢是", "交货期", "付款方式", "最小起订量", "认证", "质量", "售后", "物流", "时间",
];

/// Marks the syllables of an utterance.
pub(super) fn mark(text: &str, atoms: &mut [Atom]) {
    for (list, rest) in [(HARMLESS, Rest::Harmless), (TURNS, Rest::Turns), (BARS, Rest::Bars)] {
        for word in list {
            for (at, _) in text.match_indices(word) {
                put(atoms, at, word.len(), rest);
            }
        }
    }
    for word in TAKES_BACK {
        for (at, _) in text.match_indices(word) {
            let behind = text.get(at + word.len()..).unwrap_or_default();
            if at == 0 || !behind.contains(char::is_alphanumeric) {
                continue;
            }
            put(atoms, at, word.len(), Rest::Bars);
        }
    }
    for (at, word) in text.match_indices("的话") {
        let topic = text.get(..at).is_some_and(|head| TOPICS.iter().any(|noun| head.ends_with(noun)));
        if !topic {
            put(atoms, at, word.len(), Rest::Bars);
        }
    }
}

fn put(atoms: &mut [Atom], at: usize, length: usize, rest: Rest) {
    let range = at..at + length;
    atoms.iter_mut().filter(|atom| range.contains(&atom.range.start)).for_each(|atom| atom.rest = rest);
}
