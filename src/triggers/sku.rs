//! A SKU as it is written in a transcript: `HY-500`, `hy500`, `HY 500`.

use super::Mention;
use crate::domain::Sku;

/// A SKU that no ordinary number or word is taken for.
#[derive(Debug)]
pub struct Written {
    sku: Sku,
    signs: Vec<char>,
}

impl Written {
    pub fn new(sku: &Sku) -> Option<Self> {
        let signs: Vec<char> = signs(sku.as_str()).into_iter().map(|(_, ch)| ch).collect();
        let telling = signs.len() >= 3
            && signs.iter().any(char::is_ascii_digit)
            && signs.iter().any(char::is_ascii_alphabetic);
        telling.then(|| Self { sku: sku.clone(), signs })
    }
}

pub fn mentions(skus: &[Written], text: &str) -> Vec<Mention> {
    let said = signs(text);
    let mut heard = Vec::new();
    for written in skus {
        for window in said.windows(written.signs.len()) {
            let (Some((start, _)), Some((last, _))) = (window.first(), window.last()) else { continue };
            let range = *start..last + 1;
            if window.iter().map(|(_, ch)| ch).eq(&written.signs) && is_whole(text, &range) {
                heard.push(Mention { sku: written.sku.clone(), range, cost: 0.0 });
            }
        }
    }
    heard
}

/// ASCII letters and digits with their places, small.
fn signs(text: &str) -> Vec<(usize, char)> {
    text.char_indices()
        .filter(|(_, ch)| ch.is_ascii_alphanumeric())
        .map(|(at, ch)| (at, ch.to_ascii_lowercase()))
        .collect()
}

/// Nothing but separators lies within, and no letter or digit touches the ends.
fn is_whole(text: &str, range: &std::ops::Range<usize>) -> bool {
    let inside = text.get(range.clone()).unwrap_or_default();
    let before = text.get(..range.start).and_then(|head| head.chars().next_back());
    let after = text.get(range.end..).and_then(|tail| tail.chars().next());
    inside.chars().all(|ch| ch.is_ascii_alphanumeric() || matches!(ch, '-' | ' ' | '_' | '.'))
        && ![before, after].into_iter().flatten().any(|ch| ch.is_ascii_alphanumeric())
}
