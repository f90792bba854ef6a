//! The words that a room or a language insists on: brands and models that stay as they are, and terms with a fixed
//! translation. Used three times (design/translation.md): to repair what was heard, to mask or prompt the engines, and to
//! check what they said; after the show a [`Coverage`] tells how that went.

mod change;
mod check;
mod coverage;
mod obey;
mod parse;
mod room;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::path::Path;

use crate::domain::{Lang, in_lang};

pub use check::BadTerm;
pub use coverage::{Coverage, Disobedience, EngineCount, TermCoverage};
pub use parse::{GlossaryError, Mistake};
pub use room::RoomGlossary;

/// One term in the languages that have a word for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// Its forms by language: the first is written, all are recognised and accepted. A protected term without a form in
    /// a language is written as in English, else as in the source.
    pub forms: BTreeMap<Lang, Vec<String>>,
    /// A brand or a model: letter by letter as it is.
    pub protect: bool,
    /// The target may be inflected: its words are compared by their beginnings.
    pub inflect: bool,
}

/// Terms, each kind of use looked up in them. Cheap to ask, made once for each change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Glossary {
    terms: Vec<Term>,
    version: u64,
}

/// A term that a text has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<'a> {
    pub term: &'a Term,
    /// Bytes of the text.
    pub range: Range<usize>,
}

/// A term of the source whose translation is not the one asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed<'a> {
    pub term: &'a Term,
    /// As it should have been written.
    pub expected: &'a str,
}

impl Term {
    /// What the term is called in reports and requests: its first form as a host says it, in Mandarin, else in English,
    /// else in whatever language it has. No two terms of a glossary share it.
    pub fn name(&self) -> &str {
        let of = |primary: &str| self.forms.iter().find(|(lang, _)| lang.primary() == primary);
        let said = of("zh").or_else(|| of("en")).or_else(|| self.forms.iter().next());
        said.and_then(|(_, forms)| forms.first()).map_or("", String::as_str)
    }

    /// Forms in a language, those of its primary language where the region has none.
    pub fn forms(&self, lang: &Lang) -> &[String] {
        in_lang(&self.forms, lang).map_or(&[], Vec::as_slice)
    }

    /// How it is written in `target` when it was said in `source`.
    pub fn written(&self, source: &Lang, target: &Lang) -> Option<&str> {
        let own = self.forms(target).first();
        let latin = || {
            self.forms.iter().find(|(lang, _)| lang.primary() == "en").and_then(|(_, forms)| forms.first())
        };
        // Hanzi in a Spanish caption tell nobody anything, where there is a name in Latin letters.
        let kept = || latin().or(self.forms(source).first()).filter(|_| self.protect);
        own.or_else(kept).map(String::as_str)
    }
}

impl Glossary {
    /// Reads a glossary's text: tab separated, the first row names the columns, `flags` and languages; a cell has the
    /// term's forms separated by `|`.
    ///
    /// # Errors
    /// All mistakes with their lines; none of the file is used then.
    pub fn parse(text: &str) -> Result<Self, GlossaryError> {
        Ok(Self::new(parse::terms(text)?))
    }

    /// # Errors
    /// As [`Self::parse`], or the file cannot be read.
    pub fn load(path: &Path) -> Result<Self, GlossaryError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| GlossaryError::Unreadable { path: path.to_owned(), why: error.to_string() })?;
        Self::parse(&text)
    }

    pub fn new(terms: Vec<Term>) -> Self {
        if terms.is_empty() {
            return Self::default();
        }
        let mut hasher = DefaultHasher::new();
        terms.hash(&mut hasher);
        Self { terms, version: hasher.finish() }
    }

    /// These terms, then those of `more` that are not said the same way: a room's win over its pack's.
    #[must_use]
    pub fn with(&self, more: &Self) -> Self {
        let known = |term: &Term| self.terms.iter().any(|own| shares_form(own, term));
        let added = more.terms.iter().filter(|term| !known(term)).cloned();
        Self::new(self.terms.iter().cloned().chain(added).collect())
    }

    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Changes with any term: part of a translation's cache key. 0 for no terms at all.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// As a file that reads back to the same glossary.
    pub fn to_tsv(&self) -> String {
        parse::written(&self.terms)
    }

    /// All forms that a host who speaks `lang` may say: what recognition is biased to and repaired towards.
    pub fn said(&self, lang: &Lang) -> impl Iterator<Item = &str> {
        self.terms.iter().flat_map(move |term| term.forms(lang)).map(String::as_str)
    }

    /// With further spellings of each Chinese form, as `spell` gives them: a room's transcript is in one script, its
    /// glossary perhaps in the other.
    #[must_use]
    pub fn spelled(&self, spell: impl Fn(&str) -> Vec<String>) -> Self {
        let mut terms = self.terms.clone();
        for (_, forms) in
            terms.iter_mut().flat_map(|term| &mut term.forms).filter(|(lang, _)| lang.is_chinese())
        {
            for other in forms.iter().flat_map(|form| spell(form)).collect::<Vec<_>>() {
                if !forms.contains(&other) {
                    forms.push(other);
                }
            }
        }
        Self::new(terms)
    }

    /// Every form of `source` with the word to use in `target`: for a prompt or a mask.
    pub fn pairs(&self, source: &Lang, target: &Lang) -> Vec<(&str, &str)> {
        let pairs = self.terms.iter().filter_map(|term| Some((term, term.written(source, target)?)));
        pairs
            .flat_map(|(term, word)| term.forms(source).iter().map(move |form| (form.as_str(), word)))
            .collect()
    }

    /// The terms of a text in `lang`, the longest where two overlap, in the order of the text.
    pub fn find(&self, text: &str, lang: &Lang) -> Vec<Found<'_>> {
        let mut found: Vec<Found<'_>> = Vec::new();
        for term in &self.terms {
            let forms = term.forms(lang).iter();
            let ranges = forms.flat_map(|form| obey::occurrences(text, form, term.protect));
            found.extend(ranges.map(|range| Found { term, range }));
        }
        found.sort_by_key(|one| (std::cmp::Reverse(one.range.len()), one.range.start));
        let mut kept: Vec<Found<'_>> = Vec::new();
        for one in found {
            let free =
                |other: &Found<'_>| one.range.end <= other.range.start || other.range.end <= one.range.start;
            if kept.iter().all(free) {
                kept.push(one);
            }
        }
        kept.sort_by_key(|one| one.range.start);
        kept
    }

    /// Terms said in `source_text` that `text` does not have as this glossary writes them in `target`. Terms without a
    /// word in the target are nobody's fault.
    pub fn missed(&self, source_text: &str, source: &Lang, text: &str, target: &Lang) -> Vec<Missed<'_>> {
        let mut missed: Vec<Missed<'_>> = Vec::new();
        for found in self.find(source_text, source) {
            let Some(expected) = found.term.written(source, target) else { continue };
            let known = missed.iter().any(|one| std::ptr::eq(one.term, found.term));
            if !known && !obey::obeyed(found.term, expected, text, target) {
                missed.push(Missed { term: found.term, expected });
            }
        }
        missed
    }
}

