//! The pattern language of `patterns.tsv`: `[最低]起订量[是]{n:quantity}`, `(单价|价格){price:money}`.

use super::rendering::{closing, slot_name};

/// What a slot takes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SlotKind {
    Number,
    /// A count: 500 pieces, 15 times.
    Quantity,
    Duration,
    Money,
    Percent,
    Discount,
    Length,
    Weight,
    Volume,
    /// Electrical: watt, volt, milliamp-hour; and lumen.
    Power,
    Size,
    /// Any physical quantity.
    Measure,
    Ordinal,
    /// A time of day.
    Clock,
    Product,
    /// A term of a class: `color` for the keys `color.red`, ….
    Term(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slot {
    pub name: String,
    pub kind: SlotKind,
    /// One or more in a row: `{colors:color+}`.
    pub list: bool,
}

/// A piece of one linear reading of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Piece {
    Text(String),
    Slot(Slot),
}

/// Most linear readings of one row: beyond that the row is to be split.
const MAX_EXPANSIONS: usize = 64;

/// All linear readings of a pattern.
///
/// # Errors
/// What is wrong, in a sentence: brackets that do not close, too many readings, an empty reading, a bad slot.
pub fn expand(pattern: &str) -> Result<Vec<Vec<Piece>>, String> {
    let mut readings = alternatives(pattern, 0)?;
    for reading in &mut readings {
        join_texts(reading);
    }
    readings.retain(|reading| !reading.is_empty());
    let mut seen = std::collections::HashSet::new();
    readings.retain(|reading| seen.insert(reading.clone()));
    if readings.is_empty() {
        return Err("the pattern is empty".into());
    }
    Ok(readings)
}

impl SlotKind {
    fn parse(kind: &str) -> Self {
        match kind {
            "number" => Self::Number,
            "quantity" => Self::Quantity,
            "duration" => Self::Duration,
            "money" => Self::Money,
            "percent" => Self::Percent,
            "discount" => Self::Discount,
            "length" => Self::Length,
            "weight" => Self::Weight,
            "volume" => Self::Volume,
            "power" => Self::Power,
            "size" => Self::Size,
            "measure" => Self::Measure,
            "ordinal" => Self::Ordinal,
            "clock" => Self::Clock,
            "product" => Self::Product,
            class => Self::Term(class.to_owned()),
        }
    }
}

fn alternatives(text: &str, depth: usize) -> Result<Vec<Vec<Piece>>, String> {
    let mut all = Vec::new();
    for branch in branches(text)? {
        all.extend(sequence(branch, depth)?);
        if all.len() > MAX_EXPANSIONS {
            return Err(format!("more than {MAX_EXPANSIONS} readings: split the row"));
        }
    }
    Ok(all)
}

/// Splits at the `|` of this level.
fn branches(text: &str) -> Result<Vec<&str>, String> {
    let (mut depth, mut start, mut found) = (0_i32, 0, Vec::new());
    for (at, ch) in text.char_indices() {
        match ch {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '|' if depth == 0 => {
                found.push(text.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
        if depth < 0 {
            return Err(format!("{ch} closes nothing"));
        }
    }
    found.push(text.get(start..).unwrap_or_default());
    Ok(found)
}

fn sequence(text: &str, depth: usize) -> Result<Vec<Vec<Piece>>, String> {
    if depth > 3 {
        return Err("brackets inside brackets inside brackets".into());
    }
    let mut readings: Vec<Vec<Piece>> = vec![Vec::new()];
    let mut rest = text;
    while !rest.is_empty() {
        let plain_end = rest.find(['(', '[', '{']).unwrap_or(rest.len());
        let (plain, tail) = rest.split_at(plain_end);
        let mut options: Vec<Vec<Piece>> = vec![vec![Piece::Text(plain.to_owned())]];
        rest = tail;
        if plain.is_empty() {
            let (open, inner, after) = closing(tail)?;
            rest = after;
            options = match open {
                '{' => vec![vec![Piece::Slot(slot(inner)?)]],
                '(' => alternatives(inner, depth + 1)?,
                _ => {
                    let mut inner = alternatives(inner, depth + 1)?;
                    inner.push(Vec::new());
                    inner
                }
            };
        }
        readings = readings
            .iter()
            .flat_map(|head| options.iter().map(move |option| [head.as_slice(), option.as_slice()].concat()))
            .collect();
        if readings.len() > MAX_EXPANSIONS {
            return Err(format!("more than {MAX_EXPANSIONS} readings: split the row"));
        }
    }
    Ok(readings)
}

fn slot(inner: &str) -> Result<Slot, String> {
    let (name, kind) = inner.split_once(':').unwrap_or((inner.trim_end_matches('+'), inner));
    let (kind, list) = kind.trim().strip_suffix('+').map_or((kind.trim(), false), |kind| (kind, true));
    let name = slot_name(name)?;
    slot_name(kind)?;
    Ok(Slot { name, kind: SlotKind::parse(kind), list })
}

fn join_texts(reading: &mut Vec<Piece>) {
    let mut joined: Vec<Piece> = Vec::with_capacity(reading.len());
    for piece in reading.drain(..) {
        match (joined.last_mut(), piece) {
            (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
            (_, Piece::Text(text)) if text.is_empty() => {}
            (_, piece) => joined.push(piece),
        }
    }
    joined.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
    *reading = joined;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(pattern: &str) -> Vec<String> {
        let show = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Slot(slot) => format!("<{}>", slot.name),
        };
        let all = expand(pattern).unwrap();
        all.iter().map(|reading| reading.iter().map(show).collect()).collect()
    }

    #[test]
    fn optional_and_alternative_pieces_are_expanded() {
        assert_eq!(readings("[最低]起订量[是]{n:quantity}").len(), 4);
        assert_eq!(readings("(单价|价格[是]){price:money}"), ["单价<price>", "价格是<price>", "价格<price>"]);
        assert_eq!(readings("a|b"), ["a", "b"]);
    }

    #[test]
    fn slots_have_a_name_a_kind_and_may_be_lists() {
        let Some(Piece::Slot(slot)) = expand("{colors:color+}").unwrap().remove(0).pop() else { panic!() };
        assert_eq!(slot, Slot { name: "colors".into(), kind: SlotKind::Term("color".into()), list: true });
        let Some(Piece::Slot(slot)) = expand("{money}").unwrap().remove(0).pop() else { panic!() };
        assert_eq!((slot.name.as_str(), slot.kind), ("money", SlotKind::Money));
    }

    #[test]
    fn what_is_wrong_is_told() {
        for bad in ["(a", "a)", "{n:", "[]", "{A b:money}", "[a][b][c][d][e][f][g]"] {
            assert!(expand(bad).is_err(), "{bad}");
        }
    }
}
