//! A table of exchange rates by itself: a file that a clerk or a script writes, or a service's answer.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;

use super::fields::{amount, currency};
use super::{Rates, raw};
use crate::domain::{Currency, Day};

/// Longest name of a source.
const LONGEST_SOURCE: usize = 200;
/// A table is written in a zone that may be ahead of UTC; what lies further ahead is a slip, and would never grow old.
const AHEAD_DAYS: i64 = 1;

/// Why a table is not taken. Displayed in one sentence.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct BadTable(pub String);

/// Checks a table. Codes that are no currency in use (gold, old money) are left out; everything else has to be right, since
/// a price would be wrong by it. `unnamed`: the source where the table names none.
pub(super) fn table(raw: raw::Table, unnamed: &str, today: Day) -> Result<Rates, BadTable> {
    let bad = |what: String| BadTable(what);
    let date = match raw.as_of {
        raw::Date::Toml(date) => date.to_string(),
        raw::Date::Text(text) => text,
    };
    let as_of = Day::parse(&date).map_err(|error| bad(error.to_string()))?;
    if as_of.days_since(today) > AHEAD_DAYS {
        return Err(bad(format!("its day, {as_of}, is still to come")));
    }
    let base = raw.base.as_deref().unwrap_or("USD");
    let base = currency(base).map_err(|what| bad(format!("base: {what}")))?;
    let mut per_base = HashMap::new();
    for (code, rate) in known(raw.rates) {
        let rate = amount(&rate).map_err(|what| bad(format!("{code}: {what}")))?;
        per_base.insert(code, rate);
    }
    per_base.insert(base, Decimal::ONE);
    let per_usd = in_dollars(per_base).ok_or_else(|| bad(format!("it has {base} as its base and no USD")))?;
    if per_usd.is_empty() {
        return Err(bad("it has no rate of a currency in use".to_owned()));
    }
    let source = raw.source.as_deref().map(str::trim).filter(|source| !source.is_empty()).unwrap_or(unnamed);
    let source = source.chars().filter(|ch| !ch.is_control()).take(LONGEST_SOURCE).collect();
    Ok(Rates::new(as_of, source, per_usd))
}

fn known(rates: BTreeMap<String, raw::Rate>) -> impl Iterator<Item = (Currency, String)> {
    rates.into_iter().filter_map(|(code, rate)| {
        let written = match rate {
            raw::Rate::Text(text) => text,
            // As it stands in the file: `{}` writes the shortest digits that read back, and no exponent.
            raw::Rate::Number(number) => number.to_string(),
        };
        Some((currency(&code).ok()?, written))
    })
}

/// By what one dollar buys, the dollar itself left out. None where a table in other money does not have it.
fn in_dollars(per_base: HashMap<Currency, Decimal>) -> Option<HashMap<Currency, Decimal>> {
    let dollar = *per_base.get(&Currency::USD)?;
    let others = per_base.into_iter().filter(|(currency, _)| *currency != Currency::USD);
    others.map(|(currency, rate)| Some((currency, rate.checked_div(dollar)?))).collect()
}

#[cfg(test)]
mod tests {
    use crate::catalogue::{Rates, rates_from_text};
    use crate::domain::{Currency, Day, Money};

    fn read(text: &str) -> Result<Rates, String> {
        rates_from_text(text, "rates.toml", Day::parse("2026-11-23").unwrap())
            .map_err(|error| error.to_string())
    }

    fn pesos(rates: &Rates) -> String {
        let dollars = Money { amount: 280.into(), currency: Currency::USD };
        rates.convert(&dollars, Currency::parse("MXN").unwrap()).unwrap().amount.to_string()
    }

    #[test]
    fn a_clerks_file_and_a_services_answer_say_the_same() {
        let toml = "as_of = 2026-11-20\nsource = \"the bank\"\n[rates]\nMXN = \"18.45\"\nEUR = 0.864\n";
        let json = r#"{"amount":1.0,"base":"USD","date":"2026-11-20","source":"the bank",
                       "rates":{"MXN":18.45,"EUR":"0.864","XAU":0.0002}}"#;
        let (toml, json) = (read(toml).unwrap(), read(json).unwrap());
        assert_eq!(toml, json);
        assert_eq!((toml.as_of.to_string().as_str(), toml.source.as_str()), ("2026-11-20", "the bank"));
        assert_eq!(pesos(&toml), "5166.00");
    }

    #[test]
    fn a_table_in_euros_is_turned_into_dollars() {
        let euros = r#"{"base":"EUR","date":"2026-11-20","rates":{"USD":1.25,"MXN":25.0}}"#;
        let rates = read(euros).unwrap();
        assert_eq!(pesos(&rates), "5600.00");
        assert_eq!(rates.source, "rates.toml", "named after where it was");
        let euros = Money { amount: 8.into(), currency: Currency::EUR };
        assert_eq!(rates.convert(&euros, Currency::USD).unwrap().amount.to_string(), "10.00");
    }

    #[test]
    fn what_would_make_a_price_wrong_is_refused() {
        for (text, word) in [
            ("<!doctype html><title>Log in</title>", "not in the expected form"),
            (r#"{"rates":{"MXN":18.45}}"#, "not in the expected form"),
            (r#"{"date":"2026-11-20","rates":{}}"#, "no rate"),
            (r#"{"date":"2026-11-20","rates":{"XAU":1}}"#, "no rate"),
            (r#"{"date":"20 Nov","rates":{"MXN":18.45}}"#, "is not a day"),
            (r#"{"date":"2062-11-20","rates":{"MXN":18.45}}"#, "still to come"),
            (r#"{"date":"2026-11-20","rates":{"MXN":0}}"#, "MXN: 0 is not above zero"),
            (r#"{"date":"2026-11-20","rates":{"MXN":-18.45}}"#, "MXN"),
            (r#"{"date":"2026-11-20","rates":{"MXN":"18,45"}}"#, "MXN"),
            (r#"{"date":"2026-11-20","rates":{"MXN":null}}"#, "not in the expected form"),
            (r#"{"date":"2026-11-20","base":"EUR","rates":{"MXN":18.45}}"#, "no USD"),
            (r#"{"date":"2026-11-20","base":"credits","rates":{"MXN":18.45}}"#, "base"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(word), "{text}: {error}");
        }
        assert!(read(r#"{"date":"2026-11-24","rates":{"MXN":18.45}}"#).is_ok(), "it is tomorrow in Auckland");
    }
}
