//! Normalized erasure: how much text was shown and taken back.
//!
//! Arivazhagan et al. 2020, "Re-translation versus Streaming for Simultaneous Translation", section 3.3: what
//! is erased between two outputs is the earlier one's length minus their longest common prefix; the sum over
//! all outputs is divided by the length of the last. Counted in characters here, so that languages without
//! spaces compare.

use std::ops::AddAssign;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Erasure {
    /// Characters deleted from shown text.
    pub erased: usize,
    /// Characters of the finals.
    pub kept: usize,
}

impl Erasure {
    /// Of one segment: everything that was shown for it, in order, the final last.
    pub fn of<'a>(shown: impl IntoIterator<Item = &'a str>) -> Self {
        let mut erased = 0;
        let mut before: Vec<char> = Vec::new();
        for text in shown {
            let now: Vec<char> = text.chars().collect();
            let common = before.iter().zip(&now).take_while(|(a, b)| a == b).count();
            erased += before.len() - common;
            before = now;
        }
        Self { erased, kept: before.len() }
    }

    /// Erased ÷ kept; `None` where nothing was kept.
    pub fn normalized(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "counts of characters")]
        (self.kept > 0).then(|| self.erased as f64 / self.kept as f64)
    }
}

impl AddAssign for Erasure {
    fn add_assign(&mut self, other: Self) {
        self.erased += other.erased;
        self.kept += other.kept;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growing_text_erases_nothing() {
        assert_eq!(Erasure::of(["最", "最低", "最低起订量"]), Erasure { erased: 0, kept: 5 });
    }

    #[test]
    fn a_changed_tail_is_erased_as_often_as_it_changes() {
        assert_eq!(Erasure::of(["abcd", "abxy", "abcd"]), Erasure { erased: 4, kept: 4 });
        assert_eq!(Erasure::of(["abcd", "", "ab"]).normalized(), Some(2.0));
        assert_eq!(Erasure::of([]).normalized(), None);
    }
}
