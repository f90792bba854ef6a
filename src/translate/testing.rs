//! What tests of engines, the gate and the route have in common.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;

use super::{Draft, Request, TranslateError, Translator};
use crate::domain::{Currency, Lang, Money, Product, Quantity, Sku};
use crate::packs::Packs;

pub fn lang(tag: &str) -> Lang {
    Lang::parse(tag).unwrap()
}

pub fn request(text: &str, source: &str, target: &str) -> Request {
    Request::new(text, &lang(source), &lang(target))
}

/// The small packs of `tests/data/packs`.
pub fn packs() -> Arc<Packs> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/packs"));
    Arc::new(Packs::from_dir(folder).unwrap())
}

/// A product with these names, and aliases in Mandarin.
pub fn product(sku: &str, names: &[(&str, &str)], aliases: &[&str]) -> Product {
    let aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
    Product {
        sku: Sku::parse(sku).unwrap(),
        names: names.iter().map(|(tag, name)| (lang(tag), (*name).to_owned())).collect(),
        aliases: std::iter::once((lang("zh"), aliases)).collect(),
        image: None,
        more_images: Vec::new(),
        delivery: None,
        stock: None,
        hs_code: None,
        price: Money { amount: 3.into(), currency: Currency::USD },
        tiers: Vec::new(),
        moq: Quantity::new(500, "piece"),
        lead_time: Quantity::new(7, "day"),
        facts: Vec::new(),
    }
}

/// The tour's first product.
pub fn thermos() -> Product {
    let names =
        [("zh", "不锈钢保温杯"), ("en", "Stainless steel thermos"), ("es", "Termo de acero inoxidable")];
    let mut product = product("HY-500", &names, &["保温杯"]);
    product.aliases.insert(lang("en"), vec!["thermos".to_owned()]);
    product
}

/// What a [`Clerk`] says to a text: the draft and its coverage.
pub type Said = Result<Option<(&'static str, f32)>, TranslateError>;

/// An engine that answers by what it is asked.
pub struct Clerk {
    pub says: fn(&str) -> Said,
    pub speaks: fn(&Lang) -> bool,
}

impl Clerk {
    /// One that speaks every language.
    pub fn new(says: fn(&str) -> Said) -> Arc<Self> {
        Arc::new(Self { says, speaks: |_| true })
    }
}

#[async_trait]
impl Translator for Clerk {
    fn name(&self) -> &'static str {
        "clerk"
    }
    fn speaks(&self, _: &Lang, target: &Lang) -> bool {
        (self.speaks)(target)
    }
    async fn translate(&self, request: &Request) -> Result<Option<Draft>, TranslateError> {
        let said = (self.says)(&request.text)?;
        Ok(said.map(|(text, coverage)| Draft {
            text: text.into(),
            engine: "clerk",
            coverage,
            accounted: Vec::new(),
        }))
    }
}
