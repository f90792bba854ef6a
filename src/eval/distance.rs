//! Edit distance with its three kinds of errors, for CER and WER.

use std::ops::AddAssign;

/// What turns a hypothesis into its reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Edits {
    pub substitutions: usize,
    pub deletions: usize,
    pub insertions: usize,
    /// Length of the reference, in the units that were compared.
    pub reference: usize,
}

impl Edits {
    pub fn errors(&self) -> usize {
        self.substitutions + self.deletions + self.insertions
    }

    /// Errors ÷ reference length; `None` without a reference. May exceed 1.
    pub fn rate(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "counts of characters")]
        (self.reference > 0).then(|| self.errors() as f64 / self.reference as f64)
    }
}

impl AddAssign for Edits {
    fn add_assign(&mut self, other: Self) {
        self.substitutions += other.substitutions;
        self.deletions += other.deletions;
        self.insertions += other.insertions;
        self.reference += other.reference;
    }
}

/// The fewest edits (Levenshtein, two rows); among equals, substitutions are preferred.
pub fn edits<T: PartialEq>(reference: &[T], hypothesis: &[T]) -> Edits {
    let mut above: Vec<Edits> =
        (0..=hypothesis.len()).map(|insertions| Edits { insertions, ..Edits::default() }).collect();
    for (row, wanted) in reference.iter().enumerate() {
        let mut left = Edits { deletions: row + 1, ..Edits::default() };
        let mut diagonal = above[0];
        above[0] = left;
        for (column, given) in hypothesis.iter().enumerate() {
            let up = above[column + 1];
            let mut best = diagonal;
            if wanted != given {
                best.substitutions += 1;
                if up.errors() + 1 < best.errors() {
                    best = Edits { deletions: up.deletions + 1, ..up };
                }
                if left.errors() + 1 < best.errors() {
                    best = Edits { insertions: left.insertions + 1, ..left };
                }
            }
            diagonal = up;
            above[column + 1] = best;
            left = best;
        }
    }
    let mut edits = above[hypothesis.len()];
    edits.reference = reference.len();
    edits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(reference: &str, hypothesis: &str) -> (usize, usize, usize) {
        let chars = |s: &str| s.chars().collect::<Vec<_>>();
        let e = edits(&chars(reference), &chars(hypothesis));
        (e.substitutions, e.deletions, e.insertions)
    }

    #[test]
    fn each_kind_of_error_is_counted_as_itself() {
        assert_eq!(of("起订量五百", "起订量五百"), (0, 0, 0));
        assert_eq!(of("起订量五百", "起定量五百"), (1, 0, 0));
        assert_eq!(of("起订量五百", "起订五百"), (0, 1, 0));
        assert_eq!(of("起订量五百", "起订量是五百"), (0, 0, 1));
        assert_eq!(of("kitten", "sitting"), (2, 0, 1));
        assert_eq!(of("abc", ""), (0, 3, 0));
        assert_eq!(of("", "abc"), (0, 0, 3));
    }

    #[test]
    fn a_rate_is_over_all_references_together() {
        let mut all = edits(&[1, 2, 3, 4], &[1, 2, 3]);
        all += edits(&[1], &[2]);
        assert_eq!(all.rate(), Some(0.4));
        assert_eq!(Edits::default().rate(), None);
    }
}
