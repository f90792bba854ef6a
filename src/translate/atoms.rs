//! What utterances and patterns are made of when they are compared: syllables in Mandarin, words in English.

use std::ops::Range;

use super::doubt::{self, Doubt};
use super::english_atoms::{CRITICAL_WORDS, english};
use super::heard_fillers;
use super::persons;
use super::question;
use super::rest::{self, Rest};
use super::turned;
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
    /// It stands in a clause that asks.
    pub asks: bool,
    /// The 不 of 能不能 and the 没 of 有没有: no negation, but half a question.
    pub a_not_a: bool,
    /// A word that makes what follows somebody else's, or doubtful, or past.
    pub doubt: Doubt,
    /// The end of a sentence stands before it.
    pub after_stop: bool,
    /// What it means for the clauses beside it if none of them takes it.
    pub rest: Rest,
}

/// The atoms of a text in the language's own kind.
pub(super) fn atoms(text: &str, lang: &Lang) -> Vec<Atom> {
    let mut found = if lang.is_chinese() { chinese(text) } else { english(text) };
    question::mark(text, lang, &mut found);
    found
}

/// The atoms of what a host says, where more is filler than in a pattern, and words of doubt are marked.
pub(super) fn heard(text: &str, lang: &Lang) -> Vec<Atom> {
    let mut found = atoms(text, lang);
    if lang.is_chinese() {
        heard_fillers::mark(text, &mut found);
    } else {
        heard_fillers::mark_english(&mut found);
    }
    doubt::mark(text, lang, &mut found);
    rest::mark(text, lang, &mut found);
    turned::mark(&mut found);
    found
}

/// Cost of hearing `heard` where `wanted` was meant: 0 the same, up to 0.7 confusable, [`NEVER`] otherwise.
pub(super) fn substitution(wanted: &Token, heard: &Token) -> f32 {
    if persons::same(wanted, heard) {
        return 0.0;
    }
    // 我 and 你 are the very word, and so is what a promise hangs on.
    if wanted != heard && [wanted, heard].into_iter().any(|token| is_person(token) || is_charged(token)) {
        return NEVER;
    }
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
            // "Retail" is not "detail" misheard.
            let begun_alike = a.chars().next() == b.chars().next();
            if alike > 0.79 && begun_alike { 1.0 - alike } else { NEVER }
        }
        _ => NEVER,
    }
}

fn is_person(token: &Token) -> bool {
    persons::person(token).is_some()
}

/// Of price, freight, gifts and tax: 包邮 is not 包有 misheard, nor "shipping" shopping.
fn is_charged(token: &Token) -> bool {
    match token {
        Token::Syllable(ch, _) => "邮费免税送赠价".contains(*ch),
        Token::Word(word) => CHARGED_WORDS.contains(&word.as_str()),
    }
}

const CHARGED_WORDS: [&str; 14] = [
    "shipping", "freight", "postage", "delivery", "price", "gift", "sample", "deposit", "balance",
    "discount", "refund", "charge", "included", "excluded",
];

/// Characters that must be heard as they are.
const CRITICAL: &str = "上下前后内外不没无别未非高低冷温热大小多少长短进出买卖退换";
const NEGATIONS: &str = "不没无别未非勿";
/// Words with a negation in them that do not negate.
const HARMLESS: [&str; 7] = ["不锈钢", "差不多", "不错", "别人", "特别", "非常", "不好意思"];
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
    let (mut after_break, mut after_stop) = (true, true);
    for (at, ch) in text.char_indices() {
        let Some(syllable) = Syllable::of(ch) else {
            let inside = inside_latin(text, at, ch);
            after_break |= !(ch.is_whitespace() || inside);
            after_stop |= !inside && rest::is_stop(ch);
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
            asks: false,
            a_not_a: false,
            doubt: Doubt::None,
            after_stop,
            rest: Rest::Plain,
        });
        (after_break, after_stop) = (false, false);
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
            // The 大 of 大家 is no size.
            if matches!(atom.weight, Weight::Content | Weight::Light)
                || text.get(range.clone()) == Some("大家")
            {
                atom.weight = Weight::Filler;
            }
        }
    });
    found
}

/// The sign of T/T, Type-C and OEKO-TEX, which is no pause.
fn inside_latin(text: &str, at: usize, sign: char) -> bool {
    let latin = |ch: Option<char>| ch.is_some_and(|ch| ch.is_ascii_alphanumeric());
    let before = text.get(..at).and_then(|head| head.chars().next_back());
    let after = text.get(at + sign.len_utf8()..).and_then(|rest| rest.chars().next());
    matches!(sign, '/' | '-' | '.') && latin(before) && latin(after)
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
