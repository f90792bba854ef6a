//! The vocabulary: byte-level tokens out of a `tokenizer.json`.
//!
//! Such a file writes each byte as one visible character: printable Latin-1 stands for itself, and the other 68
//! bytes, in rising order, for U+0100 and on (R. Sennrich's BPE as OpenAI's GPT-2 uses it).

use std::collections::BTreeMap;

use serde_json::Value;

/// The file is not a tokenizer that this module understands.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error("the tokenizer is not JSON ({0})")]
    Json(#[from] serde_json::Error),
    #[error("the tokenizer has no vocabulary")]
    NoVocabulary,
    #[error("token {0} is missing")]
    Missing(u64),
    #[error("the token {0:?} has a character that stands for no byte")]
    Character(String),
}

/// The text tokens by their number, without the special ones, which begin with `<|endoftext|>`.
pub fn parse(json: &[u8]) -> Result<Vec<Vec<u8>>, TokenError> {
    let tokenizer: Value = serde_json::from_slice(json)?;
    let vocabulary = tokenizer.pointer("/model/vocab").and_then(Value::as_object);
    let vocabulary = vocabulary.ok_or(TokenError::NoVocabulary)?;
    let by_number: BTreeMap<u64, &str> =
        vocabulary.iter().filter_map(|(token, number)| Some((number.as_u64()?, token.as_str()))).collect();
    let bytes = byte_of_char();
    let mut tokens = Vec::with_capacity(by_number.len());
    for (expected, (number, token)) in (0..).zip(by_number) {
        if token == END_OF_TEXT {
            return Ok(tokens);
        }
        if number != expected {
            return Err(TokenError::Missing(expected));
        }
        let token: Option<Vec<u8>> = token.chars().map(|char| bytes.get(&char).copied()).collect();
        tokens.push(token.ok_or_else(|| TokenError::Character(number.to_string()))?);
    }
    Ok(tokens)
}

const END_OF_TEXT: &str = "<|endoftext|>";

fn byte_of_char() -> BTreeMap<char, u8> {
    let visible = |byte: &u8| matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
    let itself = (0..=255).filter(visible).map(|byte| (char::from(byte), byte));
    let moved = (0..=255).filter(|byte| !visible(byte)).zip('\u{100}'..).map(|(byte, char)| (char, byte));
    itself.chain(moved).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_its_character() {
        let map = byte_of_char();
        assert_eq!(map.len(), 256);
        assert_eq!((map[&'Ġ'], map[&'Ċ'], map[&'a'], map[&'Ń']), (b' ', b'\n', b'a', 0xad));
    }

    #[test]
    fn tokens_come_as_bytes_in_order_and_without_the_special_ones() {
        let json = r#"{"model": {"vocab": {"Ġthe": 1, "!": 0, "": 2, "<|endoftext|>": 3, "<|en|>": 4}}}"#;
        assert_eq!(parse(json.as_bytes()).unwrap(), [b"!".to_vec(), b" the".to_vec(), vec![]]);
    }

    #[test]
    fn gaps_and_foreign_files_are_refused() {
        assert!(matches!(parse(b"{}"), Err(TokenError::NoVocabulary)));
        assert!(matches!(parse(b"<html>"), Err(TokenError::Json(_))));
        let gap = parse(br#"{"model": {"vocab": {"a": 0, "b": 2}}}"#);
        assert!(matches!(gap, Err(TokenError::Missing(1))));
        let wide = parse(r#"{"model": {"vocab": {"中": 0}}}"#.as_bytes());
        assert!(matches!(wide, Err(TokenError::Character(_))));
    }
}
