//! A term inside a transcript, by sound.

use std::ops::Range;

use super::cost::{EDIT_COST, cost};
use super::syllable::{Sounded, Syllable};

/// Where a term was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Bytes of the text that the haystack was made of.
    pub range: Range<usize>,
    /// Cost per syllable of the term: 0 for the same sound.
    pub cost: f32,
}

/// The best place of `needle` in `haystack` (the leftmost of equals), if it costs at most `max_cost_per_syllable`.
pub fn find(needle: &[Syllable], haystack: &[Sounded], max_cost_per_syllable: f32) -> Option<Found> {
    endings(needle, haystack)
        .into_iter()
        .filter(|found| found.cost <= max_cost_per_syllable)
        .reduce(|best, next| if next.cost < best.cost { next } else { best })
}

/// All places that do not overlap, the best first where two would; in the order of the text.
pub fn find_all(needle: &[Syllable], haystack: &[Sounded], max_cost_per_syllable: f32) -> Vec<Found> {
    let mut all: Vec<Found> =
        endings(needle, haystack).into_iter().filter(|found| found.cost <= max_cost_per_syllable).collect();
    all.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    let mut kept: Vec<Found> = Vec::new();
    for next in all {
        if kept.iter().all(|k| next.range.end <= k.range.start || k.range.end <= next.range.start) {
            kept.push(next);
        }
    }
    kept.sort_by_key(|found| found.range.start);
    kept
}

/// For each end in the haystack the cheapest place that ends there (Sellers' algorithm).
fn endings(needle: &[Syllable], haystack: &[Sounded]) -> Vec<Found> {
    if needle.is_empty() {
        return Vec::new();
    }
    // Cell: cost so far and the index in the haystack where the match began.
    let mut row: Vec<(f32, usize)> = (0..=haystack.len()).map(|at| (0.0, at)).collect();
    for wanted in needle {
        let mut next = Vec::with_capacity(row.len());
        let mut left = row.first().map_or((EDIT_COST, 0), |(c, at)| (c + EDIT_COST, *at));
        next.push(left);
        for (at, heard) in haystack.iter().enumerate() {
            let (diagonal, up) = match (row.get(at), row.get(at + 1)) {
                (Some(d), Some(u)) => (*d, *u),
                _ => break,
            };
            let options = [
                (diagonal.0 + cost(wanted, &heard.syllable), diagonal.1),
                (up.0 + EDIT_COST, up.1),
                (left.0 + EDIT_COST, left.1),
            ];
            left = options.into_iter().reduce(|a, b| if b.0 < a.0 { b } else { a }).unwrap_or(diagonal);
            next.push(left);
        }
        row = next;
    }
    #[expect(clippy::cast_precision_loss, reason = "a term has few syllables")]
    let length = needle.len() as f32;
    row.iter()
        .enumerate()
        .filter_map(|(end, (total, start))| {
            let first = haystack.get(*start)?;
            let last = haystack.get(end.checked_sub(1)?)?;
            (end > *start).then(|| Found { range: first.range.start..last.range.end, cost: total / length })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::syllables;

    fn find_in<'a>(term: &str, text: &'a str, max: f32) -> Option<&'a str> {
        let needle: Vec<Syllable> = syllables(term).into_iter().map(|s| s.syllable).collect();
        find(&needle, &syllables(text), max).and_then(|found| text.get(found.range))
    }

    #[test]
    fn terms_are_found_through_recognition_errors() {
        assert_eq!(find_in("榨汁杯", "第二款是便携炸汁被，充电一次", 0.15), Some("炸汁被"));
        assert_eq!(find_in("露营灯", "最后一款是楼英灯。", 0.2), Some("楼英灯"));
        assert_eq!(find_in("竹子砧板", "第四款是竹子站板", 0.2), Some("竹子站板"));
        assert_eq!(find_in("起订量", "最低起定量是", 0.1), Some("起定量"));
    }

    #[test]
    fn other_words_are_not_found() {
        assert_eq!(find_in("榨汁杯", "欢迎来到我们的直播间", 0.25), None);
        assert_eq!(find_in("保温杯", "保冷二十四个小时", 0.25), None);
    }

    #[test]
    fn every_mention_is_listed_in_order() {
        let needle: Vec<Syllable> = syllables("饭盒").into_iter().map(|s| s.syllable).collect();
        let text = "饭盒好，饭和也好";
        let found = find_all(&needle, &syllables(text), 0.1);
        let places: Vec<&str> = found.iter().filter_map(|f| text.get(f.range.clone())).collect();
        assert_eq!(places, ["饭盒", "饭和"]);
    }
}
