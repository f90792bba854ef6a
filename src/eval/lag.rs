//! Percentiles of lags.

/// Values of which percentiles are asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spread {
    values: Vec<f64>,
}

impl Spread {
    pub fn add(&mut self, value: f64) {
        if value.is_finite() {
            self.values.push(value);
        }
    }

    pub fn merge(&mut self, other: &Self) {
        self.values.extend_from_slice(&other.values);
    }

    pub fn count(&self) -> usize {
        self.values.len()
    }

    pub fn p50(&self) -> Option<f64> {
        self.percentile(50.0)
    }

    pub fn p95(&self) -> Option<f64> {
        self.percentile(95.0)
    }

    /// Linear interpolation between the closest ranks, as NumPy's default does; `None` without values.
    pub fn percentile(&self, percent: f64) -> Option<f64> {
        let mut sorted = self.values.clone();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().checked_sub(1)?;
        #[expect(clippy::cast_precision_loss, reason = "a count of captions")]
        let rank = percent.clamp(0.0, 100.0) / 100.0 * last as f64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and last")]
        let below = rank as usize;
        let above = (below + 1).min(last);
        Some(sorted[below] + (sorted[above] - sorted[below]) * rank.fract())
    }
}

impl FromIterator<f64> for Spread {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut spread = Self::default();
        values.into_iter().for_each(|value| spread.add(value));
        spread
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_interpolated_whatever_the_order() {
        let spread: Spread = [4.0, 1.0, 3.0, 2.0].into_iter().collect();
        assert_eq!(spread.p50(), Some(2.5));
        assert!((spread.p95().unwrap() - 3.85).abs() < 1e-9);
        assert_eq!(spread.percentile(100.0), Some(4.0));
        assert_eq!(Spread::default().p50(), None);
    }

    #[test]
    fn what_is_no_number_is_left_out() {
        assert_eq!([f64::NAN, 1.0].into_iter().collect::<Spread>().count(), 1);
    }
}
