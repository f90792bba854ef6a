//! Which clauses ask. A question must never be shown as the statement that it has in it: 能不能机洗 is not 不能机洗, and
//! "do you ship to Brazil" is not "we ship to Brazil".

use super::atoms::{Atom, Token, Weight};
use crate::domain::Lang;

/// Marks the atoms of every clause that asks, and the middle of every A-not-A.
pub(super) fn mark(text: &str, lang: &Lang, atoms: &mut [Atom]) {
    if lang.is_chinese() {
        a_not_a(atoms);
    }
    let mut start = 0;
    while start < atoms.len() {
        let end = clause_end(text, atoms, start, lang);
        let asks = asked(text, lang, atoms, start, end);
        atoms.iter_mut().take(end).skip(start).for_each(|atom| atom.asks = asks);
        start = end;
    }
}

/// Do the words that begin at `start` ask in English: "do you", "is it", "can we"? Fillers before them are skipped.
pub(super) fn inverted(atoms: &[Atom], start: usize) -> bool {
    const VERBS: [&str; 19] = [
        "do", "does", "did", "can", "could", "is", "are", "was", "were", "will", "would", "may", "shall",
        "should", "have", "has", "doe", "wa", "ha",
    ];
    const SUBJECTS: [&str; 21] = [
        "you",
        "we",
        "i",
        "it",
        "they",
        "the",
        "your",
        "our",
        "this",
        "that",
        "these",
        "those",
        "there",
        "any",
        "my",
        "he",
        "she",
        "everyone",
        "everybody",
        "anyone",
        "anybody",
    ];
    let word = |at: usize| match atoms.get(at).map(|atom| &atom.token) {
        Some(Token::Word(word)) => word.as_str(),
        _ => "",
    };
    let mut at = start;
    while atoms.get(at).is_some_and(|atom| atom.weight == Weight::Filler) && !VERBS.contains(&word(at)) {
        at += 1;
    }
    let unbroken = (start + 1..=at + 1).all(|at| atoms.get(at).is_some_and(|atom| !atom.after_break));
    unbroken && VERBS.contains(&word(at)) && SUBJECTS.contains(&word(at + 1))
}

/// A clause ends before punctuation, and behind 吗, after which a new one begins without any.
fn clause_end(text: &str, atoms: &[Atom], start: usize, lang: &Lang) -> usize {
    let next = |at: &usize| atoms.get(*at).is_none_or(|atom| atom.after_break);
    let end = (start + 1..=atoms.len()).find(next).unwrap_or(atoms.len());
    let particle = |at: &usize| lang.is_chinese() && is_particle(text, atoms, *at);
    (start..end).find(particle).map_or(end, |at| at + 1)
}

fn asked(text: &str, lang: &Lang, atoms: &[Atom], start: usize, end: usize) -> bool {
    let clause = atoms.get(start..end).unwrap_or(&[]);
    let behind = clause.last().map_or(0, |atom| atom.range.end);
    let until = atoms.get(end).map_or(text.len(), |atom| atom.range.start);
    if text.get(behind..until).is_some_and(|gap| gap.contains(['?', '？'])) {
        return true;
    }
    if lang.is_chinese() {
        let particle = (start..end).any(|at| is_particle(text, atoms, at));
        particle || clause.iter().any(|atom| atom.a_not_a)
    } else {
        inverted(atoms, start)
    }
}

/// 吗, and 么 where it is no part of 什么, 怎么, 这么, ….
fn is_particle(text: &str, atoms: &[Atom], at: usize) -> bool {
    let Some(atom) = atoms.get(at) else { return false };
    let before = text.get(..atom.range.start).and_then(|head| head.chars().next_back());
    match atom.token {
        Token::Syllable('吗', _) => true,
        Token::Syllable('么', _) => !before.is_some_and(|ch| "什怎这那多要".contains(ch)),
        _ => false,
    }
}

