//! Language packs: everything that a language needs, as plain files that a translator can edit (`lang-packs/<lang>/`).
//!
//! A pack is checked into types once, here; whatever is wrong is reported with its file and line. Numbers, money and
//! lists are written by CLDR's rules, so that a pack holds words only.

mod check;
mod digits;
mod format;
mod lexicon;
mod load;
mod pack;
mod pattern;
mod rendering;
mod scaffold;
mod scales;
mod tables;
mod untranslated;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::domain::Lang;

pub use check::check;
pub use digits::{NumberStyle, ReadNumber, Scale};
pub use lexicon::LexiconRow;
pub use pack::{Direction, Pack, PatternRow, RenderingRow};
pub use pattern::{Piece, Slot, SlotKind, expand};
pub use rendering::{Part, parts};
pub use scaffold::scaffold;
pub use untranslated::{TODO, Untranslated};

/// Something wrong in a pack, told so that a translator finds the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Folder of the pack.
    pub pack: String,
    pub file: &'static str,
    /// From 1; `None` where the file as a whole is meant.
    pub line: Option<usize>,
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}/{}:{line}: {}", self.pack, self.file, self.message),
            None => write!(f, "{}/{}: {}", self.pack, self.file, self.message),
        }
    }
}

/// All that was wrong in the packs that were loaded.
#[derive(Debug, thiserror::Error)]
#[error("{} in the language packs; first: {}", count(.0), .0.first().map_or_else(String::new, ToString::to_string))]
pub struct PackErrors(pub Vec<Problem>);

/// All languages that can be served.
#[derive(Debug)]
pub struct Packs {
    packs: BTreeMap<Lang, Arc<Pack>>,
    /// English, or the first there is.
    default: Lang,
}

impl Packs {
    /// The packs that are built into the binary.
    ///
    /// # Errors
    /// Every problem that kept a pack from loading.
    pub fn builtin() -> Result<Self, PackErrors> {
        Self::from_sources(load::embedded())
    }

    /// Packs from a folder that has one folder for each language.
    ///
    /// # Errors
    /// Every problem that kept a pack from loading; a folder that cannot be read is one.
    pub fn from_dir(dir: &Path) -> Result<Self, PackErrors> {
        let sources = load::directory(dir).map_err(|error| {
            let message = format!("{} cannot be read: {error}", dir.display());
            PackErrors(vec![Problem { pack: dir.display().to_string(), file: "", line: None, message }])
        })?;
        Self::from_sources(sources)
    }

    fn from_sources(sources: Vec<load::Source>) -> Result<Self, PackErrors> {
        let mut packs = BTreeMap::new();
        let mut problems = Vec::new();
        for source in sources {
            match Pack::from_source(&source) {
                Ok(pack) => {
                    packs.insert(pack.lang.clone(), Arc::new(pack));
                }
                Err(mut found) => problems.append(&mut found),
            }
        }
        if !problems.is_empty() {
            return Err(PackErrors(problems));
        }
        problems.extend(packs.values().filter_map(|pack| bad_via(pack, &packs)));
        if !problems.is_empty() {
            return Err(PackErrors(problems));
        }
        let english = Lang::parse("en").ok().filter(|lang| packs.contains_key(lang));
        match english.or_else(|| packs.keys().next().cloned()) {
            Some(default) => Ok(Self { packs, default }),
            None => Err(PackErrors(vec![Problem {
                pack: "lang-packs".into(),
                file: "pack.toml",
                line: None,
                message: "there is no language pack".into(),
            }])),
        }
    }

