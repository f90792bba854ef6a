//! Repair of a language that is written in words: names and keyterms, by their spelling.

use super::Change;
use crate::sound::{SpelledWord, similarity, words};

/// How alike a word must be beside others of its term, and alone.
const ALIKE: f32 = 0.75;
const ALIKE_ALONE: f32 = 0.85;

/// Shortest word that may be misspelled beside others of its term, and alone: shorter ones have too many neighbours.
const LONG: usize = 5;
const LONG_ALONE: usize = 8;

#[derive(Debug)]
pub struct Repairer {
    terms: Vec<(String, Vec<SpelledWord>)>,
}

impl Repairer {
    pub fn new<'a>(terms: impl Iterator<Item = &'a str>) -> Self {
        let terms = terms.map(|term| (term.to_owned(), words(term)));
        let mut terms: Vec<_> = terms.filter(|(_, words)| !words.is_empty()).collect();
        terms.sort_by_key(|(_, words)| std::cmp::Reverse(words.len()));
        Self { terms }
    }

    pub fn changes(&self, text: &str) -> Vec<Change> {
        let said = words(text);
        let mut settled = vec![false; said.len()];
        let mut found: Vec<Change> = Vec::new();
        for (term, wanted) in &self.terms {
            for (start, window) in said.windows(wanted.len()).enumerate() {
                let Some(places) = settled.get_mut(start..start + wanted.len()) else { continue };
                if places.contains(&true) {
                    continue;
                }
                let same = wanted.iter().zip(window).all(|(w, h)| is_form_of(&h.word, &w.word));
                if same {
                    places.fill(true);
                } else if is_meant(wanted, window) {
                    places.fill(true);
                    found.extend(differences(term, wanted, text, window));
                }
            }
        }
        found.sort_by_key(|change| change.range.start);
        found
    }
}

/// Every word is the term's own or nearly so, and of several words one came through.
fn is_meant(wanted: &[SpelledWord], heard: &[SpelledWord]) -> bool {
    let alone = wanted.len() == 1;
    let (long, alike) = if alone { (LONG_ALONE, ALIKE_ALONE) } else { (LONG, ALIKE) };
    let near = |wanted: &str, heard: &str| {
        wanted == heard
            || (wanted.chars().count() >= long
                && wanted.chars().next() == heard.chars().next()
                && similarity(wanted, heard) >= alike
                && !is_form_of(heard, wanted)
                && !is_form_of(wanted, heard)
                && !heard.chars().any(char::is_numeric))
    };
    let anchored = alone || wanted.iter().zip(heard).any(|(w, h)| w.word == h.word);
    anchored && wanted.iter().zip(heard).all(|(w, h)| near(&w.word, &h.word))
}

/// Plurals and the like are forms of a word, not errors.
fn is_form_of(heard: &str, word: &str) -> bool {
    heard
        .strip_prefix(word)
        .is_some_and(|ending| matches!(ending, "" | "s" | "es" | "d" | "ed" | "ing" | "er"))
}

fn differences<'a>(
    term: &'a str,
    wanted: &'a [SpelledWord],
    text: &'a str,
    heard: &'a [SpelledWord],
) -> impl Iterator<Item = Change> + 'a {
    wanted.iter().zip(heard).filter(|(wanted, heard)| wanted.word != heard.word).filter_map(
        |(wanted, heard)| {
            let from = text.get(heard.range.clone())?.to_owned();
            let written = term.get(wanted.range.clone())?;
            let mut letters = written.chars();
            let capital = from.chars().next().is_some_and(char::is_uppercase);
            let first = letters.next()?;
            let first = if capital { first.to_uppercase().to_string() } else { first.to_string() };
            Some(Change { from, to: format!("{first}{}", letters.as_str()), range: heard.range.clone() })
        },
    )
}
