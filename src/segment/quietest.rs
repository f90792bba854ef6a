//! Where to cut speech that does not pause.

/// Windows that loudness is averaged over, so that the cut falls into a dip between words rather than into the
/// closure of a plosive (about 100 ms).
const SMOOTH: usize = 3;

/// Index of the quietest window in the second half, never one of the last `SMOOTH` (their word may go on).
pub fn quietest_window(loudness: &[f32]) -> usize {
    let last = loudness.len().saturating_sub(SMOOTH);
    let first = (loudness.len() / 2).max(1).min(last);
    (first..=last)
        .min_by(|&a, &b| mean_at(loudness, a).total_cmp(&mean_at(loudness, b)))
        .unwrap_or(loudness.len())
}

fn mean_at(loudness: &[f32], at: usize) -> f32 {
    let from = at.saturating_sub(SMOOTH / 2);
    let to = (at + SMOOTH / 2 + 1).min(loudness.len());
    let part = loudness.get(from..to).unwrap_or_default();
    part.iter().sum::<f32>() / part.len().max(1) as f32
}