/// 能不能, 可不可以, 有没有: the same syllable on both sides of 不 or 没.
fn a_not_a(atoms: &mut [Atom]) {
    let written = |atom: Option<&Atom>| match atom.map(|atom| &atom.token) {
        Some(Token::Syllable(ch, _)) => Some(*ch),
        _ => None,
    };
    for at in 1..atoms.len().saturating_sub(1) {
        let same = written(atoms.get(at - 1)) == written(atoms.get(at + 1));
        let broken = [at, at + 1].iter().any(|at| atoms.get(*at).is_some_and(|atom| atom.after_break));
        let middle = matches!(written(atoms.get(at)), Some('不' | '没'));
        if let Some(atom) = atoms.get_mut(at).filter(|_| same && middle && !broken) {
            atom.a_not_a = true;
            atom.negation = false;
            atom.doubtful = false;
            atom.weight = Weight::Content;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translate::atoms::atoms;

    /// What of the text is asked, by the atoms' own text.
    fn asks(text: &str, lang: &str) -> String {
        let lang = Lang::parse(lang).unwrap();
        let asked = atoms(text, &lang).into_iter().filter(|atom| atom.asks);
        let words: Vec<String> = asked.map(|atom| text[atom.range].to_owned()).collect();
        words.join(if lang.is_chinese() { "" } else { " " })
    }

    #[test]
    fn mandarin_asks_with_a_not_a_and_with_a_particle() {
        assert_eq!(asks("能不能机洗", "zh"), "能不能机洗");
        assert_eq!(asks("可不可以放微波炉，可以的", "zh"), "可不可以放微波炉");
        assert_eq!(asks("支持DDP吗", "zh"), "支持DDP吗");
        assert_eq!(asks("这个能机洗吗可以机洗", "zh"), "这个能机洗吗");
        assert_eq!(asks("有现货？七天发货。", "zh"), "有现货");
        for told in ["什么都有", "差不多七天", "不锈钢的", "这么大", "不能机洗", "要么现货"]
        {
            assert_eq!(asks(told, "zh"), "", "{told}");
        }
    }

    #[test]
    fn english_asks_with_the_verb_before_the_subject() {
        assert_eq!(asks("so do you ship to Brazil, we ship to Brazil", "en"), "so do you ship to Brazil");
        assert_eq!(asks("is it dishwasher safe", "en"), "is it dishwasher safe");
        assert_eq!(asks("you ship to Brazil? We do.", "en"), "you ship to Brazil");
        for told in
            ["as you can see it", "we can ship to Brazil", "do not put it in the dishwasher", "it is safe"]
        {
            assert_eq!(asks(told, "en"), "", "{told}");
        }
    }

    #[test]
    fn no_question_is_shown_as_the_statement_in_it() {
        use std::sync::Arc;

        use crate::packs::Packs;
        use crate::translate::Phrasebook;
        use crate::translate::testing::request;

        let book = Phrasebook::new(Arc::new(Packs::builtin().unwrap()));
        let taken_for = |text: &str, source: &str| -> String {
            let request = request(text, source, "es");
            let clauses = book.clauses(&request).map(|(_, clauses)| clauses).unwrap_or_default();
            clauses.into_iter().map(|clause| clause.id).collect::<Vec<_>>().join(" + ")
        };
        for (text, id) in [
            ("能不能机洗", ""),
            ("可不可以放微波炉", ""),
            ("会不会掉色", ""),
            ("有没有异味", ""),
            ("接不接受小单", ""),
            ("支持DDP吗", ""),
            ("有CE认证吗", ""),
            ("大货和样品一样吗", ""),
            ("都能用", ""),
            ("你们有没有起订量要求", "asked-about"),
            ("能不能印LOGO", "logo-question"),
            ("价格含不含税", "tax-question"),
            ("不能机洗", "not-machine-washable"),
            ("质量很好", "good-quality"),
            ("大家看一下颜色", "look-colour"),
        ] {
            assert_eq!(taken_for(text, "zh"), id, "{text}");
        }
        for (text, id) in [
            ("do you ship to Brazil", "ship-question"),
            ("do you support DDP", ""),
            ("is it dishwasher safe", ""),
            ("as you can see it", ""),
            ("can you print our logo", "logo-question"),
            ("it is dishwasher safe", "dishwasher-safe"),
        ] {
            assert_eq!(taken_for(text, "en"), id, "{text}");
        }
    }
}
