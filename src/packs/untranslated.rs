//! What a translator has not come to yet: `TODO` in the place of a text. It is told by `packs check`, and until then
//! treated as missing, so that no viewer ever reads it.

use std::collections::{BTreeMap, BTreeSet};

use super::pack::RenderingRow;
use super::tables::Forms;

/// Stands where a text is to come.
pub const TODO: &str = "TODO";

/// Keys without a text by file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Untranslated(BTreeMap<&'static str, BTreeSet<String>>);

impl Untranslated {
    /// Takes the entries that are still to be translated out of the tables.
    pub(super) fn take(
        strings: &mut BTreeMap<String, String>,
        terms: &mut BTreeMap<String, Vec<String>>,
        units: &mut BTreeMap<String, Forms>,
        renderings: &mut BTreeMap<String, RenderingRow>,
    ) -> Self {
        let mut found = Self::default();
        found.take_from("strings.ftl", strings, |text| text == TODO);
        found.take_from("terms.tsv", terms, |forms| forms.iter().any(|form| form == TODO));
        found.take_from("units.toml", units, |forms| forms.iter().any(|form| form.contains(TODO)));
        found.take_from("renderings.tsv", renderings, |row| row.text == TODO);
        found
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn has(&self, file: &str, key: &str) -> bool {
        self.0.get(file).is_some_and(|keys| keys.contains(key))
    }

    /// A sentence for each file with something left to do.
    pub fn told(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.0.iter().map(|(file, keys)| {
            let first: Vec<&str> = keys.iter().take(3).map(String::as_str).collect();
            let more = if keys.len() > first.len() { ", …" } else { "" };
            (*file, format!("{} not translated ({TODO}): {}{more}", keys.len(), first.join(", ")))
        })
    }

    fn take_from<V>(
        &mut self,
        file: &'static str,
        table: &mut BTreeMap<String, V>,
        todo: impl Fn(&V) -> bool,
    ) {
        let keys: BTreeSet<String> =
            table.iter().filter(|(_, value)| todo(value)).map(|(key, _)| key.clone()).collect();
        table.retain(|key, _| !keys.contains(key));
        if !keys.is_empty() {
            self.0.insert(file, keys);
        }
    }
}
