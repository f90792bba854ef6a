//! Cards of the demo catalogue in the shipped packs.

use super::*;
use crate::catalogue::Catalogue;
use crate::domain::{Currency, Flash, Habits, Lang, Market, Product, Units};
use crate::packs::{Direction, Pack, Packs};

fn demo() -> Catalogue {
    Catalogue::parse(include_str!("../../config/demo-catalogue.toml")).unwrap()
}

fn localized(catalogue: &Catalogue, product: &Product, lang: &str, currency: &str) -> LocalizedCard {
    let packs = Packs::builtin().unwrap();
    let pack = packs.get(&Lang::parse(lang).unwrap()).unwrap();
    let (currency, none) = (Currency::parse(currency).unwrap(), MachineTexts::default());
    let market = Market { currency, habits: Habits::default() };
    card(product, None, pack, market, &catalogue.rates, &catalogue.source_lang, &none)
}

fn market_of(pack: &Pack) -> Market {
    Market { currency: pack.currency, habits: Habits::default() }
}

fn thermos(lang: &str, currency: &str) -> LocalizedCard {
    let demo = demo();
    localized(&demo, &demo.products[0], lang, currency)
}

fn fact<'a>(card: &'a LocalizedCard, key: &str) -> &'a str {
    card.facts.iter().find(|fact| fact.key == key).map_or("", |fact| fact.text.as_str())
}

fn visible(text: &str) -> String {
    text.chars()
        .filter(|ch| !matches!(ch, '\u{2066}'..='\u{2069}'))
        .map(|ch| if ch == '\u{a0}' { ' ' } else { ch })
        .collect()
}

/// The pack decides on the decimal sign: Spain writes a comma, Mexico a point.
fn with_point(text: &str) -> String {
    visible(text).replace(',', ".")
}

#[test]
fn the_thermos_in_spanish_is_protocols_example() {
    let card = thermos("es", "MXN");
    assert_eq!(card.name, "Termo de acero inoxidable");
    assert_eq!(card.name_source, "不锈钢保温杯");
    assert_eq!((card.price.amount.as_str(), with_point(&card.price.text).as_str()), ("2.80", "USD 2.80"));
    let local = card.price.local.as_ref().unwrap();
    assert_eq!((local.amount.as_str(), with_point(&local.text).as_str()), ("51.66", "MXN 51.66"));
    assert_eq!((local.as_of.to_string().as_str(), local.as_of_text.as_str()), ("2026-11-20", "20 nov 2026"));
    assert_eq!(visible(&local.about), "aprox. MXN 51.66");
    assert_eq!(visible(&card.tiers[0].text), "1,000+ piezas: USD 2.52", "as the pack's region groups digits");
    assert_eq!(fact(&card, "colors"), "Rojo, azul, blanco y negro");
    assert_eq!(visible(fact(&card, "capacity")), "500 ml");
    assert_eq!(visible(fact(&card, "moq")), "500 piezas");
    assert_eq!(visible(fact(&card, "lead_time")), "7 días");
    let moq = card.facts.iter().find(|fact| fact.key == "moq").unwrap();
    assert_eq!(moq.label, "Pedido mínimo");
    assert_eq!(card.cta, "Pedir cotización");
}

#[test]
fn russian_counts_by_its_plural_rules() {
    let card = thermos("ru", "RUB");
    assert_eq!(visible(fact(&card, "lead_time")), "7 дней");
    assert_eq!(visible(fact(&card, "keeps_cold")), "24 часа");
    assert_eq!(visible(fact(&card, "keeps_hot")), "12 часов");
}

#[test]
fn arabic_runs_from_right_to_left_and_isolates_prices() {
    let card = thermos("ar", "AED");
    assert_eq!(card.dir, Direction::Rtl);
    for text in [&card.price.text, &card.price.local.as_ref().unwrap().text, &card.tiers[0].text] {
        let open = text.matches('\u{2068}').count();
        assert!(open >= 1 && open == text.matches('\u{2069}').count(), "{text:?}");
    }
}

#[test]
fn no_second_price_in_the_same_currency_or_without_a_rate() {
    assert_eq!(thermos("en", "USD").price.local, None);
    assert_eq!(thermos("en", "CHF").price.local, None);
    assert!(thermos("en", "EUR").price.local.is_some());
}

#[test]
fn a_product_without_a_name_in_the_language_takes_the_nearest() {
    let demo = demo();
    let mut product = demo.products[0].clone();
    product.names.remove(&Lang::parse("es").unwrap());
    assert_eq!(localized(&demo, &product, "es", "USD").name, "Stainless steel thermos");
    product.names.retain(|lang, _| lang.as_str() == "zh");
    assert_eq!(localized(&demo, &product, "es", "USD").name, "不锈钢保温杯");
}

