//! The reference set that translation is scored on: sentences of live shows with a translation by language.

use std::collections::BTreeMap;

/// Sentences with their references.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceSet {
    pub rows: Vec<ReferenceRow>,
    /// Languages of the columns, in their order.
    pub langs: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceRow {
    pub key: String,
    /// `commercial` (offer, terms, goods), `process` (how it is made), `chat`.
    pub domain: String,
    /// The sentence by language tag.
    pub texts: BTreeMap<String, String>,
}

/// What is wrong with a reference set's file.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ReferenceError {
    #[error("the reference set has no header: key, domain, then a language a column, tab separated")]
    NoHeader,
    #[error("line {line} of the reference set has {cells} cells, its header {columns}")]
    Cells { line: usize, cells: usize, columns: usize },
    #[error("line {line} of the reference set has no text in {lang}")]
    Empty { line: usize, lang: String },
}

impl ReferenceSet {
    /// The set that ships.
    ///
    /// # Errors
    /// None, unless the file was spoilt before the build.
    pub fn builtin() -> Result<Self, ReferenceError> {
        Self::parse(include_str!("../../assets/reference-set.tsv"))
    }

    /// Reads the file's text. Lines that begin with `#` are comments.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        let mut lines = text
            .lines()
            .enumerate()
            .map(|(at, line)| (at + 1, line))
            .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        let header: Vec<&str> = lines.next().map(|(_, line)| line.split('\t').collect()).unwrap_or_default();
        let ["key", "domain", langs @ ..] = header.as_slice() else { return Err(ReferenceError::NoHeader) };
        let langs: Vec<String> = langs.iter().map(|lang| lang.trim().to_owned()).collect();
        let rows = lines.map(|(line, row)| parse_row(line, row, &langs)).collect::<Result<_, _>>()?;
        Ok(Self { rows, langs })
    }
}

fn parse_row(line: usize, row: &str, langs: &[String]) -> Result<ReferenceRow, ReferenceError> {
    let cells: Vec<&str> = row.split('\t').map(str::trim).collect();
    let wrong = || ReferenceError::Cells { line, cells: cells.len(), columns: langs.len() + 2 };
    let [key, domain, texts @ ..] = cells.as_slice() else { return Err(wrong()) };
    if texts.len() != langs.len() {
        return Err(wrong());
    }
    if let Some((lang, _)) = langs.iter().zip(texts).find(|(_, text)| text.is_empty()) {
        return Err(ReferenceError::Empty { line, lang: lang.clone() });
    }
    let texts = langs.iter().zip(texts).map(|(lang, text)| (lang.clone(), (*text).to_owned())).collect();
    Ok(ReferenceRow { key: (*key).to_owned(), domain: (*domain).to_owned(), texts })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::numbers::{Shown, judge, numbers_said};

    #[test]
    fn mistakes_are_told_with_their_line() {
        assert_eq!(ReferenceSet::parse("# nothing\n"), Err(ReferenceError::NoHeader));
        let short = ReferenceSet::parse("key\tdomain\tzh\tes\n\np1\tchat\t你好\n");
        assert_eq!(short, Err(ReferenceError::Cells { line: 3, cells: 3, columns: 4 }));
        let empty = ReferenceSet::parse("key\tdomain\tzh\tes\np1\tchat\t你好\t \n");
        assert_eq!(empty, Err(ReferenceError::Empty { line: 2, lang: "es".into() }));
    }

    #[test]
    fn the_set_that_ships_has_every_language() {
        let set = ReferenceSet::builtin().unwrap();
        assert!(set.rows.len() >= 100);
        for lang in ["zh", "en", "es", "pt-BR", "fr", "ru", "ar", "tr", "vi", "th", "id", "hi", "sw"] {
            assert!(set.langs.iter().any(|known| known == lang), "{lang}");
        }
    }

    /// A right translation must not be scored as wrong: scale words, duals, months, idioms.
    #[test]
    fn the_references_have_their_sources_numbers() {
        let set = ReferenceSet::builtin().unwrap();
        let mut wrong = Vec::new();
        for row in &set.rows {
            for source in ["zh", "en"] {
                let said = numbers_said(&row.texts[source], source);
                for (lang, text) in row.texts.iter().filter(|(lang, _)| *lang != source) {
                    if judge(&said, text, lang, false) == Shown::Wrong {
                        wrong.push(format!("{} {source}: {} → {text}: {said:?}", row.key, row.texts[source]));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}\n{}", wrong.join("\n"), wrong.len());
    }
    /// One changed digit is seen; those of names (ISO9001) are the gate's business.
    #[test]
    fn a_changed_digit_in_a_reference_is_seen() {
        let set = ReferenceSet::builtin().unwrap();
        let (mut changed, mut unseen) = (0, Vec::new());
        let named = |row: &&ReferenceRow| row.texts["zh"].contains(|c: char| c.is_ascii_uppercase());
        for row in set.rows.iter().filter(|row| !named(row)) {
            let said = numbers_said(&row.texts["zh"], "zh");
            for (lang, text) in row.texts.iter().filter(|(lang, _)| *lang != "zh") {
                if judge(&said, text, lang, false) != Shown::Equal {
                    continue;
                }
                for (at, digit) in text.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
                    let mut bad = text.clone();
                    bad.replace_range(at..=at, if digit == '7' { "8" } else { "7" });
                    changed += 1;
                    if judge(&said, &bad, lang, false) == Shown::Equal {
                        unseen.push(format!("{lang}: {bad}"));
                    }
                }
            }
        }
        assert!(changed > 2500 && unseen.len() <= 5, "{} of {changed}:\n{}", unseen.len(), unseen.join("\n"));
    }
}
