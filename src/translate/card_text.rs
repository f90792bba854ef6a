//! A text of a product card in a language that the catalogue has none for. What a person wrote always wins; what an engine
//! makes of it comes by the same route as captions, with the same gate, and only where the gate is satisfied.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Request, Route};
use crate::domain::{Fidelity, Lang, in_lang};
use crate::glossary::Glossary;

/// A text that an engine made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardText {
    pub text: String,
    pub engine: String,
}

/// What an engine makes of `texts`, a product's name or one of its facts, for readers of `target`. `source` is the
/// catalogue's own language. `None` where a person has written it in `target`, and where no engine has words for it that
/// pass the gate: what people wrote in another language is shown then.
pub async fn card_text(
    texts: &BTreeMap<Lang, String>,
    source: &Lang,
    target: &Lang,
    route: &Route,
    glossary: &Arc<Glossary>,
) -> Option<CardText> {
    if in_lang(texts, target).is_some() {
        return None;
    }
    // From English first: engines know it best, and a second hop loses most.
    let written = |primary: &str| texts.iter().find(|(lang, _)| lang.primary() == primary);
    let mut from: Vec<(&Lang, &String)> = Vec::new();
    for (lang, text) in [written("en"), written(source.primary()), texts.iter().next()].into_iter().flatten()
    {
        if from.iter().all(|(known, _)| *known != lang) {
            from.push((lang, text));
        }
    }
    for (lang, text) in from {
        let glossary = Arc::clone(glossary);
        // Without the products: a name is not to be found as the product that it names.
        let shown = route.translate(Request { glossary, ..Request::new(text, lang, target) }).await;
        if shown.fidelity == Fidelity::Verified && shown.text_lang.is_none() {
            return Some(CardText { text: as_label(&shown.text, text), engine: shown.engine });
        }
    }
    None
}

/// Engines end a name with a full stop as if it were a sentence, the phrasebook with a colon as if more were to come.
fn as_label(translated: &str, source: &str) -> String {
    const STOPS: [char; 6] = ['.', '。', '।', '۔', ':', '：'];
    let text = translated.trim();
    if source.trim_end().ends_with(STOPS) { text.to_owned() } else { text.trim_end_matches(STOPS).to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translate::testing::{Clerk, Said, lang, packs};
    use crate::translate::{RouteSettings, Translator};

    /// Knows two words, and gets a number wrong.
    fn says(text: &str) -> Said {
        Ok(Some(match text {
            "Steel thermos" => ("Termo de acero.", 1.0),
            "礼盒装" => ("Caja de regalo", 1.0),
            "500毫升" => ("50 ml", 1.0),
            _ => return Ok(None),
        }))
    }

    async fn said(of: &[(&str, &str)], target: &str, terms: &str) -> Option<String> {
        let packs = packs();
        let chains = packs.iter().map(|pack| (pack.lang.clone(), vec!["clerk".to_owned()])).collect();
        let engines: Vec<Arc<dyn Translator>> = vec![Clerk::new(says)];
        let route = Route::new(packs, engines, RouteSettings { chains, ..RouteSettings::default() });
        let texts = of.iter().map(|(tag, text)| (lang(tag), (*text).to_owned())).collect();
        let glossary = Arc::new(Glossary::parse(terms).unwrap());
        let made = card_text(&texts, &lang("zh"), &lang(target), &route, &glossary).await?;
        assert_eq!(made.engine, "clerk");
        Some(made.text)
    }

    #[tokio::test]
    async fn what_a_person_wrote_is_not_translated() {
        let names = [("zh", "保温杯"), ("en", "Steel thermos"), ("es", "Termo")];
        assert_eq!(said(&names, "es-MX", "").await, None);
    }

    #[tokio::test]
    async fn an_engine_translates_what_is_missing_from_english_before_the_source() {
        let names = [("zh", "礼盒装"), ("en", "Steel thermos")];
        assert_eq!(said(&names, "es", "").await.as_deref(), Some("Termo de acero"));
        assert_eq!(said(&[("zh", "礼盒装")], "es", "").await.as_deref(), Some("Caja de regalo"));
        let unknown = [("zh", "礼盒装"), ("en", "Gift box")];
        assert_eq!(said(&unknown, "es", "").await.as_deref(), Some("Caja de regalo"));
    }

    #[tokio::test]
    async fn what_fails_the_gate_or_loses_a_protected_name_is_nothing() {
        assert_eq!(said(&[("zh", "500毫升")], "es", "").await, None);
        let names = [("en", "Steel thermos")];
        assert_eq!(said(&names, "es", "flags\ten\nprotect\tSteel\n").await, None);
    }
}
