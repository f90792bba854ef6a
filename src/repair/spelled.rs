//! Repair of a language that is written in words: names and keyterms by their spelling, terms of the trade by spelling
//! and sound.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Change;
use crate::packs::Pack;
use crate::sound::{SpelledWord, consonants, one_spelling, similarity, words};

/// How alike a word must be beside others of its term, and alone.
const ALIKE: f32 = 0.75;
const ALIKE_ALONE: f32 = 0.85;

/// And of a term of the trade, where it must sound the same too.
const ALIKE_IN_TRADE: f32 = 0.65;

/// Shortest word that may be misspelled beside others of its term, and alone: shorter ones have too many neighbours.
const LONG: usize = 5;
const LONG_ALONE: usize = 8;

/// Shortest word that tells which term of the trade was meant.
const TELLING: usize = 4;

/// What a pack's hosts may mean in any room: terms of two words and more, found by any word that came through.
#[derive(Debug, Default)]
pub struct Shared {
    terms: Vec<Term>,
    /// Places in `terms` by word, and the word's place in the term.
    by_word: HashMap<String, Vec<(usize, usize)>>,
    /// Words of the pack: what is one of them was not misheard.
    known: HashSet<String>,
}

type Term = (String, Vec<SpelledWord>);

#[derive(Debug)]
pub struct Repairer {
    shared: Arc<Shared>,
    /// Names and keyterms, the longest first.
    names: Vec<Term>,
}

impl Shared {
    pub fn new<'a>(pack: Option<&'a Pack>, english: impl Iterator<Item = &'a str>) -> Self {
        let forms = pack.iter().flat_map(|pack| pack.terms.values().flatten()).map(String::as_str);
        let mut shared = Self::default();
        for text in english.chain(forms) {
            let term = words(text);
            shared.know(&term);
            if term.len() < 2 {
                continue;
            }
            for (place, word) in term.iter().enumerate().filter(|(_, w)| w.word.chars().count() >= TELLING) {
                shared.by_word.entry(word.word.clone()).or_default().push((shared.terms.len(), place));
            }
            shared.terms.push((text.to_owned(), term));
        }
        if let Some(pack) = pack {
            for row in &pack.patterns {
                shared.know(&words(&row.pattern));
            }
            for row in pack.renderings.values() {
                shared.know(&words(&row.text));
            }
        }
        shared
    }

    fn know(&mut self, words: &[SpelledWord]) {
        self.known.extend(words.iter().map(|word| one_spelling(&word.word)));
    }

    /// Terms one word of which was misheard, each with the place of its first word.
    fn meant<'a>(&'a self, said: &'a [SpelledWord]) -> impl Iterator<Item = (usize, &'a Term)> {
        let anchors = said.iter().enumerate().flat_map(|(at, word)| {
            let places = self.by_word.get(&word.word).into_iter().flatten();
            places.filter_map(move |(term, place)| Some((at.checked_sub(*place)?, *term)))
        });
        anchors.filter_map(|(start, term)| {
            let term = self.terms.get(term)?;
            let heard = said.get(start..start + term.1.len())?;
            let mut differing = term.1.iter().zip(heard).filter(|(wanted, heard)| wanted.word != heard.word);
            let (wanted, heard) = differing.next()?;
            (differing.next().is_none() && self.is_misheard(&heard.word, &wanted.word))
                .then_some((start, term))
        })
    }

    fn is_misheard(&self, heard: &str, wanted: &str) -> bool {
        let (plain, meant) = (one_spelling(heard), one_spelling(wanted));
        wanted.chars().count() >= LONG
            && plain != meant
            && plain.chars().next() == meant.chars().next()
            && !self.known.contains(&plain)
            && !is_form_of(&plain, &meant)
            && !is_form_of(&meant, &plain)
            && !heard.chars().any(char::is_numeric)
            && similarity(&plain, &meant) >= ALIKE_IN_TRADE
            && consonants(&plain) == consonants(&meant)
    }
}

impl Repairer {
    pub fn new(shared: Arc<Shared>, names: &[&str]) -> Self {
        let names = names.iter().map(|name| ((*name).to_owned(), words(name)));
        let mut names: Vec<_> = names.filter(|(_, words)| !words.is_empty()).collect();
        names.sort_by_key(|(_, words)| std::cmp::Reverse(words.len()));
        Self { shared, names }
    }

    pub fn changes(&self, text: &str) -> Vec<Change> {
        let said = words(text);
        let mut settled = vec![false; said.len()];
        let mut found: Vec<Change> = Vec::new();
        for (term, wanted) in &self.names {
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
        for (start, (term, wanted)) in self.shared.meant(&said) {
            let span = start..start + wanted.len();
            let (Some(places), Some(window)) = (settled.get_mut(span.clone()), said.get(span)) else {
                continue;
            };
            if !places.contains(&true) {
                places.fill(true);
                found.extend(differences(term, wanted, text, window));
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
