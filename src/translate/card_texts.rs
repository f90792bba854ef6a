//! Texts of a product card in a language that the catalogue has none for. What a person wrote always wins; what an engine
//! makes of it comes by the same route as captions, with the same gate, and only where the gate is satisfied.

use std::collections::BTreeMap;

use super::{Request, Route};
use crate::domain::{Fact, FactValue, Fidelity, Lang, Product};

/// The free texts of one product for viewers of one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardTexts {
    pub name: CardText,
    /// By the fact's key; only facts that are free text.
    pub facts: BTreeMap<String, CardText>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardText {
    pub text: String,
    /// The language of the text, where it is not the viewer's.
    pub text_lang: Option<Lang>,
    /// The engine that made it; `None`: a person wrote it.
    pub engine: Option<String>,
}

/// The texts of `product` for viewers who read `target`. `source` is the catalogue's own language. Never fails: what
/// nobody translates stays in English, or as the host has it.
pub async fn card_texts(product: &Product, source: &Lang, target: &Lang, route: &Route) -> CardTexts {
    let name = words(&product.names, source, target, route).await;
    let name =
        name.unwrap_or_else(|| CardText { text: product.sku.to_string(), text_lang: None, engine: None });
    let mut facts = BTreeMap::new();
    for Fact { key, value } in &product.facts {
        if let FactValue::Text(texts) = value
            && let Some(text) = words(texts, source, target, route).await
        {
            facts.insert(key.clone(), text);
        }
    }
    CardTexts { name, facts }
}

/// `None` only where there is no text in any language.
async fn words(
    texts: &BTreeMap<Lang, String>,
    source: &Lang,
    target: &Lang,
    route: &Route,
) -> Option<CardText> {
    if let Some((_, text)) = in_lang(texts, target.primary()) {
        return Some(CardText { text: text.clone(), text_lang: None, engine: None });
    }
    // From English first: engines know it best, and a second hop loses most.
    let human: Vec<(&Lang, &String)> = ["en", source.primary()]
        .into_iter()
        .filter_map(|primary| in_lang(texts, primary))
        .chain(texts.iter().take(1))
        .collect();
    for &(lang, text) in &human {
        if let Some(translated) = translated(text, lang, target, route).await {
            return Some(translated);
        }
    }
    // As captions do that nobody translates: the language next to it, for most English.
    let next = route.fallback(target).and_then(|lang| in_lang(texts, lang.primary()));
    let (lang, text) = next.or_else(|| human.first().copied())?;
    Some(CardText { text: text.clone(), text_lang: Some(lang.clone()), engine: None })
}

async fn translated(text: &str, source: &Lang, target: &Lang, route: &Route) -> Option<CardText> {
    // Without products: a name is not to be found as the product that it names.
    let request = Request::new(text, source, target);
    let shown = route.translate(request).await;
    let sure = shown.fidelity == Fidelity::Verified && shown.text_lang.is_none();
    sure.then(|| CardText { text: as_label(&shown.text, text), text_lang: None, engine: Some(shown.engine) })
}

/// Engines end a name with a full stop as if it were a sentence.
fn as_label(translated: &str, source: &str) -> String {
    const STOPS: [char; 4] = ['.', '。', '।', '۔'];
    let text = translated.trim();
    if source.trim_end().ends_with(STOPS) { text.to_owned() } else { text.trim_end_matches(STOPS).to_owned() }
}

/// The text of a primary language, whatever its region.
fn in_lang<'a>(texts: &'a BTreeMap<Lang, String>, primary: &str) -> Option<(&'a Lang, &'a String)> {
    texts.iter().find(|(lang, _)| lang.primary() == primary)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::packs::Packs;
    use crate::translate::RouteSettings;
    use crate::translate::testing::{Clerk, Said, lang, packs};

    /// Knows two words, and gets a number wrong.
    fn says(text: &str) -> Said {
        Ok(match text {
            "Steel thermos" => Some(("Termo de acero.", 1.0)),
            "礼盒装" => Some(("Caja de regalo", 1.0)),
            "500毫升" => Some(("50 ml", 1.0)),
            _ => None,
        })
    }

    fn route() -> Route {
        let packs = packs();
        let chains = packs.iter().map(|pack| (pack.lang.clone(), vec!["clerk".to_owned()])).collect();
        Route::new(packs, vec![Clerk::new(says)], RouteSettings { chains, ..RouteSettings::default() })
    }

    fn texts(of: &[(&str, &str)]) -> BTreeMap<Lang, String> {
        of.iter().map(|(tag, text)| (lang(tag), (*text).to_owned())).collect()
    }

    async fn said(of: &[(&str, &str)], target: &str) -> (String, Option<String>, Option<String>) {
        let words = words(&texts(of), &lang("zh"), &lang(target), &route()).await.unwrap();
        (words.text, words.text_lang.map(|lang| lang.to_string()), words.engine)
    }

    #[tokio::test]
    async fn what_a_person_wrote_wins() {
        let names = [("zh", "保温杯"), ("en", "Steel thermos"), ("es", "Termo")];
        assert_eq!(said(&names, "es-MX").await, ("Termo".into(), None, None));
    }

    #[tokio::test]
    async fn an_engine_translates_what_is_missing_from_english_before_the_source() {
        let by = Some("clerk".to_owned());
        let names = [("zh", "保温杯"), ("en", "Steel thermos")];
        assert_eq!(said(&names, "es").await, ("Termo de acero".into(), None, by.clone()));
        assert_eq!(said(&[("zh", "礼盒装")], "es").await, ("Caja de regalo".into(), None, by));
    }

    #[tokio::test]
    async fn without_a_translation_the_fallback_language_is_shown() {
        let route = Route::new(Arc::new(Packs::builtin().unwrap()), Vec::new(), RouteSettings::default());
        let names = texts(&[("zh", "保温杯"), ("en", "Steel thermos"), ("es", "Termo")]);
        for (target, shown) in [("ca", "Termo"), ("fr", "Steel thermos")] {
            let words = words(&names, &lang("zh"), &lang(target), &route).await.unwrap();
            assert_eq!(words.text, shown, "{target}");
        }
    }

    #[tokio::test]
    async fn what_fails_the_gate_stays_as_a_person_wrote_it() {
        assert_eq!(said(&[("zh", "500毫升")], "es").await, ("500毫升".into(), Some("zh".into()), None));
        let names = [("zh", "500毫升"), ("en", "Half a litre")];
        assert_eq!(said(&names, "es").await, ("Half a litre".into(), Some("en".into()), None));
    }
}
