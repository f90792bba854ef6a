//! One language's pack: its words, looked up.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::Problem;
use super::format::Writer;
use super::lexicon::{self, LexiconRow};
use super::load::Source;
use super::tables::{self, Dir, Forms, Manifest};
use super::untranslated::Untranslated;
use crate::domain::{Currency, Lang};
use crate::glossary::{Glossary, GlossaryError};

/// Cost per syllable or word above which the phrasebook does not believe a match, unless the pack says otherwise.
/// The tour's real transcripts match at up to 0.15; sentences about other things begin at about 0.3.
const DEFAULT_THRESHOLD: f32 = 0.22;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Ltr,
    Rtl,
}

impl Direction {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }
}

/// One row of `patterns.tsv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternRow {
    pub id: String,
    pub pattern: String,
    pub example: Option<String>,
    /// Line of the file, from 1.
    pub line: usize,
}

/// One row of `renderings.tsv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderingRow {
    pub text: String,
    /// Line of the file, from 1.
    pub line: usize,
}

/// A language that can be served, with its words.
#[derive(Debug)]
pub struct Pack {
    pub lang: Lang,
    /// The language's own name for itself.
    pub name: String,
    pub dir: Direction,
    /// What its shoppers see where they choose none.
    pub currency: Currency,
    /// The language to show where no engine serves this one.
    pub fallback: Option<Lang>,
    /// The language next to this one, whose captions are what its engines translate. Such a pack needs no renderings.
    pub via: Option<Lang>,
    /// Engines in the order to ask them.
    pub chain: Vec<String>,
    /// Measured quality by engine: `verified`, `usable`, `gist`.
    pub tiers: BTreeMap<String, String>,
    /// Interface strings by key, `{$n}` left in.
    pub strings: BTreeMap<String, String>,
    /// Forms of a term by key, the first to write, all to recognise.
    pub terms: BTreeMap<String, Vec<String>>,
    /// What this language's hosts say; empty for a language that is only read.
    pub patterns: Vec<PatternRow>,
    /// What this language's viewers read, by the pattern's id.
    pub renderings: BTreeMap<String, RenderingRow>,
    /// Words of the trade that its hosts say; empty for a language that has no lexicon.
    pub lexicon: Vec<LexiconRow>,
    /// Dearest match of the phrasebook that is believed, in cost per syllable or word of the pattern.
    pub threshold: f32,
    /// Words of the trade as this language insists on them; empty without a `glossary.tsv`.
    pub glossary: Glossary,
    /// What a translator has not come to yet; none of it is in the tables.
    pub untranslated: Untranslated,
    /// Changes when any file of the pack does.
    pub version: u64,
    pub(super) units: BTreeMap<String, Forms>,
    pub(super) writer: Writer,
}

/// Units that stand on cards beside metric ones. No host's words are read as them: "pied" and "pie" mean more than a foot.
const WRITTEN_ONLY: [&str; 4] = ["foot", "fluid-ounce", "gallon", "fahrenheit"];

impl Pack {
    /// How a term is written.
    pub fn term(&self, key: &str) -> Option<&str> {
        self.terms.get(key)?.first().map(String::as_str)
    }

    /// What viewers may expect: the measured quality of the first engine of the chain that speaks the language at all,
    /// `fallback` without one.
    pub fn quality(&self) -> &str {
        let tiers = self.chain.iter().filter_map(|engine| self.tiers.get(engine));
        tiers.map(String::as_str).find(|tier| *tier != "unfit").unwrap_or("fallback")
    }

    /// An interface string, `{$n}` left in.
    pub fn string(&self, key: &str) -> Option<&str> {
        self.strings.get(key).map(String::as_str)
    }

    /// An interface string with its place filled.
    pub fn message(&self, key: &str, n: &str) -> Option<String> {
        Some(self.string(key)?.replace("{$n}", n))
    }

    /// Units that the text after (or before) a number may mean in this language, the longest word first.
    pub fn unit_words(&self) -> impl Iterator<Item = (&str, &str)> {
        let read = |key: &str| !key.starts_with("any.") && !WRITTEN_ONLY.contains(&key);
        self.units.iter().filter(move |(key, _)| read(key)).flat_map(|(key, forms)| {
            let unit = key.split('.').next().unwrap_or(key);
            forms.iter().map(move |form| (unit, form))
        })
    }

