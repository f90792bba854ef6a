//! Apertium's stream format: what must be escaped on the way in, and what the marks on the way out mean.

/// Characters that mean something in the stream.
const RESERVED: [char; 12] = ['[', ']', '{', '}', '^', '$', '/', '\\', '@', '<', '>', '\u{0}'];

/// The text as a pipeline takes it, on one line; `None` where it has what would be taken for a mark of the answer.
pub fn escape(text: &str) -> Option<String> {
    if text.contains(['*', '#', '\u{0}']) {
        return None;
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for word in text.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty()) {
        if !escaped.is_empty() {
            escaped.push(' ');
        }
        for ch in word.chars() {
            if RESERVED.contains(&ch) {
                escaped.push('\\');
            }
            escaped.push(ch);
        }
    }
    Some(escaped)
}

/// The answer as text. `known` says what to write for a word that the pair does not know (`*palabra`), and whether it
/// begins a sentence; `None` where it cannot stand. A word that is known but not translated (`@`) or not inflected (`#`)
/// never can.
pub fn read(answer: &str, known: impl Fn(&str, bool) -> Option<String>) -> Option<String> {
    let mut text = String::with_capacity(answer.len());
    let mut chars = answer.chars().peekable();
    let mut begins = true;
    while let Some(ch) = chars.next() {
        match ch {
            '\\' => text.push(chars.next()?),
            '*' => {
                let mut word = String::new();
                while let Some(part) = chars.next_if(|ch| ch.is_alphanumeric() || matches!(ch, '-' | '·')) {
                    word.push(part);
                }
                text.push_str(&known(&word, begins)?);
                begins = false;
            }
            '@' | '#' | '[' | ']' | '^' | '$' | '{' | '}' | '<' | '>' => return None,
            plain => text.push(plain),
        }
        match text.chars().next_back() {
            Some('.' | '!' | '?' | '…' | ':' | '¿' | '¡') => begins = true,
            Some(ch) if ch.is_alphanumeric() => begins = false,
            _ => {}
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_characters_are_escaped_and_lines_joined() {
        assert_eq!(escape("a/b [c]\n ^d$ e@f <g>").unwrap(), "a\\/b \\[c\\] \\^d\\$ e\\@f \\<g\\>");
        assert_eq!(escape("c:\\x {y}").unwrap(), "c:\\\\x \\{y\\}");
        for text in ["2 * 3", "#1", "a\0b"] {
            assert_eq!(escape(text), None, "{text}");
        }
    }

    #[test]
    fn what_was_escaped_comes_back() {
        let text = "(T/T) [a] {b} ^c$ d@e <f> \\ 100 %";
        assert_eq!(read(&escape(text).unwrap(), |_, _| None).unwrap(), text);
    }

    #[test]
    fn unknown_words_are_asked_about_with_their_place() {
        let told = |word: &str, begins: bool| Some(format!("<{word} {begins}>"));
        assert_eq!(
            read("Som a *Ningbo. *Licuadora de 5 *ml: *x-y", told).unwrap(),
            "Som a <Ningbo false>. <Licuadora true> de 5 <ml false>: <x-y true>"
        );
        assert_eq!(read("*Xilot bo", |_, _| None), None);
    }

    #[test]
    fn what_was_not_translated_or_inflected_cannot_be_shown() {
        for answer in ["el @gato", "el #gat", "un [resto", "^a$", "fi\\"] {
            assert_eq!(read(answer, |word, _| Some(word.to_owned())), None, "{answer}");
        }
        assert_eq!(read("a\\@b", |_, _| None).unwrap(), "a@b");
    }
}
