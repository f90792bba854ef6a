//! Metric amounts as other markets measure them. The factors are those of the international yard and pound
//! (1959) and the US gallon, to ten digits; what is shown is rounded to what a buyer can use.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::domain::{FactValue, Product, Quantity, Unit, Units};

/// The amount in the units of the market; none where the factory's own are what is used there.
///
/// Centimetres become inches and metres feet: which of them a maker names tells the scale (a board, a cable). Weights are
/// pounds from one pound on, volumes gallons from one gallon on (CLDR's order for the United States, without the quarts,
/// pints and cups that no trade in bottles uses). Inches of the catalogue stay alone: screens and pipes are sold by them
/// everywhere.
pub fn beside(quantity: &Quantity, units: Units) -> Option<Quantity> {
    let largest = quantity.max.map_or(quantity.amount, |max| max.max(quantity.amount));
    let target = target(quantity.unit.as_str(), largest, units)?;
    let to = |amount| target.of(amount);
    let max = match quantity.max {
        Some(max) => Some(to(max)?),
        None => None,
    };
    Some(Quantity { amount: to(quantity.amount)?, max, unit: Unit::new(target.unit) })
}

/// All sides in one unit.
pub fn sides_beside(sides: &[Quantity], units: Units) -> Option<Vec<Quantity>> {
    let largest = sides.iter().map(|side| side.amount).max()?;
    let target = target(sides.last()?.unit.as_str(), largest, units)?;
    let side = |side: &Quantity| Some(Quantity::new(target.of(side.amount)?, target.unit));
    sides.iter().map(side).collect()
}

/// Whether the card of a product reads otherwise in a market of these units than in a metric one.
pub fn measures_differ(product: &Product, units: Units) -> bool {
    let fact = |value: &FactValue| match value {
        FactValue::Quantity(quantity) => beside(quantity, units).is_some(),
        FactValue::Size(sides) => sides_beside(sides, units).is_some(),
        FactValue::Terms(_) | FactValue::Text(_) => false,
    };
    [&product.moq, &product.lead_time].into_iter().any(|quantity| beside(quantity, units).is_some())
        || product.facts.iter().any(|known| fact(&known.value))
}

struct Target {
    unit: &'static str,
    /// Of the catalogue's unit in one of this.
    size: Decimal,
}

impl Target {
    fn of(&self, amount: Decimal) -> Option<Decimal> {
        if self.unit == "fahrenheit" {
            let exact = amount.checked_mul(Decimal::new(18, 1))?.checked_add(Decimal::from(32))?;
            return Some(round(exact, u32::from(!amount.fract().is_zero())));
        }
        usable(amount.checked_div(self.size)?)
    }
}

fn target(unit: &str, largest: Decimal, units: Units) -> Option<Target> {
    if unit == "celsius" {
        let felt = matches!(units, Units::Us | Units::Fahrenheit);
        return felt.then_some(Target { unit: "fahrenheit", size: Decimal::ONE });
    }
    if !matches!(units, Units::Us | Units::Uk) {
        return None;
    }
    // In units of the catalogue: a kilogram is 1,000 g, so that a pound is 0.45359237 of it.
    let (millis, small, large) = match unit {
        "millimetre" => (Decimal::ONE, INCH, None),
        "centimetre" => (Decimal::TEN, INCH, None),
        "metre" if largest < Decimal::ONE => (Decimal::ONE_THOUSAND, INCH, None),
        "metre" => (Decimal::ONE_THOUSAND, FOOT, None),
        "gram" => (Decimal::ONE, OUNCE, Some(POUND)),
        "kilogram" => (Decimal::ONE_THOUSAND, OUNCE, Some(POUND)),
        // Not tons: the American one is a tenth smaller than the metric one, under the same name.
        "tonne" => (Decimal::from(1_000_000), POUND, None),
        "millilitre" if units == Units::Us => (Decimal::ONE, FLUID_OUNCE, Some(GALLON)),
        "litre" if units == Units::Us => (Decimal::ONE_THOUSAND, FLUID_OUNCE, Some(GALLON)),
        _ => return None,
    };
    let in_millis = largest.checked_mul(millis)?;
    let (unit, size) = large.filter(|(_, size)| in_millis >= *size).unwrap_or(small);
    Some(Target { unit, size: size.checked_div(millis)? })
}

