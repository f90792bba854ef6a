//! Terms as JSON: `{"forms":{"zh":["保温杯","水杯"],"es":["termo"]},"protect":false,"inflect":false}`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::domain::Lang;
use crate::glossary::{BadTerm, Term};
use crate::protocol::rest::TermState;

/// A field that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadField {
    pub field: String,
    pub what: String,
}

/// A term as it is answered; `term` is the name that requests call it by.
pub fn term_json(term: &Term) -> Value {
    json!(term_state(term))
}

pub fn term_state(term: &Term) -> TermState {
    TermState {
        term: term.name().to_owned(),
        forms: term.forms.iter().map(|(lang, forms)| (lang.to_string(), forms.clone())).collect(),
        protect: term.protect,
        inflect: term.inflect,
    }
}

/// The terms of a request's body. What an answer adds to a term is passed over, so that an answer can be sent back.
///
/// # Errors
/// All terms that cannot be read, each with its row (from 1) and the field.
pub fn terms_from(values: &[Value]) -> Result<Vec<Term>, Vec<BadTerm>> {
    let (mut terms, mut bad) = (Vec::new(), Vec::new());
    for (at, value) in values.iter().enumerate() {
        match term_from(value) {
            Ok(term) => terms.push(term),
            Err(BadField { field, what }) => bad.push(BadTerm { row: at + 1, field, what }),
        }
    }
    if bad.is_empty() { Ok(terms) } else { Err(bad) }
}

fn term_from(value: &Value) -> Result<Term, BadField> {
    let bad = |field: &str, what: &str| BadField { field: field.to_owned(), what: what.to_owned() };
    let fields = value.as_object().ok_or_else(|| bad("forms", "a term is an object"))?;
    let mut term = Term { forms: BTreeMap::new(), protect: false, inflect: false };
    for (name, value) in fields {
        let flag = || value.as_bool().ok_or_else(|| bad(name, "it is true or false"));
        match name.as_str() {
            "forms" => term.forms = forms_from(value)?,
            "protect" => term.protect = flag()?,
            "inflect" => term.inflect = flag()?,
            "term" => {}
            other => {
                let shown: String = other.chars().take(40).collect();
                return Err(bad(&shown, "there is no such field; there are forms, protect and inflect"));
            }
        }
    }
    Ok(term)
}

/// A list of forms for each language, or one form as a string.
fn forms_from(value: &Value) -> Result<BTreeMap<Lang, Vec<String>>, BadField> {
    let bad = |field: String, what: &str| BadField { field, what: what.to_owned() };
    let by_lang = value.as_object().ok_or_else(|| bad("forms".into(), "it is an object of languages"))?;
    let mut all = BTreeMap::new();
    for (tag, value) in by_lang {
        let field = format!("forms.{}", tag.chars().take(40).collect::<String>());
        let lang = Lang::parse(tag).map_err(|error| bad(field.clone(), &error.to_string()))?;
        let forms = match value {
            Value::String(form) => Some(vec![form.clone()]),
            Value::Array(forms) => {
                forms.iter().map(|form| form.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
            }
            _ => None,
        };
        let forms = forms.ok_or_else(|| bad(field.clone(), "it is a word or a list of words"))?;
        let trimmed = forms.into_iter().map(|form| form.trim().to_owned()).collect();
        if all.insert(lang, trimmed).is_some() {
            return Err(bad(field, "the language is there twice"));
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glossary::Glossary;

    #[test]
    fn an_answer_can_be_sent_back() {
        let text = "flags\tzh\tes\n\t保温杯|水杯\ttermo\nprotect\t海风\t\ninflect\t塑料\tplástico\n";
        let glossary = Glossary::parse(text).unwrap();
        let answer: Vec<Value> = glossary.terms().iter().map(term_json).collect();
        assert_eq!(answer[0]["term"], "保温杯");
        assert_eq!(Glossary::checked(terms_from(&answer).unwrap()).unwrap(), glossary);
    }

    #[test]
    fn what_cannot_be_read_is_named_with_row_and_field() {
        for (value, field, told) in [
            (json!(5), "forms", "object"),
            (json!({ "forms": [] }), "forms", "object"),
            (json!({ "forms": { "x!": "a" } }), "forms.x!", "language tag"),
            (json!({ "forms": { "es": 5 } }), "forms.es", "word"),
            (json!({ "forms": { "es": ["a", 5] } }), "forms.es", "word"),
            (json!({ "forms": { "pt-br": "a", "pt-BR": "b" } }), "forms.pt-br", "twice"),
            (json!({ "protect": "yes" }), "protect", "true or false"),
            (json!({ "protected": true }), "protected", "no such field"),
        ] {
            let good = json!({ "forms": { "zh": "杯", "es": ["vaso"] }, "protect": true });
            let bad = terms_from(&[good, value]).unwrap_err();
            assert_eq!((bad.len(), bad[0].row, bad[0].field.as_str()), (1, 2, field));
            assert!(bad[0].what.contains(told), "{bad:?}");
        }
    }
}
