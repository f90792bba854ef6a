//! Mandarin that is right as it stands, however much it sounds like a name or a term.

use std::ops::Range;

/// Words that sound like a product's name or a term of the trade and that the segmenter's dictionary lacks: a display
/// panel is no cutting board, a square box no lunch box. Found by running every word of a Chinese dictionary (349,046)
/// and 54,000 lines of news and reviews through the demo room.
#[rustfmt::skip] // a list
const WORDS: [&str; 98] = [
    "展板", "彩板", "整板", "真板", "方盒", "翻盒", "保温被", "铅灰色", "设计室",
    // Two syllables that sound like a word of the trade.
    "交口", "仓位", "仓单", "代公", "会元", "内伊", "刀锯", "防暴", "双分", "图层", "外乡", "外邪", "外香", "小贵",
    "岗口", "工役", "张木", "心品", "手版", "托鞋", "抗军", "抵价", "拉练", "拉斯", "拖靶", "书价", "爆价", "预授",
    "海冠", "海韵", "清观", "溢价", "现量", "电击", "电度", "电激", "磨杀", "乳交", "筑造", "经纶", "脚链",
    "脱鞋", "花屏", "螺蛳", "表纸", "调色", "马头", "首套", "顶真", "黄童", "黄酮", "蕾斯", "毛众",
    // Three and more.
    "主纤维", "供应粮", "大理市", "平衡侧", "活动家", "优惠权", "工程史", "数据项", "炸子鸡", "运费先付", "答出来",
    "生产限", "生产鲜", "价格买", "防抱", "保管", "监测", "情节", "免提", "出库", "驴友", "秩序", "刻意",
    "到岗", "镜重", "钱子", "信赖", "携手", "磨具", "带工", "待工", "双份", "鲜果", "前言", "女性", "极其",
];

/// Characters that hold sentences together. Where one stands in place of a name's character it means itself:
/// 露营等 is "camping and so on", no 露营灯.
const FUNCTION_WORDS: &str =
    "的了是在有不没这那也都就还很和跟与或及等个一两几上下里外中要会能可以到给从把让我你他她它们吗呢吧啊";

pub fn is_function_word(ch: char) -> bool {
    FUNCTION_WORDS.contains(ch)
}

pub fn is_listed_word(word: &str) -> bool {
    WORDS.contains(&word)
}

/// Bytes of `text` where a listed word stands.
pub fn listed_words(text: &str) -> impl Iterator<Item = Range<usize>> {
    WORDS.iter().flat_map(move |word| text.match_indices(word)).map(|(at, word)| at..at + word.len())
}
