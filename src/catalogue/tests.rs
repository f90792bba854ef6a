//! What a catalogue's file may say, and what is told to the clerk when it says something else.

use rust_decimal::Decimal;

use super::*;
use crate::domain::{Currency, FactValue, Money, Quantity};

const DEMO: &str = include_str!("../../config/demo-catalogue.toml");

const SMALL: &str = r#"
source_lang = "zh"
[rates]
as_of = 2026-11-20
source = "test"
per_usd = { MXN = "18.45", VND = "26350", KWD = "0.307" }
[[products]]
sku = "A-1"
price = "2.80 USD"
tiers = [{ min = 1000, price = "2.52" }]
moq = "500 piece"
lead_time = "7-10 day"
facts = [{ key = "capacity", quantity = "500 millilitre" }]
names = { zh = "杯", en = "Cup" }
"#;

fn usd(amount: &str) -> Money {
    Money { amount: amount.parse().unwrap(), currency: Currency::USD }
}

fn problems(text: &str) -> Vec<String> {
    match Catalogue::parse(text) {
        Err(CatalogueError::Content(problems)) => problems.0.iter().map(Problem::to_string).collect(),
        other => panic!("expected problems of content, not {other:?}"),
    }
}

#[test]
fn the_shipped_catalogue_has_the_five_products_of_the_tour() {
    let demo = Catalogue::parse(DEMO).unwrap();
    let skus: Vec<&str> = demo.products.iter().map(|product| product.sku.as_str()).collect();
    assert_eq!(skus, ["HY-500", "HY-J20", "HY-L80", "HY-B35", "HY-C10"]);
    for product in &*demo.products {
        for tag in ["zh", "en", "es", "ru", "ar", "vi"] {
            assert!(product.names.contains_key(&Lang::parse(tag).unwrap()), "{} {tag}", product.sku);
        }
        let image = product.image.as_deref().unwrap().trim_start_matches('/');
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("web").join(image);
        assert!(file.is_file(), "{} is missing", file.display());
    }
    let thermos = demo.product(&Sku::parse("HY-500").unwrap()).unwrap();
    assert_eq!(thermos.tiers.first().unwrap().price, usd("2.52"));
    assert_eq!(thermos.lead_time, Quantity::new(7, "day"));
}

#[test]
fn a_range_and_a_quantity_are_read_exactly() {
    let product = Catalogue::parse(SMALL).unwrap().products[0].clone();
    assert_eq!(product.price, usd("2.80"));
    assert_eq!(product.lead_time, Quantity { max: Some(Decimal::from(10)), ..Quantity::new(7, "day") });
    assert_eq!(product.facts[0].value, FactValue::Quantity(Quantity::new(500, "millilitre")));
}

