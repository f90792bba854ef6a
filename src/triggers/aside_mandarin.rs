//! Mandarin: a product is named, but the host does not turn to it.

use std::ops::Range;

use super::clause::{around, is_asked, without_end, without_start};

/// Between a cue and the name: 不是(我们的那个)保温杯.
const POINTERS: [&str; 18] = [
    "刚才的",
    "我们的",
    "我们",
    "这一款",
    "那一款",
    "这款",
    "那款",
    "这个",
    "那个",
    "一个",
    "一款",
    "什么",
    "任何",
    "普通",
    "小",
    "大",
    "的",
    "带",
];

/// Not this one.
const NOT: [&str; 18] = [
    "不是",
    "不要",
    "不讲",
    "不看",
    "不卖",
    "不做",
    "不介绍",
    "不用",
    "不需要",
    "没有",
    "别看",
    "别拍",
    "別拍",
    "并非",
    "不选",
    "没",
    "除了",
    "除开",
];

/// It is like this one, which is therefore another.
const LIKE: [&str; 12] =
    ["比", "不如", "好像", "像", "如同", "相当于", "相當於", "类似", "接近", "仿佛", "当成", "取代"];

/// 跟保温杯一样.
const WITH: [&str; 4] = ["跟", "和", "与", "同"];
const COMPARED: [&str; 11] =
    ["一样", "一致", "相比", "比起", "相同", "不同", "差不多", "类似", "放在一起", "一起", "搭配"];

/// At another time than now.
const LATER: [&str; 16] = [
    "待会",
    "等会",
    "一会儿再",
    "一会再",
    "过一会",
    "稍后",
    "晚点",
    "等一下再",
    "下周",
    "下次",
    "下个月",
    "明天",
    "后天",
    "改天",
    "以后再",
    "明晚",
];
const EARLIER: [&str; 9] = ["刚才", "刚刚", "剛才", "之前", "昨天", "昨晚", "上次", "上周", "去年"];
/// What makes the past present: 回到刚才的保温杯, 刚才有朋友问保温杯.
const AGAIN: [&str; 6] = ["回到", "再看", "再讲", "再说", "再来", "问"];

/// There is none: 保温杯(今天)卖完了.
const GONE: [&str; 25] = [
    "卖完",
    "卖光",
    "售罄",
    "没货",
    "没有货",
    "没有现货",
    "没有了",
    "没了",
    "没带",
    "没有带",
    "没有开模",
    "不卖",
    "不做",
    "不讲",
    "缺货",
    "断货",
    "下架",
    "已经没",
    "卖空",
    "不说",
    "不看",
    "不聊",
    "不介绍",
    "停产",
    "没有库存",
];
const BEFORE_GONE: [&str; 21] = [
    "我们", "今天", "现在", "目前", "暂时", "已经", "已經", "全部", "基本", "都", "就", "也", "还", "是",
    "刚刚", "刚", "早就", "快", "被", "先", "暂",
];

/// 只有保温杯的一半.
const SHARES: [&str; 5] = ["的一半", "的两倍", "的几倍", "的三分之", "的几分之"];

/// Goods that are made for the product: 保温杯套 is none, 保温杯套装 is.
const MADE_FOR: [(&str, &[&str]); 16] = [
    ("套", &["套装", "套餐", "套组"]),
    ("袋", &[]),
    ("架", &["架构"]),
    ("刷", &["刷新", "刷屏", "刷爆", "刷卡"]),
    ("垫", &[]),
    ("厂", &[]),
    ("贴纸", &[]),
    ("收纳", &[]),
    ("配件", &[]),
    ("专用", &[]),
    ("加热", &[]),
    ("清洁", &[]),
    ("清洗", &[]),
    ("保养", &[]),
    ("油", &["油漆"]),
    ("膜", &[]),
];

/// 大家还记得保温杯吗: about the listeners, not the goods.
const ABOUT_YOU: [&str; 12] =
    ["记得", "記得", "见过", "用过", "买过", "家里", "平时", "谁有", "放在哪", "放哪", "掉了", "忘在"];
const ASKING: [&str; 6] = ["吗", "有没有", "哪里", "哪儿", "谁", "呢"];

/// Whether the name at `range` is said beside the point.
pub fn is_aside(text: &str, range: &Range<usize>) -> bool {
    let (before, after) = around(text, range);
    let cue = without_end(before, &POINTERS);
    is_refused(cue, before)
        || is_compared(cue, after)
        || is_at_another_time(before)
        || starts(without_start(after, &BEFORE_GONE), &GONE)
        || is_made_for(after)
        || is_about_listeners(text, range, before, after)
}

/// For a reference to the running order, too: 不是三号链接, 下一款待会儿再讲, 要不要看下一款.
pub fn is_no_turn(text: &str, range: &Range<usize>) -> bool {
    const NOT_YET: [&str; 12] =
        ["待会", "等会", "稍后", "晚点", "等一下", "再说", "再讲", "再看", "之前", "以前", "明天", "下次"];
    const ASKED: [&str; 10] =
        ["吗", "要不要", "好不好", "能不能", "是不是", "什么", "哪", "为什么", "谁", "怎么"];
    let (before, after) = around(text, range);
    let cue = without_end(before, &POINTERS);
    let any = |words: &[&str]| words.iter().any(|word| before.contains(word) || after.contains(word));
    let not_yet = NOT_YET.iter().any(|word| after.contains(word)) || contains(before, &LATER);
    let gone = starts(without_start(after, &BEFORE_GONE), &GONE);
    is_refused(cue, before)
        || is_compared(cue, after)
        || gone
        || not_yet
        || any(&ASKED)
        || is_asked(text, range)
}

/// 我们不只有保温杯 speaks of it all the same.
fn is_refused(cue: &str, before: &str) -> bool {
    const NOT_ONLY: [&str; 4] = ["不仅", "不只", "不光", "不單"];
    // 是不是保温杯 and 有没有保温杯 ask; they are no refusals.
    let asks = cue.ends_with("是不是") || cue.ends_with("要不要") || cue.ends_with("有没有");
    ends(cue, &NOT) && !asks && !contains(before, &NOT_ONLY)
}

fn is_compared(cue: &str, after: &str) -> bool {
    // 高性价比保温杯 compares nothing.
    (ends(cue, &LIKE) && !cue.ends_with("性价比"))
        || (ends(cue, &WITH) && contains(after, &COMPARED))
        || starts(after, &SHARES)
}

fn is_at_another_time(before: &str) -> bool {
    let past = before.ends_with('的') && contains(before, &EARLIER) && !contains(before, &AGAIN);
    past || contains(before, &LATER)
}

fn is_made_for(after: &str) -> bool {
    MADE_FOR.iter().any(|(goods, but)| after.starts_with(goods) && !starts(after, but))
}

fn is_about_listeners(text: &str, range: &Range<usize>, before: &str, after: &str) -> bool {
    let asks = is_asked(text, range) || contains(before, &ASKING) || contains(after, &ASKING);
    asks && (contains(before, &ABOUT_YOU) || contains(after, &ABOUT_YOU)) && !before.contains('问')
}

fn contains(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

fn starts(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.starts_with(word))
}

fn ends(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.ends_with(word))
}