    pub(super) fn from_source(source: &Source) -> Result<Self, Vec<Problem>> {
        let problem = |file: &'static str, line: Option<usize>, message: String| Problem {
            pack: source.folder.clone(),
            file,
            line,
            message,
        };
        let text = |file: &str| source.files.get(file).map_or("", String::as_str);
        if !source.files.contains_key("pack.toml") {
            return Err(vec![problem("pack.toml", None, "is missing".into())]);
        }
        let manifest: Manifest = toml::from_str(text("pack.toml"))
            .map_err(|error| vec![problem("pack.toml", None, error.message().to_owned())])?;
        let mut problems = Vec::new();
        let mut keep = |file: &'static str, line: Option<usize>, message: String| {
            problems.push(problem(file, line, message));
        };

        let lang =
            Lang::parse(&manifest.lang).map_err(|error| keep("pack.toml", None, error.to_string())).ok();
        if lang.as_ref().is_some_and(|lang| lang.as_str() != source.folder) {
            keep("pack.toml", None, format!("lang is {} but the folder is {}", manifest.lang, source.folder));
        }
        let currency = Currency::parse(&manifest.currency)
            .map_err(|error| keep("pack.toml", None, error.to_string()))
            .ok();
        let mut other = |tag: Option<&str>| {
            let parsed = Lang::parse(tag?);
            parsed.map_err(|error| keep("pack.toml", None, error.to_string())).ok()
        };
        let fallback = other(manifest.fallback.as_deref());
        let via = other(manifest.via.as_deref());
        let mut units = tables::units(text("units.toml")).unwrap_or_else(|error| {
            keep("units.toml", None, error);
            BTreeMap::new()
        });
        let strings = lang.as_ref().map(|lang| tables::strings(lang, text("strings.ftl")));
        let strings = strings.and_then(|read| {
            read.map_err(|errors| errors.into_iter().for_each(|error| keep("strings.ftl", None, error))).ok()
        });
        let mut terms = terms(text("terms.tsv"), &mut keep);
        let patterns = patterns(text("patterns.tsv"), &mut keep);
        let mut renderings = renderings(text("renderings.tsv"), &mut keep);
        let glossary = glossary(text("glossary.tsv"), &mut keep);
        let lexicon = lexicon::lexicon(text("lexicon.tsv"), &mut keep);
        let writer = lang.as_ref().and_then(|lang| {
            Writer::new(lang, manifest.numbers.as_deref(), manifest.digits.as_deref())
                .map_err(|error| keep("pack.toml", None, error))
                .ok()
        });

        let (Some(lang), Some(currency), Some(mut strings), Some(writer), true) =
            (lang, currency, strings, writer, problems.is_empty())
        else {
            return Err(problems);
        };
        let untranslated = Untranslated::take(&mut strings, &mut terms, &mut units, &mut renderings);
        let mut hasher = DefaultHasher::new();
        source.files.hash(&mut hasher);
        Ok(Self {
            lang,
            name: manifest.name,
            dir: match manifest.dir {
                Dir::Ltr => Direction::Ltr,
                Dir::Rtl => Direction::Rtl,
            },
            currency,
            fallback,
            via,
            chain: manifest.chain,
            tiers: manifest.tiers,
            strings,
            terms,
            patterns,
            renderings,
            lexicon,
            threshold: manifest.threshold.unwrap_or(DEFAULT_THRESHOLD),
            glossary,
            untranslated,
            version: hasher.finish(),
            units,
            writer,
        })
    }
}

pub(super) type Keep<'a> = dyn FnMut(&'static str, Option<usize>, String) + 'a;

fn terms(text: &str, keep: &mut Keep<'_>) -> BTreeMap<String, Vec<String>> {
    let mut terms = BTreeMap::new();
    for (line, row) in tables::rows(text) {
        let [key, forms, ..] = row.as_slice() else {
            keep("terms.tsv", Some(line), "a row is key, tab, form".into());
            continue;
        };
        let forms: Vec<String> =
            forms.split('|').map(str::trim).filter(|f| !f.is_empty()).map(Into::into).collect();
        if forms.is_empty() || !key.contains('.') {
            keep("terms.tsv", Some(line), format!("{key:?} must be class.name with a form"));
        }
        if terms.insert((*key).to_owned(), forms).is_some() {
            keep("terms.tsv", Some(line), format!("{key} is there twice"));
        }
    }
    terms
}

fn patterns(text: &str, keep: &mut Keep<'_>) -> Vec<PatternRow> {
    let mut patterns = Vec::new();
    for (line, row) in tables::rows(text) {
        match row.as_slice() {
            [id, pattern, rest @ ..] if !id.is_empty() && !pattern.is_empty() => {
                let example =
                    rest.first().filter(|example| !example.is_empty()).map(|example| (*example).to_owned());
                patterns.push(PatternRow {
                    id: (*id).to_owned(),
                    pattern: (*pattern).to_owned(),
                    example,
                    line,
                });
            }
            _ => keep(
                "patterns.tsv",
                Some(line),
                "a row is id, tab, pattern, and perhaps a tab and an example".into(),
            ),
        }
    }
    patterns
}

fn glossary(text: &str, keep: &mut Keep<'_>) -> Glossary {
    match Glossary::parse(text) {
        Ok(glossary) => return glossary,
        Err(GlossaryError::Mistakes(mistakes)) => {
            mistakes.into_iter().for_each(|one| keep("glossary.tsv", Some(one.line), one.what));
        }
        Err(error) => keep("glossary.tsv", None, error.to_string()),
    }
    Glossary::default()
}

fn renderings(text: &str, keep: &mut Keep<'_>) -> BTreeMap<String, RenderingRow> {
    let mut renderings = BTreeMap::new();
    for (line, row) in tables::rows(text) {
        let [id, rendering, ..] = row.as_slice() else {
            keep("renderings.tsv", Some(line), "a row is id, tab, rendering".into());
            continue;
        };
        let row = RenderingRow { text: (*rendering).to_owned(), line };
        if renderings.insert((*id).to_owned(), row).is_some() {
            keep("renderings.tsv", Some(line), format!("{id} is there twice"));
        }
    }
    renderings
}