fn shares_form(a: &Term, b: &Term) -> bool {
    let has = |lang: &Lang, form: &String| b.forms.get(lang).is_some_and(|forms| forms.contains(form));
    a.forms.iter().any(|(lang, forms)| forms.iter().any(|form| has(lang, form)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: &str = "flags\tzh\ten\tes\tru\n\
        \t保温杯|水杯\tthermos|flask\ttermo\tтермос\n\
        \t保温杯盖\tthermos lid\ttapa del termo\tкрышка термоса\n\
        inflect\t塑料\tplastic\tplástico\tпластиковый\n\
        protect\t海风\tSeabreeze\t\t\n";

    fn lang(tag: &str) -> Lang {
        Lang::parse(tag).unwrap()
    }

    fn room() -> Glossary {
        Glossary::parse(ROOM).unwrap()
    }

    fn missed(source: &str, text: &str, target: &str) -> Vec<String> {
        let room = room();
        let missed = room.missed(source, &lang("zh"), text, &lang(target));
        missed.iter().map(|one| one.expected.to_owned()).collect()
    }

    #[test]
    fn the_longest_term_is_found() {
        let room = room();
        let names = |text: &str, tag: &str| -> Vec<String> {
            room.find(text, &lang(tag)).iter().map(|found| found.term.name().to_owned()).collect()
        };
        assert_eq!(names("这个保温杯盖和水杯", "zh").len(), 2);
        assert_eq!(names("这个保温杯盖", "zh"), [room.terms()[1].name()]);
        assert_eq!(names("Thermoses and a Flask", "en"), [room.terms()[0].name()], "whole words only");
    }

    #[test]
    fn an_engine_obeys_with_any_accepted_form() {
        assert_eq!(missed("保温杯很好", "El termo es muy bueno.", "es"), [""; 0]);
        assert_eq!(missed("保温杯很好", "La botella es muy buena.", "es"), ["termo"]);
        assert_eq!(missed("水杯很好", "The Flask is good.", "en"), [""; 0]);
        assert_eq!(missed("保温杯很好", "घड़ी", "hi"), [""; 0], "no word to obey");
    }

    #[test]
    fn inflected_words_are_compared_by_their_beginnings_only_where_the_flag_is() {
        assert_eq!(missed("塑料的", "Из пластикового материала.", "ru"), [""; 0]);
        assert_eq!(missed("塑料的", "Из металла.", "ru"), ["пластиковый"]);
        assert_eq!(missed("保温杯", "Два термоса", "ru"), ["термос"]);
    }

    #[test]
    fn what_is_protected_stays_letter_by_letter() {
        assert_eq!(missed("海风很好", "Seabreeze es buena.", "es"), [""; 0]);
        assert_eq!(missed("海风很好", "La brisa es buena.", "es"), ["Seabreeze"]);
        assert_eq!(missed("海风很好", "Seabreeze is good", "en"), [""; 0]);
        assert_eq!(missed("海风很好", "seabreeze is good", "en"), ["Seabreeze"]);
    }

    #[test]
    fn a_prompt_gets_every_form_with_the_word_to_use() {
        let room = room();
        let pairs = room.pairs(&lang("zh"), &lang("es-MX"));
        assert!(pairs.contains(&("水杯", "termo")) && pairs.contains(&("海风", "Seabreeze")), "{pairs:?}");
    }

    #[test]
    fn a_rooms_terms_win_over_its_packs() {
        let pack = Glossary::parse("zh\tes\n水杯\tvaso\n起订量\tpedido mínimo\n").unwrap();
        let both = room().with(&pack);
        assert_eq!(both.terms().len(), 5);
        assert_ne!(both.version(), room().version());
        assert_eq!(
            both.pairs(&lang("zh"), &lang("es")).iter().find(|(s, _)| *s == "水杯").unwrap().1,
            "termo"
        );
        assert_eq!(room().with(&Glossary::default()).version(), room().version());
    }
}
