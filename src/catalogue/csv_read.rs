//! A spreadsheet saved as CSV, as it comes from a clerk's computer: with commas, semicolons or tabs, in UTF-8 or in the
//! GB 18030 of a Chinese Excel. Nothing is taken over unless all of it is right.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::check::{self, Problem, Problems};
use super::columns::{Column, unit};
use super::csv_write::said_in;
use super::raw;
use crate::domain::{Lang, Product};

/// A catalogue of a live show has dozens; a thousand is a mistake in the file.
const MOST_ROWS: usize = 1_000;

/// Reads products. `term_of` finds the key of a term as it is written (`红色` → `color.red`).
///
/// # Errors
/// Everything that is wrong, by row and column.
pub fn products_from_csv(
    bytes: &[u8],
    source_lang: &Lang,
    term_of: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<Product>, Problems> {
    let text = text_of(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(&text))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut found = Vec::new();
    let headings = reader.headers().map_err(|error| whole(&error.to_string()))?.clone();
    let columns = columns(&headings, &mut found);
    let mut named = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| whole(&error.to_string()))?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        if named.len() == MOST_ROWS {
            return Err(whole(&format!("more than {MOST_ROWS} products")));
        }
        let line = record.position().map_or(0, csv::Position::line);
        let cells = columns.iter().filter_map(|(at, column)| {
            record.get(*at).filter(|cell| !cell.is_empty()).map(|cell| (column, said_in(cell)))
        });
        let mut row = Row { line, raw: blank(), price: "", currency: "", place: "", found: &mut found };
        let mut tiers = BTreeMap::<u8, (Option<u64>, Option<String>)>::new();
        let (mut moq, mut moq_unit) = ("", "piece");
        for (column, cell) in cells {
            match column {
                Column::TierMin(n) => tiers.entry(*n).or_default().0 = row.whole_number(column, cell),
                Column::TierPrice(n) => tiers.entry(*n).or_default().1 = Some(cell.to_owned()),
                Column::Moq => moq = cell,
                Column::MoqUnit => moq_unit = cell,
                _ => row.take(column, cell, source_lang, term_of),
            }
        }
        row.raw.moq = measured(moq, moq_unit);
        row.raw.price = format!("{} {}", row.price, row.currency);
        if !row.place.is_empty() {
            row.raw.delivery = row.raw.delivery.map(|rule| format!("{rule} {}", row.place));
        }
        for (n, tier) in tiers {
            match tier {
                (Some(min), Some(price)) => row.raw.tiers.push(raw::Tier { min, price }),
                _ => row.say(&format!("tier{n}"), "a tier needs both its min and its price".to_owned()),
            }
        }
        let raw = row.raw;
        let name =
            if raw.sku.is_empty() { format!("row {line}") } else { format!("row {line} ({})", raw.sku) };
        named.push((name, raw));
    }
    match check::products(named, source_lang) {
        Ok(products) if found.is_empty() => Ok(products),
        Ok(_) => Err(Problems(found)),
        Err(Problems(more)) => Err(Problems(found.into_iter().chain(more).collect())),
    }
}

struct Row<'a> {
    line: u64,
    raw: raw::Product,
    price: &'a str,
    currency: &'a str,
    place: &'a str,
    found: &'a mut Vec<Problem>,
}

impl<'a> Row<'a> {
    fn take(
        &mut self,
        column: &Column,
        cell: &'a str,
        lang: &Lang,
        term_of: &dyn Fn(&str) -> Option<String>,
    ) {
        match column {
            Column::Sku => self.raw.sku = cell.to_owned(),
            Column::Name(lang) => drop(self.raw.names.insert(lang.to_string(), cell.to_owned())),
            Column::Aliases(lang) => drop(self.raw.aliases.insert(lang.to_string(), list(cell))),
            Column::Image => self.raw.image = Some(cell.to_owned()),
            Column::MoreImages => self.raw.more_images = list(cell),
            Column::Price => self.price = cell,
            Column::Currency => self.currency = cell,
            Column::LeadTime => self.raw.lead_time = measured(cell, "day"),
            Column::Incoterm => self.raw.delivery = Some(cell.to_owned()),
            Column::Port => self.place = cell,
            Column::Stock => self.raw.stock = self.whole_number(column, cell),
            Column::HsCode => self.raw.hs_code = Some(cell.to_owned()),
            Column::Fact(key) => self.raw.facts.push(fact(key, cell, lang, term_of)),
            Column::FactText(key, lang) => self.text_fact(key, lang, cell),
            Column::TierMin(_) | Column::TierPrice(_) | Column::Moq | Column::MoqUnit => {}
        }
    }

    fn text_fact(&mut self, key: &str, lang: &Lang, cell: &str) {
        let (tag, text) = (lang.to_string(), cell.to_owned());
        match self.raw.facts.iter_mut().find(|fact| fact.key == key) {
            Some(raw::Fact { text: Some(texts), .. }) => drop(texts.insert(tag, text)),
            Some(_) => self.say(&format!("fact.{key}"), "the product has this fact twice".to_owned()),
            None => self.raw.facts.push(raw::Fact { text: Some([(tag, text)].into()), ..no_value(key) }),
        }
    }

