//! Texts made comparable: what does not count as an error is taken out of both sides.

use std::sync::Arc;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;

use super::distance::{Edits, edits};
use super::english;
use super::zh_numbers::spoken_to_digits;

/// Rewrites spoken numbers of a language (second argument) as digits.
pub type NumberRewrite = Arc<dyn Fn(&str, &str) -> String + Send + Sync>;

/// What a rate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Character error rate: languages written without spaces.
    Cer,
    Wer,
}

impl Measure {
    pub fn of(lang: &str) -> Self {
        match primary(lang) {
            "zh" | "yue" | "ja" | "th" | "km" | "lo" | "my" => Self::Cer,
            _ => Self::Wer,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Cer => "CER",
            Self::Wer => "WER",
        }
    }
}

/// The simplifying dictionary could not be loaded.
#[derive(Debug, thiserror::Error)]
#[error("cannot load the table of simplified characters: {0}")]
pub struct NoTable(String);

/// Normalises texts and scores them.
pub struct Normaliser {
    to_simplified: OpenCC,
    numbers: Option<NumberRewrite>,
}

impl Normaliser {
    pub fn new() -> Result<Self, NoTable> {
        let to_simplified = OpenCC::from_config(BuiltinConfig::T2s).map_err(|e| NoTable(e.to_string()))?;
        Ok(Self { to_simplified, numbers: None })
    }

    /// Uses another reader of Chinese numbers than the one of this module.
    #[must_use]
    pub fn with_numbers(mut self, numbers: NumberRewrite) -> Self {
        self.numbers = Some(numbers);
        self
    }

    /// Errors of `hypothesis` in the language's own measure.
    pub fn score(&self, reference: &str, hypothesis: &str, lang: &str) -> Edits {
        edits(&self.units(reference, lang), &self.units(hypothesis, lang))
    }

    /// The characters or words that are compared.
    pub fn units(&self, text: &str, lang: &str) -> Vec<String> {
        match (Measure::of(lang), primary(lang)) {
            (Measure::Cer, _) => self.characters(text, lang).chars().map(String::from).collect(),
            (Measure::Wer, "en") => english::words(text),
            (Measure::Wer, _) => {
                let kept: String = half_width(text)
                    .to_lowercase()
                    .chars()
                    .map(|c| if c.is_alphanumeric() || is_mark(c) { c } else { ' ' })
                    .collect();
                kept.split_whitespace().map(String::from).collect()
            }
        }
    }

    /// Simplified, half-width, digits instead of spoken numbers, lower case, nothing but letters, digits,
    /// `%`, and the point inside a number.
    fn characters(&self, text: &str, lang: &str) -> String {
        let chinese = primary(lang) == "zh";
        let text = if chinese { self.to_simplified.convert(text) } else { text.to_owned() };
        let text = half_width(&text);
        let text = match &self.numbers {
            Some(numbers) => numbers(&text, lang),
            None if chinese => spoken_to_digits(&text),
            None => text,
        };
        let chars: Vec<char> = text.to_lowercase().chars().collect();
        let digit = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_digit);
        let keeps = |(at, c): (usize, &char)| {
            let inside = digit(at.checked_sub(1)) && digit(Some(at + 1));
            (c.is_alphanumeric() || is_mark(*c) || *c == '%' || (*c == '.' && inside)).then_some(*c)
        };
        chars.iter().enumerate().filter_map(keeps).collect()
    }
}

/// The language alone: `pt` of `pt-BR`.
pub fn primary(lang: &str) -> &str {
    lang.split(['-', '_']).next().unwrap_or(lang)
}

/// Full-width forms of ASCII (U+FF01 to U+FF5E) and the ideographic space as ASCII.
fn half_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            '\u{3000}' => ' ',
            c => c,
        })
        .collect()
}

/// Vowel and tone signs that are part of a word but no letters (Thai, Arabic, Indic and Latin combining).
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{64B}'..='\u{65F}' | '\u{900}'..='\u{DFF}' | '\u{E31}'..='\u{E4E}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(reference: &str, hypothesis: &str, lang: &str) -> usize {
        Normaliser::new().unwrap().score(reference, hypothesis, lang).errors()
    }

    #[test]
    fn script_width_punctuation_and_case_are_no_errors_in_chinese() {
        assert_eq!(errors("這輩子第一次，ＯＫ！", "这辈子 第一次 ok", "zh"), 0);
        assert_eq!(errors("更多的offer嘛。", "更多的OFFER嘛", "zh-CN"), 0);
        assert_eq!(errors("起订量", "起定量", "zh"), 1);
    }

    #[test]
    fn spoken_and_written_numbers_are_the_same_both_ways() {
        assert_eq!(errors("最低五百个，两美元八十美分", "最低500个,2美元80美分。", "zh"), 0);
        assert_eq!(errors("下降超50%", "下降超百分之五十", "zh"), 0);
        assert_eq!(errors("亮度1,000流明", "亮度一千流明", "zh"), 0);
        assert!(errors("五百个", "五十个", "zh") > 0);
        assert!(errors("3.5公斤", "35公斤", "zh") > 0);
    }

    #[test]
    fn another_reader_of_numbers_can_be_given() {
        let none: NumberRewrite = Arc::new(|text, _| text.to_owned());
        let normaliser = Normaliser::new().unwrap().with_numbers(none);
        assert_eq!(normaliser.units("五百", "zh"), ["五", "百"]);
    }

    #[test]
    fn other_languages_are_scored_by_words_without_punctuation() {
        assert_eq!(errors("¡Uy, guau! Eso sí", "uy guau eso si", "es"), 1);
        assert_eq!(Measure::of("ko"), Measure::Wer);
        assert_eq!(errors("그는 이리저리 피하면서", "그는 이리저리 피하면서.", "ko"), 0);
    }
}
