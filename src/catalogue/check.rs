//! From the file as written to valid products, or to a list of everything that is wrong with it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use super::fields::{
    amount, currency, delivery, hs_code, image, is_key, money, one_line, quantity, size, terms,
};
use super::{Catalogue, Rates, raw};
use crate::domain::{Day, Fact, FactValue, Lang, Money, PriceTier, Product, Sku};

/// More than any factory makes of a thing in a year; and the database counts to 2^63 only.
const MOST_PIECES: u64 = 1_000_000_000;

/// One thing that is wrong, in a sentence for the clerk who keeps the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The product's SKU as written, or `catalogue` or `rates`.
    pub of: String,
    /// The field as the file names it: `price`, `facts.capacity`, `names.zh`.
    pub field: String,
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.of, self.field, self.what)
    }
}

/// At least one problem. Displayed a line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl std::error::Error for Problems {}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

pub(super) fn catalogue(raw: raw::Catalogue) -> Result<Catalogue, Problems> {
    let mut found = Vec::new();

    let mut top = Check { of: "catalogue", found: &mut found };
    let source_lang = top.note("source_lang", Lang::parse(&raw.source_lang));

    let rates = raw.rates.map_or_else(Rates::default, |raw| {
        let mut check = Check { of: "rates", found: &mut found };
        check.rates(raw)
    });

    let named = raw.products.into_iter().enumerate().map(|(i, raw)| (name_of(&raw, i), raw)).collect();
    let products = check_products(named, source_lang.as_ref(), &mut found);

    match source_lang {
        Some(source_lang) if found.is_empty() => {
            Ok(Catalogue { source_lang, products: products.into(), rates: Arc::new(rates) })
        }
        _ => Err(Problems(found)),
    }
}

/// What a product is called where something is wrong with it.
pub(super) fn name_of(raw: &raw::Product, index: usize) -> String {
    if raw.sku.is_empty() { format!("product {}", index + 1) } else { raw.sku.clone() }
}

/// Products alone, each with what it is called in problems.
pub(super) fn products(named: Vec<(String, raw::Product)>, lang: &Lang) -> Result<Vec<Product>, Problems> {
    let mut found = Vec::new();
    let products = check_products(named, Some(lang), &mut found);
    if found.is_empty() { Ok(products) } else { Err(Problems(found)) }
}

fn check_products(
    named: Vec<(String, raw::Product)>,
    source_lang: Option<&Lang>,
    found: &mut Vec<Problem>,
) -> Vec<Product> {
    let mut seen = HashSet::new();
    let mut products = Vec::with_capacity(named.len());
    for (of, raw) in named {
        let mut check = Check { of: &of, found };
        if !seen.insert(raw.sku.clone()) {
            check.say("sku", "another product has the same one");
        }
        products.extend(check.product(raw, source_lang));
    }
    products
}

/// Collects problems of one product (or of the rates) so that the clerk sees all of them at once.
struct Check<'a> {
    of: &'a str,
    found: &'a mut Vec<Problem>,
}

