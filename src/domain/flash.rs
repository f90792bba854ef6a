//! A price that holds for a short time and for so many pieces.

use super::{Currency, Money, Sku};

/// A flash sale that is on. Times are milliseconds of the world's clock (Unix).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flash {
    /// Unique in the record; reservations belong to it.
    pub id: i64,
    pub sku: Sku,
    pub price: Money,
    /// The lowest price of the 30 days before it. `None` where the flash price is not below that: then there is
    /// nothing to compare with in good faith (and in the European Union none may be shown, directive 98/6/EC, article 6a).
    pub was: Option<Money>,
    pub ends_at_ms: i64,
    /// Pieces left; `None`: as many as are asked for.
    pub stock: Option<u64>,
    /// Pieces put by and not cancelled.
    pub reserved: u64,
}

impl Flash {
    /// Whether its time is not over and it is still a better price than the product's own.
    pub fn holds(&self, regular: &Money, now_ms: i64) -> bool {
        self.ends_at_ms > now_ms
            && self.price.currency == regular.currency
            && self.price.amount < regular.amount
    }
}

/// The window of the lowest price, in days (directive 98/6/EC, article 6a: "not shorter than 30 days").
pub const LOWEST_OF_DAYS: u32 = 30;

/// Whether sellers have to say, in the market whose money this is, that a former price is the lowest of the last 30 days:
/// the European Economic Area (directive 98/6/EC, article 6a).
pub fn names_the_lowest_price(currency: Currency) -> bool {
    EUROPEAN.contains(&currency.as_str())
}

/// Currencies of the European Economic Area.
pub const EUROPEAN: [&str; 10] = ["EUR", "BGN", "CZK", "DKK", "HUF", "ISK", "NOK", "PLN", "RON", "SEK"];

/// Pieces put by for a shopper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// 128 bits by chance: it opens the reservation's state.
    pub id: String,
    pub sku: String,
    pub quantity: u64,
    /// The flash price of a piece.
    pub price: Money,
    /// How to reach the shopper: personal data.
    pub contact: String,
    pub made_ms: i64,
    pub cancelled: bool,
}

/// What a shopper is told about pieces that they wanted put by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reserved {
    /// Put by, and so many are left for others. `is_new`: false for what was put by before under this key.
    Held { reservation: Reservation, left: Option<u64>, is_new: bool },
    /// Fewer than were asked for are left.
    TooFew { left: u64 },
    /// There is no such sale, or it has ended.
    Over,
    /// Another wish had this key.
    KeyUsed,
    /// It was put by under this key, and the operator took it back.
    Cancelled,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sale_holds_until_its_end_and_only_below_the_regular_price() {
        let usd = |amount: &str| Money { amount: amount.parse().unwrap(), currency: Currency::USD };
        let flash = Flash {
            id: 1,
            sku: Sku::parse("A").unwrap(),
            price: usd("2.20"),
            was: None,
            ends_at_ms: 1_000,
            stock: None,
            reserved: 0,
        };
        assert!(flash.holds(&usd("2.80"), 999));
        assert!(!flash.holds(&usd("2.80"), 1_000), "its last millisecond is over");
        assert!(!flash.holds(&usd("2.20"), 0), "the product has become as cheap");
        let euro = Money { currency: Currency::EUR, ..usd("2.80") };
        assert!(!flash.holds(&euro, 0), "amounts of two currencies are not compared");
    }

    #[test]
    fn the_lowest_price_is_named_where_the_law_asks_for_it() {
        assert!(names_the_lowest_price(Currency::EUR));
        assert!(!names_the_lowest_price(Currency::USD) && !names_the_lowest_price(Currency::CNY));
        assert!(EUROPEAN.iter().all(|code| Currency::parse(code).is_ok()));
    }
}
