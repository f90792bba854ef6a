//! The trade lexicon of a host language (`lexicon.tsv`): what its factories say about making, selling and shipping,
//! with the English. Repair listens for these words; glossaries and prompts may take their English from here.

use std::collections::HashSet;

use super::pack::Keep;
use super::tables;

const FILE: &str = "lexicon.tsv";

/// What a term may be about.
const DOMAINS: [&str; 7] =
    ["manufacturing", "material", "quality", "trade", "logistics", "selling", "product"];

/// One row of `lexicon.tsv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LexiconRow {
    /// In the pack's language.
    pub term: String,
    pub english: String,
    pub domain: String,
}

pub(super) fn lexicon(text: &str, keep: &mut Keep<'_>) -> Vec<LexiconRow> {
    let mut rows = Vec::new();
    let mut known = HashSet::new();
    for (line, row) in tables::rows(text) {
        let [term, english, domain] = row.as_slice() else {
            keep(FILE, Some(line), "a row is term, tab, English, tab, domain".into());
            continue;
        };
        if !known.insert(*term) {
            keep(FILE, Some(line), format!("{term} is there twice"));
        }
        if !DOMAINS.contains(domain) {
            keep(FILE, Some(line), format!("{domain:?} is none of {}", DOMAINS.join(", ")));
        }
        // Columns that changed places would teach repair to write English into Mandarin.
        if term.is_empty() || !term.chars().all(is_han) {
            keep(FILE, Some(line), format!("{term:?} is not written in Chinese"));
        }
        if !english.chars().any(|ch| ch.is_ascii_alphabetic()) || english.chars().any(is_han) {
            keep(FILE, Some(line), format!("{english:?} is not English"));
        }
        let text = |part: &str| part.to_owned();
        rows.push(LexiconRow { term: text(term), english: text(english), domain: text(domain) });
    }
    rows
}

fn is_han(ch: char) -> bool {
    matches!(ch, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Lang;
    use crate::packs::Packs;

    fn problems(text: &str) -> Vec<(Option<usize>, String)> {
        let mut found = Vec::new();
        lexicon(text, &mut |_, line, message| found.push((line, message)));
        found
    }

    #[test]
    fn a_row_has_a_term_its_english_and_a_domain() {
        let mut none = |_: &'static str, _: Option<usize>, message: String| unreachable!("{message}");
        let rows = lexicon("# comment\n\n尾款\tbalance payment\ttrade\n", &mut none);
        let parts = ["尾款", "balance payment", "trade"].map(str::to_owned);
        let [term, english, domain] = parts;
        assert_eq!(rows, [LexiconRow { term, english, domain }]);
    }

    #[test]
    fn what_is_wrong_in_a_row_is_told_with_its_line() {
        for (text, told) in [
            ("尾款\tbalance\ttrade\n尾款\trest\ttrade", (2, "尾款 is there twice")),
            ("balance\t尾款\ttrade", (1, "is not written in Chinese")),
            ("尾款\t尾款\ttrade", (1, "is not English")),
            ("尾款\tbalance\tmoney", (1, "\"money\" is none of")),
            ("尾款\tbalance", (1, "a row is term")),
        ] {
            let found = problems(text);
            let is =
                |(line, message): &(Option<usize>, String)| *line == Some(told.0) && message.contains(told.1);
            assert!(found.iter().any(is), "{text}: {found:?}");
        }
    }

    #[test]
    fn the_mandarin_lexicon_that_ships_is_large_and_covers_every_domain() {
        let packs = Packs::builtin().unwrap();
        let rows = &packs.get(&Lang::parse("zh").unwrap()).unwrap().lexicon;
        assert!(rows.len() >= 650, "{}", rows.len());
        for domain in DOMAINS {
            assert!(rows.iter().filter(|row| row.domain == domain).count() >= 50, "{domain}");
        }
    }
}
