//! A glossary's file: tab separated, its first row names the columns, `flags` and languages, in any order. A cell has
//! the term's forms separated by `|`, the first is written, all are recognised; `flags` is empty, `protect`, `inflect`.
//!
//! ```text
//! # Ours (with a tab between the columns)
//! flags    zh                   en                               es
//! protect  海风                 Seabreeze
//! inflect  不锈钢保温杯|保温杯  stainless steel thermos|thermos  termo de acero inoxidable|termo
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::Term;
use super::check::{MOST_TERMS, Seen, check};
use crate::domain::Lang;

/// Why a glossary was not read.
#[derive(Debug, thiserror::Error)]
pub enum GlossaryError {
    #[error("{} cannot be read: {why}", path.display())]
    Unreadable { path: PathBuf, why: String },
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Mistakes(Vec<Mistake>),
}

/// Something wrong in a glossary's file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the glossary: {what}")]
pub struct Mistake {
    /// From 1.
    pub line: usize,
    pub what: String,
}

enum Column {
    Flags,
    Lang(Lang),
}

pub(super) fn terms(text: &str) -> Result<Vec<Term>, GlossaryError> {
    let mut mistakes = Vec::new();
    let mut rows = text
        .trim_start_matches('\u{feff}')
        .lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.trim_end_matches('\r')))
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    let Some((line, header)) = rows.next() else { return Ok(Vec::new()) };
    let columns = match columns(header) {
        Ok(columns) => columns,
        Err(what) => return Err(GlossaryError::Mistakes(vec![Mistake { line, what }])),
    };
    let mut terms: Vec<Term> = Vec::new();
    let mut seen = Seen::default();
    for (line, row) in rows {
        let read = term(row, &columns).and_then(|term| match check(&term, &mut seen) {
            Err(fault) => Err(fault.what),
            Ok(()) => Ok(term),
        });
        match read {
            Ok(term) => terms.push(term),
            Err(what) => mistakes.push(Mistake { line, what }),
        }
        if terms.len() > MOST_TERMS {
            mistakes.push(Mistake { line, what: format!("more than {MOST_TERMS} terms") });
            break;
        }
    }
    if mistakes.is_empty() { Ok(terms) } else { Err(GlossaryError::Mistakes(mistakes)) }
}

/// The file of these terms.
pub(super) fn written(terms: &[Term]) -> String {
    if terms.is_empty() {
        return String::new();
    }
    let langs: BTreeSet<&Lang> = terms.iter().flat_map(|term| term.forms.keys()).collect();
    let header = ["flags"].into_iter().chain(langs.iter().map(|lang| lang.as_str()));
    let mut out = header.collect::<Vec<_>>().join("\t");
    out.push('\n');
    for term in terms {
        let flags = [(term.protect, "protect"), (term.inflect, "inflect")];
        let flags: Vec<&str> = flags.iter().filter(|(set, _)| *set).map(|(_, name)| *name).collect();
        let cells =
            langs.iter().map(|lang| term.forms.get(*lang).map(|forms| forms.join("|")).unwrap_or_default());
        let row: Vec<String> = [flags.join(",")].into_iter().chain(cells).collect();
        out.push_str(&row.join("\t"));
        out.push('\n');
    }
    out
}

fn columns(header: &str) -> Result<Vec<Column>, String> {
    let mut columns = Vec::new();
    let mut langs = BTreeSet::new();
    for name in header.split('\t').map(str::trim) {
        if name == "flags" {
            columns.push(Column::Flags);
            continue;
        }
        let lang = Lang::parse(name).map_err(|_| {
            format!("{name:?} is no language; the first row names the columns: flags, zh, en, es, …")
        })?;
        if !langs.insert(lang.clone()) {
            return Err(format!("the column {lang} is there twice"));
        }
        columns.push(Column::Lang(lang));
    }
    if langs.is_empty() { Err("the first row names no language".to_owned()) } else { Ok(columns) }
}

fn term(row: &str, columns: &[Column]) -> Result<Term, String> {
    let cells: Vec<&str> = row.split('\t').map(str::trim).collect();
    if cells.len() > columns.len() {
        return Err(format!("it has {} cells, the first row {}", cells.len(), columns.len()));
    }
    let mut term = Term { forms: BTreeMap::new(), protect: false, inflect: false };
    for (column, cell) in columns.iter().zip(cells) {
        match column {
            Column::Flags => flags(cell, &mut term)?,
            Column::Lang(lang) => {
                let forms: Vec<String> = cell
                    .split('|')
                    .map(str::trim)
                    .filter(|form| !form.is_empty())
                    .map(str::to_owned)
                    .collect();
                if !forms.is_empty() {
                    term.forms.insert(lang.clone(), forms);
                }
            }
        }
    }
    Ok(term)
}

fn flags(cell: &str, term: &mut Term) -> Result<(), String> {
    for flag in cell.split([',', ' ']).filter(|flag| !flag.is_empty() && *flag != "-") {
        match flag {
            "protect" => term.protect = true,
            "inflect" => term.inflect = true,
            other => return Err(format!("{other:?} is no flag; there are protect and inflect")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(text: &str) -> String {
        terms(text).unwrap_err().to_string()
    }

    #[test]
    fn a_file_reads_back_as_it_was_written() {
        let text = "flags\ten\tes\tzh\nprotect\tSeabreeze\t\t海风\ninflect\tthermos|flask\ttermo\t保温杯\n";
        assert_eq!(written(&terms(text).unwrap()), text);
        assert_eq!(terms("").unwrap(), []);
    }

    #[test]
    fn mistakes_are_named_with_their_lines() {
        for (text, told) in [
            ("# c\nwort\tzh\n", "line 2 of the glossary: \"wort\" is no language"),
            ("zh\tzh\n", "twice"),
            ("flags\n", "no language"),
            ("zh\tes\n杯\tvaso\textra\n", "line 2 of the glossary: it has 3 cells"),
            ("zh\tes\n杯\n", "protect"),
            ("flags\tzh\tes\nkeep\t杯\tvaso\n", "\"keep\" is no flag"),
            ("flags\tzh\tes\nprotect,inflect\t杯\tvaso\n", "not inflected"),
            ("zh\tes\n杯\tvaso\n杯\ttaza\n", "line 3"),
            ("flags\tzh\tes\nprotect\t\t\n", "it has no term"),
        ] {
            assert!(mistakes(text).contains(told), "{text:?}: {}", mistakes(text));
        }
    }

    #[test]
    fn sizes_are_bounded() {
        let many: String = (0..=MOST_TERMS).map(|n| format!("词{n}\tw{n}\n")).collect();
        assert!(mistakes(&format!("zh\ten\n{many}")).contains("more than"));
        assert!(mistakes(&format!("zh\ten\n{}\tx\n", "长".repeat(81))).contains("longer"));
    }
}
