//! Who does it for whom. 您可以给我们开发票 has all the words of 我们可以开发票, and says the opposite: a pattern speaks as the seller, so
//! what the buyer does, owns or gives is no clause of it unless the pattern names the buyer itself.

use super::atoms::{Atom, Token};
use super::persons::{Person, person};
use super::rest::Rest;

/// What may stand between a person and what he does.
const BETWEEN: &str = "们可以能都也就先只要想需会再还自己如果是一直接随时现在今天不没这那边家里各位便";
/// What a buyer does, so that "you" before it may go unsaid. Its first syllables.
#[rustfmt::skip] // a list, read by kinds
const BUYERS_ACTS: &[&str] = &[
    "拿", "买", "购", "下单", "下载", "拍", "订", "定", "用", "使用",
    "放", "洗", "付", "加购", "加我", "加微", "加一", "点", "扣", "看", "想", "说", "喜", "担", "试", "选", "挑", "打开", "按下", "按一", "按住", "按照尺", "穿", "戴", "收到货", "收货", "问", "关注",
    "来看", "来到", "来我", "来参", "来厂", "来工厂", "来验", "来下", "来拿", "来付", "来承", "留", "私信", "联", "听", "觉", "知", "懂", "比较", "带", "吃", "喝", "睡", "坐", "骑", "玩", "凑", "混", "参", "逛",
    "扫", "搜", "摸", "拆", "换洗", "零售", "开车", "出门", "出差", "出去", "旅", "挂", "铺", "擦", "插", "充", "连接", "连上", "调节", "调整", "调成", "进货", "备注", "自提", "等", "记", "确认", "满意", "考虑", "了解",
    "有需", "有兴", "有意", "有问", "有什", "有任", "发给我", "发我", "寄给我", "提供给我", "把图", "把设计", "把数", "把型", "把地", "把联", "把手机", "给我",
];
/// What the makers use, and no buyer.
const MAKERS_USE: [&str; 12] =
    ["用的", "用全", "用新", "用回", "用料", "用三", "用进", "用环", "用食", "用纯", "用原", "用自动"];
/// What viewers are asked for: 给我们点个关注 is said to them.
const ASKED_FOR: [&str; 12] =
    ["点", "刷", "留言", "发消", "发私", "发邮", "发微", "发询", "私信", "关注", "评论", "打个"];
/// What is the buyer's anyway.
#[rustfmt::skip] // a list, read by kinds
const BUYERS_OWN: &[&str] = &[
    "订单", "货款", "货物", "地址", "邮箱", "国家", "需求", "需要", "数量", "要求", "图", "设计", "商标", "品牌", "牌子", "LOGO", "logo", "账号", "目的", "手", "皮肤", "家", "厨房",
    "孩子", "宝宝", "店", "市场", "预算", "定金", "款", "尺寸", "码", "身", "脚", "头", "衣", "车", "支持", "关注", "信任", "问题", "留言", "名字",
];
/// What a buyer pays and sends back: "we" before it are buyers who speak.
const OF_BUYERS: [&str; 8] = ["付", "打款", "下单", "下定金", "退货", "订购", "采购", "汇款"];
/// What somebody is asked or told: behind these the person is who hears it.
const ADDRESSED: [&str; 8] = ["联系", "咨询", "关注", "私信", "告诉", "加", "加一下", "找"];

/// Marks the syllables that make the seller's words the buyer's, and the buyer's the seller's.
pub(super) fn mark(atoms: &mut [Atom]) {
    let turned: Vec<usize> = (0..atoms.len()).filter(|at| is_turned(atoms, *at)).collect();
    for at in turned {
        if let Some(atom) = atoms.get_mut(at).filter(|atom| matches!(atom.rest, Rest::Plain | Rest::Harmless))
        {
            atom.rest = Rest::Turned;
        }
    }
}

/// Is the person who gets it: 给我们, 帮你, "to us", "for you"? Patterns and what is said must agree in this.
pub(super) fn gets(before: Option<&Token>) -> bool {
    match before {
        Some(Token::Syllable(ch, _)) => "给帮替".contains(*ch),
        Some(Token::Word(word)) => word == "to" || word == "for",
        None => false,
    }
}

