//! After the show: which terms were heard, repaired and translated, and where an engine did not obey.

use std::collections::{BTreeMap, VecDeque};

use super::Glossary;
use crate::domain::Lang;

/// Terms that are kept count of: the glossary may change while live, its history must not grow without end.
const MOST_TERMS: usize = 5_000;
/// Sentences kept for each term and engine that did not obey.
const MOST_EXAMPLES: usize = 3;

/// Counts of one show, by the terms' names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    terms: BTreeMap<String, TermCoverage>,
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
            let Some(term) = self.term(name) else { continue };
            let count = term.engines.entry((engine.to_owned(), target.clone())).or_default();
            count.translated += 1;
            match missed.iter().find(|one| one.term.name() == name) {
                None => count.obeyed += 1,
                Some(one) => count.remember(Disobedience {
                    source_text: source_text.to_owned(),
                    text: text.to_owned(),
                    expected: one.expected.to_owned(),
                }),
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
    fn remember(&mut self, one: Disobedience) {
        if self.disobeyed.len() >= MOST_EXAMPLES {
            self.disobeyed.pop_front();
        }
        self.disobeyed.push_back(one);
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
        assert_eq!(terms["mug"], TermCoverage::default(), "never heard is told too");
        let thermos = &terms["thermos"];
        assert_eq!((thermos.heard, thermos.repaired), (2, 1));
        let by = |engine: &str| &thermos.engines[&(engine.to_owned(), lang("es"))];
        assert_eq!((by("phrasebook").translated, by("phrasebook").obeyed), (1, 1));
        assert_eq!((by("gguf").translated, by("gguf").obeyed), (5, 0));
        let examples: Vec<&str> = by("gguf").disobeyed.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(examples, ["La botella 2.", "La botella 3.", "La botella 4."], "the last ones");
        assert_eq!(by("gguf").disobeyed[0].expected, "termo");
    }
}
