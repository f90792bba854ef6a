//! Products by name, and the room's terms. A model does not know them and would translate them anew each time; so a code
//! stands in for each, which models copy, and the word in the viewer's language is put in for it afterwards.

use std::collections::BTreeMap;

use crate::domain::{Lang, Product, in_lang};
use crate::glossary::Term;
use crate::translate::Request;

/// Letters only: a code with a digit would be read as a number, or grow together with one.
const CODES: [&str; 3] = ["XQV", "XQK", "XQZ"];

/// A text with codes in the place of product names and terms.
#[derive(Debug)]
pub struct Protected {
    pub text: String,
    held: Vec<Held>,
}

#[derive(Debug)]
struct Held {
    code: &'static str,
    /// The name or the term in the target language, or the product's English name.
    name: String,
    times: usize,
}

impl Protected {
    /// `None` where nothing is said that has a word to show. `held` tells which of the glossary's terms get codes. At most
    /// three products and terms, those with the longest names.
    pub fn new(request: &Request, held: impl Fn(&Term) -> bool) -> Option<Self> {
        if CODES.iter().any(|code| request.text.contains(code)) {
            return None;
        }
        let (source, target) = (&request.source, &request.target);
        let terms = request.glossary.terms().iter().filter(|term| held(term));
        let terms = terms
            .filter_map(|term| Some((term, term.written(source, target)?)))
            .flat_map(|(term, shown)| term.forms(source).iter().map(move |form| (form.as_str(), shown)));
        let products = request
            .products
            .iter()
            .filter_map(|product| Some((product, of(&product.names, target)?)))
            .flat_map(|(product, shown)| called(product, source).map(move |name| (name, shown)));
        // What the operator wrote down as a term goes before what the catalogue calls a product.
        let mut names: Vec<(&str, &str)> = terms.chain(products).collect();
        // 不锈钢保温杯 before 保温杯.
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.chars().count()));
        let mut protected = Self { text: request.text.clone(), held: Vec::new() };
        for (name, shown) in names {
            protected.replace(name, shown);
        }
        (!protected.held.is_empty()).then_some(protected)
    }

    /// The translation with the names in place; `None` unless it has each code as often as the source.
    pub fn restore(&self, translation: &str) -> Option<String> {
        let mut text = translation.to_owned();
        for Held { code, name, times } in &self.held {
            if translation.matches(code).count() != *times {
                return None;
            }
            text = text.replace(code, name);
        }
        Some(text)
    }

    fn replace(&mut self, name: &str, shown: &str) {
        let known = self.held.iter().position(|held| held.name == shown);
        let Some(code) = CODES.get(known.unwrap_or(self.held.len())).copied() else { return };
        let mut times = 0;
        let mut from = 0;
        while let Some(at) = find(&self.text, name, from) {
            self.text.replace_range(at..at + name.len(), code);
            from = at + code.len();
            times += 1;
        }
        match known.and_then(|place| self.held.get_mut(place)) {
            Some(held) => held.times += times,
            None if times > 0 => self.held.push(Held { code, name: shown.to_owned(), times }),
            None => {}
        }
    }
}

/// What the host may call the product.
fn called<'a>(product: &'a Product, source: &Lang) -> impl Iterator<Item = &'a str> {
    let aliases = in_lang(&product.aliases, source).into_iter().flatten().map(String::as_str);
    in_lang(&product.names, source)
        .map(String::as_str)
        .into_iter()
        .chain(aliases)
        .filter(|name| !name.is_empty())
}

fn of<'a>(names: &'a BTreeMap<Lang, String>, lang: &Lang) -> Option<&'a str> {
    let english = || names.iter().find(|(named, _)| named.primary() == "en").map(|(_, name)| name);
    in_lang(names, lang).or_else(english).map(String::as_str).filter(|name| !name.is_empty())
}

