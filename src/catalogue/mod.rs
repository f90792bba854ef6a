//! What the rooms sell and what money is worth: read from one TOML file that a clerk can keep.
//!
//! `raw` is the file as it is written, `check` makes valid products of it or says what is wrong (each field
//! read by `fields`),
//! `rates` converts money, `currencies` and `units` are the closed sets that a catalogue may name.

mod check;
mod currencies;
mod fields;
mod rates;
mod raw;
mod units;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::domain::{Lang, Product, Sku};

pub use check::{Problem, Problems};
pub use currencies::is_known as is_known_currency;
pub use rates::Rates;
pub use units::{UNITS, is_known as is_known_unit};

/// A catalogue could not be used. Every problem of a file is named at once.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    #[error("cannot read the catalogue {}: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("the catalogue is not in the expected form: {0}")]
    Form(#[from] toml::de::Error),
    #[error("{0}")]
    Content(#[from] Problems),
}

/// The products of a room, in the order of the show, with the rates that their prices are converted by.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// The language that every product has a name in.
    pub source_lang: Lang,
    pub products: Arc<[Product]>,
    pub rates: Arc<Rates>,
}

impl Catalogue {
    /// A room that sells nothing yet.
    pub fn empty(source_lang: Lang) -> Self {
        Self { source_lang, products: Arc::from([]), rates: Arc::default() }
    }

    pub fn load(path: &Path) -> Result<Self, CatalogueError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| CatalogueError::Read { path: path.to_owned(), source })?;
        Self::parse(&text)
    }

    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        let raw: raw::Catalogue = toml::from_str(text)?;
        Ok(check::catalogue(raw)?)
    }

    pub fn product(&self, sku: &Sku) -> Option<&Product> {
        self.products.iter().find(|product| product.sku == *sku)
    }
}

#[cfg(test)]
mod tests;
