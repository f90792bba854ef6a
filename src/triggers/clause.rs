//! The part of a sentence that something stands in.

use std::ops::Range;

/// Marks after which something else is said. Recognition writes few of them.
const BREAKS: &str = "，。！？；：,.!?;:\n";

/// The clause around `range`: what stands before it and after it, without the marks.
pub fn around<'a>(text: &'a str, range: &Range<usize>) -> (&'a str, &'a str) {
    let head = text.get(..range.start).unwrap_or_default();
    let tail = text.get(range.end..).unwrap_or_default();
    (head.rsplit(is_break).next().unwrap_or_default(), tail.split(is_break).next().unwrap_or_default())
}

/// Whether the clause that `range` stands in ends with a question mark.
pub fn is_asked(text: &str, range: &Range<usize>) -> bool {
    let tail = text.get(range.end..).unwrap_or_default();
    tail.chars().find(|ch| is_break(*ch)).is_some_and(|ch| matches!(ch, '?' | '？'))
}

pub fn is_break(ch: char) -> bool {
    BREAKS.contains(ch)
}

/// Takes any of `words` off the end of `text`, as often as one is there; the longer ones first in the list.
pub fn without_end<'a>(mut text: &'a str, words: &[&str]) -> &'a str {
    loop {
        text = text.trim_end();
        let Some(rest) = words.iter().find_map(|word| text.strip_suffix(word)) else { return text };
        text = rest;
    }
}

/// The same from the beginning.
pub fn without_start<'a>(mut text: &'a str, words: &[&str]) -> &'a str {
    loop {
        text = text.trim_start();
        let Some(rest) = words.iter().find_map(|word| text.strip_prefix(word)) else { return text };
        text = rest;
    }
}
