//! A pack to be translated: every key of the English one with its text as a comment above, and `TODO` where the new
//! language's text is to stand. For people who translate and do not program.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use icu::locale::LocaleDirectionality;
use icu::plurals::{PluralCategory, PluralRules};

use super::load::{self, Source};
use super::untranslated::TODO;
use crate::domain::Lang;

/// Numbers that are tried to show what a plural category is for.
const SAMPLES: u32 = 200;

/// The files of a new language by name, made from the English pack below `dir` or the built-in one.
///
/// # Errors
/// A sentence: there is no English pack to start from, or no such language.
pub fn scaffold(lang: &Lang, dir: Option<&Path>) -> Result<BTreeMap<&'static str, String>, String> {
    let sources = match dir {
        Some(dir) => {
            load::directory(dir).map_err(|error| format!("{} cannot be read: {error}", dir.display()))?
        }
        None => load::embedded(),
    };
    let english: Source = sources
        .into_iter()
        .find(|source| source.folder == "en")
        .ok_or("there is no English pack to start from")?;
    let text = |file: &str| english.files.get(file).map_or("", String::as_str);
    Ok(BTreeMap::from([
        ("pack.toml", manifest(lang)),
        ("strings.ftl", strings(text("strings.ftl"))),
        ("terms.tsv", rows(text("terms.tsv"))),
        ("units.toml", units(text("units.toml"), lang)?),
        ("renderings.tsv", rows(text("renderings.tsv"))),
    ]))
}

fn manifest(lang: &Lang) -> String {
    let right_to_left = LocaleDirectionality::new_common().is_right_to_left(&lang.locale().id);
    let dir = if right_to_left { "rtl" } else { "ltr" };
    format!(
        "# What the language is called, how it is written, who translates into it.\n\
         # Register: write down here how viewers are addressed, formally or not, and keep to it in every file.\n\
         lang = \"{lang}\"\n\
         # Its own name for itself: Español.\n\
         name = \"{TODO}\"\n\
         dir = \"{dir}\"\n\
         # What shoppers see where they choose none.\n\
         currency = \"USD\"\n\
         # The language to show where no engine serves this one.\n\
         fallback = \"en\"\n\
         # Engines in the order to ask them. `tradewind eval --translate --write-tiers` measures them and writes [tiers].\n\
         chain = [\"phrasebook\", \"firefox\", \"llm\", \"gguf\"]\n\
         # For a language whose captions an engine makes from another's, without sentences of its own:\n\
         # via = \"es\"\n"
    )
}

/// Rows of key, tab, text. A comment above each has the English.
fn rows(english: &str) -> String {
    let mut out = String::new();
    for line in english.lines() {
        match line.split_once('\t') {
            Some((key, text)) if !line.starts_with('#') => {
                let _ = write!(out, "# {}\n{key}\t{TODO}\n", text.trim());
            }
            _ => {
                let _ = writeln!(out, "{line}");
            }
        }
    }
    out
}

/// Fluent messages; one that goes on in further lines is still one.
fn strings(english: &str) -> String {
    let mut out = String::new();
    let mut lines = english.lines().peekable();
    while let Some(line) = lines.next() {
        let message = line.split_once('=').filter(|_| line.starts_with(|c: char| c.is_ascii_alphabetic()));
        let Some((key, text)) = message else {
            let _ = writeln!(out, "{line}");
            continue;
        };
        let mut text = text.trim().to_owned();
        while let Some(more) = lines.next_if(|line| line.starts_with([' ', '\t'])) {
            let _ = write!(text, " {}", more.trim());
        }
        let _ = write!(out, "# {text}\n{} = {TODO}\n", key.trim());
    }
    out
}

/// Every table with the plural categories that the language has.
fn units(english: &str, lang: &Lang) -> Result<String, String> {
    let rules = PluralRules::try_new_cardinal((&lang.locale()).into())
        .map_err(|error| format!("CLDR has no plural rules for {lang}: {error}"))?;
    let categories = categories(&rules);
    let mut out = format!("# Plural categories of {lang} by CLDR, with numbers that take each:\n");
    for (name, samples) in &categories {
        let _ = writeln!(out, "#   {name}: {samples}");
    }
    // Until a table's next header, the English forms are gathered for its comment.
    let mut forms: Vec<&str> = Vec::new();
    let mut header: Option<&str> = None;
    let flush = |header: &mut Option<&str>, forms: &mut Vec<&str>, out: &mut String| {
        if let Some(header) = header.take() {
            let _ = writeln!(out, "# {}\n{header}", forms.join(" / "));
            for (name, _) in &categories {
                let _ = writeln!(out, "{name} = \"{TODO}\"");
            }
        }
        forms.clear();
    };
    for line in english.lines() {
        let form = line.split_once('=').map(|(_, form)| form.trim().trim_matches('"'));
        if line.starts_with('[') {
            flush(&mut header, &mut forms, &mut out);
            header = Some(line);
        } else if let Some(form) = form.filter(|_| header.is_some() && !line.starts_with('#')) {
            forms.push(form);
        } else {
            flush(&mut header, &mut forms, &mut out);
            let _ = writeln!(out, "{line}");
        }
    }
    flush(&mut header, &mut forms, &mut out);
    Ok(out)
}

