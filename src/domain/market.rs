//! What a viewer's market is used to: its money, its measures, and what its law wants said.

use super::{Currency, Lang};

/// What makes one viewer's card differ from another's of the same language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Market {
    pub currency: Currency,
    pub habits: Habits,
}

/// What is known of a reader's country.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Habits {
    pub units: Units,
    /// In the European Economic Area, where a former price has to be named as the lowest of 30 days.
    pub in_europe: bool,
}

impl Habits {
    /// All that there are, the plain one first.
    pub fn all() -> impl Iterator<Item = Self> {
        let of = |in_europe| Units::ALL.into_iter().map(move |units| Self { units, in_europe });
        of(false).chain(of(true))
    }

    /// What a reader is used to: their own choice of units (`asked`); else the region of the language that they asked for
    /// (`es-US`); else the region that their browser gives this same language (`accepted`, an `Accept-Language`); else the
    /// country of the money that they chose; else metric. A browser's `en-US` says nothing of a reader of Russian: half of
    /// the world's browsers come with it.
    pub fn of_reader(
        asked: Option<&str>,
        lang: Option<&Lang>,
        accepted: Option<&str>,
        currency: Option<Currency>,
    ) -> Self {
        let of_browser = || {
            let tags = accepted?.split(',').take(16).filter_map(|entry| entry.split(';').next());
            let mut accepted = tags.filter_map(|tag| Lang::parse(tag).ok());
            accepted.find(|tag| lang.is_none_or(|lang| lang.primary() == tag.primary()))?.region()
        };
        let asked = asked.map(|asked| (asked, Units::parse(asked)));
        let country = asked.filter(|(text, units)| units.is_some() && is_country(text));
        let country = country.map(|(text, _)| text.to_owned());
        let region = country.or_else(|| lang.and_then(Lang::region)).or_else(of_browser);
        let units = asked
            .and_then(|(_, units)| units)
            .or_else(|| region.as_deref().map(Units::of_region))
            .or_else(|| currency.and_then(Units::of_currency));
        let in_europe = region.is_some_and(|region| EUROPEAN_COUNTRIES.contains(&region.as_str()));
        Self { units: units.unwrap_or_default(), in_europe }
    }
}

/// The European Economic Area.
const EUROPEAN_COUNTRIES: [&str; 30] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT",
    "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Measures that stand beside the metric ones, which are always there: they are what the factory sells by.
/// By CLDR 48.2 (`measurementData`, `unitPreferenceData`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Units {
    #[default]
    Metric,
    /// Metric, with temperatures in Fahrenheit.
    Fahrenheit,
    /// Feet and inches, pounds and ounces. No British fluid ounces: bottles are labelled in millilitres there by law, and
    /// beside the American ounce, which is 4 % larger, nobody could tell which is meant.
    Uk,
    /// Feet and inches, pounds and ounces, gallons and fluid ounces, Fahrenheit.
    Us,
}

impl Units {
    pub const ALL: [Self; 4] = [Self::Metric, Self::Fahrenheit, Self::Uk, Self::Us];

    /// As in addresses and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Metric => "metric",
            Self::Fahrenheit => "fahrenheit",
            Self::Uk => "uk",
            Self::Us => "us",
        }
    }

    /// One of these names, or a country's code in capitals.
    pub fn parse(name: &str) -> Option<Self> {
        let named = || Self::ALL.into_iter().find(|units| units.as_str() == name);
        is_country(name).then(|| Self::of_region(name)).or_else(named)
    }

    /// What a country (ISO 3166 code) uses.
    pub fn of_region(region: &str) -> Self {
        match region {
            "US" => Self::Us,
            // Myanmar and Liberia: imperial lengths and weights, Celsius.
            "GB" | "MM" | "LR" => Self::Uk,
            "BS" | "BZ" | "KY" | "PR" | "PW" => Self::Fahrenheit,
            _ => Self::Metric,
        }
    }

    /// A hint: the country whose money somebody has chosen. None for the dollar, which the whole world trades in, and for
    /// all money of metric countries.
    fn of_currency(currency: Currency) -> Option<Self> {
        Some(match currency.as_str() {
            "GBP" => Self::of_region("GB"),
            "MMK" => Self::of_region("MM"),
            "LRD" => Self::of_region("LR"),
            "BSD" => Self::of_region("BS"),
            "BZD" => Self::of_region("BZ"),
            "KYD" => Self::of_region("KY"),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(asked: Option<&str>, lang: Option<&str>, accepted: &str, currency: &str) -> &'static str {
        let lang = lang.map(|tag| Lang::parse(tag).unwrap());
        let currency = Currency::parse(currency).ok();
        Habits::of_reader(asked, lang.as_ref(), Some(accepted), currency).units.as_str()
    }

    #[test]
    fn the_regions_are_those_of_cldr() {
        for (region, units) in [
            ("US", "us"),
            ("GB", "uk"),
            ("MM", "uk"),
            ("LR", "uk"),
            ("BS", "fahrenheit"),
            ("PR", "fahrenheit"),
            ("CA", "metric"),
            ("MX", "metric"),
            ("KE", "metric"),
        ] {
            assert_eq!(Units::of_region(region).as_str(), units, "{region}");
        }
    }

    #[test]
    fn a_choice_beats_the_language_which_beats_the_browser_which_beats_the_money() {
        assert_eq!(units(Some("metric"), Some("en-US"), "en-US", "USD"), "metric");
        assert_eq!(units(Some("GB"), Some("en-US"), "en-US", "USD"), "uk");
        assert_eq!(units(Some("furlongs"), Some("es-US"), "", ""), "us", "nonsense is no choice");
        assert_eq!(units(None, Some("en-IN"), "en-US", "GBP"), "metric");
        assert_eq!(units(None, Some("en"), "en-US,en;q=0.9", ""), "us");
        assert_eq!(units(None, None, "es-US,es;q=0.9", ""), "us");
        assert_eq!(units(None, Some("ru"), "en-US,en;q=0.9", ""), "metric");
        assert_eq!(units(None, Some("ru"), "ru,en-US;q=0.9", ""), "metric", "its first word counts");
        assert_eq!(units(None, Some("en"), "", "GBP"), "uk");
        assert_eq!(units(None, Some("en"), "", "USD"), "metric");
    }

    #[test]
    fn a_reader_in_europe_is_known_by_the_language_or_the_browser() {
        let europe = |asked, lang: &str, accepted| {
            Habits::of_reader(asked, Lang::parse(lang).ok().as_ref(), Some(accepted), None).in_europe
        };
        assert!(
            europe(None, "es-ES", "") && europe(None, "fr", "fr-FR,fr;q=0.9") && europe(Some("DE"), "en", "")
        );
        assert!(!europe(None, "es-MX", "es-ES") && !europe(None, "fr", "de-DE") && !europe(None, "en", ""));
        assert!(!europe(None, "en-GB", ""), "not any more");
        assert!(europe(Some("metric"), "pt-PT", ""), "the choice is of units only");
    }
}
