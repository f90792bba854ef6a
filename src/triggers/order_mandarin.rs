//! References to the running order in Mandarin: 第三款, 下一个产品, 三号链接 (how goods are called where they are sold live).

use super::clause::{around, is_break};
use super::order::{Place, Reference};

/// What is sold. 连接 is how 链接 is often written by recognition.
const GOODS: [&str; 7] = ["产品", "商品", "宝贝", "链接", "连接", "连结", "单品"];
const MEASURES: [&str; 6] = ["个", "件", "样", "种", "条", "号"];

/// What may stand before a reference in its clause; the longer ones first, so that they are taken off whole.
const SHOWING: [&str; 42] = [
    "带大家看一下",
    "给大家看一下",
    "看一下",
    "介绍一下",
    "讲一下",
    "说一下",
    "看一看",
    "看看",
    "看到",
    "来看",
    "看",
    "介绍到",
    "介绍",
    "讲到",
    "讲讲",
    "讲",
    "说到",
    "说",
    "来到",
    "进入",
    "切换到",
    "切到",
    "换到",
    "换成",
    "换",
    "展示",
    "推荐",
    "轮到",
    "跳到",
    "回到",
    "返回",
    "翻到",
    "点击",
    "点",
    "拍",
    "上架",
    "上",
    "开始",
    "到",
    "下单",
    "选",
    "了解",
];
const FILLERS: [&str; 60] = [
    "接下来",
    "下面",
    "下边",
    "然后",
    "现在",
    "接着",
    "继续",
    "马上",
    "今天的",
    "今天",
    "我们的",
    "我们",
    "咱们的",
    "咱们",
    "给大家",
    "带大家",
    "跟大家",
    "让大家",
    "大家",
    "请",
    "这里是",
    "这里",
    "这就是",
    "这是",
    "就是",
    "那么",
    "那就",
    "那",
    "先",
    "再",
    "就",
    "来",
    "去",
    "好的",
    "好了",
    "好",
    "行",
    "嗯",
    "呃",
    "啊",
    "哦",
    "对",
    "也",
    "是",
    "的",
    "又",
    "快",
    "直接",
    "可以",
    "要",
    "想要",
    "一下",
    "一起",
    "各位",
    "朋友们",
    "同样",
    "让我们",
    "让",
    "吧",
    "一个",
];

/// After 第三款: something else is counted, or several are.
const OTHERWISE: [&str; 23] = [
    "颜色",
    "花色",
    "图案",
    "尺寸",
    "尺码",
    "设计",
    "包装",
    "规定",
    "约定",
    "条款",
    "卖了",
    "的时候",
    "之",
    "以",
    "和",
    "跟",
    "与",
    "到",
    "面料",
    "配色",
    "材质",
    "口味",
    "半价",
];

/// What makes 上一款 a way back, and not a comparison with it or an announcement of one more.
const BACK: [&str; 8] = ["回到", "返回", "回", "再看一下", "再看看", "再看", "再讲", "再介绍"];

pub fn references(text: &str) -> Vec<Reference> {
    let mut found: Vec<Reference> = Vec::new();
    for (at, _) in text.char_indices() {
        if found.last().is_some_and(|last| at < last.range.end) {
            continue;
        }
        let (head, rest) = text.split_at(at);
        found.extend(reference(text, head, rest));
    }
    found
}

fn reference(text: &str, head: &str, rest: &str) -> Option<Reference> {
    let (place, tail, link) = place(head, rest)?;
    let range = head.len()..text.len() - tail.len();
    let (before, after) = around(text, &range);
    // 保温杯讲完了来看下一款: recognition leaves commas out.
    let before = before.rsplit(['了', '完']).next().unwrap_or_default();
    let (showing, rest) = shown(before);
    let alone = rest.is_empty();
    let back = BACK.iter().any(|back| before.ends_with(back));
    if OTHERWISE.iter().any(|word| after.starts_with(word))
        || (place == Place::Previous && !back)
        || !(alone || link)
    {
        return None;
    }
    let sure = link || showing || matches!(place, Place::Next | Place::Last);
    // 一共三款，第二款有赠品: what was said before may be what is counted.
    let opening = text.get(..range.start)?.split(is_break).all(|clause| shown(clause).1.is_empty());
    if !(sure || opening) {
        return None;
    }
    Some(Reference { place, range, sure, alone })
}

