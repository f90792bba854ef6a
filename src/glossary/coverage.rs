//! After the show: which terms were heard, repaired and translated, and where an engine did not obey.

use std::collections::{BTreeMap, VecDeque};

use super::Glossary;
use crate::domain::Lang;

/// Terms that are kept count of: the glossary may change while live, its history must not grow without end.
const MOST_TERMS: usize = 5_000;
/// Sentences kept for each term and engine that did not obey.
const MOST_EXAMPLES: usize = 3;
/// The same over all terms and engines. With [`LONGEST_EXAMPLE`] some 2 MB a show.
const MOST_EXAMPLES_IN_ALL: usize = 1_000;
/// Characters kept of a sentence.
const LONGEST_EXAMPLE: usize = 300;
/// Engines and languages that a term is counted for: all that a room may have.
const MOST_ENGINES: usize = 100;

/// Counts of one show, by the terms' names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    terms: BTreeMap<String, TermCoverage>,
    examples: usize,
}

/// What became of one term.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TermCoverage {
    /// Finals that it was said in.
    pub heard: u64,
    /// Of those, how often it had been written with other words of the same sound and was repaired.
    pub repaired: u64,
    /// Translations by engine and language.
    pub engines: BTreeMap<(String, Lang), EngineCount>,
}

/// What an engine made of a term in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EngineCount {
    pub translated: u64,
    pub obeyed: u64,
    /// The last times that it did not obey.
    pub disobeyed: VecDeque<Disobedience>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disobedience {
    pub source_text: String,
    pub text: String,
    pub expected: String,
}

impl Coverage {
    /// A final as it stands after repair. `repaired`: what the repairs of it wrote.
    pub fn heard<'a>(
        &mut self,
        glossary: &Glossary,
        text: &str,
        lang: &Lang,
        repaired: impl IntoIterator<Item = &'a str>,
    ) {
        let repaired: Vec<&str> = repaired.into_iter().collect();
        for found in glossary.find(text, lang) {
            let by_repair = repaired
                .iter()
                .any(|to| found.term.forms(lang).iter().any(|form| to.contains(form.as_str())));
            if let Some(term) = self.term(found.term.name()) {
                term.heard += 1;
                term.repaired += u64::from(by_repair);
            }
        }
    }

    /// A translation that was shown, in the language that it is in; those that fell back count for the fallback's.
    pub fn translated(
        &mut self,
        glossary: &Glossary,
        (source_text, source): (&str, &Lang),
        (text, target): (&str, &Lang),
        engine: &str,
    ) {
        let missed = glossary.missed(source_text, source, text, target);
        let mut done: Vec<&str> = Vec::new();
        for found in glossary.find(source_text, source) {
            let name = found.term.name();
            if found.term.written(source, target).is_none() || done.contains(&name) {
                continue;
            }
            done.push(name);
            let disobeyed = missed.iter().find(|one| one.term.name() == name).map(|one| Disobedience {
                source_text: clipped(source_text),
                text: clipped(text),
                expected: one.expected.to_owned(),
            });
            let full = self.examples >= MOST_EXAMPLES_IN_ALL;
            let key = (engine.to_owned(), target.clone());
            let Some(term) = self.term(name) else { continue };
            if term.engines.len() >= MOST_ENGINES && !term.engines.contains_key(&key) {
                continue;
            }
            let count = term.engines.entry(key).or_default();
            count.translated += 1;
            match disobeyed {
                None => count.obeyed += 1,
                Some(one) => {
                    let more = count.remember(one, full);
                    self.examples += usize::from(more);
                }
            }
        }
    }

    /// Every term of the glossary, those that were never heard too, then what older versions of it had; by name.
    pub fn terms(&self, glossary: &Glossary) -> BTreeMap<String, TermCoverage> {
        let mut all = self.terms.clone();
        for term in glossary.terms() {
            all.entry(term.name().to_owned()).or_default();
        }
        all
    }

    fn term(&mut self, name: &str) -> Option<&mut TermCoverage> {
        if !self.terms.contains_key(name) && self.terms.len() >= MOST_TERMS {
            return None;
        }
        Some(self.terms.entry(name.to_owned()).or_default())
    }
}

