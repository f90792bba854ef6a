//! Languages by their BCP 47 tag.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use icu::locale::LanguageIdentifier;

/// The tag was not well-formed BCP 47.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is not a language tag")]
pub struct BadLang(String);

/// A language, optionally with script and region, in canonical case: `es`, `pt-BR`, `zh-Hant`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lang(Arc<str>);

impl Lang {
    pub fn parse(tag: &str) -> Result<Self, BadLang> {
        let bad = || BadLang(tag.chars().take(40).collect());
        let id: LanguageIdentifier = tag.trim().parse().map_err(|_| bad())?;
        if id.language.is_unknown() {
            return Err(bad());
        }
        Ok(Self(id.to_string().into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language alone: `pt` of `pt-BR`.
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }

    /// The country, where the tag names one: `BR` of `pt-BR`.
    pub fn region(&self) -> Option<String> {
        self.locale().id.region.map(|region| region.to_string())
    }

    pub fn is_chinese(&self) -> bool {
        self.primary() == "zh"
    }

    /// For ICU, which takes the same tag.
    pub fn locale(&self) -> icu::locale::Locale {
        self.0.parse().unwrap_or(icu::locale::Locale::UNKNOWN)
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What `texts` have for a language: its own entry, else one of the same language in another region or script (`es` for
/// `es-MX`).
pub fn in_lang<'a, T>(texts: &'a BTreeMap<Lang, T>, lang: &Lang) -> Option<&'a T> {
    let related = || texts.iter().find(|(other, _)| other.primary() == lang.primary()).map(|(_, text)| text);
    texts.get(lang).or_else(related)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_another_region_is_better_than_none() {
        let lang = |tag| Lang::parse(tag).unwrap();
        let texts = BTreeMap::from([(lang("es"), 1), (lang("pt-BR"), 2), (lang("pt-PT"), 3)]);
        assert_eq!(in_lang(&texts, &lang("es-MX")), Some(&1));
        assert_eq!(in_lang(&texts, &lang("pt-PT")), Some(&3));
        assert_eq!(in_lang(&texts, &lang("pt")), Some(&2));
        assert_eq!(in_lang(&texts, &lang("fr")), None);
    }

    #[test]
    fn tags_take_their_canonical_case() {
        assert_eq!(Lang::parse("PT-br").unwrap().as_str(), "pt-BR");
        assert_eq!(Lang::parse("zh-hant").unwrap().primary(), "zh");
        for bad in ["", "x", "und", "../etc", "es;drop"] {
            assert!(Lang::parse(bad).is_err(), "{bad:?}");
        }
    }
}
