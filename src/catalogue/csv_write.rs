//! The products as a spreadsheet: what `csv_read` takes, with a mark by which Excel knows that it is UTF-8.

use std::collections::BTreeSet;

use super::columns::Column;
use super::{raw, written};
use crate::domain::Product;

/// One row a product; columns that no product fills are left out.
pub fn products_to_csv(products: &[Product]) -> Result<String, csv::Error> {
    let rows: Vec<raw::Product> = products.iter().map(written::product).collect();
    let columns = columns(products, &rows);
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(columns.iter().map(Column::heading))?;
    for row in &rows {
        writer.write_record(columns.iter().map(|column| safe_cell(cell(row, column))))?;
    }
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8(bytes).unwrap_or_default())
}

fn columns(products: &[Product], rows: &[raw::Product]) -> Vec<Column> {
    let langs: BTreeSet<_> = products.iter().flat_map(|product| product.names.keys()).collect();
    let with_aliases: BTreeSet<_> = products.iter().flat_map(|product| product.aliases.keys()).collect();
    let mut columns = vec![Column::Sku];
    columns.extend(langs.into_iter().cloned().map(Column::Name));
    columns.extend(with_aliases.into_iter().cloned().map(Column::Aliases));
    columns.extend([Column::Image, Column::MoreImages, Column::Price, Column::Currency]);
    for n in 1..=rows.iter().map(|row| row.tiers.len()).max().unwrap_or(0).min(9) as u8 {
        columns.extend([Column::TierMin(n), Column::TierPrice(n)]);
    }
    columns.extend([Column::Moq, Column::MoqUnit, Column::LeadTime, Column::Incoterm, Column::Port]);
    columns.extend([Column::Stock, Column::HsCode]);
    let mut facts = BTreeSet::new();
    for fact in rows.iter().flat_map(|row| &row.facts) {
        match &fact.text {
            Some(texts) => facts.extend(texts.keys().map(|tag| (fact.key.clone(), Some(tag.clone())))),
            None => drop(facts.insert((fact.key.clone(), None))),
        }
    }
    let headings = facts.into_iter().map(|(key, tag)| match tag {
        Some(tag) => format!("fact.{key}.{tag}"),
        None => format!("fact.{key}"),
    });
    columns.extend(headings.filter_map(|heading| Column::parse(&heading).ok()));
    columns
}

fn cell(row: &raw::Product, column: &Column) -> String {
    let parted = |text: &str, first: bool| {
        let (head, tail) = text.split_once(' ').unwrap_or((text, ""));
        if first { head.to_owned() } else { tail.to_owned() }
    };
    let tier = |n: &u8| row.tiers.get(usize::from(*n) - 1);
    let fact = |key: &str| row.facts.iter().find(|fact| fact.key == key);
    let cell = match column {
        Column::Sku => Some(row.sku.clone()),
        Column::Name(lang) => row.names.get(lang.as_str()).cloned(),
        Column::Aliases(lang) => row.aliases.get(lang.as_str()).map(|list| list.join("; ")),
        Column::Image => row.image.clone(),
        Column::MoreImages => Some(row.more_images.join("; ")),
        Column::Price => Some(parted(&row.price, true)),
        Column::Currency => Some(parted(&row.price, false)),
        Column::TierMin(n) => tier(n).map(|tier| tier.min.to_string()),
        Column::TierPrice(n) => tier(n).map(|tier| tier.price.clone()),
        Column::Moq => Some(parted(&row.moq, true)),
        Column::MoqUnit => Some(parted(&row.moq, false)),
        Column::LeadTime => Some(row.lead_time.clone()),
        Column::Incoterm => row.delivery.as_deref().map(|text| parted(text, true)),
        Column::Port => row.delivery.as_deref().map(|text| parted(text, false)),
        Column::Stock => row.stock.map(|stock| stock.to_string()),
        Column::HsCode => row.hs_code.clone(),
        Column::Fact(key) => fact(key).map(|fact| {
            let sides = fact.size.as_ref().map(|sides| {
                let unit = sides.first().map(|side| parted(side, false)).unwrap_or_default();
                let numbers: Vec<String> = sides.iter().map(|side| parted(side, true)).collect();
                format!("{} {unit}", numbers.join("x"))
            });
            let terms = || fact.terms.as_ref().map(|keys| keys.join("; "));
            sides.or_else(|| fact.quantity.clone()).or_else(terms).unwrap_or_default()
        }),
        Column::FactText(key, lang) => {
            fact(key).and_then(|fact| fact.text.as_ref()?.get(lang.as_str()).cloned())
        }
    };
    cell.unwrap_or_default()
}

/// A cell that a spreadsheet would run as a formula becomes text (OWASP: CSV injection).
pub fn safe_cell(cell: String) -> String {
    if is_formula(&cell) { format!("'{cell}") } else { cell }
}

/// What [`safe_cell`] was given.
pub fn said_in(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

/// A formula, or one that was made text: each apostrophe more is taken off again when the sheet is read.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}