/// The next place of `name`, whole words in any case where it is of ASCII letters.
fn find(text: &str, name: &str, from: usize) -> Option<usize> {
    let word = |ch: char| ch.is_ascii_alphanumeric();
    let candidates = text.char_indices().map(|(at, _)| at).filter(|at| *at >= from);
    candidates
        .filter(|at| text.get(*at..at + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)))
        .find(|at| {
            let before = text.get(..*at).and_then(|before| before.chars().next_back());
            let after = text.get(at + name.len()..).and_then(|after| after.chars().next());
            let grown = |outside: Option<char>, inside: Option<char>| {
                outside.is_some_and(word) && inside.is_some_and(word)
            };
            !grown(before, name.chars().next()) && !grown(after, name.chars().next_back())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glossary::Glossary;
    use crate::translate::testing::{product, request};

    fn protect(text: &str, source: &str, target: &str, products: &[Product]) -> Option<Protected> {
        let mut request = request(text, source, target);
        request.products = products.into();
        Protected::new(&request, |_| true)
    }

    #[test]
    fn terms_become_codes_and_those_that_may_be_inflected_only_where_asked() {
        let cup = product("HY-1", &[("zh", "保温杯"), ("ru", "Термос")], &[]);
        let glossary = "flags\tzh\ten\tru\n\t保温杯\tflask\tфляга\nprotect\t海风\tSeabreeze\t\ninflect\t塑料\t\tпластиковый\n";
        let mut request = request("海风保温杯是塑料的", "zh", "ru");
        request.products = [cup].into();
        request.glossary = Glossary::parse(glossary).unwrap().into();
        let some = Protected::new(&request, |term| !term.inflect).unwrap();
        let mut codes: Vec<&str> = some.held.iter().map(|held| held.name.as_str()).collect();
        codes.sort_unstable();
        assert_eq!(codes, ["Seabreeze", "фляга"], "the operator's word, not the catalogue's");
        assert!(some.text.ends_with("是塑料的"), "{}", some.text);
        let all = Protected::new(&request, |_| true).unwrap();
        assert!(!all.text.contains("塑料"), "{}", all.text);
    }

    #[test]
    fn names_and_aliases_become_codes_and_come_back_in_the_target_language() {
        let cup = product("HY-1", &[("zh", "不锈钢保温杯"), ("es", "Termo Nube 500")], &["保温杯"]);
        let lid = product("HY-2", &[("zh", "杯盖"), ("en", "Lid")], &[]);
        let held = protect("这款保温杯配杯盖，不锈钢保温杯很好", "zh", "es", &[cup, lid]).unwrap();
        assert_eq!(held.text, "这款XQV配XQK，XQV很好");
        let shown = held.restore("Este XQV con XQK, el XQV es bueno").unwrap();
        assert_eq!(shown, "Este Termo Nube 500 con Lid, el Termo Nube 500 es bueno");
    }

    #[test]
    fn a_code_that_is_lost_or_doubled_is_not_restored() {
        let cup = product("HY-1", &[("zh", "保温杯"), ("es", "Termo")], &[]);
        let held = protect("这款保温杯", "zh", "es", &[cup]).unwrap();
        assert_eq!(held.restore("Este vaso"), None);
        assert_eq!(held.restore("XQV XQV"), None);
        assert_eq!(held.restore("Este XQV").as_deref(), Some("Este Termo"));
    }

    #[test]
    fn only_whole_words_and_only_names_that_can_be_shown() {
        let cup = product("HY-1", &[("en", "Cup"), ("ru", "Чашка")], &[]);
        assert!(protect("a cupboard", "en", "ru", std::slice::from_ref(&cup)).is_none());
        assert_eq!(protect("a cup, CUP", "en", "ru", &[cup]).unwrap().text, "a XQV, XQV");
        let nameless = product("HY-1", &[("zh", "杯子")], &[]);
        assert!(protect("这款杯子", "zh", "es", &[nameless]).is_none());
    }
}
