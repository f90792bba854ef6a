//! What utterances and patterns are made of when they are compared: syllables in Mandarin, words in English.

use std::ops::Range;

use crate::domain::Lang;
use crate::sound::{Syllable, cost, similarity};

/// Cost of two atoms that must not stand for each other.
pub(super) const NEVER: f32 = 100.0;

/// How much an atom matters when it is there without its counterpart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Weight {
    /// Said without meaning anything: 呢, 我们, "well".
    Filler,
    /// Grammar that comes and goes: 是, "of".
    Light,
    Content,
    /// Turns the meaning round when missed or exchanged: 不, 上, 冷, "not", "before".
    Critical,
}

/// How an atom sounds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Syllable(char, Syllable),
    /// Folded and without its plural.
    Word(String),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Atom {
    pub token: Token,
    pub weight: Weight,
    pub negation: bool,
    /// A negation, or perhaps one misheard: it sounds like 不 or 没.
    pub doubtful: bool,
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Punctuation stands before it.
    pub after_break: bool,
}

/// The atoms of a text in the language's own kind.
pub(super) fn atoms(text: &str, lang: &Lang) -> Vec<Atom> {
    if lang.is_chinese() { chinese(text) } else { english(text) }
}

/// Cost of hearing `heard` where `wanted` was meant: 0 the same, up to 0.7 confusable, [`NEVER`] otherwise.
pub(super) fn substitution(wanted: &Token, heard: &Token) -> f32 {
    match (wanted, heard) {
        (Token::Syllable(a, left), Token::Syllable(b, right)) => {
            if a == b {
                return 0.0;
            }
            if matches!((a, b), ('温', '暖') | ('暖', '温')) {
                return 0.15;
            }
            // A negation that was heard is believed, however much the pattern would like 部 there.
            if NEGATIONS.contains(*b) && !NEGATIONS.contains(*a) {
                return NEVER;
            }
            let sound = cost(left, right);
            let (first, second) = (CRITICAL.contains(*a), CRITICAL.contains(*b));
            let allowed = match (first, second) {
                (true, true) => 0.0,
                // 的 is also read di, but nobody means 低 by it.
                (true, false) | (false, true) if "的地得了着".contains([*a, *b]) => 0.0,
                (true, false) | (false, true) => 0.1,
                (false, false) => 0.75,
            };
            // Both critical and not the same character: 买 is not 卖, however alike they sound.
            if sound < allowed { sound } else { NEVER }
        }
        (Token::Word(a), Token::Word(b)) => {
            if a == b {
                return 0.0;
            }
            let critical = CRITICAL_WORDS.contains(&a.as_str()) || CRITICAL_WORDS.contains(&b.as_str());
            // Words whose lengths differ by more cannot be alike enough: most pairs end here.
            if critical || a.len() < 5 || b.len() < 5 || a.len().abs_diff(b.len()) * 4 > a.len().max(b.len())
            {
                return NEVER;
            }
            let alike = similarity(a, b);
            if alike > 0.74 { 1.0 - alike } else { NEVER }
        }
        _ => NEVER,
    }
}

/// Characters that must be heard as they are.
const CRITICAL: &str = "上下前后内外不没无别未非高低冷温热大小多少长短进出买卖退换";
const NEGATIONS: &str = "不没无别未非勿";
/// Words with a negation in them that do not negate.
const HARMLESS: [&str; 10] =
    ["不锈钢", "差不多", "不错", "要不要", "是不是", "有没有", "好不好", "对不对", "别人", "特别"];
/// Such words, where they begin a clause: 不过 is "but", 通不过 is "does not pass".
const HARMLESS_AT_START: [&str; 4] = ["不过", "不仅", "不但", "不管"];

/// The longest first, so that 就是说 is one filler.
const FILLERS: [&str; 49] = [
    "就是说",
    "的时候",
    "呢",
    "啊",
    "吧",
    "哦",
    "嗯",
    "呃",
    "哈",
    "呀",
    "嘛",
    "啦",
    "哎",
    "诶",
    "唉",
    "喔",
    "那么",
    "那",
    "然后",
    "就是",
    "就",
    "所以",
    "而且",
    "并且",
    "同时",
    "另外",
    "还有",
    "其实",
    "也",
    "都",
    "的话",
    "好的",
    "好",
    "大家",
    "我们",
    "咱们",
    "你们",
    "这个",
    "那个",
    "这款",
    "这",
    "它的",
    "它",
    "的",
    "了",
    "一下",
    "现在",
    "请",
    "来",
];
const LIGHT: &str = "是为会能得着地个款还又再可已被把给让";