#[test]
fn each_slip_is_named_with_its_sku_and_field() {
    let cases = [
        (r#""2.80 USD""#, r#""2.80 USX""#, r#"A-1: price: "USX" is not a currency"#),
        (r#""2.80 USD""#, r#""-2.80 USD""#, "A-1: price: -2.80 is not above zero"),
        (
            r#""2.80 USD""#,
            r#""2.80""#,
            r#"A-1: price: "2.80" is not an amount and a currency, as in "2.80 USD""#,
        ),
        (r#""2.80 USD""#, r#""2,80 USD""#, r#"A-1: price: "2,80" is not a number"#),
        (r#"zh = "杯", "#, "", "A-1: names.zh: the product has no name in the source language"),
        (r#"zh = "杯""#, r#"zh = " ""#, "A-1: names.zh: a text must be one line of 1 to 300 bytes"),
        (r#"en = "Cup""#, r#"englishx = "Cup""#, r#"A-1: names.englishx: "englishx" is not a language tag"#),
        (r#""2.52""#, r#""2.90""#, "A-1: tiers: 2.90 from 1000 on is not below the price before it"),
        (r#""7-10 day""#, r#""10-7 day""#, "A-1: lead_time: 10-7 ends below its beginning"),
        ("18.45", "0", "rates: per_usd.MXN: 0 is not above zero"),
        (
            r#"sku = "A-1""#,
            r#"sku = "A 1""#,
            r#"A 1: sku: a SKU must be 1 to 64 characters of a-z, A-Z, 0-9, '-', '_' or '.', not "A 1""#,
        ),
        (
            r#"quantity = "500 millilitre""#,
            r#"terms = ["red"]"#,
            r#"A-1: facts.capacity: "red" is not a term's key, as in "color.red""#,
        ),
        (
            r#"quantity = "500 millilitre""#,
            "",
            "A-1: facts.capacity: give exactly one of `quantity`, `size`, `terms` and `text`",
        ),
    ];
    for (from, to, want) in cases {
        assert!(SMALL.contains(from), "{from}");
        let got = problems(&SMALL.replacen(from, to, 1));
        assert!(got.iter().any(|problem| problem == want), "{to}: {got:#?}");
    }
    let unit = problems(&SMALL.replacen("500 piece", "500 piec", 1));
    assert!(unit[0].starts_with("A-1: moq: \"piec\" is not a unit; known are piece, "), "{unit:?}");
}

#[test]
fn all_problems_are_told_at_once_and_a_repeated_sku_is_one() {
    let bad = SMALL.replacen("2.80 USD", "0 USD", 1);
    let twice = format!("{bad}{}", &bad[bad.find("[[products]]").unwrap()..]);
    let got = problems(&twice);
    assert_eq!(
        got,
        [
            "A-1: price: 0 is not above zero",
            "A-1: sku: another product has the same one",
            "A-1: price: 0 is not above zero",
        ]
    );
}

#[test]
fn a_field_that_nobody_knows_is_refused() {
    let text = SMALL.replacen("moq =", "minimum =", 1);
    let Err(CatalogueError::Form(error)) = Catalogue::parse(&text) else { panic!("taken") };
    assert!(error.to_string().contains("unknown field `minimum`"), "{error}");
}

#[test]
fn images_from_elsewhere_are_refused() {
    for address in ["https://example.org/a.svg", "/images/../secret", "/images/", "/images/.hidden", "a.svg"]
    {
        let text = SMALL.replacen("moq =", &format!("image = {address:?}\nmoq ="), 1);
        assert_eq!(problems(&text), [format!("A-1: image: {address:?} is not a file under /images/")]);
    }
}

#[test]
fn money_is_converted_to_the_minor_unit_of_the_target() {
    let rates = Catalogue::parse(SMALL).unwrap().rates;
    assert_eq!(rates.as_of.to_string(), "2026-11-20");
    let convert = |amount: &str, to: &str| {
        rates.convert(&usd(amount), Currency::parse(to).unwrap()).map(|money| money.amount.to_string())
    };
    assert_eq!(convert("2.80", "MXN").as_deref(), Some("51.66"));
    assert_eq!(convert("2.80", "VND").as_deref(), Some("73780"));
    assert_eq!(convert("2.80", "KWD").as_deref(), Some("0.860"));
    assert_eq!(convert("4", "MXN").as_deref(), Some("73.80"), "written with all its minor digits");
    assert_eq!(convert("2.80", "USD").as_deref(), Some("2.80"));
    assert_eq!(convert("2.80", "CHF"), None, "no rate");
    assert_eq!(convert("0.10", "MXN").as_deref(), Some("1.85"), "1.845: the half goes away from zero");
}

#[test]
fn money_that_is_not_in_dollars_is_converted_through_them() {
    let rates = Catalogue::parse(SMALL).unwrap().rates;
    let pesos = Money { amount: Decimal::from(1845), currency: Currency::parse("MXN").unwrap() };
    assert_eq!(rates.convert(&pesos, Currency::USD).unwrap().amount, Decimal::from(100));
    let francs = Money { amount: Decimal::from(1), currency: Currency::parse("CHF").unwrap() };
    assert_eq!(rates.convert(&francs, Currency::USD), None);
}

#[test]
fn rates_that_are_older_than_is_allowed_convert_nothing() {
    let rates = |max: &str| {
        let text = SMALL.replacen("source = \"test\"", &format!("source = \"test\"\n{max}"), 1);
        Catalogue::parse(&text).unwrap().rates
    };
    let day = |text| crate::domain::Day::parse(text).unwrap();
    let plain = rates("");
    assert!(plain.are_usable(day("2026-11-27"), None, 7));
    assert!(!plain.are_usable(day("2026-11-28"), None, 7), "eight days");
    assert!(plain.are_usable(day("2026-11-28"), Some(8), 7), "the room allows it");
    assert!(!plain.are_usable(day("2026-11-22"), Some(1), 7), "the room is stricter");
    assert!(plain.are_usable(day("2026-11-20"), Some(0), 7), "of today");
    let patient = rates("max_age_days = 3650");
    assert!(patient.are_usable(day("2030-01-01"), None, 7));
    assert!(!patient.are_usable(day("2030-01-01"), Some(7), 7), "the room's word comes first");
    assert!(!Rates::default().are_usable(crate::domain::Day::default(), None, 7), "none at all");
}