#[test]
fn a_machines_words_stand_where_nobody_wrote_any_and_are_marked() {
    use crate::domain::{Fact, FactValue};
    let (demo, packs) = (demo(), Packs::builtin().unwrap());
    let lang = |tag| Lang::parse(tag).unwrap();
    let pack = packs.get(&lang("es")).unwrap();
    let mut product = demo.products[0].clone();
    let text = [(lang("zh"), "礼盒装".to_owned())];
    product.facts = vec![Fact { key: "packing".into(), value: FactValue::Text(text.into()) }];
    let made = |text: &str| MachineText { text: text.into(), engine: "clerk".into() };
    let facts = [("packing".to_owned(), made("Caja de regalo")), ("moq".to_owned(), made("cualquiera"))];
    let machine = MachineTexts { name: Some(made("Termo hecho")), facts: facts.into() };
    let card = |product: &Product| {
        super::card(product, None, pack, market_of(pack), &demo.rates, &demo.source_lang, &machine)
    };

    let written = card(&product);
    assert_eq!((written.name.as_str(), written.name_engine), ("Termo de acero inoxidable", None));
    assert_eq!(fact(&card(&product), "packing"), "Caja de regalo");
    product.names.remove(&lang("es"));
    let made = card(&product);
    assert_eq!((made.name.as_str(), made.name_engine.as_deref()), ("Termo hecho", Some("clerk")));
    let packing = made.facts.iter().find(|fact| fact.key == "packing").unwrap();
    assert_eq!(packing.engine.as_deref(), Some("clerk"));
    assert_eq!(visible(fact(&made, "moq")), "500 piezas", "numbers are the pack's");
    let text = [(lang("zh"), "礼盒装".to_owned()), (lang("es"), "En estuche".to_owned())];
    product.facts = vec![Fact { key: "packing".into(), value: FactValue::Text(text.into()) }];
    assert_eq!(fact(&card(&product), "packing"), "En estuche");
}

#[test]
fn every_card_is_complete_in_every_pack() {
    let demo = demo();
    let packs = Packs::builtin().unwrap();
    for pack in packs.iter() {
        for product in &*demo.products {
            let none = MachineTexts::default();
            let card = card(product, None, pack, market_of(pack), &demo.rates, &demo.source_lang, &none);
            let of = format!("{} {}", pack.lang, product.sku);
            assert_eq!(card.facts.len(), product.facts.len() + 2, "{of}: a fact is missing");
            for fact in &card.facts {
                let id = format!("fact-{}", fact.key.replace('_', "-"));
                assert!(pack.string(&id).is_some(), "{of}: no string {id}");
                assert!(!fact.text.is_empty() && !fact.label.is_empty(), "{of}: {fact:?}");
                assert!(!fact.text.contains('{'), "{of}: {fact:?}");
            }
            assert!(pack.string("cta-quote").is_some(), "{of}");
        }
        assert_complete_terms(pack, &demo);
    }
}

fn assert_complete_terms(pack: &Pack, demo: &Catalogue) {
    use crate::domain::FactValue;
    for fact in demo.products.iter().flat_map(|product| &product.facts) {
        if let FactValue::Terms(keys) = &fact.value {
            assert!(keys.iter().all(|key| pack.term(key).is_some()), "{}: {keys:?}", pack.lang);
        }
    }
}

#[test]
fn every_unit_that_a_catalogue_may_name_is_in_every_pack() {
    let packs = Packs::builtin().unwrap();
    for pack in packs.iter() {
        for unit in crate::catalogue::UNITS {
            let quantity = crate::domain::Quantity::new(3, unit);
            assert!(pack.quantity(&quantity, None).is_some(), "{}: {unit}", pack.lang);
        }
    }
}

#[test]
fn two_sides_share_their_unit() {
    let demo = demo();
    let board = demo.products.iter().find(|product| product.sku.as_str() == "HY-B35").unwrap();
    assert_eq!(visible(fact(&localized(&demo, board, "en", "USD"), "size")), "35 × 25 cm");
}

#[test]
fn a_flash_price_stands_with_its_end_its_stock_and_what_it_was() {
    let demo = demo();
    let product = &demo.products[0];
    let usd =
        |amount: &str| crate::domain::Money { amount: amount.parse().unwrap(), currency: Currency::USD };
    let flash = Flash {
        id: 1,
        sku: product.sku.clone(),
        price: usd("2.60"),
        was: Some(usd("2.70")),
        ends_at_ms: 1_790_000_600_000,
        stock: Some(300),
        reserved: 0,
    };
    let packs = Packs::builtin().unwrap();
    let pack = packs.get(&Lang::parse("es").unwrap()).unwrap();
    let card = card(
        product,
        Some(&flash),
        pack,
        Market { currency: Currency::USD, habits: Habits::default() },
        &demo.rates,
        &demo.source_lang,
        &MachineTexts::default(),
    );
    assert_eq!(with_point(&card.price.text), "USD 2.60");
    let shown = card.flash.unwrap();
    let was = shown.was.unwrap();
    assert_eq!((was.amount.as_str(), with_point(&was.text).as_str()), ("2.70", "USD 2.70"));
    assert_eq!((shown.stock, shown.lowest_of_days), (Some(300), None), "nobody in Mexico asks for it");
    let none = MachineTexts::default();
    let named = |lang: &str, currency| {
        let pack = packs.get(&Lang::parse(lang).unwrap()).unwrap();
        let market = Market { currency, habits: Habits::default() };
        let card = super::card(product, Some(&flash), pack, market, &demo.rates, &demo.source_lang, &none);
        card.flash.unwrap().lowest_of_days
    };
    assert_eq!(named("es", Currency::EUR), Some(30), "a shopper who pays in euros");
    assert_eq!(named("ca", Currency::USD), Some(30), "a language of the Union");
    let habits = Habits { in_europe: true, ..Habits::default() };
    let market = Market { currency: Currency::USD, habits };
    let spain = super::card(product, Some(&flash), pack, market, &demo.rates, &demo.source_lang, &none);
    assert_eq!(spain.flash.unwrap().lowest_of_days, Some(30), "a reader in Spain, whatever the money");
    assert_eq!(card.tiers.len(), 1, "2.52 from 1,000 pieces on is still the better price");
}

