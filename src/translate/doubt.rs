//! Words that make a clause say less than its pattern does: it is somebody else's price, a condition, hearsay, or past.
//! Left over before a clause, they keep it from being shown: "other factories charge five dollars" is not our price.

use super::atoms::{Atom, Token};
use crate::domain::Lang;

/// How far a word of doubt reaches, if no pattern heard it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    None,
    /// To what follows up to the next punctuation.
    Clause,
    /// As far as the clause after that: 如果是现货，三天发货.
    NextClause,
}

#[rustfmt::skip] // a list, read by kinds
const CHINESE: [(&str, Doubt); 77] = [
    // others'
    ("别人", Doubt::Clause), ("别家", Doubt::Clause), ("别的工厂", Doubt::Clause), ("别的厂", Doubt::Clause), ("别的家", Doubt::Clause), ("别的店", Doubt::Clause),
    ("其他工厂", Doubt::Clause), ("其他厂", Doubt::Clause), ("其他家", Doubt::Clause), ("其它工厂", Doubt::Clause), ("同行", Doubt::Clause),
    ("人家", Doubt::Clause), ("他们", Doubt::Clause), ("她们", Doubt::Clause), ("他家", Doubt::Clause), ("市面上", Doubt::Clause), ("隔壁", Doubt::Clause), ("楼下", Doubt::Clause), ("市场上", Doubt::Clause),
    ("外面的", Doubt::Clause), ("外面卖", Doubt::Clause), ("有些工厂", Doubt::Clause), ("有的工厂", Doubt::Clause), ("有些厂", Doubt::Clause), ("有的厂", Doubt::Clause),
    ("竞争对手", Doubt::Clause), ("老客户", Doubt::Clause), ("新客户", Doubt::Clause), ("会员", Doubt::Clause), ("那个客户", Doubt::Clause),
    // hearsay and guesses
    ("听说", Doubt::Clause), ("据说", Doubt::Clause), ("有人说", Doubt::Clause), ("客户说", Doubt::Clause), ("客户反馈", Doubt::Clause), ("客户反映", Doubt::Clause),
    ("以为", Doubt::Clause), ("应该", Doubt::Clause), ("也许", Doubt::Clause), ("或许", Doubt::Clause), ("好像", Doubt::Clause),
    ("不一定", Doubt::Clause), ("打算", Doubt::Clause), ("计划", Doubt::Clause), ("争取", Doubt::Clause), ("谁说", Doubt::Clause), ("本来", Doubt::Clause),
    // another time
    ("以前", Doubt::Clause), ("原来", Doubt::Clause), ("去年", Doubt::Clause), ("前年", Doubt::Clause), ("上个月", Doubt::Clause), ("上次", Doubt::Clause),
    ("上周", Doubt::Clause), ("昨天", Doubt::Clause), ("前天", Doubt::Clause), ("曾经", Doubt::Clause), ("过去", Doubt::Clause), ("当时", Doubt::Clause),
    ("明年", Doubt::Clause), ("下个月", Doubt::Clause), ("下次", Doubt::Clause), ("将来", Doubt::Clause), ("以后会", Doubt::Clause),
    // questions
    ("怎么", Doubt::Clause), ("为什么", Doubt::Clause), ("为啥", Doubt::Clause), ("哪", Doubt::Clause), ("多少", Doubt::Clause), ("谁", Doubt::Clause),
    // but for, and only if
    ("除了", Doubt::Clause), ("如果", Doubt::NextClause), ("要是", Doubt::NextClause), ("假如", Doubt::NextClause), ("除非", Doubt::NextClause),
    ("万一", Doubt::NextClause), ("一旦", Doubt::NextClause),
];
/// At the beginning of a clause only: 发货之前 is no past.
const AT_START: [&str; 3] = ["之前", "只要", "只有"];
/// Each of them has it, not all together.
const EACH: &str = "条台家人位款张种批单层组个";