    fn whole_number(&mut self, column: &Column, cell: &str) -> Option<u64> {
        let number = cell.replace([',', ' '], "").parse().ok();
        if number.is_none() {
            self.say(&column.heading(), format!("{cell:?} is not a whole number"));
        }
        number
    }

    fn say(&mut self, field: &str, what: String) {
        self.found.push(Problem { of: format!("row {}", self.line), field: field.to_owned(), what });
    }
}

fn columns(headings: &csv::StringRecord, found: &mut Vec<Problem>) -> Vec<(usize, Column)> {
    let mut columns: Vec<(usize, Column)> = Vec::new();
    for (at, heading) in headings.iter().enumerate().filter(|(_, heading)| !heading.is_empty()) {
        let what = match Column::parse(heading) {
            Ok(column) if columns.iter().all(|(_, before)| *before != column) => {
                columns.push((at, column));
                continue;
            }
            Ok(_) => "the sheet has this column twice".to_owned(),
            Err(what) => what,
        };
        found.push(Problem { of: "row 1".to_owned(), field: heading.to_owned(), what });
    }
    for (column, need) in [(Column::Sku, "sku"), (Column::Price, "price"), (Column::Currency, "currency")] {
        if columns.iter().all(|(_, present)| *present != column) {
            let what = "the sheet has no such column".to_owned();
            found.push(Problem { of: "row 1".to_owned(), field: need.to_owned(), what });
        }
    }
    columns
}

/// What a cell says, by its form: `500 ml`, `35x25 cm`, `红色;蓝色`, else text in the source language.
fn fact(key: &str, cell: &str, lang: &Lang, term_of: &dyn Fn(&str) -> Option<String>) -> raw::Fact {
    if let Some(sides) = sides(cell) {
        return raw::Fact { size: Some(sides), ..no_value(key) };
    }
    if let Some(quantity) = quantity(cell) {
        return raw::Fact { quantity: Some(quantity), ..no_value(key) };
    }
    let terms: Option<Vec<String>> = list(cell).iter().map(|word| term_of(word)).collect();
    match terms {
        Some(keys) if !keys.is_empty() => raw::Fact { terms: Some(keys), ..no_value(key) },
        _ => raw::Fact { text: Some([(lang.to_string(), cell.to_owned())].into()), ..no_value(key) },
    }
}

fn no_value(key: &str) -> raw::Fact {
    raw::Fact { key: key.to_owned(), quantity: None, size: None, terms: None, text: None }
}

/// `35x25 cm`, `60 × 40 × 45cm`
fn sides(cell: &str) -> Option<Vec<String>> {
    let parts: Vec<&str> = cell.split(['x', 'X', '×', '*']).map(str::trim).collect();
    let (last, before) = parts.split_last()?;
    if before.is_empty() {
        return None;
    }
    let (number, key) = number_and_unit(last)?;
    let plain = |text: &&str| text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && !text.is_empty();
    let all = before.iter().all(plain);
    all.then(|| before.iter().copied().chain([number]).map(|side| format!("{side} {key}")).collect())
}

fn quantity(cell: &str) -> Option<String> {
    number_and_unit(cell).map(|(number, key)| format!("{number} {key}"))
}

/// `500 ml`, `7-10天`, `316` alone is no quantity.
fn number_and_unit(text: &str) -> Option<(&str, &'static str)> {
    let end = text.find(|ch: char| !ch.is_ascii_digit() && !matches!(ch, '.' | '-'))?;
    let (number, written) = text.split_at(end);
    (!number.is_empty()).then_some(())?;
    Some((number, unit(written)?))
}

/// A number with its own unit, or with the one that the sheet gives elsewhere. What is neither goes on as it is, for the
/// check to complain about.
fn measured(cell: &str, other_unit: &str) -> String {
    let plain = cell.replace([',', ' '], "");
    if !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-')) {
        return format!("{plain} {}", unit(other_unit).unwrap_or(other_unit));
    }
    quantity(cell).unwrap_or_else(|| cell.to_owned())
}

fn list(cell: &str) -> Vec<String> {
    let parts = cell.split([';', '；', '、', '|']).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::GB18030.decode(bytes).0,
    }
}

/// What the headings are most often parted by. Excel writes semicolons where a comma is the decimal sign.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |sign: &u8| first.bytes().filter(|b| b == sign).count();
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

fn blank() -> raw::Product {
    raw::Product {
        sku: String::new(),
        image: None,
        more_images: Vec::new(),
        price: String::new(),
        tiers: Vec::new(),
        moq: String::new(),
        lead_time: String::new(),
        delivery: None,
        stock: None,
        hs_code: None,
        names: BTreeMap::new(),
        aliases: BTreeMap::new(),
        facts: Vec::new(),
    }
}

fn whole(what: &str) -> Problems {
    Problems(vec![Problem { of: "sheet".to_owned(), field: "csv".to_owned(), what: what.to_owned() }])
}
