//! Spreadsheets of clerks.

use super::*;
use crate::domain::{FactValue, Quantity};

const SHEET: &str = "\
sku,name.zh,name.en,aliases.zh,price,currency,tier1.min,tier1.price,moq,moq_unit,lead_time,incoterm,port,stock,HS Code,fact.capacity,fact.colors,fact.size
A-1,杯,Cup,水杯；茶杯,2.80,USD,1000,2.52,500,个,7-10,fob,Ningbo,\"3,200\",9617.00.11,500ml,红色、蓝色,35x25 cm
,,,,,,,,,,,,,,,,,
A-2,灯,,,9,EUR,,,1 套,,10 天,,,,,,手工,
";

fn zh() -> Lang {
    Lang::parse("zh").unwrap()
}

fn term(word: &str) -> Option<String> {
    let terms = [
        ("红色", "color.red"),
        ("蓝色", "color.blue"),
        ("color.red", "color.red"),
        ("color.blue", "color.blue"),
    ];
    terms.iter().find(|(written, _)| *written == word).map(|(_, key)| (*key).to_owned())
}

fn read(sheet: &str) -> Result<Vec<Product>, Problems> {
    products_from_csv(sheet.as_bytes(), &zh(), &term)
}

fn problems(sheet: &str) -> Vec<String> {
    read(sheet).unwrap_err().0.iter().map(ToString::to_string).collect()
}

#[test]
fn a_clerks_sheet_is_read_with_its_units_lists_and_facts() {
    let products = read(SHEET).unwrap();
    let [cup, lamp] = products.as_slice() else { panic!("{products:?}") };
    assert_eq!(cup.aliases[&zh()], ["水杯", "茶杯"]);
    assert_eq!((cup.moq.clone(), cup.stock), (Quantity::new(500, "piece"), Some(3_200)));
    assert_eq!(cup.lead_time.max, Some(10.into()));
    assert_eq!((cup.delivery.as_ref().unwrap().rule, cup.hs_code.as_deref()), ("FOB", Some("96170011")));
    let values: Vec<_> = cup.facts.iter().map(|fact| &fact.value).collect();
    assert_eq!(*values[0], FactValue::Quantity(Quantity::new(500, "millilitre")));
    assert_eq!(*values[1], FactValue::Terms(vec!["color.red".into(), "color.blue".into()]));
    assert_eq!(
        *values[2],
        FactValue::Size(vec![Quantity::new(35, "centimetre"), Quantity::new(25, "centimetre")])
    );
    assert_eq!(lamp.moq, Quantity::new(1, "set"));
    assert!(matches!(&lamp.facts[0].value, FactValue::Text(texts) if texts[&zh()] == "手工"));
}

#[test]
fn what_is_exported_is_imported_unchanged_as_csv_and_as_json() {
    let demo = Catalogue::parse(include_str!("../../config/demo-catalogue.toml")).unwrap();
    let sheet = products_to_csv(&demo.products).unwrap();
    let keep = |word: &str| Some(word.to_owned()).filter(|word| word.contains('.'));
    let again = products_from_csv(sheet.as_bytes(), &demo.source_lang, &keep).unwrap();
    assert_eq!(sorted(&again), sorted(&demo.products));
    let json = products_to_json(&demo.products).unwrap();
    assert_eq!(products_from_json(&json, &demo.source_lang).unwrap(), *demo.products);
}

/// A sheet has its facts in one order for all products.
fn sorted(products: &[Product]) -> Vec<Product> {
    let mut products = products.to_vec();
    for product in &mut products {
        product.facts.sort_by(|a, b| a.key.cmp(&b.key));
    }
    products
}

#[test]
fn excel_of_other_countries_is_understood() {
    let semicolons = "\u{feff}SKU;名称;单价;币种;起订量;交期\r\nA-1;杯;2.80;USD;500;7\r\n";
    assert_eq!(read(semicolons).unwrap()[0].names[&zh()], "杯");
    let (chinese, _, _) = encoding_rs::GB18030
        .encode("货号\t名称\t单价\t币种\t起订量\t交期\nA-1\t不锈钢保温杯\t2.80\tUSD\t500\t7\n");
    assert_eq!(products_from_csv(&chinese, &zh(), &term).unwrap()[0].names[&zh()], "不锈钢保温杯");
}

#[test]
fn mistakes_are_named_by_row_and_column_all_at_once() {
    let sheet = "sku,name.zh,price,currency,moq,lead_time,stock,colour\n\
                 A-1,杯,\"2,80\",USD,500,7,,\nA-1,灯,3,USX,many,7 moons,half,\n";
    assert_eq!(
        problems(sheet),
        [
            "row 1: colour: \"colour\" is not a column; known are sku, name.LANG, aliases.LANG, image, more_images, \
             price, currency, tier1.min, tier1.price, moq, moq_unit, lead_time, incoterm, port, stock, hs_code, \
             fact.KEY, fact.KEY.LANG",
            "row 3: stock: \"half\" is not a whole number",
            "row 2 (A-1): price: \"2,80\" is not a number",
            "row 3 (A-1): sku: another product has the same one",
            "row 3 (A-1): price: \"USX\" is not a currency",
            "row 3 (A-1): moq: \"many\" is not a number and a unit, as in \"500 piece\"",
            "row 3 (A-1): lead_time: \"moons\" is not a unit; known are piece, unit, set, pair, pack, box, carton, \
             time, minute, hour, day, week, month, year, gram, kilogram, tonne, millimetre, centimetre, metre, inch, \
             millilitre, litre, lumen, milliamp-hour, watt, kilowatt, volt, celsius, percent",
        ]
    );
    assert_eq!(problems("name.zh\n杯\n")[..3].len(), 3);
    assert!(problems("")[0].starts_with("row 1: sku: the sheet has no such column"));
}

#[test]
fn a_cell_that_a_spreadsheet_would_run_is_exported_as_text() {
    let mut products = read(SHEET).unwrap();
    products[0].names.insert(zh(), "=HYPERLINK(1)".to_owned());
    assert!(products_to_csv(&products).unwrap().contains(",'=HYPERLINK(1),"));
}

#[test]
fn a_text_that_begins_as_a_formula_is_exported_and_imported_unchanged() {
    let mut products = read(SHEET).unwrap();
    for name in ["-", "+1 extra", "=1", "@home", "'-", "''=1", "'tis", "'"] {
        products[0].names.insert(zh(), name.to_owned());
        let sheet = products_to_csv(&products).unwrap();
        assert_eq!(read(&sheet).unwrap()[0].names[&zh()], name, "{sheet}");
    }
}
