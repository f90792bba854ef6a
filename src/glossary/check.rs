//! What a term must be, wherever it comes from: a file, a language pack, an operator's request.

use std::collections::BTreeSet;

use super::{Glossary, Term};
use crate::domain::Lang;

/// A glossary is asked about every sentence: more would be a dictionary.
pub const MOST_TERMS: usize = 2_000;
/// Longest form, in characters.
const LONGEST_FORM: usize = 80;
/// Forms of a term in one language.
const MOST_FORMS: usize = 16;
/// Languages of a term: no gateway serves more at once.
const MOST_LANGS: usize = 64;

/// Something wrong with one term.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("term {row}, {field}: {what}")]
pub struct BadTerm {
    /// Which of the terms, from 1.
    pub row: usize,
    /// `forms.es`, `protect`, `inflect`; `forms` for the term as a whole.
    pub field: String,
    pub what: String,
}

/// What is wrong, and in which of a term's fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub field: String,
    pub what: String,
}

/// Forms that terms have already, by host language: there two terms must not be said the same way.
#[derive(Debug, Default)]
pub(super) struct Seen(BTreeSet<(Lang, String)>);

impl Glossary {
    /// A glossary of terms that did not come from a file.
    ///
    /// # Errors
    /// All terms that are no good, each with the first thing wrong with it.
    pub fn checked(terms: Vec<Term>) -> Result<Self, Vec<BadTerm>> {
        let mut seen = Seen::default();
        let mut bad: Vec<BadTerm> = Vec::new();
        for (at, term) in terms.iter().enumerate() {
            if let Err(Fault { field, what }) = check(term, &mut seen) {
                bad.push(BadTerm { row: at + 1, field, what });
            }
        }
        if terms.len() > MOST_TERMS {
            let what = format!("more than {MOST_TERMS} terms");
            bad.push(BadTerm { row: MOST_TERMS + 1, field: "forms".to_owned(), what });
        }
        if bad.is_empty() { Ok(Self::new(terms)) } else { Err(bad) }
    }
}

/// # Errors
/// The first thing wrong with the term, alone or beside those seen before it.
pub(super) fn check(term: &Term, seen: &mut Seen) -> Result<(), Fault> {
    let fault = |field: String, what: String| Err(Fault { field, what });
    for (lang, forms) in &term.forms {
        let field = || format!("forms.{lang}");
        if forms.is_empty() || forms.len() > MOST_FORMS {
            return fault(field(), format!("{} forms; there may be 1 to {MOST_FORMS}", forms.len()));
        }
        if let Some(what) = forms.iter().find_map(|form| bad_form(form)) {
            return fault(field(), what);
        }
    }
    match term.forms.len() {
        0 => return fault("forms".into(), "it has no term".into()),
        1 if !term.protect => {
            let what = "it has a word in one language only; a name that stays as it is has the flag protect";
            return fault("forms".into(), what.into());
        }
        count if count > MOST_LANGS => {
            return fault("forms".into(), format!("it has words in more than {MOST_LANGS} languages"));
        }
        _ => {}
    }
    if term.protect && term.inflect {
        return fault("inflect".into(), "what is protected is not inflected".into());
    }
    // Two terms may well have one word in a target language; the host languages must tell them apart.
    let host = |lang: &&Lang| matches!(lang.primary(), "zh" | "en");
    let mut said: Vec<&Lang> = term.forms.keys().filter(host).collect();
    if said.is_empty() {
        said.extend(term.forms.keys().next());
    }
    for lang in said {
        for form in term.forms.get(lang).into_iter().flatten() {
            if !seen.0.insert((lang.clone(), form.to_lowercase())) {
                let what = format!("{form:?} is in another row too: which translation is meant?");
                return fault(format!("forms.{lang}"), what);
            }
        }
    }
    Ok(())
}

/// A form that could not be written to a file and read again, or would change the text around it.
fn bad_form(form: &str) -> Option<String> {
    let shown = || form.chars().take(LONGEST_FORM).collect::<String>();
    // Marks of direction would turn the caption around them (UAX #9).
    let unfit = |c: char| {
        c.is_control() || c == '|' || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    if form.trim().is_empty() {
        Some("a form is empty".to_owned())
    } else if form.trim() != form || form.contains(unfit) {
        Some(format!("{:?} has a space at its end, a |, or a character that is not to be seen", shown()))
    } else if form.chars().count() > LONGEST_FORM {
        Some(format!("{:?}… is longer than {LONGEST_FORM} characters", shown()))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(forms: &[(&str, &str)], protect: bool, inflect: bool) -> Term {
        let forms = forms.iter().map(|(tag, form)| (Lang::parse(tag).unwrap(), vec![(*form).to_owned()]));
        Term { forms: forms.collect(), protect, inflect }
    }

    fn faults(terms: Vec<Term>) -> Vec<(usize, String, String)> {
        let bad = Glossary::checked(terms).unwrap_err();
        bad.into_iter().map(|one| (one.row, one.field, one.what)).collect()
    }

    #[test]
    fn each_bad_term_is_named_with_its_row_and_its_field() {
        let cup = || term(&[("zh", "杯"), ("es", "vaso")], false, false);
        assert!(Glossary::checked(vec![cup()]).is_ok());
        let long = "长".repeat(81);
        for (forms, protect, inflect, field, told) in [
            (vec![], true, false, "forms", "no term"),
            (vec![("zh", "盖")], false, false, "forms", "protect"),
            (vec![("zh", "盖"), ("es", "ta\tpa")], false, false, "forms.es", "not to be seen"),
            (vec![("zh", "盖"), ("es", "a|b")], false, false, "forms.es", "|"),
            (vec![("zh", "盖"), ("ar", "\u{202E}غطاء")], false, false, "forms.ar", "not to be seen"),
            (vec![("zh", "盖"), ("es", "")], false, false, "forms.es", "empty"),
            (vec![("zh", &long), ("es", "x")], false, false, "forms.zh", "longer"),
            (vec![("zh", "盖"), ("es", "tapa")], true, true, "inflect", "not inflected"),
            (vec![("zh", "杯"), ("en", "mug")], false, false, "forms.zh", "another row"),
            (vec![("en", "mug"), ("zh", "杯")], false, false, "forms.zh", "another row"),
        ] {
            let bad = faults(vec![cup(), term(&forms, protect, inflect)]);
            assert_eq!((bad.len(), bad[0].0, bad[0].1.as_str()), (1, 2, field), "{bad:?}");
            assert!(bad[0].2.contains(told), "{bad:?}");
        }
        let mut many = cup();
        many.forms.insert(Lang::parse("es").unwrap(), (0..17).map(|n| format!("vaso {n}")).collect());
        assert_eq!(faults(vec![many])[0].1, "forms.es");
    }

    #[test]
    fn two_terms_may_share_a_word_in_a_language_that_nobody_speaks_here() {
        let one = term(&[("zh", "杯"), ("es", "vaso")], false, false);
        let other = term(&[("zh", "玻璃杯"), ("es", "vaso")], false, false);
        assert!(Glossary::checked(vec![one, other]).is_ok());
    }

    #[test]
    fn there_are_not_more_terms_than_can_be_looked_for() {
        let terms = |count: usize| -> Vec<Term> {
            (0..count).map(|n| term(&[("zh", &format!("词{n}")), ("es", "x")], false, false)).collect()
        };
        assert!(Glossary::checked(terms(MOST_TERMS)).is_ok());
        assert_eq!(faults(terms(MOST_TERMS + 1))[0].0, MOST_TERMS + 1);
    }
}
