//! Amounts of money. Never floating point.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};

/// Not three letters.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is not an ISO 4217 currency code")]
pub struct BadCurrency(String);

/// An ISO 4217 code in capitals.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    pub const USD: Self = Self(*b"USD");
    pub const CNY: Self = Self(*b"CNY");
    pub const EUR: Self = Self(*b"EUR");

    pub fn parse(code: &str) -> Result<Self, BadCurrency> {
        match code.as_bytes() {
            [a, b, c] if code.bytes().all(|b| b.is_ascii_alphabetic()) => {
                Ok(Self([a, b, c].map(|b| b.to_ascii_uppercase())))
            }
            _ => Err(BadCurrency(code.chars().take(16).collect())),
        }
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Digits after the decimal sign that the currency is written with (CLDR 48.2, `currencyData/fractions`).
    pub fn minor_digits(self) -> u32 {
        match self.as_str() {
            "AFN" | "ALL" | "BIF" | "CLP" | "COP" | "DJF" | "GNF" | "HUF" | "IDR" | "IQD" | "IRR" | "ISK"
            | "JPY" | "KMF" | "KPW" | "KRW" | "LAK" | "LBP" | "MGA" | "MMK" | "PKR" | "PYG" | "RWF"
            | "SOS" | "SYP" | "UGX" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" | "YER" => 0,
            "BHD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            _ => 2,
        }
    }

    /// The smallest amount that is paid in cash (CLDR 48.2, `cashDigits` and `cashRounding` of the same table).
    pub fn cash_step(self) -> Decimal {
        match self.as_str() {
            // No digits in cash, though the books have some.
            "AMD" | "CRC" | "CZK" | "GYD" | "MNT" | "MUR" | "NOK" | "RSD" | "SEK" | "TWD" | "TZS" | "UZS" => {
                Decimal::ONE
            }
            "CAD" | "CHF" => Decimal::new(5, 2),
            "DKK" => Decimal::new(50, 2),
            "HUF" => Decimal::from(5),
            _ => Decimal::new(1, self.minor_digits()),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    pub amount: Decimal,
    pub currency: Currency,
}

impl Money {
    /// For an amount that is not exact, such as a converted one: rounded to what is paid in cash where that is within
    /// 1 %, else to the currency's minor digits where that is within 5 %, else (a price per screw) to two significant
    /// digits. Halves go away from zero, as in shops.
    pub fn about(self) -> Self {
        let minor = Decimal::new(1, self.currency.minor_digits());
        let choices = [(self.currency.cash_step(), Decimal::new(1, 2)), (minor, Decimal::new(5, 2))];
        let rounded = choices.into_iter().find_map(|(step, tolerance)| {
            let rounded = to_step(self.amount, step)?;
            let off = (rounded - self.amount).abs();
            (off <= self.amount.abs() * tolerance).then_some(rounded)
        });
        let two = || self.amount.round_sf_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        let mut amount = rounded.or_else(two).unwrap_or(self.amount).normalize();
        if amount.scale() < self.currency.minor_digits() {
            // 21.80, not 21.8.
            amount.rescale(self.currency.minor_digits());
        }
        Self { amount, ..self }
    }

    /// The amount with all minor digits of its currency (`2.80`), and those beyond them that a price per screw may have.
    pub fn written(&self) -> String {
        let mut amount = self.amount.normalize();
        if amount.scale() < self.currency.minor_digits() {
            amount.rescale(self.currency.minor_digits());
        }
        amount.to_string()
    }
}

fn to_step(amount: Decimal, step: Decimal) -> Option<Decimal> {
    let steps = amount.checked_div(step)?;
    steps.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).checked_mul(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(amount: &str, currency: &str) -> String {
        let currency = Currency::parse(currency).unwrap();
        Money { amount: amount.parse().unwrap(), currency }.about().amount.to_string()
    }

    #[test]
    fn amounts_that_are_about_take_the_digits_of_their_currency() {
        for (amount, currency, shown) in [
            ("51.6600", "MXN", "51.66"),
            ("1.845", "MXN", "1.85"),
            ("73", "MXN", "73.00"),
            ("0.8596", "KWD", "0.860"),
            ("437.92", "JPY", "438"),
            ("4109.6", "KRW", "4110"),
            ("73780.4", "VND", "73780"),
            ("46704.5", "IDR", "46705"),
        ] {
            assert_eq!(about(amount, currency), shown, "{currency}");
        }
    }

    #[test]
    fn cash_is_rounded_where_the_country_rounds_it() {
        for (amount, currency, shown) in [
            ("22.47", "CHF", "22.45"),
            ("38.43", "CAD", "38.45"),
            ("180.74", "DKK", "180.50"),
            ("1017.6", "HUF", "1020"),
            ("264.4", "SEK", "264.00"),
        ] {
            assert_eq!(about(amount, currency), shown, "{currency}");
        }
    }

    #[test]
    fn a_small_price_is_not_rounded_away() {
        for (amount, currency, shown) in [
            // 3.50 would be 2.5 % less.
            ("3.59", "DKK", "3.59"),
            ("26.44", "SEK", "26.44"),
            ("12.4", "JPY", "12"),
            ("0.6462", "JPY", "0.65"),
            ("1.42", "JPY", "1.4"),
            ("0.00363", "EUR", "0.0036"),
            ("0", "EUR", "0.00"),
        ] {
            assert_eq!(about(amount, currency), shown, "{currency}");
        }
    }
}