impl EngineCount {
    /// Keeps a sentence, in the place of the oldest if there are enough of this kind. True where there is one more now.
    fn remember(&mut self, one: Disobedience, full: bool) -> bool {
        let replaces = self.disobeyed.len() >= MOST_EXAMPLES || full && !self.disobeyed.is_empty();
        if replaces {
            self.disobeyed.pop_front();
        } else if full {
            return false;
        }
        self.disobeyed.push_back(one);
        !replaces
    }
}

fn clipped(text: &str) -> String {
    match text.char_indices().nth(LONGEST_EXAMPLE) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lang(tag: &str) -> Lang {
        Lang::parse(tag).unwrap()
    }

    #[test]
    fn it_counts_what_was_heard_repaired_translated_and_disobeyed() {
        let glossary = Glossary::parse("en\tes\tzh\nthermos\ttermo\t保温杯\nmug\ttaza\t马克杯\n").unwrap();
        let (zh, es) = (lang("zh"), lang("es"));
        let mut coverage = Coverage::default();
        coverage.heard(&glossary, "这个保温杯很好", &zh, ["保温杯"]);
        coverage.heard(&glossary, "保温杯发货", &zh, []);
        coverage.translated(&glossary, ("保温杯发货", &zh), ("Enviamos el termo.", &es), "phrasebook");
        for n in 0..5 {
            let text = format!("La botella {n}.");
            coverage.translated(&glossary, ("这个保温杯很好", &zh), (&text, &es), "gguf");
        }
        coverage.translated(&glossary, ("没有词", &zh), ("Nada.", &es), "gguf");
        let terms = coverage.terms(&glossary);
        assert_eq!(terms["马克杯"], TermCoverage::default(), "never heard is told too");
        let thermos = &terms["保温杯"];
        assert_eq!((thermos.heard, thermos.repaired), (2, 1));
        let by = |engine: &str| &thermos.engines[&(engine.to_owned(), lang("es"))];
        assert_eq!((by("phrasebook").translated, by("phrasebook").obeyed), (1, 1));
        assert_eq!((by("gguf").translated, by("gguf").obeyed), (5, 0));
        let examples: Vec<&str> = by("gguf").disobeyed.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(examples, ["La botella 2.", "La botella 3.", "La botella 4."], "the last ones");
        assert_eq!(by("gguf").disobeyed[0].expected, "termo");
    }

    #[test]
    fn what_is_kept_has_an_end() {
        let (zh, es) = (lang("zh"), lang("es"));
        let mut coverage = Coverage::default();
        for n in 0..1_200 {
            let glossary = Glossary::parse(&format!("zh\tes\n词{n}号\tpalabra\n")).unwrap();
            let said = format!("词{n}号{}", "很长".repeat(400));
            coverage.translated(&glossary, (&said, &zh), ("Nada.", &es), "gguf");
        }
        assert_eq!(coverage.terms.len(), 1_200, "all are counted");
        let kept: Vec<_> = coverage.terms.values().flat_map(|term| term.engines.values()).collect();
        assert_eq!(kept.iter().map(|count| count.translated).sum::<u64>(), 1_200);
        let examples: Vec<_> = kept.iter().flat_map(|count| &count.disobeyed).collect();
        assert_eq!(examples.len(), MOST_EXAMPLES_IN_ALL);
        assert!(examples.iter().all(|one| one.source_text.chars().count() == LONGEST_EXAMPLE + 1));

        let glossary = Glossary::parse("zh\tes\n词1号\tpalabra\n").unwrap();
        for n in 0..200 {
            coverage.translated(&glossary, ("词1号", &zh), ("Nada.", &es), &format!("engine {n}"));
        }
        assert_eq!(coverage.terms["词1号"].engines.len(), MOST_ENGINES);
    }
}
