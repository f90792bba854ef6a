//! Keeps text away from the screen that nobody spoke: loops, compression, silence.

use super::Hypothesis;

/// Tokens a second that no speaker reaches (fast Mandarin: about 7 with punctuation).
const TOKENS_PER_SECOND: f32 = 6.0;
const TOKENS_SPARE: f32 = 12.0;
/// OpenAI's own thresholds: text that zlib packs tighter than this is a loop.
const COMPRESSION_RATIO: f32 = 2.4;
const NO_SPEECH: f32 = 0.6;
const LOW_CONFIDENCE: f32 = 0.37;
/// Shortest text that compression says anything about, in bytes.
const COMPRESSIBLE: usize = 60;

/// More text than the time allows, or text that repeats itself.
pub fn is_runaway(heard: &Hypothesis, seconds: f32) -> bool {
    heard.tokens.len() as f32 > seconds * TOKENS_PER_SECOND + TOKENS_SPARE
        || compression_ratio(&heard.text) > COMPRESSION_RATIO
}

/// Whether what was heard is more likely noise than speech.
pub fn is_silence(heard: &Hypothesis) -> bool {
    let says_something = heard.text.chars().any(char::is_alphanumeric);
    !says_something || (heard.no_speech > NO_SPEECH && heard.confidence() < LOW_CONFIDENCE)
}

/// Keeps one copy of a text that was repeated from its beginning on (`ABAB` → `AB`), as a decoder does that missed its end.
/// A short repetition (很好很好) is speech and stays.
pub fn collapse_repeats(mut heard: Hypothesis) -> Hypothesis {
    let letters: Vec<(usize, char)> = heard.text.char_indices().filter(|(_, c)| c.is_alphanumeric()).collect();
    let Some(period) = period(&letters) else { return heard };
    let Some(&(cut, _)) = letters.get(period) else { return heard };
    heard.text.truncate(cut);
    let kept = heard.text.trim_end().len();
    heard.text.truncate(kept);
    let mut length = 0;
    heard.tokens.retain(|token| {
        let keep = length < cut;
        length += token.text.len();
        keep
    });
    heard
}

/// Letters after which the text starts again, at least six, and repeats itself for at least as long again.
fn period(letters: &[(usize, char)]) -> Option<usize> {
    (6..=letters.len() / 2).find(|&p| {
        let same = letters.iter().zip(letters.iter().skip(p)).take_while(|(a, b)| a.1 == b.1).count();
        same >= p && same + p + p > letters.len()
    })
}

fn compression_ratio(text: &str) -> f32 {
    use std::io::Write;
    if text.len() < COMPRESSIBLE {
        return 1.0;
    }
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    match encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()) {
        Ok(packed) => text.len() as f32 / packed.len() as f32,
        Err(_) => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Lang;
    use crate::transcribe::Token;

    fn heard(text: &str) -> Hypothesis {
        let tokens = text
            .chars()
            .map(|c| Token { text: c.to_string(), start_ms: 0, end_ms: 0, probability: 0.9 })
            .collect();
        Hypothesis { text: text.into(), lang: Lang::parse("zh").unwrap(), tokens, no_speech: 0.0 }
    }

    #[test]
    fn a_loop_is_seen_and_collapsed() {
        let once = "现在我们走到注塑车间,这里一共有32台注塑机。";
        let looped = heard(&once.repeat(5));
        assert!(is_runaway(&looped, 5.4));
        let collapsed = collapse_repeats(looped);
        assert_eq!(collapsed.text, once);
        assert!(collapsed.tokens.len() <= once.chars().count());
    }

    #[test]
    fn a_loop_that_was_cut_in_the_middle_collapses_too() {
        let text = "第二款是便携榨汁杯充电一次第二款是便携榨汁杯充电一次第二款是便";
        assert_eq!(collapse_repeats(heard(text)).text, "第二款是便携榨汁杯充电一次");
    }

    #[test]
    fn ordinary_speech_and_small_repetitions_stay() {
        for text in ["一直做梦一直做梦", "大家有问题可以打在公屏上我会一个一个回答", "five five", "ten, ten, ten"] {
            assert_eq!(collapse_repeats(heard(text)).text, text);
            assert!(!is_runaway(&heard(text), 4.0), "{text}");
        }
    }

    #[test]
    fn punctuation_and_unsure_silence_are_no_text() {
        assert!(is_silence(&heard("。。。")));
        let mut unsure = heard("谢谢观看");
        assert!(!is_silence(&unsure));
        unsure.no_speech = 0.9;
        unsure.tokens.iter_mut().for_each(|t| t.probability = 0.2);
        assert!(is_silence(&unsure));
    }
}