    /// The pack of the very language, or of the language without its region and script.
    pub fn get(&self, lang: &Lang) -> Option<&Arc<Pack>> {
        self.packs.get(lang).or_else(|| self.packs.get(&Lang::parse(lang.primary()).ok()?))
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<Pack>> {
        self.packs.values()
    }

    /// The best language for an `Accept-Language` header: by weight, then by order; English when none is served.
    pub fn negotiate(&self, accept_language: &str) -> Lang {
        let mut wanted: Vec<(f32, Lang)> = accept_language.split(',').filter_map(preference).collect();
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        let served = wanted.iter().find_map(|(_, lang)| self.get(lang));
        served.map_or_else(|| self.default.clone(), |pack| pack.lang.clone())
    }
}

/// One language between is enough: a second one loses more than it brings, and could lead back.
fn bad_via(pack: &Pack, packs: &BTreeMap<Lang, Arc<Pack>>) -> Option<Problem> {
    let via = pack.via.as_ref()?;
    let message = match packs.get(via) {
        None => format!("via {via} has no pack"),
        Some(other) if other.via.is_some() => format!("via {via}, which itself goes by way of another"),
        Some(_) => return None,
    };
    Some(Problem { pack: pack.lang.to_string(), file: "pack.toml", line: None, message })
}

/// `es-MX;q=0.8` as its weight and language; weight 0 means "not this one".
fn preference(entry: &str) -> Option<(f32, Lang)> {
    let mut parts = entry.split(';');
    let lang = Lang::parse(parts.next()?).ok()?;
    let weight = parts.find_map(|p| p.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
    (weight > 0.0).then_some((weight, lang))
}

fn count(problems: &[Problem]) -> String {
    match problems.len() {
        1 => "1 problem".to_owned(),
        n => format!("{n} problems"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packs() -> Packs {
        Packs::from_dir(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/packs"))).unwrap()
    }

    #[test]
    fn languages_are_negotiated_by_weight() {
        let packs = packs();
        for (header, lang) in [
            ("fr, es-MX;q=0.8, en;q=0.5", "es"),
            ("ru;q=0.1, zh-CN", "zh"),
            ("fr", "en"),
            ("", "en"),
            ("es;q=0, ru", "ru"),
            ("*;q=0.5, garbage;;", "en"),
        ] {
            assert_eq!(packs.negotiate(header).as_str(), lang, "{header}");
        }
    }

    #[test]
    fn a_region_is_served_by_its_language() {
        assert_eq!(packs().get(&Lang::parse("zh-Hant-TW").unwrap()).unwrap().lang.as_str(), "zh");
        assert!(packs().get(&Lang::parse("fr").unwrap()).is_none());
    }

    #[test]
    fn the_packs_that_ship_are_complete() {
        let hosts = ["zh", "en"].map(|tag| Lang::parse(tag).unwrap());
        for packs in [&packs(), &Packs::builtin().unwrap()] {
            let problems: Vec<String> = check(packs, &hosts).iter().map(ToString::to_string).collect();
            assert!(problems.is_empty(), "{}", problems.join("\n"));
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_told() {
        let error = Packs::from_dir(Path::new("/nowhere")).unwrap_err();
        assert!(error.to_string().contains("/nowhere cannot be read"), "{error}");
    }

    /// The packs that ship, with files of them changed: folder, file, new text.
    fn changed(changes: &[(&str, &str, &str)]) -> Result<Packs, PackErrors> {
        let mut sources = load::embedded();
        for (folder, file, text) in changes {
            let source = sources.iter_mut().find(|source| source.folder == *folder).unwrap();
            source.files.insert((*file).to_owned(), (*text).to_owned());
        }
        Packs::from_sources(sources)
    }

    #[test]
    fn a_pack_by_way_of_another_needs_no_renderings_but_all_the_rest() {
        let hosts = ["zh", "en"].map(|tag| Lang::parse(tag).unwrap());
        let told =
            |packs: &Packs| -> Vec<String> { check(packs, &hosts).iter().map(ToString::to_string).collect() };
        let shipped = changed(&[]).unwrap();
        let catalan = shipped.get(&Lang::parse("ca").unwrap()).unwrap();
        assert!(
            catalan.renderings.is_empty() && catalan.via.as_ref().is_some_and(|via| via.as_str() == "es")
        );
        assert_eq!(told(&shipped), [""; 0]);
        let poor = changed(&[("ca", "terms.tsv", "color.red\tvermell\n")]).unwrap();
        assert!(told(&poor).iter().any(|problem| problem == "ca/terms.tsv: color.blue is missing"));
        let wrong = changed(&[("ca", "renderings.tsv", "moq\tComanda mínima.\n")]).unwrap();
        assert_eq!(
            told(&wrong),
            ["ca/renderings.tsv:1: moq leaves out slot n", "ca/renderings.tsv:1: moq leaves out slot p"]
        );
    }

    #[test]
    fn the_way_is_one_language_long() {
        let manifest = |via: &str| {
            format!(
                "lang = \"ca\"\nname = \"Català\"\ncurrency = \"EUR\"\nvia = \"{via}\"\nchain = [\"apertium\"]\n"
            )
        };
        for (via, why) in [("gl", "which itself goes by way"), ("ca", "which itself"), ("it", "has no pack")]
        {
            let error = changed(&[("ca", "pack.toml", &manifest(via))]).unwrap_err();
            assert!(error.to_string().contains(why), "{error}");
        }
        assert!(changed(&[("ca", "pack.toml", &manifest("es"))]).is_ok());
    }
}
