//! What a recogniser, or a speaker from the south, takes for what.

use std::sync::LazyLock;

use super::syllable::{FINALS, INITIALS, Reading, Syllable};

/// Cost of a syllable too many or too few, where a wrong one costs up to 1.
pub const EDIT_COST: f32 = 0.8;

/// A character's other reading may be meant (露: lu, also lou), but then it must be heard exactly: rare readings that
/// are merely alike (款 as xin, 省 as xing) make unrelated words match.
const OTHER_READING: f32 = 0.08;

/// Finals that one speaker or one model exchanges, in the orthography of pinyin.
const CONFUSED_FINALS: [(&str, &str, f32); 21] = [
    ("i", "ie", 0.35),
    ("in", "ing", 0.2),
    ("en", "eng", 0.2),
    ("an", "ang", 0.25),
    ("uan", "uang", 0.25),
    ("ian", "iang", 0.3),
    ("un", "ong", 0.35),
    ("ong", "eng", 0.35),
    ("o", "uo", 0.15),
    ("an", "en", 0.35),
    ("ang", "eng", 0.35),
    ("ian", "in", 0.35),
    ("uan", "un", 0.35),
    ("ou", "u", 0.35),
    ("o", "ou", 0.35),
    ("ao", "ou", 0.35),
    ("ai", "ei", 0.35),
    ("ui", "ei", 0.3),
    ("ie", "ue", 0.35),
    ("ia", "a", 0.35),
    ("u", "v", 0.3),
];

/// Initials likewise.
const CONFUSED_INITIALS: [(&str, &str, f32); 22] = [
    ("zh", "z", 0.2),
    ("ch", "c", 0.2),
    ("sh", "s", 0.2),
    ("l", "n", 0.25),
    ("f", "h", 0.3),
    ("l", "r", 0.3),
    ("b", "p", 0.35),
    ("d", "t", 0.35),
    ("g", "k", 0.35),
    ("j", "q", 0.35),
    ("zh", "ch", 0.35),
    ("z", "c", 0.35),
    ("zh", "j", 0.35),
    ("ch", "q", 0.35),
    ("sh", "x", 0.35),
    ("s", "x", 0.35),
    ("ch", "sh", 0.35),
    ("g", "h", 0.35),
    ("k", "h", 0.35),
    ("m", "n", 0.35),
    ("j", "x", 0.35),
    ("w", "h", 0.35),
];

/// 0 for the same syllable whatever its tone, 0.15 to 0.35 for one that is often taken for the other (both parts
/// confusable add up), 1 for any other. Of several readings of a character the nearest counts.
pub fn cost(a: &Syllable, b: &Syllable) -> f32 {
    let mut best = 1.0_f32;
    for (i, left) in a.readings().iter().enumerate() {
        for (j, right) in b.readings().iter().enumerate() {
            let part = between(*left, *right);
            let other = i + j > 0;
            if !other || (part <= 0.0 && i * j == 0) {
                best = best.min(part + if other { OTHER_READING } else { 0.0 });
            }
        }
    }
    best
}

fn between(a: Reading, b: Reading) -> f32 {
    if a.sign != b.sign {
        return 1.0;
    }
    if a.sign != '\0' {
        return 0.0;
    }
    let initial = TABLES.0.get(usize::from(a.initial)).and_then(|row| row.get(usize::from(b.initial)));
    let last = TABLES.1.get(usize::from(a.last)).and_then(|row| row.get(usize::from(b.last)));
    let sum = initial.copied().unwrap_or(1.0) + last.copied().unwrap_or(1.0);
    if sum <= MOST { sum } else { 1.0 }
}

/// Both parts of a syllable may be confusable; beyond that it is another syllable.
const MOST: f32 = 0.7;

/// Cost of each initial for each, and of each final for each.
static TABLES: LazyLock<(Table, Table)> =
    LazyLock::new(|| (table(&INITIALS, &CONFUSED_INITIALS), table(&FINALS, &CONFUSED_FINALS)));

type Table = Vec<Vec<f32>>;

fn table(parts: &[&str], confused: &[(&str, &str, f32)]) -> Table {
    let cost = |a: &str, b: &str| {
        let pair = |(x, y, _): &&(&str, &str, f32)| (*x == a && *y == b) || (*x == b && *y == a);
        if a == b { 0.0 } else { confused.iter().find(pair).map_or(1.0, |(_, _, cost)| *cost) }
    };
    parts.iter().map(|a| parts.iter().map(|b| cost(a, b)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between_chars(a: char, b: char) -> f32 {
        cost(&Syllable::of(a).unwrap(), &Syllable::of(b).unwrap())
    }

    #[test]
    fn homophones_cost_nothing_whatever_their_tone() {
        for (a, b) in [('订', '定'), ('杯', '被'), ('营', '英'), ('卖', '买')] {
            assert!(between_chars(a, b) < 0.01, "{a} {b}");
        }
    }

    #[test]
    fn confusable_syllables_cost_little_and_others_the_whole() {
        for (a, b) in [('砧', '站'), ('榨', '炸'), ('露', '楼'), ('林', '零'), ('是', '四')] {
            let got = between_chars(a, b);
            assert!(got < 0.4, "{a} {b} {got}");
        }
        for (a, b) in [('冷', '温'), ('高', '低'), ('有', '不')] {
            assert!(between_chars(a, b) > 0.6, "{a} {b}");
        }
    }

    #[test]
    fn cost_is_symmetric() {
        let chars: Vec<char> = "砧站榨露楼林零是四冷温高低有不起定量".chars().collect();
        for a in &chars {
            for b in &chars {
                assert!((between_chars(*a, *b) - between_chars(*b, *a)).abs() < f32::EPSILON);
            }
        }
    }
}