/// The language's categories in CLDR's order, each with the first numbers that take it.
fn categories(rules: &PluralRules) -> Vec<(&'static str, String)> {
    const ORDER: [(PluralCategory, &str); 6] = [
        (PluralCategory::Zero, "zero"),
        (PluralCategory::One, "one"),
        (PluralCategory::Two, "two"),
        (PluralCategory::Few, "few"),
        (PluralCategory::Many, "many"),
        (PluralCategory::Other, "other"),
    ];
    let own: Vec<PluralCategory> = rules.categories().collect();
    let samples = |category| {
        let taking = (0..SAMPLES).filter(|n| rules.category_for(*n) == category).take(4);
        let numbers = taking.map(|n| n.to_string()).collect::<Vec<_>>().join(", ");
        if numbers.is_empty() { "1.5, 1,000,000 and the like".to_owned() } else { numbers + ", …" }
    };
    let known = ORDER.into_iter().filter(|(category, _)| own.contains(category));
    known.map(|(category, name)| (name, samples(category))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(tag: &str) -> BTreeMap<&'static str, String> {
        scaffold(&Lang::parse(tag).unwrap(), None).unwrap()
    }

    #[test]
    fn every_category_of_the_language_is_there() {
        let polish = &new("pl")["units.toml"];
        assert!(polish.contains("#   few: 2, 3, 4, 22, …"), "{polish}");
        assert!(
            polish.contains("[day]\none = \"TODO\"\nfew = \"TODO\"\nmany = \"TODO\"\nother = \"TODO\"\n")
        );
        assert!(polish.contains("# day / days\n[day]"));
        assert!(new("ja")["units.toml"].contains("[day]\nother = \"TODO\"\n"));
    }

    #[test]
    fn the_direction_is_the_languages() {
        assert!(new("ur")["pack.toml"].contains("dir = \"rtl\""));
        assert!(new("it")["pack.toml"].contains("dir = \"ltr\""));
    }

    #[test]
    fn the_english_text_stands_above_what_is_to_be_written() {
        let made = new("it");
        assert!(made["strings.ftl"].contains("# Live show\nwatch-title = TODO\n"));
        assert!(made["terms.tsv"].contains("# red\ncolor.red\tTODO\n"));
        assert!(made["renderings.tsv"].contains("\nwelcome-room\tTODO\n"));
        assert_eq!(strings("a = x\n    y\n\n## B\n"), "# x y\na = TODO\n\n## B\n");
    }

    #[test]
    fn a_new_pack_loads_shows_nothing_unfinished_and_is_told_by_the_check() {
        let dir = tempfile::tempdir().unwrap();
        for source in
            load::embedded().into_iter().filter(|source| ["en", "zh"].contains(&source.folder.as_str()))
        {
            write(
                dir.path(),
                &source.folder,
                source.files.iter().map(|(name, text)| (name.as_str(), text.as_str())),
            );
        }
        let made = new("pl");
        write(dir.path(), "pl", made.iter().map(|(name, text)| (*name, text.as_str())));
        let packs = crate::packs::Packs::from_dir(dir.path()).unwrap();
        let lang = |tag| Lang::parse(tag).unwrap();
        let pack = packs.get(&lang("pl")).unwrap();
        assert_eq!(pack.string("watch-title"), None);
        assert!(pack.renderings.is_empty() && pack.term("color.red").is_none());
        let problems = crate::packs::check(&packs, &[lang("zh"), lang("en")]);
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let of_it: Vec<&String> = problems.iter().filter(|problem| problem.starts_with("pl/")).collect();
        assert_eq!(of_it.len(), 5, "{of_it:#?}");
        assert!(of_it.iter().all(|problem| problem.contains("TODO")), "{of_it:#?}");
    }

    fn write<'a>(dir: &Path, folder: &str, files: impl Iterator<Item = (&'a str, &'a str)>) {
        std::fs::create_dir(dir.join(folder)).unwrap();
        for (name, text) in files {
            std::fs::write(dir.join(folder).join(name), text).unwrap();
        }
    }
}
