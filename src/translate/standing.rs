//! Which matches may stand as clauses, and which clauses beside each other.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::book::Book;
use super::lattice::{Fill, Lattice};
use super::matcher::Match;
use super::subject::is_named;
use crate::numbers::{Dimension, Value};

/// People fill only the patterns that count people: 直播间有三百个人 is not "In stock: 300 people".
pub(super) fn miscounts(found: &Match, book: &Book) -> bool {
    const OF_PEOPLE: [&str; 10] = [
        "worker",
        "engineer",
        "people",
        "staff",
        "team",
        "designer",
        "inspector",
        "there-are",
        "gift",
        "winner",
    ];
    let people = |(_, fill): &(String, Fill)| match fill {
        Fill::Value(Value::Quantity(quantity) | Value::Over(quantity)) => quantity.unit.as_str() == "person",
        _ => false,
    };
    let counts_them = |id: &String| OF_PEOPLE.iter().any(|word| id.contains(word));
    let id = book.ids.get(found.id);
    // An area by itself is that of nobody knows what.
    let area = |(_, fill): &(String, Fill)| match fill {
        Fill::Value(Value::Quantity(quantity) | Value::Over(quantity)) => {
            quantity.unit.as_str() == "square-metre"
        }
        _ => false,
    };
    let ownerless = id.is_some_and(|id| id.starts_with("value-")) && found.fills.iter().any(area);
    // 20,000 mAh is no power.
    let charge = |(_, fill): &(String, Fill)| match fill {
        Fill::Value(Value::Quantity(quantity) | Value::Over(quantity)) => {
            !matches!(quantity.unit.as_str(), "watt" | "kilowatt")
        }
        _ => false,
    };
    let powerless = id.is_some_and(|id| id == "power") && found.fills.iter().any(charge);
    id.is_some_and(|id| misses_unit(found, id))
        || ownerless
        || powerless
        || (found.fills.iter().any(people) && !id.is_some_and(counts_them))
}

/// Is a time not in the unit that the pattern takes for granted? "Thirty-six months unopened, twelve once opened": the second
/// has the unit of the first. Nothing runs on one charge for two years.
fn misses_unit(found: &Match, id: &str) -> bool {
    const SHORT: [&str; 6] = ["runtime", "burn-time", "charging-", "charge-", "service-hours", "keeps-hot"];
    let wanted: &[&str] = if id.ends_with("-open-months") {
        &["month"]
    } else if id.ends_with("-hot-hours") {
        &["hour"]
    } else if SHORT.iter().any(|start| id.starts_with(start)) {
        &["second", "minute", "hour", "day", "week"]
    } else {
        return false;
    };
    found.fills.iter().any(|(_, fill)| match fill {
        Fill::Value(Value::Quantity(quantity) | Value::Over(quantity)) => {
            let unit = quantity.unit.as_str();
            Dimension::of(unit) == Dimension::Time && !wanted.contains(&unit)
        }
        _ => false,
    })
}

/// Two clauses of one pattern in a row that say different things of nobody knows what: "Warranty: 2 years. Warranty: 5
/// years." of 灯珠保修两年，电机保修五年.
pub(super) fn contradicts(chosen: &[&(&Match, String)], book: &Book) -> bool {
    let one_value = |found: &Match| match found.fills.as_slice() {
        [(_, Fill::Value(value))] => !matches!(value, Value::Ordinal(_)),
        _ => false,
    };
    chosen.windows(2).any(|pair| match pair {
        [(a, first), (b, second)] => {
            let same = a.id == b.id && first != second && one_value(a) && one_value(b);
            // Values by themselves, one after another, claim nothing of each other.
            same && !book.ids.get(a.id).is_some_and(|id| id.starts_with("value-"))
        }
        _ => false,
    })
}

/// Clauses of which one takes back what the other says, so that a part of what was said must have been lost: "free
/// shipping" beside "at extra cost".
pub(super) fn opposed(chosen: &[&(&Match, String)], book: &Book) -> bool {
    const OPPOSITES: [(&str, &str); 16] = [
        ("free-shipping", "freight-excluded"),
        ("free-shipping", "sample-shipping"),
        ("free-shipping", "extra-charge"),
        ("no-extra-charge", "extra-charge"),
        ("in-stock", "out-of-stock"),
        ("in-stock", "color-sold-out"),
        ("in-stock", "size-sold-out"),
        ("in-stock", "made-to-order"),
        ("logo-free", "logo-charge"),
        ("sample-free", "samples-not-free"),
        ("sample-free", "sample-fee"),
        ("tax-included", "tax-excluded"),
        ("mix-colors", "no-mix-colors"),
        ("no-moq", "moq"),
        ("no-mould-fee", "mould-fee"),
        ("price-fixed", "price-negotiable"),
    ];
    let says = |id: &str| chosen.iter().any(|(found, _)| book.ids.get(found.id).is_some_and(|own| own == id));
    OPPOSITES.iter().any(|(one, other)| says(one) && says(other))
}

