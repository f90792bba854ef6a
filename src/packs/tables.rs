//! The file formats of a pack, read into plain tables. serde is here.

use std::collections::BTreeMap;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use icu::plurals::PluralCategory;
use serde::Deserialize;

use crate::domain::Lang;

/// `pack.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub lang: String,
    /// The language's own name for itself.
    pub name: String,
    #[serde(default)]
    pub dir: Dir,
    pub currency: String,
    pub fallback: Option<String>,
    /// The language whose captions the engines of this one start from, where none starts from the host's.
    pub via: Option<String>,
    #[serde(default)]
    pub chain: Vec<String>,
    #[serde(default)]
    pub tiers: BTreeMap<String, String>,
    /// CLDR numbering system where the language's default is not what its shoppers read: `latn`.
    pub digits: Option<String>,
    /// Locale whose separators and digits numbers are written with, where most of the language's shoppers read others
    /// than CLDR gives for the language alone: `es-419`.
    pub numbers: Option<String>,
    /// Dearest match of the phrasebook that is still believed, in cost per syllable or word.
    pub threshold: Option<f32>,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Dir {
    #[default]
    Ltr,
    Rtl,
}

/// Forms of one unit by plural category.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forms {
    pub zero: Option<String>,
    pub one: Option<String>,
    pub two: Option<String>,
    pub few: Option<String>,
    pub many: Option<String>,
    pub other: String,
}

impl Forms {
    pub fn form(&self, category: PluralCategory) -> &str {
        let form = match category {
            PluralCategory::Zero => &self.zero,
            PluralCategory::One => &self.one,
            PluralCategory::Two => &self.two,
            PluralCategory::Few => &self.few,
            PluralCategory::Many => &self.many,
            PluralCategory::Other => &None,
        };
        form.as_deref().unwrap_or(&self.other)
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        [&self.zero, &self.one, &self.two, &self.few, &self.many]
            .into_iter()
            .filter_map(|form| form.as_deref())
            .chain([self.other.as_str()])
    }
}

/// `units.toml`: `[day]`, `[day.gen]`. The second is a table inside the first, which serde cannot tell from a form.
pub(super) fn units(text: &str) -> Result<BTreeMap<String, Forms>, String> {
    let tables: BTreeMap<String, toml::Table> = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut units = BTreeMap::new();
    for (unit, table) in tables {
        let (cases, forms): (toml::Table, toml::Table) =
            table.into_iter().partition(|(_, value)| value.is_table());
        if !forms.is_empty() {
            let forms = forms
                .try_into()
                .map_err(|error: toml::de::Error| format!("[{unit}]: {}", error.message()))?;
            units.insert(unit.clone(), forms);
        }
        for (case, forms) in cases {
            let forms = forms
                .try_into()
                .map_err(|error: toml::de::Error| format!("[{unit}.{case}]: {}", error.message()))?;
            units.insert(format!("{unit}.{case}"), forms);
        }
    }
    Ok(units)
}

/// Rows of a tab separated file with their line numbers. Comments and empty lines are left out.
pub(super) fn rows(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    text.lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.trim_end_matches('\r')))
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|(at, line)| (at, line.split('\t').map(str::trim).collect()))
}

/// `strings.ftl` as text by key. `{ $n }` stays in it as `{$n}`, for whoever fills it in.
pub(super) fn strings(lang: &Lang, text: &str) -> Result<BTreeMap<String, String>, Vec<String>> {
    let resource = FluentResource::try_new(text.to_owned())
        .map_err(|(_, errors)| errors.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    let locale = lang.as_str().parse().map_err(|_| vec![format!("{lang} is not a locale for Fluent")])?;
    let mut bundle = FluentBundle::new(vec![locale]);
    bundle.set_use_isolating(false);
    bundle
        .add_resource(resource)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    let mut args = FluentArgs::new();
    args.set("n", "{$n}");
    let mut strings = BTreeMap::new();
    let mut problems = Vec::new();
    for key in keys(text) {
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            problems.push(format!("{key} has no text"));
            continue;
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
        problems.extend(errors.iter().map(|error| format!("{key}: {error}")));
        strings.insert(key.to_owned(), text);
    }
    if problems.is_empty() { Ok(strings) } else { Err(problems) }
}

/// Fluent gives no list of its messages: a message begins at a line's start with its key and `=`.
fn keys(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| line.starts_with(|ch: char| ch.is_ascii_alphabetic()))
        .filter_map(|line| line.split_once('='))
        .map(|(key, _)| key.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_have_plain_and_case_tables() {
        let units = units("[day]\none = \"день\"\nother = \"дня\"\n[day.gen]\nother = \"дней\"\n").unwrap();
        assert_eq!(units["day"].form(PluralCategory::One), "день");
        assert_eq!(units["day"].form(PluralCategory::Many), "дня");
        assert_eq!(units["day.gen"].form(PluralCategory::One), "дней");
    }

    #[test]
    fn strings_keep_their_place_for_a_number() {
        let lang = Lang::parse("en").unwrap();
        let strings = strings(&lang, "a = Ends in { $n }\nb = Text\n    goes on\n").unwrap();
        assert_eq!(strings["a"], "Ends in {$n}");
        assert_eq!(strings["b"], "Text\ngoes on");
        assert!(super::strings(&lang, "a = {$m}").is_err());
    }
}
