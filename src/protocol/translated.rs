//! A line of `tradewind translate`.

use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct Translated<'a> {
    pub source: &'a str,
    /// The language that was asked for.
    pub lang: &'a str,
    pub text: &'a str,
    /// The language of `text`: another one where nobody could serve `lang`.
    pub text_lang: &'a str,
    pub engine: &'a str,
    pub fidelity: &'static str,
    /// Milliseconds, to a tenth.
    pub ms: f64,
}

impl Translated<'_> {
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
