//! What English sentences are read as: the cases of the tour, and of what sellers say beside it.

use rust_decimal::Decimal;

use super::Value;
use super::text::Text;
use crate::domain::{Currency, Money, Quantity};

fn values(text: &str) -> Vec<Value> {
    super::english::entities(&Text::new(text)).into_iter().map(|entity| entity.value).collect()
}

fn usd(amount: &str) -> Value {
    Value::Money(Money { amount: amount.parse().unwrap(), currency: Currency::USD })
}

fn count(n: i64, unit: &str) -> Value {
    Value::Quantity(Quantity::new(n, unit))
}

#[test]
fn money_is_read_in_every_form() {
    for said in [
        "two dollars eighty",
        "two dollars and eighty cents",
        "$2.80",
        "2.80 dollars",
        "US$2.80",
        "USD 2.8",
        "2.80 US dollars",
    ] {
        let got = values(said);
        assert!(
            matches!(got.as_slice(), [Value::Money(m)] if m.amount.normalize().to_string() == "2.8"),
            "{said} {got:?}"
        );
    }
    assert_eq!(values("it was nine dollars ninety, and now"), [usd("9.90")]);
    assert_eq!(values("twenty dollars, refundable"), [usd("20")]);
    assert_eq!(values("two dollars eighty pieces"), [usd("2"), count(80, "piece")]);
}

#[test]
fn shares_and_discounts_are_told_apart() {
    assert_eq!(values("ten percent off"), [Value::DiscountOff(Decimal::TEN)]);
    assert_eq!(
        values("10% off above 1,000 pieces"),
        [Value::DiscountOff(Decimal::TEN), count(1000, "piece")]
    );
    assert_eq!(
        values("thirty percent deposit and 70% before"),
        [Value::Percent(Decimal::from(30)), Value::Percent(Decimal::from(70))]
    );
}

#[test]
fn quantities_take_their_units() {
    for (said, n, unit) in [
        ("five hundred millilitres", 500, "millilitre"),
        ("500 ml", 500, "millilitre"),
        ("thirty-two units", 32, "unit"),
        ("twenty thousand pieces", 20_000, "piece"),
        ("fifteen uses", 15, "time"),
        ("a ten-minute special", 10, "minute"),
        ("twenty-five days", 25, "day"),
        ("ten thousand milliamp-hour battery", 10_000, "milliamp-hour"),
        ("one thousand lumens", 1000, "lumen"),
        ("two-year warranty", 2, "year"),
        ("three inspections", 3, "inspection"),
    ] {
        assert_eq!(values(said), [count(n, unit)], "{said}");
    }
    let Some(Value::Size(sides)) = values("thirty-five by twenty-five centimetres").pop() else { panic!() };
    assert_eq!(sides, [Quantity::new(35, "centimetre"), Quantity::new(25, "centimetre")]);
    let Some(Value::Quantity(q)) = values("15-20 days").pop() else { panic!() };
    assert_eq!((q.amount, q.max), (Decimal::from(15), Some(Decimal::from(20))));
}

#[test]
fn one_is_loose_and_codes_are_no_numbers() {
    let found = super::english::entities(&Text::new("this one, HY-500, one by one"));
    assert!(found.iter().all(|entity| !entity.firm), "{found:?}");
    assert_eq!(values("316 stainless steel"), [Value::Number(Decimal::from(316))]);
    assert_eq!(values("316L steel"), [Value::Number(Decimal::from(316))]);
    assert_eq!(values("the third product"), [Value::Ordinal(3)]);
}
