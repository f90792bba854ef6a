//! Were the products pinned when they were named, and only then?

use super::manifest::Row;

/// How long after its utterance a pin still counts, in seconds.
const IN_TIME_S: f64 = 2.0;

/// A product card that a viewer saw pinned, `at` seconds on the clip's clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Pin {
    pub sku: String,
    pub at: f64,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct TriggerScore {
    /// Utterances that name a new product.
    pub expected: usize,
    /// Of them, those whose product was pinned in time.
    pub pinned: usize,
    /// Pins of the host's speech.
    pub pins: usize,
    /// Pins of a product that nobody was speaking of.
    pub false_pins: Vec<Pin>,
    pub missed: Vec<String>,
}

impl TriggerScore {
    pub fn precision(&self) -> Option<f64> {
        ratio(self.pins - self.false_pins.len(), self.pins)
    }

    pub fn recall(&self) -> Option<f64> {
        ratio(self.pinned, self.expected)
    }

    pub fn merge(&mut self, other: &Self) {
        self.expected += other.expected;
        self.pinned += other.pinned;
        self.pins += other.pins;
        self.false_pins.extend_from_slice(&other.false_pins);
        self.missed.extend_from_slice(&other.missed);
    }
}

/// A stretch of the clip in which one product is spoken of.
struct Turn<'a> {
    sku: &'a str,
    start: f64,
    /// End of the utterance that names it.
    named: f64,
    /// End of the last utterance about it.
    end: f64,
}

/// Compares pins with a tour's rows: only a row at which the product changes names one anew.
pub fn score(rows: &[Row], pins: &[Pin]) -> TriggerScore {
    let turns = turns(rows);
    let pinned = |turn: &&Turn<'_>| {
        pins.iter().any(|p| p.sku == turn.sku && (turn.start..=turn.named + IN_TIME_S).contains(&p.at))
    };
    let true_pin = |pin: &&Pin| {
        turns.iter().any(|t| t.sku == pin.sku && (t.start..=t.end + IN_TIME_S).contains(&pin.at))
    };
    TriggerScore {
        expected: turns.len(),
        pinned: turns.iter().filter(pinned).count(),
        pins: pins.len(),
        false_pins: pins.iter().filter(|pin| !true_pin(pin)).cloned().collect(),
        missed: turns.iter().filter(|turn| !pinned(turn)).map(|turn| turn.sku.to_owned()).collect(),
    }
}

fn turns(rows: &[Row]) -> Vec<Turn<'_>> {
    let mut turns: Vec<Turn<'_>> = Vec::new();
    for row in rows {
        let Some(sku) = row.sku.as_deref() else { continue };
        match turns.last_mut() {
            // A product that stays pinned through other talk need not be pinned again.
            Some(turn) if turn.sku == sku => turn.end = row.end,
            _ => turns.push(Turn { sku, start: row.start, named: row.end, end: row.end }),
        }
    }
    turns
}

fn ratio(part: usize, whole: usize) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "counts of pins")]
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn tour() -> Vec<Row> {
        let row = |start: f64, sku: Option<&str>| Row {
            start,
            end: start + 4.0,
            texts: BTreeMap::new(),
            sku: sku.map(String::from),
        };
        vec![row(0.0, None), row(5.0, Some("A")), row(10.0, Some("A")), row(15.0, None), row(20.0, Some("B"))]
    }

    fn pin(sku: &str, at: f64) -> Pin {
        Pin { sku: sku.into(), at }
    }

    #[test]
    fn a_pin_within_two_seconds_of_its_utterance_counts() {
        let score = score(&tour(), &[pin("A", 10.9), pin("B", 24.0)]);
        assert_eq!((score.recall(), score.precision()), (Some(1.0), Some(1.0)));
    }

    #[test]
    fn late_pins_are_missed_and_wrong_ones_false() {
        let score = score(&tour(), &[pin("A", 13.0), pin("B", 16.0), pin("C", 21.0)]);
        assert_eq!(score.missed, ["A", "B"]);
        assert_eq!(score.false_pins, [pin("B", 16.0), pin("C", 21.0)]);
        assert_eq!(score.precision(), Some(1.0 / 3.0));
    }

    #[test]
    fn without_products_every_pin_is_false() {
        let score = score(&[], &[pin("A", 1.0)]);
        assert_eq!((score.recall(), score.precision()), (None, Some(0.0)));
    }
}