/// One colour or size beside a value is what the value holds for ("in red it is five dollars"), and an ordinal beside a
/// discount is the n-th that is bought ("the second one is ten dollars off"), a minimum behind an offer is that of the offer:
/// two lines would say something else.
pub(super) fn of_one_variant(chosen: &[&(&Match, String)], book: &Book) -> bool {
    const VARIANTS: [&str; 3] = ["colors", "sizes-list", "one-size"];
    const MADE: [&str; 11] = [
        "custom-color",
        "custom-design",
        "custom-packaging",
        "custom-size",
        "logo-printing",
        "logo-free",
        "oem-odm",
        "new-mould",
        "labels",
        "mixed-order",
        "trial-order",
    ];
    const NUMBERED: [&str; 3] = ["look-at-number", "product-number", "look-first"];
    const OFF: [&str; 6] =
        ["cheaper-by", "discount-live", "tier-discount", "coupon", "sample-free", "free-shipping"];
    let id = |found: &Match| book.ids.get(found.id).map(String::as_str).unwrap_or_default();
    let value = |found: &Match| found.fills.iter().any(|(_, fill)| matches!(fill, Fill::Value(_)));
    let one = |found: &Match| {
        let single = |(_, fill): &(String, Fill)| matches!(fill, Fill::Terms(keys) if keys.len() == 1);
        VARIANTS.contains(&id(found)) && found.fills.iter().any(single)
    };
    let variant = chosen.iter().any(|(found, _)| one(found)) && chosen.iter().any(|(found, _)| value(found));
    let bought = chosen.windows(2).any(|pair| match pair {
        [(first, _), (second, _)] => NUMBERED.contains(&id(first)) && OFF.contains(&id(second)),
        _ => false,
    });
    // "Custom colours, from five hundred": the minimum is that of the custom work.
    let made = chosen.windows(2).any(|pair| match pair {
        [(first, _), (second, _)] => MADE.contains(&id(first)) && id(second) == "moq",
        _ => false,
    });
    variant || bought || made
}

/// "We pay the freight" behind a clause about samples or repairs is said of these, and there is no line for that.
pub(super) fn of_samples(chosen: &[&Match], book: &Book) -> bool {
    const SCOPES: [&str; 7] =
        ["sample", "order-sample", "pre-production-sample", "replace-", "return", "spare-", "refund-"];
    let id = |found: &Match| book.ids.get(found.id).map(String::as_str).unwrap_or_default();
    chosen.windows(2).any(|pair| match pair {
        [first, second] => {
            let scope = SCOPES.iter().any(|start| id(first).starts_with(start));
            scope && matches!(id(second), "free-shipping" | "no-extra-charge")
        }
        _ => false,
    })
}

/// Leaves out what stands there already, and answers the numbers in it: 包邮，全部包邮.
pub(super) fn said_again(chosen: &mut Vec<&(&Match, String)>) -> Vec<Value> {
    let mut values = Vec::new();
    let mut shown: Vec<&str> = Vec::new();
    chosen.retain(|(found, text)| {
        let again = shown.contains(&text.as_str());
        if again {
            values.extend(found.wording.iter().cloned());
            values.extend(found.fills.iter().filter_map(|(_, fill)| match fill {
                Fill::Value(value) => Some(value.clone()),
                _ => None,
            }));
        }
        shown.push(text);
        !again
    });
    values
}

/// A pattern without words of its own ("three hundred units") says something only where it is a clause by itself:
/// a value between two pauses, terms beside one. A product may be named anywhere.
pub(super) fn stands(found: &Match, lattice: &Lattice, book: &Book) -> bool {
    let product = |(_, fill): &(String, Fill)| matches!(fill, Fill::Product(_));
    if found.literals > 0.9 || found.fills.iter().any(product) {
        return true;
    }
    let (before, behind) = lattice.alone(found.start, found.end);
    let before = before || is_named(lattice, book, found.start);
    let value = found.fills.iter().any(|(_, fill)| matches!(fill, Fill::Value(_)));
    // One syllable (铁, "red") is too easily something else.
    if value || found.end - found.start < 2 { before && behind } else { before || behind }
}

/// The cheapest matches of every span: more than a few of one span are the same pattern's other readings.
pub(super) fn best_of_each_span(matches: Vec<Match>) -> Vec<Match> {
    let mut best: BTreeMap<(usize, usize, usize, usize), Match> = BTreeMap::new();
    for found in matches {
        let filled = found.fills.len();
        let products = found.fills.iter().filter(|(_, fill)| matches!(fill, Fill::Product(_))).count();
        let key = (found.start, found.end, found.id, filled + products);
        match best.entry(key) {
            Entry::Vacant(place) => {
                place.insert(found);
            }
            Entry::Occupied(mut known) if found.cost < known.get().cost => {
                known.insert(found);
            }
            Entry::Occupied(_) => {}
        }
    }
    best.into_values().collect()
}