/// In millimetres, grams, millilitres.
const INCH: (&str, Decimal) = ("inch", Decimal::from_parts(254, 0, 0, false, 1));
const FOOT: (&str, Decimal) = ("foot", Decimal::from_parts(3048, 0, 0, false, 1));
const OUNCE: (&str, Decimal) = ("ounce", Decimal::from_parts(2_834_952_313, 0, 0, false, 8));
const POUND: (&str, Decimal) = ("pound", Decimal::from_parts(45_359_237, 0, 0, false, 5));
const FLUID_OUNCE: (&str, Decimal) = ("fluid-ounce", Decimal::from_parts(2_957_352_956, 0, 0, false, 8));
const GALLON: (&str, Decimal) = ("gallon", Decimal::from_parts(3_785_411_784, 0, 0, false, 6));

/// Whole from a hundred on, one digit after the decimal sign below, two significant ones below one.
fn usable(exact: Decimal) -> Option<Decimal> {
    let size = exact.abs();
    if size >= Decimal::ONE_HUNDRED {
        Some(round(exact, 0))
    } else if size >= Decimal::ONE {
        Some(round(exact, 1))
    } else {
        exact.round_sf_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
    }
}

fn round(exact: Decimal, digits: u32) -> Decimal {
    exact.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(amount: &str, unit: &str, units: Units) -> String {
        let amount: Decimal = amount.parse().unwrap();
        let beside = beside(&Quantity::new(amount, unit), units);
        beside.map_or("-".to_owned(), |beside| format!("{} {}", beside.amount.normalize(), beside.unit))
    }

    #[test]
    fn american_amounts_are_those_of_the_tables() {
        for (amount, unit, american) in [
            ("500", "millilitre", "16.9 fluid-ounce"),
            ("1", "litre", "33.8 fluid-ounce"),
            ("3.785411784", "litre", "1 gallon"),
            ("20", "litre", "5.3 gallon"),
            ("350", "gram", "12.3 ounce"),
            ("453.59237", "gram", "1 pound"),
            ("1.2", "kilogram", "2.6 pound"),
            ("0.2", "kilogram", "7.1 ounce"),
            ("2", "tonne", "4409 pound"),
            ("35", "centimetre", "13.8 inch"),
            ("0.4", "millimetre", "0.016 inch"),
            ("2", "metre", "6.6 foot"),
            ("0.5", "metre", "19.7 inch"),
            ("95", "celsius", "203 fahrenheit"),
            ("-20", "celsius", "-4 fahrenheit"),
            ("36.6", "celsius", "97.9 fahrenheit"),
            ("12", "hour", "-"),
            ("5.5", "inch", "-"),
            ("500", "piece", "-"),
            ("4000", "milliamp-hour", "-"),
        ] {
            assert_eq!(shown(amount, unit, Units::Us), american, "{amount} {unit}");
        }
    }

    #[test]
    fn other_markets_get_what_they_use() {
        assert_eq!(shown("35", "centimetre", Units::Uk), "13.8 inch");
        assert_eq!(shown("500", "millilitre", Units::Uk), "-");
        assert_eq!(shown("40", "celsius", Units::Uk), "-");
        assert_eq!(shown("40", "celsius", Units::Fahrenheit), "104 fahrenheit");
        assert_eq!(shown("35", "centimetre", Units::Fahrenheit), "-");
        assert_eq!(shown("35", "centimetre", Units::Metric), "-");
    }

    #[test]
    fn a_range_and_the_sides_of_a_size_share_their_unit() {
        let range = Quantity { max: Some(Decimal::from(600)), ..Quantity::new(400, "gram") };
        let beside = beside(&range, Units::Us).unwrap();
        let written = (beside.amount.to_string(), beside.max.unwrap().to_string());
        assert_eq!((written, beside.unit.as_str()), (("0.88".into(), "1.3".into()), "pound"));
        let sides = [Quantity::new(Decimal::new(12, 1), "metre"), Quantity::new(Decimal::new(6, 1), "metre")];
        let sides = sides_beside(&sides, Units::Us).unwrap();
        let written: Vec<_> =
            sides.iter().map(|side| format!("{} {}", side.amount.normalize(), side.unit)).collect();
        assert_eq!(written, ["3.9 foot", "2 foot"]);
    }
}
