//! An utterance cut into what a model translates at a time, and put together again.
//!
//! The models know single sentences: a second one in the same input is often lost. Within a sentence nothing is cut
//! unless it is far too long, since a clause alone loses its subject.

use crate::domain::Lang;

/// Characters above which a sentence is cut at its commas. The models' window is 127 tokens; a Chinese character is up
/// to one token, a Latin one a quarter.
const LONG_CHINESE: usize = 80;
const LONG: usize = 300;

const TRAILING: &str = "。！？!?；;…”’」』）)\"";

/// The sentences with their closing punctuation, without white space around them.
pub fn split(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for sentence in cut(text, ends_sentence) {
        if weight(sentence) <= 1.0 {
            all.push(sentence.to_owned());
            continue;
        }
        // As many clauses together as fit.
        let mut part = String::new();
        for clause in cut(sentence, ends_clause) {
            if !part.is_empty() && weight(&part) + weight(clause) > 1.0 {
                all.push(std::mem::take(&mut part));
            }
            if part.ends_with([',', ':']) {
                part.push(' ');
            }
            part.push_str(clause);
        }
        all.push(part);
    }
    all
}

/// Languages without spaces between words have none between sentences.
pub fn join(texts: &[String], lang: &Lang) -> String {
    texts.join(if matches!(lang.primary(), "zh" | "ja") { "" } else { " " })
}

/// Share of what a sentence may be long.
#[expect(clippy::cast_precision_loss, reason = "an utterance has a few thousand characters at most")]
fn weight(text: &str) -> f32 {
    let wide = text.chars().filter(|ch| *ch >= '\u{2e80}').count();
    wide as f32 / LONG_CHINESE as f32 + (text.chars().count() - wide) as f32 / LONG as f32
}

/// Pieces that end with a mark that `ends` says does, the mark included.
fn cut(text: &str, ends: fn(char, Option<char>) -> bool) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut begin = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, ch)) = chars.next() {
        if !ends(ch, chars.peek().map(|(_, next)| *next)) {
            continue;
        }
        // What stands behind it in a row belongs to it: ?! and closing quotes.
        let mut end = at + ch.len_utf8();
        while let Some((at, more)) = chars.next_if(|(_, next)| TRAILING.contains(*next)) {
            end = at + more.len_utf8();
        }
        pieces.push(text.get(begin..end).unwrap_or_default());
        begin = end;
    }
    pieces.push(text.get(begin..).unwrap_or_default());
    pieces.into_iter().map(str::trim).filter(|piece| piece.chars().any(char::is_alphanumeric)).collect()
}

fn ends_sentence(ch: char, next: Option<char>) -> bool {
    let space = next.is_none_or(|next| next.is_whitespace() || TRAILING.contains(next));
    "。！？；…".contains(ch) || (".!?;".contains(ch) && space)
}

fn ends_clause(ch: char, next: Option<char>) -> bool {
    let space = next.is_none_or(char::is_whitespace);
    "，、：".contains(ch) || (",:".contains(ch) && space)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_at_their_marks_and_numbers_stay_whole() {
        for (text, sentences) in [
            ("大家好！起订量500个，7天发货。", &["大家好！", "起订量500个，7天发货。"][..]),
            ("It is $2.80 each. Ships in 7 days?!", &["It is $2.80 each.", "Ships in 7 days?!"]),
            ("样品免费", &["样品免费"]),
            ("他说：“好！”我们发货。", &["他说：“好！”", "我们发货。"]),
            ("“Good.” We ship.", &["“Good.”", "We ship."]),
            (" 。 ！", &[]),
        ] {
            assert_eq!(split(text), sentences, "{text}");
        }
    }

    #[test]
    fn a_long_sentence_is_cut_at_its_commas_and_nothing_is_lost() {
        let clause = "这款保温杯很好，";
        let long = clause.repeat(25);
        let parts = split(&long);
        assert_eq!(parts.concat(), long);
        assert!(
            parts.len() == 3 && parts.iter().all(|part| part.chars().count() <= LONG_CHINESE),
            "{parts:?}"
        );
        let parts = split(&"we ship it within seven days, ".repeat(30));
        assert!(parts.len() > 2 && parts.iter().all(|part| part.len() <= LONG && part.ends_with("days,")));
    }

    #[test]
    fn joined_as_the_language_writes() {
        let texts = ["a。".to_owned(), "b。".to_owned()];
        assert_eq!(join(&texts, &Lang::parse("zh").unwrap()), "a。b。");
        assert_eq!(join(&texts, &Lang::parse("es").unwrap()), "a。 b。");
    }
}