#[rustfmt::skip] // a list, read by kinds
const ENGLISH: [(&str, Doubt); 54] = [
    ("other", Doubt::Clause), ("competitor", Doubt::Clause), ("neighbour", Doubt::Clause), ("neighbor", Doubt::Clause), ("rival", Doubt::Clause), ("next door", Doubt::Clause), ("elsewhere", Doubt::Clause), ("he", Doubt::Clause), ("she", Doubt::Clause), ("his", Doubt::Clause), ("her", Doubt::Clause), ("somebody", Doubt::Clause),
    ("someone", Doubt::Clause), ("nobody", Doubt::Clause), ("said", Doubt::Clause), ("say", Doubt::Clause), ("heard", Doubt::Clause), ("told", Doubt::Clause),
    ("think", Doubt::Clause), ("thought", Doubt::Clause),
    ("maybe", Doubt::Clause), ("perhaps", Doubt::Clause), ("probably", Doubt::Clause), ("might", Doubt::Clause), ("almost", Doubt::Clause),
    ("nearly", Doubt::Clause), ("hope", Doubt::Clause), ("plan", Doubt::Clause), ("planning", Doubt::Clause), ("bought", Doubt::Clause),
    ("was", Doubt::Clause), ("wa", Doubt::Clause), ("were", Doubt::Clause), ("used to", Doubt::Clause), ("yesterday", Doubt::Clause), ("previously", Doubt::Clause),
    ("formerly", Doubt::Clause), ("last week", Doubt::Clause), ("last month", Doubt::Clause), ("last year", Doubt::Clause), ("last time", Doubt::Clause),
    ("next week", Doubt::Clause), ("next month", Doubt::Clause), ("next year", Doubt::Clause), ("next time", Doubt::Clause), ("except", Doubt::Clause),
    ("what", Doubt::Clause), ("why", Doubt::Clause), ("who", Doubt::Clause), ("how", Doubt::Clause), ("where", Doubt::Clause),
    ("if", Doubt::NextClause), ("unless", Doubt::NextClause), ("whether", Doubt::NextClause),
];

/// Marks the atoms of words of doubt.
pub(super) fn mark(text: &str, lang: &Lang, atoms: &mut [Atom]) {
    if !lang.is_chinese() {
        return mark_words(atoms);
    }
    let mut found: Vec<(std::ops::Range<usize>, Doubt)> = Vec::new();
    for (word, doubt) in CHINESE {
        found.extend(text.match_indices(word).map(|(at, _)| (at..at + word.len(), doubt)));
    }
    let starts: Vec<usize> =
        atoms.iter().filter(|atom| atom.after_break).map(|atom| atom.range.start).collect();
    for word in AT_START {
        let at_start = text.match_indices(word).filter(|(at, _)| starts.contains(at));
        let doubt = if word == "之前" { Doubt::Clause } else { Doubt::NextClause };
        found.extend(at_start.map(|(at, _)| (at..at + word.len(), doubt)));
    }
    for (at, word) in text.match_indices('每') {
        let next = text.get(at + word.len()..).and_then(|rest| rest.chars().next());
        let month = text.get(at + word.len()..).is_some_and(|rest| rest.starts_with("个月"));
        found.extend(
            next.filter(|ch| EACH.contains(*ch) && !month).map(|_| (at..at + word.len(), Doubt::Clause)),
        );
    }
    for (range, doubt) in found {
        atoms.iter_mut().filter(|atom| range.contains(&atom.range.start)).for_each(|atom| atom.doubt = doubt);
    }
}

fn mark_words(atoms: &mut [Atom]) {
    let is = |atom: Option<&Atom>, wanted: &str| matches!(atom.map(|atom| &atom.token), Some(Token::Word(word)) if word == wanted);
    for at in 0..atoms.len() {
        // They are the goods, unless they did something.
        if is(atoms.get(at), "they")
            && atoms.get(at + 1).is_some_and(is_past)
            && let Some(atom) = atoms.get_mut(at)
        {
            atom.doubt = Doubt::Clause;
        }
        let here = |(phrase, _): &&(&str, Doubt)| {
            phrase.split(' ').enumerate().all(|(offset, word)| is(atoms.get(at + offset), word))
        };
        let Some((phrase, doubt)) = ENGLISH.iter().find(here) else { continue };
        let words = phrase.split(' ').count();
        atoms.iter_mut().skip(at).take(words).for_each(|atom| atom.doubt = *doubt);
    }
}

fn is_past(atom: &Atom) -> bool {
    const PAST: [&str; 10] =
        ["sold", "sent", "made", "bought", "paid", "charge", "sell", "took", "gave", "want"];
    matches!(&atom.token, Token::Word(word) if PAST.contains(&word.as_str()) || (word.ends_with("ed") && word.len() > 4))
}

/// Places where a word of doubt that was not covered reaches.
pub(super) fn reached(atoms: &[Atom], covered: &[bool]) -> Vec<bool> {
    let (mut reached, mut clauses) = (Vec::with_capacity(atoms.len()), 0_u8);
    for (at, atom) in atoms.iter().enumerate() {
        if atom.after_break {
            clauses = clauses.saturating_sub(1);
        }
        if !covered.get(at).copied().unwrap_or(false) {
            clauses = clauses.max(match atom.doubt {
                Doubt::None => 0,
                Doubt::Clause => 1,
                Doubt::NextClause => 2,
            });
        }
        reached.push(clauses > 0);
    }
    // What was said of another time may stand at the end: "we used to" before, "last week" behind.
    let mut behind = false;
    for (at, atom) in atoms.iter().enumerate().rev() {
        behind |= atom.doubt == Doubt::Clause
            && !covered.get(at).copied().unwrap_or(false)
            && matches!(atom.token, Token::Word(_));
        if let Some(place) = reached.get_mut(at) {
            *place |= behind;
        }
        behind &= !atom.after_break;
    }
    reached
}
