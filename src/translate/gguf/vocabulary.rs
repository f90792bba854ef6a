//! From text to tokens and back, by the vocabulary that the GGUF file brings along.

use std::collections::HashMap;

use candle_core::quantized::gguf_file::{Content, Value};
use candle_core::quantized::tokenizer::TokenizerFromGguf as _;
use candle_core::{Error, Result};
use tokenizers::Tokenizer;

use super::pieces::Pieces;

#[derive(Debug)]
pub(super) struct Vocabulary {
    kind: Kind,
    specials: HashMap<String, u32>,
    pub bos: Option<u32>,
    /// After one of these the model has nothing more to say.
    ends: Vec<u32>,
    /// By token, whether it is Chinese or Japanese writing or a part of it.
    pub han: Vec<bool>,
}

#[derive(Debug)]
enum Kind {
    /// Merges of bytes, as GPT-2 and Qwen have them.
    Merges(Box<Tokenizer>),
    /// Pieces with a score, as Gemma has them.
    Scored(Pieces),
}

/// Ends of an answer by the names that models have for them, beside the one that the file names.
const ENDS: [&str; 4] = ["<|im_end|>", "<|endoftext|>", "<end_of_turn>", "<eos>"];
/// In `tokenizer.ggml.token_type`: tokens that stand for no text.
const CONTROL: u32 = 3;
const USER_DEFINED: u32 = 4;

impl Vocabulary {
    pub fn read(content: &Content) -> Result<Self> {
        let get = |key: &str| content.metadata.get(&format!("tokenizer.ggml.{key}"));
        let list = |key: &str| match get(key) {
            Some(Value::Array(values)) => Ok(values.as_slice()),
            _ => Err(Error::Msg(format!("the file has no tokenizer.ggml.{key}"))),
        };
        let id = |key: &str| get(key).and_then(|id| id.to_u32().ok());
        let texts: Vec<&str> =
            list("tokens")?.iter().map(|text| text.to_string().map(String::as_str)).collect::<Result<_>>()?;
        let types = list("token_type").unwrap_or_default();
        let special = |index: &usize| matches!(types.get(*index).map(number), Some(CONTROL | USER_DEFINED));
        let specials: HashMap<String, u32> = (0..texts.len())
            .filter(special)
            .filter_map(|index| Some(((*texts.get(index)?).to_owned(), u32::try_from(index).ok()?)))
            .collect();
        let model = get("model").and_then(|name| name.to_string().ok()).map(String::as_str);
        let han = texts
            .iter()
            .map(|text| if model == Some("gpt2") { han_bytes(text) } else { han(text) })
            .collect();
        let kind = match model {
            Some("gpt2") => {
                let mut tokenizer = Tokenizer::from_gguf(content)?;
                // What a host says is text, also where it looks like a mark of the template.
                tokenizer.set_encode_special_tokens(true);
                Kind::Merges(Box::new(tokenizer))
            }
            Some("llama") => {
                let scores = list("scores")?.iter().map(Value::to_f32).collect::<Result<Vec<f32>>>()?;
                let plain = texts.iter().zip(scores).enumerate().filter(|(index, _)| !special(index));
                Kind::Scored(Pieces::new(
                    plain.filter_map(|(index, (text, score))| {
                        Some(((*text).to_owned(), u32::try_from(index).ok()?, score))
                    }),
                    texts.len(),
                ))
            }
            other => return Err(Error::Msg(format!("vocabularies of the kind {other:?} are not known"))),
        };
        let named = ENDS.iter().filter_map(|name| specials.get(*name).copied());
        let ends = named.chain(id("eos_token_id")).collect();
        let wants_bos = matches!(get("add_bos_token"), Some(Value::Bool(true)));
        Ok(Self { kind, specials, bos: id("bos_token_id").filter(|_| wants_bos), ends, han })
    }

    /// `text` as tokens, none of them a mark of the template.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>> {
        match &self.kind {
            Kind::Merges(tokenizer) => {
                let encoding = tokenizer.encode(text, false).map_err(|e| Error::Msg(e.to_string()))?;
                Ok(encoding.get_ids().to_vec())
            }
            Kind::Scored(pieces) => Ok(pieces.encode(text)),
        }
    }

    pub fn decode(&self, tokens: &[u32]) -> Result<String> {
        match &self.kind {
            Kind::Merges(tokenizer) => tokenizer.decode(tokens, true).map_err(|e| Error::Msg(e.to_string())),
            Kind::Scored(pieces) => Ok(pieces.decode(tokens)),
        }
    }

    /// A mark of the template.
    pub fn special(&self, name: &str) -> Option<u32> {
        self.specials.get(name).copied()
    }

    pub fn is_end(&self, token: u32) -> bool {
        self.ends.contains(&token)
    }
}

/// In the spelling of byte-level vocabularies, a character a byte: E3 to E9 stand for themselves, begin what UTF-8 has
/// from U+3000 to U+9FFF, and occur in nothing else.
fn han_bytes(text: &str) -> bool {
    text.chars().any(|ch| ('\u{e3}'..='\u{e9}').contains(&ch))
}

fn han(text: &str) -> bool {
    let byte = super::pieces::byte_of(text).is_some_and(|byte| (0xe3..=0xe9).contains(&byte));
    byte || text.chars().any(|ch| ('\u{3000}'..='\u{9fff}').contains(&ch))
}

fn number(value: &Value) -> u32 {
    match value {
        Value::I32(n) => u32::try_from(*n).unwrap_or_default(),
        other => other.to_u32().unwrap_or_default(),
    }
}
