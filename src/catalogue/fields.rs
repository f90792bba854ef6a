//! Single fields of the file, read by their written form. An error is a short sentence for the clerk.

use rust_decimal::Decimal;

use super::{currencies, units};
use crate::domain::{Currency, DeliveryTerm, Money, Quantity};

/// `2.80 USD`
pub fn money(text: &str) -> Result<Money, String> {
    let Some((number, code)) = text.trim().split_once(' ') else {
        return Err(format!("{text:?} is not an amount and a currency, as in \"2.80 USD\""));
    };
    Ok(Money { amount: amount(number)?, currency: currency(code.trim())? })
}

pub fn currency(code: &str) -> Result<Currency, String> {
    match Currency::parse(code) {
        Ok(currency) if currencies::is_known(currency) => Ok(currency),
        _ => Err(format!("{code:?} is not a currency")),
    }
}

/// A number above zero: a free product or a rate of nothing is a slip of the keyboard.
pub fn amount(text: &str) -> Result<Decimal, String> {
    match text.trim().parse::<Decimal>() {
        Ok(amount) if amount > Decimal::ZERO => Ok(amount),
        Ok(_) => Err(format!("{text} is not above zero")),
        Err(_) => Err(format!("{text:?} is not a number")),
    }
}

/// `500 piece` or `7-10 day`
pub fn quantity(text: &str) -> Result<Quantity, String> {
    let Some((number, unit)) = text.trim().split_once(' ') else {
        return Err(format!("{text:?} is not a number and a unit, as in \"500 piece\""));
    };
    let unit = unit.trim();
    if !units::is_known(unit) {
        return Err(format!("{unit:?} is not a unit; known are {}", units::UNITS.join(", ")));
    }
    let (low, high) = match number.split_once('-') {
        Some((low, high)) => (amount(low)?, Some(amount(high)?)),
        None => (amount(number)?, None),
    };
    if high.is_some_and(|high| high <= low) {
        return Err(format!("{number} ends below its beginning"));
    }
    Ok(Quantity { max: high, ..Quantity::new(low, unit) })
}

/// `FOB Ningbo` or `EXW`
pub fn delivery(text: &str) -> Result<DeliveryTerm, String> {
    let text = one_line(text)?;
    let (rule, place) =
        text.split_once(' ').map_or((text.as_str(), None), |(rule, place)| (rule, Some(place)));
    let known = DeliveryTerm::RULES.into_iter().find(|known| known.eq_ignore_ascii_case(rule));
    let Some(rule) = known else {
        let known = DeliveryTerm::RULES.join(", ");
        return Err(format!("{rule:?} is not a rule of Incoterms 2020 ({known}), as in \"FOB Ningbo\""));
    };
    Ok(DeliveryTerm { rule, place: place.map(|place| place.trim().to_owned()) })
}

/// `9617.00.11` and `96170011` are the same.
pub fn hs_code(text: &str) -> Result<String, String> {
    let digits: String = text.trim().chars().filter(|ch| !matches!(ch, '.' | ' ')).collect();
    if !(6..=10).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!("{text:?} is not an HS code of 6 to 10 digits"));
    }
    Ok(digits)
}

pub fn size(sides: &[String]) -> Result<Vec<Quantity>, String> {
    let sides = sides.iter().map(|side| quantity(side)).collect::<Result<Vec<_>, _>>()?;
    let one_unit = sides.windows(2).all(|pair| matches!(pair, [a, b] if a.unit == b.unit));
    if !(2..=3).contains(&sides.len()) || !one_unit || sides.iter().any(|side| side.max.is_some()) {
        return Err("a size is two or three lengths in the same unit".to_owned());
    }
    Ok(sides)
}

pub fn terms(keys: Vec<String>) -> Result<Vec<String>, String> {
    let good = |key: &String| key.split_once('.').is_some_and(|(class, name)| is_key(class) && is_key(name));
    match keys.iter().find(|key| !good(key)) {
        Some(bad) => Err(format!("{bad:?} is not a term's key, as in \"color.red\"")),
        None if keys.is_empty() => Err("the list is empty".to_owned()),
        None => Ok(keys),
    }
}

/// The pages load images from the gateway alone: an address elsewhere would be blocked there and would
/// tell a third party who watches.
pub fn image(address: String) -> Result<String, String> {
    let name = address.strip_prefix("/images/").unwrap_or_default();
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    if name.is_empty() || name.starts_with('.') || !plain {
        return Err(format!("{address:?} is not a file under /images/"));
    }
    Ok(address)
}

pub fn one_line(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.len() > 300 || text.chars().any(char::is_control) {
        return Err("a text must be one line of 1 to 300 bytes".to_owned());
    }
    Ok(text.to_owned())
}

pub fn is_key(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'))
}