impl Check<'_> {
    fn product(&mut self, raw: raw::Product, source_lang: Option<&Lang>) -> Option<Product> {
        let sku = self.note("sku", Sku::parse(&raw.sku));
        let price = self.note("price", money(&raw.price));
        let tiers = price.map(|price| self.tiers(&raw.tiers, price)).unwrap_or_default();
        let moq = self.note("moq", quantity(&raw.moq));
        let lead_time = self.note("lead_time", quantity(&raw.lead_time));
        let first = raw.image.and_then(|address| self.note("image", image(address)));
        let more = raw.more_images.into_iter().map(|address| self.note("more_images", image(address)));
        let more_images = more.collect::<Vec<_>>().into_iter().flatten().collect();
        let delivery = raw.delivery.and_then(|text| self.note("delivery", delivery(&text)));
        let hs_code = raw.hs_code.and_then(|code| self.note("hs_code", hs_code(&code)));
        let names = self.by_lang("names", raw.names, |text| one_line(&text));
        let aliases = self.by_lang("aliases", raw.aliases, |list| list.iter().map(|a| one_line(a)).collect());
        if let Some(lang) = source_lang.filter(|lang| !names.contains_key(*lang)) {
            self.say(&format!("names.{lang}"), "the product has no name in the source language");
        }
        let facts = self.facts(raw.facts);
        if raw.stock.is_some_and(|stock| stock > MOST_PIECES) {
            self.say("stock", format!("there may be {MOST_PIECES} pieces at most"));
        }
        Some(Product {
            sku: sku?,
            names,
            aliases,
            image: first,
            more_images,
            price: price?,
            tiers,
            moq: moq?,
            lead_time: lead_time?,
            delivery,
            stock: raw.stock,
            hs_code,
            facts,
        })
    }

    fn tiers(&mut self, raw: &[raw::Tier], price: Money) -> Vec<PriceTier> {
        let mut tiers: Vec<PriceTier> = Vec::new();
        for tier in raw {
            let Some(amount) = self.note("tiers", amount(&tier.price)) else { continue };
            if tier.min > MOST_PIECES {
                self.say("tiers", format!("`min` may be {MOST_PIECES} at most"));
            }
            if tiers.last().is_some_and(|before| before.min >= tier.min) || tier.min == 0 {
                self.say("tiers", "`min` must rise from one tier to the next");
            }
            if tiers.last().map_or(price.amount, |before| before.price.amount) <= amount {
                self.say("tiers", format!("{amount} from {} on is not below the price before it", tier.min));
            }
            tiers.push(PriceTier { min: tier.min, price: Money { amount, currency: price.currency } });
        }
        tiers
    }

    fn facts(&mut self, raw: Vec<raw::Fact>) -> Vec<Fact> {
        let mut facts: Vec<Fact> = Vec::new();
        for fact in raw {
            let field = format!("facts.{}", fact.key);
            if !is_key(&fact.key) || matches!(fact.key.as_str(), "moq" | "lead_time") {
                self.say(
                    &field,
                    "a key is made of a-z, 0-9 and '_', and `moq` and `lead_time` have fields of their own",
                );
            }
            if facts.iter().any(|before| before.key == fact.key) {
                self.say(&field, "the product has this fact twice");
            }
            let value = match (fact.quantity, fact.size, fact.terms, fact.text) {
                (Some(text), None, None, None) => self.note(&field, quantity(&text)).map(FactValue::Quantity),
                (None, Some(sides), None, None) => self.note(&field, size(&sides)).map(FactValue::Size),
                (None, None, Some(keys), None) => self.note(&field, terms(keys)).map(FactValue::Terms),
                (None, None, None, Some(texts)) => {
                    Some(FactValue::Text(self.by_lang(&field, texts, |text| one_line(&text))))
                }
                _ => {
                    self.say(&field, "give exactly one of `quantity`, `size`, `terms` and `text`");
                    None
                }
            };
            facts.extend(value.map(|value| Fact { key: fact.key, value }));
        }
        facts
    }

    fn rates(&mut self, raw: raw::Rates) -> Rates {
        let mut per_usd = HashMap::new();
        for (code, text) in raw.per_usd {
            let field = format!("per_usd.{code}");
            let Some(currency) = self.note(&field, currency(&code)) else { continue };
            let Some(rate) = self.note(&field, amount(&text)) else { continue };
            per_usd.insert(currency, rate);
        }
        let as_of = self.note("as_of", Day::parse(&raw.as_of.to_string())).unwrap_or_default();
        let mut rates = Rates::new(as_of, raw.source, per_usd);
        rates.max_age_days = raw.max_age_days;
        rates
    }

    fn by_lang<T, U>(
        &mut self,
        field: &str,
        raw: BTreeMap<String, T>,
        read: impl Fn(T) -> Result<U, String>,
    ) -> BTreeMap<Lang, U> {
        let mut checked = BTreeMap::new();
        for (tag, value) in raw {
            let field = format!("{field}.{tag}");
            let lang = self.note(&field, Lang::parse(&tag));
            let value = self.note(&field, read(value));
            checked.extend(lang.zip(value));
        }
        checked
    }

    fn note<T, E: fmt::Display>(&mut self, field: &str, result: Result<T, E>) -> Option<T> {
        result.map_err(|what| self.say(field, what.to_string())).ok()
    }

    fn say(&mut self, field: &str, what: impl Into<String>) {
        self.found.push(Problem { of: self.of.to_owned(), field: field.to_owned(), what: what.into() });
    }
}
