//! What a card lacks in a language, so that a clerk finds it before the show and not a shopper in it.

use crate::domain::{FactValue, Lang, Product, in_lang};
use crate::packs::Pack;

/// A text of a card that readers of the pack's language do not get in their own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// `name`, or the fact's key.
    pub key: String,
    pub kind: GapKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GapKind {
    /// The catalogue has no such text; that of this language is shown.
    Borrowed(Lang),
    /// The pack does not know this term: it is left out, and the fact with it where it is the only one.
    LeftOut(String),
    /// The pack has no label for the fact: its key is shown.
    Label,
}

/// In the order of the card.
pub fn gaps(product: &Product, pack: &Pack, source_lang: &Lang) -> Vec<Gap> {
    let gap = |key: &str, kind| Gap { key: key.to_owned(), kind };
    let mut found = Vec::new();
    if let Some(lang) = borrowed(&product.names, pack, source_lang) {
        found.push(gap("name", GapKind::Borrowed(lang)));
    }
    for fact in &product.facts {
        if pack.string(&format!("fact-{}", fact.key.replace('_', "-"))).is_none() {
            found.push(gap(&fact.key, GapKind::Label));
        }
        match &fact.value {
            FactValue::Terms(keys) => {
                let unknown = keys.iter().filter(|key| pack.term(key).is_none());
                found.extend(unknown.map(|key| gap(&fact.key, GapKind::LeftOut(key.clone()))));
            }
            FactValue::Text(texts) => {
                let lang = borrowed(texts, pack, source_lang);
                found.extend(lang.map(|lang| gap(&fact.key, GapKind::Borrowed(lang))));
            }
            FactValue::Quantity(_) | FactValue::Size(_) => {}
        }
    }
    found
}

/// The language that a text is shown in, where it is not the pack's: as [`super::words::in_pack`] chooses, then the source.
fn borrowed<T>(texts: &std::collections::BTreeMap<Lang, T>, pack: &Pack, source_lang: &Lang) -> Option<Lang> {
    if in_lang(texts, &pack.lang).is_some() {
        return None;
    }
    let english = Lang::parse("en").ok();
    let wished = [pack.fallback.as_ref(), english.as_ref(), Some(source_lang)];
    let shown = wished.into_iter().flatten().find(|lang| in_lang(texts, lang).is_some());
    shown.or_else(|| texts.keys().next()).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use crate::domain::Fact;
    use crate::packs::Packs;

    fn thermos() -> (Product, Lang) {
        let demo = Catalogue::parse(include_str!("../../config/demo-catalogue.toml")).unwrap();
        (demo.products[0].clone(), demo.source_lang)
    }

    fn of(product: &Product, source: &Lang, lang: &str) -> Vec<Gap> {
        let packs = Packs::builtin().unwrap();
        gaps(product, packs.get(&Lang::parse(lang).unwrap()).unwrap(), source)
    }

    #[test]
    fn a_name_that_is_missing_is_told_with_the_language_that_stands_in() {
        let (mut product, source) = thermos();
        let (es, en) = (Lang::parse("es").unwrap(), Lang::parse("en").unwrap());
        assert!(product.names.contains_key(&es) && product.names.contains_key(&en));
        assert_eq!(of(&product, &source, "es"), []);
        product.names.remove(&es);
        let missing = |lang: &Lang| vec![Gap { key: "name".into(), kind: GapKind::Borrowed(lang.clone()) }];
        assert_eq!(of(&product, &source, "es"), missing(&en));
        product.names.retain(|lang, _| *lang == source);
        assert_eq!(of(&product, &source, "es"), missing(&source));
    }

    #[test]
    fn facts_without_words_are_told() {
        let (mut product, source) = thermos();
        let own = std::iter::once((source.clone(), "手工".to_owned())).collect();
        product.facts = vec![
            Fact { key: "material".into(), value: FactValue::Terms(vec!["material.unobtainium".into()]) },
            Fact { key: "handle_type".into(), value: FactValue::Text(own) },
        ];
        let gap = |key: &str, kind| Gap { key: key.into(), kind };
        assert_eq!(
            of(&product, &source, "es"),
            [
                gap("material", GapKind::LeftOut("material.unobtainium".into())),
                gap("handle_type", GapKind::Label),
                gap("handle_type", GapKind::Borrowed(source.clone())),
            ]
        );
    }
}
