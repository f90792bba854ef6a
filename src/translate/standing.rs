//! Which matches may stand as clauses, and which clauses beside each other.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::book::Book;
use super::lattice::{Fill, Lattice};
use super::matcher::Match;
use crate::numbers::Value;

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
    found.fills.iter().any(people) && !book.ids.get(found.id).is_some_and(counts_them)
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

/// Leaves out what stands there already, and answers the numbers in it: 包邮，今天全部包邮.
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
pub(super) fn stands(found: &Match, lattice: &Lattice) -> bool {
    let product = |(_, fill): &(String, Fill)| matches!(fill, Fill::Product(_));
    if found.literals > 0.9 || found.fills.iter().any(product) {
        return true;
    }
    let (before, behind) = lattice.alone(found.start, found.end);
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
