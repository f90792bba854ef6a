//! chrF (Popović 2015) as sacrebleu 2 counts it by default, `chrF2|nc:6|nw:0|space:no`: character n-grams without white
//! space, recall weighted twice, and orders that are longer than a text left out of the mean.

use std::collections::HashMap;
use std::iter::Sum;
use std::ops::AddAssign;

/// Longest n-gram, in characters.
const ORDER: usize = 6;
/// Weight of recall against precision.
const BETA: f64 = 2.0;

/// Counts of n-grams, over one sentence or many added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Chrf {
    orders: [Counts; ORDER],
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    hypothesis: u64,
    reference: u64,
    both: u64,
}

impl Chrf {
    pub fn of(hypothesis: &str, reference: &str) -> Self {
        let (hypothesis, reference) = (letters(hypothesis), letters(reference));
        let mut chrf = Self::default();
        for (order, counts) in chrf.orders.iter_mut().enumerate() {
            *counts = Counts::of(&hypothesis, &reference, order + 1);
        }
        chrf
    }

    /// 0 to 100. Of counts that were added up it is the score of the corpus, which is not the mean of its sentences'.
    pub fn score(&self) -> f64 {
        let known = || self.orders.iter().filter(|counts| counts.hypothesis > 0 && counts.reference > 0);
        let orders = known().count() as f64;
        if orders == 0.0 {
            return 0.0;
        }
        let share = |part: u64, whole: u64| part as f64 / whole as f64;
        let precision: f64 = known().map(|c| share(c.both, c.hypothesis)).sum::<f64>() / orders;
        let recall: f64 = known().map(|c| share(c.both, c.reference)).sum::<f64>() / orders;
        if precision + recall == 0.0 {
            return 0.0;
        }
        let factor = BETA * BETA;
        100.0 * (1.0 + factor) * precision * recall / (factor * precision + recall)
    }
}

impl AddAssign for Chrf {
    fn add_assign(&mut self, other: Self) {
        for (sum, counts) in self.orders.iter_mut().zip(other.orders) {
            sum.hypothesis += counts.hypothesis;
            sum.reference += counts.reference;
            sum.both += counts.both;
        }
    }
}

impl Sum for Chrf {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |mut sum, one| {
            sum += one;
            sum
        })
    }
}

impl Counts {
    fn of(hypothesis: &[char], reference: &[char], order: usize) -> Self {
        let expected = grams(reference, order);
        if expected.is_empty() {
            // As sacrebleu: what the reference is too short for does not count against the hypothesis.
            return Self::default();
        }
        let found = grams(hypothesis, order);
        let both = found.iter().map(|(gram, n)| n.min(expected.get(gram).unwrap_or(&0))).sum();
        Self { hypothesis: found.values().sum(), reference: expected.values().sum(), both }
    }
}

fn grams(letters: &[char], order: usize) -> HashMap<&[char], u64> {
    let mut grams = HashMap::new();
    for gram in letters.windows(order) {
        *grams.entry(gram).or_default() += 1;
    }
    grams
}

fn letters(text: &str) -> Vec<char> {
    text.chars().filter(|ch| !ch.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hypothesis, reference, and the score that sacrebleu 2.6.0 gives (`CHRF().sentence_score`).
    const MEASURED: [(&str, &str, f64); 11] = [
        ("Envío en 7 días.", "El envío se hace en 7 días.", 41.807965),
        (
            "Заводская цена — 12,80\u{a0}юаня.",
            "Заводская цена этого термостакана — 12,80 юаня за штуку.",
            48.100697,
        ),
        ("यह रकम लौटा देते हैं।", "बड़ा ऑर्डर देने पर हम यह रकम लौटा देते हैं।", 51.441071),
        ("ชิ้นละ 2.80 ดอลลาร์", "ตั้งแต่ 1,000 ชิ้นขึ้นไป ชิ้นละ 2.80 ดอลลาร์", 45.034290),
        ("同样", "同样", 100.0),
        ("abc", "xyz", 0.0),
        ("ab", "ab cd ef gh", 23.404255),
        ("", "algo", 0.0),
        ("ok", "o", 83.333333),
        ("a very long hypothesis that has nothing of the sort", "short", 13.572602),
        ("السعر 2.80 دولار", "من 1,000 قطعة فأكثر، سعر القطعة 2.80 دولار.", 26.919474),
    ];

    #[test]
    fn sentences_score_as_in_sacrebleu() {
        for (hypothesis, reference, score) in MEASURED {
            let ours = Chrf::of(hypothesis, reference).score();
            assert!((ours - score).abs() < 1e-5, "{hypothesis}: {ours} instead of {score}");
        }
    }

    #[test]
    fn a_corpus_scores_as_in_sacrebleu() {
        let corpus: Chrf = MEASURED.iter().map(|(h, r, _)| Chrf::of(h, r)).sum();
        assert!((corpus.score() - 40.339839).abs() < 1e-5, "{}", corpus.score());
    }
}