fn chinese(text: &str) -> Vec<Atom> {
    let mut found: Vec<Atom> = Vec::new();
    let mut after_break = true;
    for (at, ch) in text.char_indices() {
        let Some(syllable) = Syllable::of(ch) else {
            after_break |= !ch.is_whitespace();
            continue;
        };
        let ch = ch.to_ascii_lowercase();
        let critical = CRITICAL.contains(ch);
        let light = LIGHT.contains(ch);
        let weight = if critical {
            Weight::Critical
        } else if light {
            Weight::Light
        } else {
            Weight::Content
        };
        found.push(Atom {
            token: Token::Syllable(ch, syllable),
            weight,
            negation: NEGATIONS.contains(ch),
            doubtful: NEGATIONS.contains(ch) || matches!(syllable.plain().as_str(), "bu" | "mei"),
            range: at..at + ch.len_utf8(),
            after_break,
        });
        after_break = false;
    }
    let starts: Vec<usize> =
        found.iter().filter(|atom| atom.after_break).map(|atom| atom.range.start).collect();
    let mut harmless = Vec::new();
    each_occurrence(text, &HARMLESS, |range| harmless.push(range));
    each_occurrence(text, &HARMLESS_AT_START, |range| {
        harmless.extend(starts.contains(&range.start).then_some(range));
    });
    for range in harmless {
        for atom in found.iter_mut().filter(|atom| range.contains(&atom.range.start)) {
            atom.negation = false;
            atom.doubtful = false;
            if atom.weight == Weight::Critical {
                atom.weight = Weight::Content;
            }
        }
    }
    each_occurrence(text, &FILLERS, |range| {
        for atom in found.iter_mut().filter(|atom| range.contains(&atom.range.start)) {
            if matches!(atom.weight, Weight::Content | Weight::Light) {
                atom.weight = Weight::Filler;
            }
        }
    });
    found
}

fn each_occurrence(text: &str, words: &[&str], mut with: impl FnMut(Range<usize>)) {
    for word in words {
        for (at, _) in text.match_indices(word) {
            // 另外 is filler, but not in 另外收费, where it says that it costs extra; 好 not in 好看.
            let next = text.get(at + word.len()..).and_then(|rest| rest.chars().next());
            let before = text.get(..at).and_then(|head| head.chars().next_back());
            let word_goes_on = match *word {
                // 大家好 is a greeting.
                "大家" => next.is_some_and(|ch| "好早晚下上中".contains(ch)),
                "好" if before.is_some_and(|ch| "家们午上".contains(ch)) => true,
                "另外" => next == Some('收'),
                "好" => {
                    next.is_some_and(|ch| !ch.is_ascii_punctuation() && !"，。！、了的吧啊".contains(ch))
                }
                "那" | "这" => next.is_some_and(|ch| "里儿边样种些".contains(ch)),
                "来" => next.is_some_and(|ch| "到自源样".contains(ch)),
                "都" => next == Some('市'),
                "就" => next == Some('业'),
                _ => false,
            };
            if !word_goes_on {
                with(at..at + word.len());
            }
        }
    }
}

const CRITICAL_WORDS: [&str; 46] = [
    "not", "no", "never", "without", "none", "nor", "above", "below", "over", "under", "before", "after",
    "more", "less", "hot", "cold", "warm", "buy", "sell", "return", "exchange", "minimum", "maximum", "min",
    "max", "least", "most", "high", "low", "higher", "lower", "large", "small", "big", "inside", "outside",
    "free", "long", "short", "up", "down", "in", "out", "within", "extra", "only",
];
const NEGATION_WORDS: [&str; 6] = ["not", "no", "never", "without", "none", "nor"];
const FILLER_WORDS: [&str; 36] = [
    "so", "well", "okay", "ok", "and", "also", "then", "now", "um", "uh", "you", "know", "right", "but",
    "just", "actually", "please", "everyone", "guy", "a", "an", "the", "here", "there", "really", "very",
    "too", "hey", "hi", "oh", "as", "that", "this", "let", "us", "these",
];
const LIGHT_WORDS: [&str; 27] = [
    "is", "are", "am", "be", "was", "were", "of", "for", "to", "our", "your", "it", "its", "we", "they",
    "with", "at", "on", "by", "from", "have", "has", "will", "can", "do", "each", "per",
];