#[test]
fn delivery_term_and_customs_code_stand_among_the_facts() {
    let demo = demo();
    let mut product = demo.products[0].clone();
    product.delivery = Some(crate::domain::DeliveryTerm { rule: "FOB", place: Some("Ningbo".into()) });
    product.hs_code = Some("961700".into());
    let packs = Packs::builtin().unwrap();
    for pack in packs.iter() {
        let none = MachineTexts::default();
        let card = card(&product, None, pack, market_of(pack), &demo.rates, &demo.source_lang, &none);
        assert_eq!(visible(fact(&card, "delivery")), "FOB Ningbo");
        assert_eq!(visible(fact(&card, "hs_code")), "961700");
        for id in ["fact-delivery", "fact-hs-code"] {
            assert!(pack.string(id).is_some(), "{}: {id}", pack.lang);
        }
    }
    let arabic = localized(&demo, &product, "ar", "AED");
    assert!(fact(&arabic, "delivery").starts_with('\u{2068}'), "not turned round in Arabic");
}

/// `units` on the card of `sku`, by the fact's key, without the marks of direction.
fn measured(sku: &str, lang: &str, units: Units, key: &str) -> String {
    let (demo, packs) = (demo(), Packs::builtin().unwrap());
    let pack = packs.get(&Lang::parse(lang).unwrap()).unwrap();
    let product = demo.products.iter().find(|product| product.sku.as_str() == sku).unwrap();
    let market = Market { currency: pack.currency, habits: Habits { units, in_europe: false } };
    let card = card(product, None, pack, market, &demo.rates, &demo.source_lang, &MachineTexts::default());
    visible(fact(&card, key))
}

#[test]
fn american_measures_stand_beside_the_metric_ones_in_every_language() {
    let capacity = |lang| measured("HY-500", lang, Units::Us, "capacity");
    for (lang, text) in [
        ("en", "500 ml (16.9 fl oz)"),
        ("es", "500 ml (16.9 fl oz)"),
        ("pt-BR", "500 ml (16,9 fl oz)"),
        ("fr", "500 ml (16,9 fl oz)"),
        ("ru", "500 мл (16,9 жидкой унции)"),
        ("ar", "500 مل (16.9 أونصة سائلة)"),
        ("tr", "500 ml (16,9 sıvı ons)"),
        ("vi", "500 ml (16,9 fl oz)"),
        ("th", "500 มล. (16.9 ฟลูอิดออนซ์)"),
        ("id", "500 ml (16,9 fl oz)"),
        ("hi", "500 मिलीलीटर (16.9 फ़्लूइड औंस)"),
        ("sw", "500 ml (16.9 fl oz)"),
        ("ca", "500 ml (16,9 fl oz)"),
        ("gl", "500 ml (16,9 fl oz)"),
        ("zh", "500毫升 (16.9液盎司)"),
    ] {
        assert_eq!(capacity(lang), text, "{lang}");
    }
    assert_eq!(measured("HY-B35", "en", Units::Us, "size"), "35 × 25 cm (13.8 × 9.8 inches)");
    assert_eq!(measured("HY-B35", "en", Units::Uk, "size"), "35 × 25 cm (13.8 × 9.8 inches)");
    assert_eq!(measured("HY-B35", "en", Units::Metric, "size"), "35 × 25 cm");
    assert_eq!(measured("HY-500", "en", Units::Us, "keeps_hot"), "12 hours", "nobody counts hours otherwise");
}

#[test]
fn every_unit_that_may_stand_beside_is_in_every_pack() {
    let packs = Packs::builtin().unwrap();
    for pack in packs.iter() {
        for unit in ["inch", "foot", "ounce", "pound", "fluid-ounce", "gallon", "fahrenheit"] {
            let quantity = crate::domain::Quantity::new(3, unit);
            assert!(pack.quantity(&quantity, None).is_some(), "{}: {unit}", pack.lang);
            let read = pack.unit_words().any(|(known, _)| known == unit);
            assert_eq!(read, ["inch", "ounce", "pound"].contains(&unit), "{}: {unit}", pack.lang);
        }
    }
}