/// The place, what follows, and whether it is a link's number, which needs no words around it.
fn place<'a>(head: &str, rest: &'a str) -> Option<(Place, &'a str, bool)> {
    if let Some(tail) = rest.strip_prefix('第') {
        let (n, tail) = number(tail)?;
        // 倒数第二款 counts from the end.
        return (!head.ends_with("倒数")).then(|| Some((Place::Nth(n), counted(tail)?, false)))?;
    }
    for (word, place) in
        [("最后一", Place::Last), ("下一", Place::Next), ("上一", Place::Previous), ("前一", Place::Previous)]
    {
        if let Some(tail) = rest.strip_prefix(word) {
            // 看一下一款新品 is 看一下 and 一款新品.
            let split = place == Place::Next && head.ends_with('一');
            return (!split).then(|| Some((place, counted(tail)?, false)))?;
        }
    }
    if let Some(tail) = rest.strip_prefix("下个").or_else(|| rest.strip_prefix("上个")) {
        let place = if rest.starts_with('下') { Place::Next } else { Place::Previous };
        return goods(tail).map(|tail| (place, tail, false));
    }
    if head.chars().next_back().is_some_and(|ch| is_numeral(ch) || "第月年".contains(ch)) {
        return None;
    }
    let (n, tail) = number(rest)?;
    let tail = tail.strip_prefix('号')?;
    let tail = tail.strip_prefix('的').unwrap_or(tail);
    goods(tail).map(|tail| (Place::Nth(n), tail, true))
}

/// What is counted: 款, or a measure word and goods (第三个产品, but not 第三个问题).
fn counted(tail: &str) -> Option<&str> {
    if let Some(tail) = tail.strip_prefix('款') {
        return Some(goods(tail).unwrap_or(tail));
    }
    MEASURES.iter().find_map(|measure| tail.strip_prefix(measure)).and_then(goods)
}

fn goods(tail: &str) -> Option<&str> {
    GOODS.iter().find_map(|goods| tail.strip_prefix(goods))
}

/// Takes off what a host says when showing. Answers whether there was such a word, and what is left over.
fn shown(mut before: &str) -> (bool, &str) {
    let mut showing = false;
    loop {
        before = before.trim_start();
        if let Some(rest) = FILLERS.iter().find_map(|word| before.strip_prefix(word)) {
            before = rest;
        } else if let Some(rest) = SHOWING.iter().find_map(|word| before.strip_prefix(word)) {
            (showing, before) = (true, rest);
        } else {
            return (showing, before.trim());
        }
    }
}

/// One to ninety-nine, in digits or characters.
fn number(text: &str) -> Option<(usize, &str)> {
    let digits = text.len() - text.trim_start_matches(|ch: char| ch.is_ascii_digit()).len();
    if digits > 0 {
        let (digits, tail) = text.split_at(digits);
        return digits.parse().ok().filter(|n| (1..100).contains(n)).map(|n| (n, tail));
    }
    let mut chars = text.chars();
    let end = chars.by_ref().take_while(|ch| is_numeral(*ch)).map(char::len_utf8).sum();
    let (said, tail) = text.split_at(end);
    let value = match said.chars().collect::<Vec<_>>()[..] {
        [one] => digit(one).or((one == '十').then_some(10)),
        ['十', ones] => digit(ones).map(|ones| 10 + ones),
        [tens, '十'] => digit(tens).map(|tens| tens * 10),
        [tens, '十', ones] => digit(tens).zip(digit(ones)).map(|(tens, ones)| tens * 10 + ones),
        _ => None,
    };
    value.map(|n| (n, tail))
}

fn is_numeral(ch: char) -> bool {
    ch.is_ascii_digit() || ch == '十' || digit(ch).is_some()
}

fn digit(ch: char) -> Option<usize> {
    "一二三四五六七八九".chars().position(|one| one == ch).map(|at| at + 1).or((ch == '两').then_some(2))
}