/// The same of the atom at the place.
pub(super) fn gets_at(atoms: &[Atom], at: usize) -> bool {
    gets(at.checked_sub(1).and_then(|at| atoms.get(at)).map(|atom| &atom.token))
}

fn is_turned(atoms: &[Atom], at: usize) -> bool {
    let Some(atom) = atoms.get(at) else { return false };
    let before = at.checked_sub(1).and_then(|at| atoms.get(at)).filter(|_| !atom.after_break);
    let before = before.map(|atom| &atom.token);
    match (&atom.token, person(&atom.token)) {
        (Token::Syllable(..), Some(Person::First)) => {
            let ahead = ahead(atoms, at);
            (gets(before) && !begins(&ahead, &ASKED_FOR)) || begins(&ahead, &OF_BUYERS)
        }
        (Token::Syllable(..), Some(Person::Second)) => {
            let said = behind(atoms, at);
            !gets(before)
                && !matches!(before, Some(Token::Syllable('退' | '赔' | '送' | '返' | '寄' | '发' | '由', _)))
                && (ADDRESSED.iter().any(|word| said.ends_with(word)) || !is_buyers(&ahead(atoms, at)))
        }
        (Token::Word(word), Some(who)) => english(atoms, at, word, who, before),
        _ => false,
    }
}

fn begins(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.starts_with(word))
}

/// Is it what a buyer does or has? A "you" that nothing follows says nothing.
fn is_buyers(ahead: &str) -> bool {
    let does = begins(ahead, BUYERS_ACTS) && !begins(ahead, &MAKERS_USE);
    ahead.is_empty() || does || ahead.strip_prefix('的').is_some_and(|own| begins(own, BUYERS_OWN))
}

/// The syllables behind the person in the same breath, without what may stand between.
fn ahead(atoms: &[Atom], at: usize) -> String {
    let breath = atoms.iter().skip(at + 1).take_while(|atom| !atom.after_break);
    let syllables = breath.filter_map(|atom| match atom.token {
        Token::Syllable(ch, _) => Some(ch),
        Token::Word(_) => None,
    });
    syllables.skip_while(|ch| BETWEEN.contains(*ch)).collect()
}

/// The syllables before the person in the same breath.
fn behind(atoms: &[Atom], at: usize) -> String {
    let first = (0..=at).rev().find(|at| atoms.get(*at).is_none_or(|atom| atom.after_break)).unwrap_or(0);
    let syllables = atoms.get(first..at).unwrap_or(&[]).iter().filter_map(|atom| match atom.token {
        Token::Syllable(ch, _) => Some(ch),
        Token::Word(_) => None,
    });
    syllables.collect()
}

