//! Products back into the form of the file: what is exported can be imported again.

use rust_decimal::Decimal;

use super::raw;
use crate::domain::{DeliveryTerm, Fact, FactValue, Lang, Product, Quantity};

pub fn product(product: &Product) -> raw::Product {
    let tags = |(lang, text): (&Lang, &String)| (lang.to_string(), text.clone());
    raw::Product {
        sku: product.sku.to_string(),
        image: product.image.clone(),
        more_images: product.more_images.clone(),
        price: format!("{} {}", product.price.amount, product.price.currency),
        tiers: product
            .tiers
            .iter()
            .map(|tier| raw::Tier { min: tier.min, price: tier.price.amount.to_string() })
            .collect(),
        moq: quantity(&product.moq),
        lead_time: quantity(&product.lead_time),
        delivery: product.delivery.as_ref().map(delivery),
        stock: product.stock,
        hs_code: product.hs_code.clone(),
        names: product.names.iter().map(tags).collect(),
        aliases: product.aliases.iter().map(|(lang, list)| (lang.to_string(), list.clone())).collect(),
        facts: product.facts.iter().map(fact).collect(),
    }
}

pub fn delivery(term: &DeliveryTerm) -> String {
    match &term.place {
        Some(place) => format!("{} {place}", term.rule),
        None => term.rule.to_owned(),
    }
}

/// `500 piece`, `7-10 day`
pub fn quantity(quantity: &Quantity) -> String {
    let max = quantity.max.map(|max: Decimal| format!("-{max}")).unwrap_or_default();
    format!("{}{max} {}", quantity.amount, quantity.unit)
}

fn fact(fact: &Fact) -> raw::Fact {
    let mut raw = raw::Fact { key: fact.key.clone(), quantity: None, size: None, terms: None, text: None };
    match &fact.value {
        FactValue::Quantity(amount) => raw.quantity = Some(quantity(amount)),
        FactValue::Size(sides) => raw.size = Some(sides.iter().map(quantity).collect()),
        FactValue::Terms(keys) => raw.terms = Some(keys.clone()),
        FactValue::Text(texts) => {
            raw.text = Some(texts.iter().map(|(lang, text)| (lang.to_string(), text.clone())).collect());
        }
    }
    raw
}
