//! What a value can be taken apart into, for patterns that have words of their own where it has its unit or its "over":
//! 五到四十度 into 五度 and 四十度, 三百多个 into 300 and what follows, 四十分贝 into 40, "over 20 years" into 20 years.

use super::atoms::{Atom, Token};
use crate::domain::Quantity;
use crate::numbers::{BARE, Dimension, Value};

/// A part of a value, in atoms.
pub(super) struct Part {
    pub start: usize,
    pub end: usize,
    pub value: Value,
    pub cost: f32,
}

/// What a part costs, so that the whole value is preferred: 300+ workers to 300 of them.
const APART: f32 = 0.02;

/// Did the host say all of it? A size without its unit is read as centimetres, "500 or 700 millilitres" as a range from one
/// to the other: good enough to compare numbers, not to promise them.
pub(super) fn is_said(said: &str, value: &Value) -> bool {
    const LENGTHS: [&str; 10] = ["米", "公分", "寸", "尺", "metre", "meter", "cm", "mm", "inch", "\""];
    let said = said.to_lowercase();
    match value {
        Value::Size(_) => LENGTHS.iter().any(|unit| said.contains(unit)) || said.trim_end().ends_with(" m"),
        Value::Quantity(range) if range.max.is_some() => {
            let time = Dimension::of(range.unit.as_str()) == Dimension::Time;
            time || !(said.contains(" or ") || said.contains('或'))
        }
        _ => true,
    }
}

/// The parts of `value`, which stands at the atoms `start` to `end`.
pub(super) fn parts(atoms: &[Atom], value: &Value, start: usize, end: usize) -> Vec<Part> {
    let place = |syllables: &str, words: &[&str]| {
        (start + 1..end).find(|at| match atoms.get(*at).map(|atom| &atom.token) {
            Some(Token::Syllable(ch, _)) => syllables.contains(*ch),
            Some(Token::Word(heard)) => words.contains(&heard.as_str()),
            None => false,
        })
    };
    let part = |start, end, value| Part { start, end, value, cost: APART };
    let one = |amount, unit: &str| Value::Quantity(Quantity::new(amount, unit));
    match value {
        Value::Quantity(range) if range.unit.as_str() == "celsius" => {
            let (Some(max), Some(joint)) = (range.max, place("到至", &["to"])) else { return Vec::new() };
            let (low, high) = (one(range.amount, "celsius"), one(max, "celsius"));
            let half = |start, end, value| Part { start, end, value, cost: 0.0 };
            vec![half(start, joint, low), half(joint + 1, end, high)]
        }
        Value::Quantity(measure) if measure.max.is_none() => {
            let unit = measure.unit.as_str();
            let number = |at| part(start, at, Value::Number(measure.amount));
            match unit {
                "decibel" => place("分d", &["decibel", "db"]).map(number).into_iter().collect(),
                "gigabyte" => place("gG个", &["gigabyte", "gig", "gb"]).map(number).into_iter().collect(),
                "bar" => place("巴b", &["bar"]).map(number).into_iter().collect(),
                "kilometre" | "kilometre-per-hour" => {
                    place("公千k", &["kilometer", "km"]).map(number).into_iter().collect()
                }
                "rpm" => place("转r", &["rpm", "revolution"]).map(number).into_iter().collect(),
                "gram-per-square-metre" => {
                    let bare = place("克g", &["gsm", "gram"]).map(number);
                    let grams =
                        place("每平一", &["per"]).map(|at| part(start, at, one(measure.amount, "gram")));
                    grams.into_iter().chain(bare).collect()
                }
                _ => Vec::new(),
            }
        }
        Value::Over(quantity) => {
            let said = |at: usize| match atoms.get(at).map(|atom| &atom.token) {
                Some(Token::Word(word)) => matches!(word.as_str(), "over" | "more" | "than"),
                _ => false,
            };
            let first = (start..end).find(|at| !said(*at)).unwrap_or(start);
            if first > start {
                let plain = match quantity.unit.as_str() {
                    BARE => Value::Number(quantity.amount),
                    _ => Value::Quantity(quantity.clone()),
                };
                return vec![part(first, end, plain)];
            }
            let more = place("多余几", &[]);
            more.map(|at| part(start, at, Value::Number(quantity.amount))).into_iter().collect()
        }
        _ => Vec::new(),
    }
}
