//! Partials that do not flicker: what two passes in a row agree on is shown, and stays.
//!
//! Local agreement (Liu et al. 2020; Macháček et al. 2023) over letters: punctuation and case may differ between
//! passes without unsettling the text.

/// Letters held back at the end of an utterance's very first pass, which nothing has confirmed yet: the audio
/// ends in the middle of them.
const HELD_BACK: usize = 2;

/// Follows the passes over one utterance.
#[derive(Debug, Default)]
pub struct Stabilizer {
    previous: String,
    shown: String,
}

impl Stabilizer {
    /// Takes the text of the next pass. Returns what is to be shown if that has changed.
    pub fn push(&mut self, heard: &str) -> Option<&str> {
        let first = self.previous.is_empty() && self.shown.is_empty();
        let candidate = if first { beginning(heard) } else { agreed(&self.previous, heard) };
        let candidate = candidate.to_owned();
        heard.clone_into(&mut self.previous);
        // Shown text is taken back only if two passes agree on something else; merely shorter is no reason.
        let same = letters_in_common(&self.shown, &candidate);
        let contradicts = same < letters(&self.shown).count() && same < letters(&candidate).count();
        let extends = same == letters(&self.shown).count() && same < letters(&candidate).count();
        if !(contradicts || extends) {
            return None;
        }
        // Where the letters agree the old writing stays, so that a comma does not move what is read already.
        let tail = candidate.get(end_of_letter(&candidate, same)..).unwrap_or_default();
        let head = self.shown.get(..end_of_letter(&self.shown, same)).unwrap_or_default();
        self.shown = format!("{head}{tail}");
        Some(&self.shown)
    }

    /// Letters from the beginning that the shown text and `text` have in common.
    pub fn agrees_with(&self, text: &str) -> usize {
        letters_in_common(&self.shown, text)
    }

    pub fn shown(&self) -> &str {
        &self.shown
    }
}

/// The beginning of `heard` that `previous` has too, ending with a whole word.
fn agreed<'a>(previous: &str, heard: &'a str) -> &'a str {
    let end = end_of_letter(heard, letters_in_common(previous, heard));
    whole_words(heard, end)
}

fn beginning(heard: &str) -> &str {
    let keep = letters(heard).count().saturating_sub(HELD_BACK);
    whole_words(heard, end_of_letter(heard, keep))
}

/// Moves `end` back to the end of a word, where the script writes words apart.
fn whole_words(text: &str, end: usize) -> &str {
    let (head, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_chinese(c));
    if !(inside(head.chars().next_back()) && inside(rest.chars().next())) {
        return head;
    }
    head.trim_end_matches(|c: char| inside(Some(c))).trim_end()
}

fn letters(text: &str) -> impl Iterator<Item = (usize, char)> {
    text.char_indices().filter(|(_, c)| c.is_alphanumeric())
}

fn letters_in_common(a: &str, b: &str) -> usize {
    letters(a).zip(letters(b)).take_while(|((_, a), (_, b))| a.to_lowercase().eq(b.to_lowercase())).count()
}

/// Byte position behind the `count`-th letter.
fn end_of_letter(text: &str, count: usize) -> usize {
    match count.checked_sub(1).and_then(|last| letters(text).nth(last)) {
        Some((at, letter)) => at + letter.len_utf8(),
        None => 0,
    }
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_pass_shows_its_beginning() {
        let mut s = Stabilizer::default();
        assert_eq!(s.push("最低起订"), Some("最低"));
    }

    #[test]
    fn text_grows_by_agreement_and_keeps_what_is_shown() {
        let mut s = Stabilizer::default();
        s.push("最低起");
        assert_eq!(s.push("最低起订量"), Some("最低起"));
        assert_eq!(s.push("最低起订量是五"), Some("最低起订量"));
        assert_eq!(s.push("最低"), None, "a shorter pass takes nothing back");
        assert_eq!(s.shown(), "最低起订量");
    }

    #[test]
    fn one_dissenting_pass_changes_nothing_two_do() {
        let mut s = Stabilizer::default();
        s.push("内胆用的是");
        s.push("内胆用的是三");
        assert_eq!(s.shown(), "内胆用的是");
        assert_eq!(s.push("内蛋用的是三一"), None);
        assert_eq!(s.push("内蛋用的是三一六"), Some("内蛋用的是三一"));
    }

    #[test]
    fn punctuation_and_case_do_not_unsettle() {
        let mut s = Stabilizer::default();
        s.push("So my fellow");
        s.push("so, my fellow Americans");
        assert_eq!(s.shown(), "So my fellow");
        assert_eq!(s.push("So my fellow Americans, ask"), Some("So my fellow Americans"));
    }

    #[test]
    fn words_are_shown_whole() {
        let mut s = Stabilizer::default();
        assert_eq!(s.push("the minimum ord"), Some("the minimum"));
        assert_eq!(s.push("the minimum order is"), None);
        assert_eq!(s.push("the minimum order is five"), Some("the minimum order is"));
    }

    #[test]
    fn nothing_heard_shows_nothing() {
        let mut s = Stabilizer::default();
        assert_eq!(s.push(""), None);
        assert_eq!(s.push("。"), None);
    }
}
