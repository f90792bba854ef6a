//! What hosts say without meaning anything by it. Only in what is heard: a pattern that names one of these still wants it
//! heard.

use super::atoms::{Atom, Token, Weight};

#[rustfmt::skip] // a list, read by kinds
const HEARD: [&str; 98] = [
    // who speaks and who is spoken to
    "我们家", "我们这边", "我们工厂", "我们公司", "我们厂里", "我们厂", "我们车间", "我们这个产品", "我们的产品", "我们产品", "我家", "咱们家", "咱家", "咱",
    "您的", "您", "你们的", "你的", "你", "各位老板", "老板们", "老板", "家人们", "亲们", "亲爱的", "宝宝们", "宝子们", "朋友们", "各位",
    // what is spoken of
    "这边的话", "这一款", "这一块", "这块儿", "这个产品", "这款产品", "这一个",
    // how sure, and how usual
    "基本上", "基本", "一般来说", "一般来讲", "一般情况下", "正常情况下", "正常来说", "一般", "目前来说", "目前", "大概", "大约", "差不多", "左右",
    "真的是", "真的", "通常", "已经", "马上", "直接", "确实", "肯定", "当然", "特别地",
    // the bound again
    "就可以了", "就行了", "就行", "就好了", "就够了", "就ok", "就OK",
    // between clauses
    "对吧", "是吧", "对不对", "你看", "你们看", "因为", "来说", "来讲", "我跟大家说", "我跟你们说", "跟大家说", "总之", "反正", "说实话", "首先",
    "其次", "还是", "呢是", "的话呢", "这样子", "好吧", "一下子", "一下", "给大家", "跟大家", "为大家", "麻烦", "咱们这个", "我们这个", "我们这款", "咱们这款",
];

/// The same in English, and what is grammar there.
#[rustfmt::skip] // a list, read by rows
const ENGLISH: [&str; 19] = [
    "yes", "yeah", "yep", "sure", "alright", "basically", "currently", "normally", "usually", "friend", "folk", "everybody",
    "dear", "still", "already", "even", "lady", "gentlemen", "those",
];
const ENGLISH_GRAMMAR: [&str; 9] =
    ["i", "me", "my", "mine", "about", "around", "approximately", "roughly", "some"];

/// Gives the words of an English utterance their weight in what is heard.
pub(super) fn mark_english(atoms: &mut [Atom]) {
    for atom in atoms.iter_mut().filter(|atom| atom.weight == Weight::Content) {
        let Token::Word(word) = &atom.token else { continue };
        if ENGLISH.contains(&word.as_str()) {
            atom.weight = Weight::Filler;
        } else if ENGLISH_GRAMMAR.contains(&word.as_str()) {
            atom.weight = Weight::Light;
        }
    }
    pointed_at(atoms);
}

/// "this one", "that model": the noun says no more than the word before it, unless it counts ("this one litre …").
fn pointed_at(atoms: &mut [Atom]) {
    const UNITS: [&str; 22] = [
        "piece", "unit", "set", "pair", "box", "carton", "dollar", "yuan", "euro", "cent", "hundred",
        "thousand", "million", "year", "month", "week", "day", "hour", "minute", "liter", "kilogram",
        "percent",
    ];
    let word = |atom: &Atom| match &atom.token {
        Token::Word(word) => word.clone(),
        Token::Syllable(..) => String::new(),
    };
    let words: Vec<String> = atoms.iter().map(word).collect();
    for at in 1..words.len() {
        let is =
            |place: usize, list: &[&str]| words.get(place).is_some_and(|word| list.contains(&word.as_str()));
        let pointed = is(at - 1, &["this", "that", "these", "those"]);
        let noun = is(at, &["model", "product", "item"]) || (is(at, &["one"]) && !is(at + 1, &UNITS));
        if let Some(atom) = atoms.get_mut(at).filter(|atom| pointed && noun && !atom.after_break) {
            atom.weight = Weight::Filler;
        }
    }
}

/// Makes fillers of them, and grammar of the 以 of 可以 and of 要.
pub(super) fn mark(text: &str, atoms: &mut [Atom]) {
    for word in HEARD {
        for (at, _) in text.match_indices(word) {
            let range = at..at + word.len();
            // 各位 is no filler of 各位置, nor 老板 of 老板娘.
            let goes_on = text.get(range.end..).is_some_and(|rest| match word {
                "左右" => rest.starts_with(['手', '两', '脚']),
                "各位" => rest.starts_with(['置', '好']),
                "老板" => rest.starts_with('娘'),
                "朋友们" => rest.starts_with('好'),
                "你" | "您" => rest.starts_with('好'),
                "还是" => rest.contains(['吗', '?', '？']),
                "基本" => rest.starts_with(['款', '功', '参', '信']),
                "一般" => rest.starts_with(['的', '贸']),
                _ => false,
            });
            let before = text.get(..at).and_then(|head| head.chars().next_back());
            let joined = match word {
                "左右" => before.is_some_and(|ch| "影".contains(ch)),
                "你" | "您" => before.is_some_and(|ch| "给跟和向对与".contains(ch)),
                _ => false,
            };
            if goes_on || joined {
                continue;
            }
            for atom in atoms.iter_mut().filter(|atom| range.contains(&atom.range.start) && !atom.a_not_a) {
                atom.weight = Weight::Filler;
                atom.negation = false;
                atom.doubtful = false;
            }
        }
    }
    for at in 0..atoms.len() {
        let is = |place: Option<usize>, wanted: char| {
            place
                .and_then(|place| atoms.get(place))
                .is_some_and(|atom| matches!(atom.token, Token::Syllable(ch, _) if ch == wanted))
        };
        let modal = is(Some(at), '要') || (is(Some(at), '以') && is(at.checked_sub(1), '可'));
        if let Some(atom) = atoms.get_mut(at).filter(|atom| modal && atom.weight == Weight::Content) {
            atom.weight = Weight::Light;
        }
    }
}