fn english(text: &str) -> Vec<Atom> {
    let mut found = Vec::new();
    let mut after_break = true;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let end = at + rest.find(|ch: char| !in_word(ch)).unwrap_or(rest.len());
        if end == at {
            let ch = rest.chars().next().unwrap_or(' ');
            after_break |= matches!(ch, ',' | '.' | ';' | ':' | '!' | '?' | '—');
            at += ch.len_utf8();
            continue;
        }
        for word in expanded(text.get(at..end).unwrap_or_default()) {
            let weight = if CRITICAL_WORDS.contains(&word.as_str()) {
                Weight::Critical
            } else if FILLER_WORDS.contains(&word.as_str()) {
                Weight::Filler
            } else if LIGHT_WORDS.contains(&word.as_str()) {
                Weight::Light
            } else {
                Weight::Content
            };
            let negation = NEGATION_WORDS.contains(&word.as_str());
            found.push(Atom {
                token: Token::Word(word),
                weight,
                negation,
                doubtful: negation,
                range: at..end,
                after_break,
            });
            after_break = false;
        }
        at = end;
    }
    found
}

fn in_word(ch: char) -> bool {
    ch.is_alphanumeric() || matches!(ch, '\'' | '’' | '%' | '$' | '€')
}

/// A word as it is compared: lower case, contractions written out, one spelling, no plural.
fn expanded(word: &str) -> Vec<String> {
    let word = word.replace('’', "'").to_lowercase();
    let (head, tail) = match word.as_str() {
        "cannot" | "can't" => ("can", "not"),
        "won't" => ("will", "not"),
        "let's" => ("let", "us"),
        other => match other.split_once('\'') {
            Some((head, "t")) => (head.strip_suffix('n').unwrap_or(head), "not"),
            Some((head, "s")) => (head, "is"),
            Some((head, "re")) => (head, "are"),
            Some((head, "ll")) => (head, "will"),
            Some((head, "ve")) => (head, "have"),
            Some((head, "m")) => (head, "am"),
            Some((head, "d")) => (head, "would"),
            Some((head, _)) => (head, ""),
            None => (other, ""),
        },
    };
    [head, tail].iter().filter(|part| !part.is_empty()).map(|part| singular(&spelling(part))).collect()
}

/// British and American spellings as one.
fn spelling(word: &str) -> String {
    const PAIRS: [(&str, &str); 9] = [
        ("colour", "color"),
        ("litre", "liter"),
        ("metre", "meter"),
        ("centre", "center"),
        ("mould", "mold"),
        ("grey", "gray"),
        ("favour", "favor"),
        ("customis", "customiz"),
        ("logos", "logo"),
    ];
    PAIRS.iter().fold(word.to_owned(), |word, (british, american)| word.replace(british, american))
}

fn singular(word: &str) -> String {
    if word.len() < 4 || word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    for ending in ["xes", "ches", "shes", "sses"] {
        if let Some(stem) = word.strip_suffix(ending) {
            return format!("{stem}{}", ending.strip_suffix("es").unwrap_or_default());
        }
    }
    word.strip_suffix('s').unwrap_or(word).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(a: &str, b: &str, lang: &str) -> f32 {
        let lang = Lang::parse(lang).unwrap();
        substitution(&atoms(a, &lang)[0].token, &atoms(b, &lang)[0].token)
    }

    #[test]
    fn opposites_never_stand_for_each_other() {
        for (a, b) in [("上", "下"), ("前", "后"), ("买", "卖"), ("温", "冷"), ("内", "外"), ("高", "低")]
        {
            assert!(between(a, b, "zh") >= NEVER, "{a} {b}");
        }
        assert!(between("before", "after", "en") >= NEVER);
    }

    #[test]
    fn homophones_of_critical_characters_are_heard_as_meant() {
        assert!(between("内", "耐", "zh") >= NEVER);
        assert!(between("前", "钱", "zh") < 0.1);
        assert!(between("不", "部", "zh") < 0.1);
        assert!(between("部", "不", "zh") >= NEVER);
        assert!(between("砧", "站", "zh") < 0.4);
    }

    #[test]
    fn english_is_folded() {
        let lang = Lang::parse("en").unwrap();
        let words = |text: &str| -> Vec<String> {
            let word = |atom: Atom| match atom.token {
                Token::Word(word) => word,
                Token::Syllable(ch, _) => ch.to_string(),
            };
            atoms(text, &lang).into_iter().map(word).collect()
        };
        assert_eq!(words("It's Colours, we don't"), ["it", "is", "color", "we", "do", "not"]);
        assert_eq!(words("boxes dishes glass batteries"), ["box", "dish", "glass", "battery"]);
    }

    #[test]
    fn stainless_steel_is_no_negation() {
        let zh = Lang::parse("zh").unwrap();
        assert!(atoms("不锈钢", &zh).iter().all(|atom| !atom.negation));
        assert!(atoms("不另外收费", &zh)[0].negation);
    }
}
