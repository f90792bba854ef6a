//! Exchange rates: one table with its day and where it came from.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::domain::{Currency, Day, Money};

/// How much of each currency one US dollar buys, on one day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rates {
    /// Shown beside every converted price.
    pub as_of: Day,
    pub source: String,
    /// Days after which they convert no price, where the table itself says so.
    pub max_age_days: Option<u32>,
    /// All above zero.
    per_usd: HashMap<Currency, Decimal>,
}

impl Rates {
    pub(super) fn new(as_of: Day, source: String, per_usd: HashMap<Currency, Decimal>) -> Self {
        Self { as_of, source, max_age_days: None, per_usd }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.per_usd.is_empty()
    }

    /// Whether a price may be converted by them today. The room's word on how old they may be comes first, then the
    /// table's, then the gateway's.
    pub fn are_usable(&self, today: Day, room: Option<u32>, gateway: u32) -> bool {
        let most = room.or(self.max_age_days).unwrap_or(gateway);
        !self.is_empty() && today.days_since(self.as_of) <= i64::from(most)
    }

    /// The currencies that a viewer can choose, US dollars first, then by code.
    pub fn currencies(&self) -> Vec<Currency> {
        let mut others: Vec<Currency> =
            self.per_usd.keys().copied().filter(|currency| *currency != Currency::USD).collect();
        others.sort_by_key(Currency::to_string);
        std::iter::once(Currency::USD).chain(others).collect()
    }

    /// `None` where either currency has no rate. Rounded as [`Money::about`] does.
    pub fn convert(&self, money: &Money, to: Currency) -> Option<Money> {
        if money.currency == to {
            return Some(*money);
        }
        let dollars = money.amount.checked_div(self.per_usd(money.currency)?)?;
        let amount = dollars.checked_mul(self.per_usd(to)?)?;
        Some(Money { amount, currency: to }.about())
    }

    fn per_usd(&self, currency: Currency) -> Option<Decimal> {
        if currency == Currency::USD { Some(Decimal::ONE) } else { self.per_usd.get(&currency).copied() }
    }
}
