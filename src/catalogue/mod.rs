//! What the rooms sell and what money is worth: read from one TOML file that a clerk can keep.
//!
//! `raw` is the file as it is written, `check` makes valid products of it or says what is wrong (each field
//! read by `fields`),
//! `written` turns products into that form again, `csv_read` and `csv_write` are the same as a spreadsheet (`columns`:
//! what its headings mean),
//! `rates` converts money (`table`: rates by themselves), `currencies` and `units` are the closed sets that a catalogue may name.

mod check;
mod columns;
mod csv_read;
mod csv_write;
mod currencies;
mod fields;
mod rates;
mod raw;
mod table;
mod units;
mod written;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::domain::{Day, Lang, Product, Sku};

pub use check::{Problem, Problems};
pub use csv_read::products_from_csv;
pub use csv_write::{products_to_csv, safe_cell};
pub use currencies::is_known as is_known_currency;
pub use rates::Rates;
pub use raw::Product as ProductForm;
pub use table::BadTable;
pub use units::{UNITS, is_known as is_known_unit};

/// A catalogue could not be used. Every problem of a file is named at once.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    #[error("cannot read the catalogue {}: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("the catalogue is not in the expected form: {0}")]
    Form(#[from] toml::de::Error),
    #[error("the products are not in the expected form: {0}")]
    Json(#[from] serde_json::Error),
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

    /// The same catalogue with other products.
    pub fn with(&self, products: impl Into<Arc<[Product]>>) -> Self {
        Self {
            source_lang: self.source_lang.clone(),
            products: products.into(),
            rates: Arc::clone(&self.rates),
        }
    }

    pub fn product(&self, sku: &Sku) -> Option<&Product> {
        self.products.iter().find(|product| product.sku == *sku)
    }
}

/// A table of exchange rates, in TOML or JSON: `as_of` (or `date`), `rates` (or `per_usd`), and where it says so `base` (else
/// USD) and `source` (else `unnamed`).
///
/// # Errors
/// Anything in it that could make a price wrong.
pub fn rates_from_text(text: &str, unnamed: &str, today: Day) -> Result<Rates, BadTable> {
    let json = text.trim_start().starts_with('{');
    // The parsers' own words would quote what a stranger's server sent.
    let raw: Option<raw::Table> =
        if json { serde_json::from_str(text).ok() } else { toml::from_str(text).ok() };
    let raw = raw.ok_or_else(|| {
        BadTable("it is not in the expected form: a date, and rates by the codes of currencies".to_owned())
    })?;
    table::table(raw, unnamed, today)
}

/// A JSON list of products, each as in the TOML file.
///
/// # Errors
/// Not of that form, or everything that is wrong with it, a line each.
pub fn products_from_json(text: &str, source_lang: &Lang) -> Result<Vec<Product>, CatalogueError> {
    let raw: Vec<raw::Product> = serde_json::from_str(text)?;
    let named = raw.into_iter().enumerate().map(|(i, raw)| (check::name_of(&raw, i), raw)).collect();
    Ok(check::products(named, source_lang)?)
}

/// What `products_from_json` reads, indented for people.
pub fn products_to_json(products: &[Product]) -> Result<String, CatalogueError> {
    let raw: Vec<raw::Product> = products.iter().map(written::product).collect();
    Ok(serde_json::to_string_pretty(&raw)?)
}

/// One product as JSON, in a line.
pub fn product_to_json(product: &Product) -> Result<String, CatalogueError> {
    Ok(serde_json::to_string(&written::product(product))?)
}

/// What `product_to_json` writes, or an operator sends.
///
/// # Errors
/// As for a list.
pub fn product_from_json(text: &str, source_lang: &Lang) -> Result<Product, CatalogueError> {
    let raw: raw::Product = serde_json::from_str(text)?;
    let named = vec![(check::name_of(&raw, 0), raw)];
    let product = check::products(named, source_lang)?.pop();
    product.ok_or_else(|| Problems(Vec::new()).into())
}

#[cfg(test)]
mod csv_tests;
#[cfg(test)]
mod tests;
