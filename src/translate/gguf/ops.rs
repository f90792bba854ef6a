//! The small steps between the matrix products, on rows of floats. They take under a tenth of a token's time, so they
//! are plain loops; the products are candle's.

/// Scales each row of `x`, as long as `weight`, to a root mean square of 1, then by `weight`.
pub(super) fn rms_norm(x: &mut [f32], weight: &[f32], epsilon: f32) {
    for row in x.chunks_exact_mut(weight.len()) {
        let mean = dot(row, row) / row.len() as f32;
        let scale = (mean + epsilon).sqrt().recip();
        for (x, weight) in row.iter_mut().zip(weight) {
            *x *= scale * weight;
        }
    }
}

/// Adds `y` to `x`; a `y` that is one row of many is added to each.
pub(super) fn add(x: &mut [f32], y: &[f32]) {
    for row in x.chunks_exact_mut(y.len()) {
        for (x, y) in row.iter_mut().zip(y) {
            *x += y;
        }
    }
}

/// The first `valid` of `row` to shares that sum to 1, the others to 0; those before `first` too.
pub(super) fn softmax(row: &mut [f32], first: usize, valid: usize) {
    let valid = valid.min(row.len());
    let first = first.min(valid);
    row[..first].fill(0.0);
    row[valid..].fill(0.0);
    let row = &mut row[first..valid];
    let highest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for x in row.iter_mut() {
        *x = (*x - highest).exp();
        sum += *x;
    }
    for x in row {
        *x /= sum;
    }
}

/// The gate of a feed-forward block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Activation {
    Silu,
    /// By tanh, as Gemma was trained.
    Gelu,
}

impl Activation {
    /// `gate` to `activation(gate) * up`.
    pub fn apply(self, gate: &mut [f32], up: &[f32]) {
        for (gate, up) in gate.iter_mut().zip(up) {
            let x = *gate;
            let active = match self {
                Self::Silu => x / (1.0 + (-x).exp()),
                Self::Gelu => 0.5 * x * (1.0 + (0.797_884_6 * (x + 0.044_715 * x * x * x)).tanh()),
            };
            *gate = active * up;
        }
    }
}

/// Rotary positions (Su et al. 2021), in the form that pairs a head's first half with its second.
#[derive(Debug)]
pub(super) struct Rope {
    /// By position, half a head each.
    cos: Vec<f32>,
    sin: Vec<f32>,
    half: usize,
}

impl Rope {
    /// `scale`: positions are divided by it (models that were stretched to a longer context).
    pub fn new(head: usize, base: f32, scale: f32, positions: usize) -> Self {
        let half = head / 2;
        let angle = |position: usize, i: usize| {
            let turn = f64::from(base).powf(-2.0 * i as f64 / head as f64);
            position as f64 / f64::from(scale) * turn
        };
        let angles: Vec<f64> =
            (0..positions).flat_map(|position| (0..half).map(move |i| angle(position, i))).collect();
        Self {
            cos: angles.iter().map(|angle| angle.cos() as f32).collect(),
            sin: angles.iter().map(|angle| angle.sin() as f32).collect(),
            half,
        }
    }

    /// Turns all heads of one token.
    pub fn turn(&self, heads: &mut [f32], position: usize) {
        let at = position * self.half..(position + 1) * self.half;
        let (cos, sin) = (&self.cos[at.clone()], &self.sin[at]);
        for head in heads.chunks_exact_mut(2 * self.half) {
            let (first, second) = head.split_at_mut(self.half);
            for (((a, b), cos), sin) in first.iter_mut().zip(second).zip(cos).zip(sin) {
                (*a, *b) = (*a * cos - *b * sin, *b * cos + *a * sin);
            }
        }
    }
}

/// In eight sums, so that the compiler may keep them in one register.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 8];
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a.zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f32>() + rest
}

/// The index of the largest of those that are not `barred`.
pub(super) fn argmax(row: &[f32], barred: &[bool]) -> Option<usize> {
    let barred = |index: usize| barred.get(index).is_some_and(|barred| *barred);
    let free = row.iter().enumerate().filter(|(index, _)| !barred(*index));
    free.max_by(|a, b| a.1.total_cmp(b.1)).map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: &[f32], b: &[f32]) {
        assert!(a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-4), "{a:?} {b:?}");
    }

    #[test]
    fn rows_are_normed_one_by_one() {
        let mut x = [3.0, 4.0, 0.6, 0.8];
        rms_norm(&mut x, &[1.0, 2.0], 0.0);
        let one = 0.5_f32.sqrt() / 0.5;
        close(&x, &[0.6 * one, 1.6 * one, 0.6 * one, 1.6 * one]);
        let mut long: Vec<f32> = (0..19).map(|n| n as f32).collect();
        let mean = long.iter().map(|x| x * x).sum::<f32>() / 19.0;
        rms_norm(&mut long, &[1.0; 19], 0.0);
        close(&long[18..], &[18.0 / mean.sqrt()]);
    }

    #[test]
    fn what_may_not_be_seen_has_no_share() {
        let mut row = [9.0, 1.0, 1.0, 7.0];
        softmax(&mut row, 1, 3);
        close(&row, &[0.0, 0.5, 0.5, 0.0]);
        let mut large = [1000.0, 1000.0];
        softmax(&mut large, 0, 2);
        close(&large, &[0.5, 0.5]);
    }

    #[test]
    fn activations_have_their_known_values() {
        let mut gate = [0.0, 1.0, -2.0];
        Activation::Silu.apply(&mut gate, &[1.0, 2.0, 1.0]);
        close(&gate, &[0.0, 1.462_117, -0.238_406]);
        let mut gate = [0.0, 1.0, -2.0];
        Activation::Gelu.apply(&mut gate, &[1.0, 1.0, 1.0]);
        close(&gate, &[0.0, 0.841_192, -0.045_402]);
    }

    #[test]
    fn turned_heads_know_their_distance_only() {
        let rope = Rope::new(4, 100.0, 1.0, 12);
        let (q, k) = ([0.3, -1.0, 0.5, 2.0], [1.0, 0.2, -0.7, 0.4]);
        let product = |a: usize, b: usize| {
            let (mut q, mut k) = (q, k);
            rope.turn(&mut q, a);
            rope.turn(&mut k, b);
            dot(&q, &k)
        };
        close(&[product(3, 1)], &[product(11, 9)]);
        assert!((product(3, 1) - product(3, 2)).abs() > 0.01);
        let mut still = q;
        rope.turn(&mut still, 0);
        close(&still, &q);
    }

    #[test]
    fn a_bias_is_added_to_every_row() {
        let mut x = [1.0, 2.0, 3.0, 4.0];
        add(&mut x, &[10.0, 20.0]);
        close(&x, &[11.0, 22.0, 13.0, 24.0]);
        assert_eq!(argmax(&x, &[]), Some(3));
        assert_eq!(argmax(&x, &[false, false, false, true]), Some(1));
        assert_eq!(argmax(&[], &[]), None);
    }
}