#[rustfmt::skip] // lists, read by kinds
mod words {
    /// What may stand between a person and what he does.
    pub const BETWEEN: [&str; 24] = [
        "can", "could", "will", "would", "just", "only", "also", "do", "not", "to", "need", "may", "might", "should", "all", "guy", "really", "even", "always", "never",
        "simply", "now", "then", "must",
    ];
    pub const BUYERS_ACTS: &[&str] = &[
        // speaking and looking
        "see", "look", "know", "think", "imagine", "ask", "click", "tap", "type", "follow", "scan", "tell", "message", "enjoy", "notice", "find", "hear", "understand", "feel",
        "watch", "want", "like", "love", "prefer", "guess", "mention", "remember", "wonder", "worry", "say", "believe", "trust",
        // buying
        "get", "order", "buy", "take", "pick", "choose", "purchase", "pay", "book", "receive", "save", "mix", "add", "try", "visit", "come", "bring", "start", "go", "have to", "contact", "email", "call", "return", "send back", "exchange",
        // using
        "use", "put", "wash", "hold", "touch", "wear", "carry", "place", "plug", "press", "turn", "open", "close", "fold", "hang", "clean", "store", "fill", "cook", "charge",
        "ride", "sleep", "sit", "live", "swim", "cut", "adjust", "change", "remove", "install", "assemble", "set", "switch", "connect", "control", "run", "stop", "keep",
        "leave", "travel", "wind", "pull", "push", "lift", "drink", "eat", "wipe", "dry", "iron", "attach", "mount", "stack", "roll", "spray", "pour", "heat", "bake", "fit",
        "detach", "unzip", "zip", "peel", "stick", "screw", "hook", "sew", "write", "draw", "play", "listen", "lock", "unlock", "rinse", "soak", "bend", "stretch", "freeze",
    ];
    /// What is the buyer's anyway.
    pub const BUYERS_OWN: &[&str] = &[
        "order", "good", "deposit", "payment", "purchase", "shipment", "parcel", "home", "house", "kitchen", "car", "desk", "room", "hand", "skin", "body", "face", "hair",
        "head", "neck", "back", "foot", "feet", "phone", "laptop", "tablet", "child", "children", "kid", "baby", "family", "dog", "cat", "pet", "pocket", "bag", "wall",
        "table", "garden", "office", "customer", "client", "market", "money", "time", "friend", "name", "country", "email", "question", "message", "comment", "food", "drink",
        "clothe", "finger", "eye", "door", "window", "balcony", "bed", "choice", "inquiry", "detail", "quantity", "budget", "shop", "store", "business", "address",
        "requirement", "need", "drawing", "design", "artwork", "logo", "brand", "own", "waist", "wrist", "ear", "shoulder", "hip", "chest", "leg", "bike", "boat", "tent",
        "bottle", "coffee", "tea", "water", "attention", "support", "trust", "patience", "local", "destination", "port of destination", "warranty",
    ];
    /// Of buyers who speak.
    pub const OF_BUYERS: [&str; 4] = ["pay", "order", "buy", "owe"];
    /// Who gets it stands behind these.
    pub const GIVEN: [&str; 17] = [
        "to", "give", "send", "offer", "charge", "ship", "refund", "issue", "sell", "provide", "gives", "gave", "grant", "quote", "bring", "cost",
        "deliver",
    ];
}

fn english(atoms: &[Atom], at: usize, word: &str, who: Person, before: Option<&Token>) -> bool {
    let is = |list: &[&str], at: usize| {
        let heard = |at: usize| match atoms.get(at).map(|atom| &atom.token) {
            Some(Token::Word(word)) => word.as_str(),
            _ => "",
        };
        let here =
            |words: &&str| words.split(' ').enumerate().all(|(offset, word)| heard(at + offset) == word);
        list.iter().any(here)
    };
    let ends = |at: usize| atoms.get(at).is_none_or(|atom| atom.after_break);
    let mut next = at + 1;
    while !ends(next) && is(&words::BETWEEN, next) {
        next += 1;
    }
    let given = at > 0 && before.is_some() && is(&words::GIVEN, at - 1);
    match (who, word) {
        (Person::First, "us" | "me") => given,
        (Person::First, "we" | "i") => !ends(next) && is(&words::OF_BUYERS, next),
        (Person::Second, "you") => {
            let subject = before.is_none() || at.checked_sub(1).is_some_and(|at| opens(atoms, at));
            subject && !ends(next) && !is(words::BUYERS_ACTS, next)
        }
        (Person::Second, "your") => !ends(at + 1) && !is(words::BUYERS_OWN, at + 1),
        _ => false,
    }
}

/// May a subject stand behind the word: "and you …", "if you …", "so can you …"?
fn opens(atoms: &[Atom], at: usize) -> bool {
    const OPENERS: [&str; 30] = [
        "and", "so", "but", "then", "that", "if", "when", "because", "while", "once", "can", "could", "will",
        "would", "yes", "yeah", "okay", "ok", "well", "now", "today", "as", "do", "here", "where", "what",
        "which", "also", "actually", "after",
    ];
    matches!(atoms.get(at).map(|atom| &atom.token), Some(Token::Word(word)) if OPENERS.contains(&word.as_str()))
}
