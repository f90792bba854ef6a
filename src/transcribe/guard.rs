//! Keeps text away from the screen that nobody spoke: loops, compression, silence.

use super::{Hypothesis, Token};

/// Tokens a second that no speaker reaches (fast Mandarin: about 7 with punctuation).
const TOKENS_PER_SECOND: f32 = 6.0;
const TOKENS_SPARE: f32 = 12.0;
/// OpenAI's own thresholds: text that zlib packs tighter than this is a loop.
const COMPRESSION_RATIO: f32 = 2.4;
const NO_SPEECH: f32 = 0.6;
const LOW_CONFIDENCE: f32 = 0.37;
/// Repetitions of a phrase that make a loop.
const TOO_OFTEN: usize = 5;
/// Mean token probability below which an utterance is noise. Beeps and singing reached 0.29 in 0.4 to 0.7 s of "voice",
/// real utterances of less than a second 0.46 and more; longer ones of real speech came down to 0.2.
const UNSURE: f32 = 0.12;
const UNSURE_AND_SHORT: f32 = 0.4;
const SHORT_SECONDS: f32 = 0.8;
/// Singing to music is heard as a word over and over (快乐快乐快乐快乐, 0.50 to 0.81), as far fewer tokens than speech
/// of that length has (吃饭了吃饭了 in 5.4 s, 0.65), or as far more (在这儿啊 in 0.5 s, 0.62). Real speech of 3 s or more
/// had 2 tokens a second at least, and the fastest of the recordings has 5.4.
const UNSURE_LOOP: f32 = 0.85;
const UNSURE_LOOP_START: f32 = 0.3;
const LONGEST_WORD: usize = 6;
const UNSURE_PACE: f32 = 0.7;
const SPARSE: f32 = 1.6;
const SPARSE_SECONDS: f32 = 3.0;
const DENSE: f32 = 7.0;
/// Whisper does not know how to begin what nobody said: its first token had 0.003 to 0.07 on beeps and 0.13 to 0.15 on
/// a song of 2 s, real speech 0.03 at the least and, with 2 s or more, never less than 0.2 with a mean below 0.8.
const UNSURE_START: f32 = 0.025;
const UNSURE_LONG_START: f32 = 0.2;
const LONG_SECONDS: f32 = 2.0;
const LONG_UNSURE: f32 = 0.8;
/// Share of the letters that two passes over real speech have in common at least.
const SAME: f32 = 0.6;
/// Letters in common that chance does not bring about.
pub const AGREED: usize = 3;
/// Shortest text that compression says anything about, in bytes.
const COMPRESSIBLE: usize = 60;

/// More text than the time allows, or text that repeats itself.
pub fn is_runaway(heard: &Hypothesis, seconds: f32) -> bool {
    heard.tokens.len() as f32 > seconds * TOKENS_PER_SECOND + TOKENS_SPARE
        || compression_ratio(&heard.text) > COMPRESSION_RATIO
        || stutters(&heard.text)
}

/// A phrase said five times in a row within other text: nobody speaks so, decoders do.
fn stutters(text: &str) -> bool {
    let letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    (2..=12).any(|length| {
        let repeats = |start: &usize| {
            let piece = letters.get(*start..start + length);
            (1..TOO_OFTEN).all(|k| letters.get(start + k * length..start + (k + 1) * length) == piece)
        };
        (0..letters.len().saturating_sub(length * TOO_OFTEN - 1)).any(|start| repeats(&start))
    })
}

/// What a final text is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Speech,
    /// It begins or goes on as what nobody said does, and as now and then real speech does too: worth a second pass.
    Doubtful,
    Noise,
}

/// Judges what was heard. `seconds`: from its first voiced sample to its last.
pub fn judge(heard: &Hypothesis, seconds: f32) -> Verdict {
    let sure = heard.confidence();
    let short = seconds < SHORT_SECONDS && sure < UNSURE_AND_SHORT;
    let said = |token: &&Token| token.text.chars().any(char::is_alphanumeric);
    let start = heard.tokens.iter().find(said).map_or(0.0, |token| token.probability);
    let tokens = heard.tokens.len() as f32;
    let sparse = seconds > SPARSE_SECONDS && tokens < seconds * SPARSE;
    let dense = heard.lang.is_chinese() && tokens > seconds * DENSE;
    if !heard.text.chars().any(char::is_alphanumeric)
        || (heard.no_speech > NO_SPEECH && sure < LOW_CONFIDENCE)
        || sure < UNSURE
        || short
        || (sure < UNSURE_PACE && (sparse || dense))
    {
        return Verdict::Noise;
    }
    let doubtful = (sure < UNSURE_PACE && start < UNSURE_START)
        || (sure < LONG_UNSURE && start < UNSURE_LONG_START && seconds > LONG_SECONDS)
        || (sure < UNSURE_LOOP && start < UNSURE_LOOP_START && loops(&heard.text));
    if doubtful { Verdict::Doubtful } else { Verdict::Speech }
}

/// Whether two passes heard the same: most letters of the longer text stand in the other in the same order. Songs and
/// machines are heard anew each time.
pub fn agree(one: &str, other: &str) -> bool {
    let letters =
        |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<Vec<_>>();
    let (one, other) = (letters(one), letters(other));
    let longer = one.len().max(other.len());
    longer > 0 && in_common(&one, &other) as f32 >= longer as f32 * SAME
}

/// Length of the longest sequence that both have.
fn in_common(one: &[char], other: &[char]) -> usize {
    let mut row = vec![0; other.len() + 1];
    for a in one {
        let mut before = 0;
        for (at, b) in other.iter().enumerate() {
            let Some([left, here]) = row.get_mut(at..=at + 1) else { continue };
            let longest = if a == b { before + 1 } else { (*left).max(*here) };
            before = std::mem::replace(here, longest);
        }
    }
    row.last().copied().unwrap_or(0)
}

/// Half of the text or more is one word again and again: two letters at least three times, or three twice.
fn loops(text: &str) -> bool {
    let letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let times = |word: &[char]| {
        let (mut at, mut times) = (0, 0);
        while let Some(found) = letters.get(at..at + word.len()) {
            let same = found == word;
            times += usize::from(same);
            at += if same { word.len() } else { 1 };
        }
        times
    };
    (2..=LONGEST_WORD).any(|length| {
        let often = if length == 2 { 3 } else { 2 };
        letters.windows(length).any(|word| {
            let times = times(word);
            times >= often && times * length * 2 >= letters.len()
        })
    })
}

/// Keeps one copy of a text that was repeated from its beginning on (`ABAB` → `AB`), as a decoder does that missed its end.
/// A short repetition (很好很好) is speech and stays.
pub fn collapse_repeats(mut heard: Hypothesis) -> Hypothesis {
    let letters: Vec<(usize, char)> =
        heard.text.char_indices().filter(|(_, c)| c.is_alphanumeric()).collect();
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

    fn heard(text: &str) -> Hypothesis {
        let tokens = text
            .chars()
            .map(|c| Token { text: c.to_string(), start_ms: 0, end_ms: 0, probability: 0.9 })
            .collect();
        let lang = Lang::parse(if text.is_ascii() { "en" } else { "zh" }).unwrap();
        Hypothesis { text: text.into(), lang, tokens, no_speech: 0.0 }
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
        for text in
            ["一直做梦一直做梦", "大家有问题可以打在公屏上我会一个一个回答", "five five", "ten, ten, ten"]
        {
            assert_eq!(collapse_repeats(heard(text)).text, text);
            assert!(!is_runaway(&heard(text), 4.0), "{text}");
        }
    }

    #[test]
    fn punctuation_and_unsure_silence_are_no_text() {
        assert_ne!(judge(&heard("。。。"), 2.0), Verdict::Speech);
        let mut unsure = heard("谢谢观看");
        assert_eq!(judge(&unsure, 2.0), Verdict::Speech);
        unsure.no_speech = 0.9;
        unsure.tokens.iter_mut().for_each(|t| t.probability = 0.2);
        assert_ne!(judge(&unsure, 2.0), Verdict::Speech);
    }

    fn heard_with(text: &str, confidence: f32) -> Hypothesis {
        let mut heard = heard(text);
        heard.tokens.iter_mut().for_each(|t| t.probability = confidence);
        heard
    }

    #[test]
    fn a_text_that_whisper_did_not_know_how_to_begin_is_silence() {
        let begun = |text: &str, start: f32, rest: f32| {
            let mut heard = heard_with(text, rest);
            heard.tokens[0].probability = start;
            heard
        };
        assert_ne!(judge(&begun("寂寞", 0.003, 0.93), 0.52), Verdict::Speech, "a beep");
        assert_ne!(
            judge(&begun("就是外资生物而是外资生物顶到上有的观感", 0.014, 0.45), 5.45),
            Verdict::Speech,
            "a song"
        );
        assert_ne!(
            judge(&begun("做你生日快乐做快乐快乐太难了主持人", 0.133, 0.67), 2.54),
            Verdict::Speech,
            "a song"
        );
        assert_ne!(judge(&begun("祝你生日快乐快乐快乐快乐", 0.26, 0.86), 2.3), Verdict::Speech, "a song");
        assert_ne!(judge(&begun("就你生日快乐如果快乐快乐", 0.29, 0.74), 2.4), Verdict::Speech, "a song");
        // Real speech may begin so, too.
        assert_eq!(judge(&begun("这一整个月的奔波", 0.15, 0.75), 2.2), Verdict::Doubtful);
        assert_eq!(judge(&begun("尺寸是35×25厘米 厚度2厘米。", 0.1, 0.75), 3.4), Verdict::Doubtful);
        assert_eq!(judge(&begun("买它买它买它", 0.6, 0.7), 1.6), Verdict::Speech, "a host");
        assert_eq!(judge(&begun("嗨哲学戏", 0.031, 0.6), 1.52), Verdict::Speech);
        assert_eq!(judge(&begun("fail again", 0.107, 0.6), 1.07), Verdict::Speech);
        assert_eq!(judge(&begun("样品费是20美元下单以后可以退。", 0.102, 0.87), 3.24), Verdict::Speech);
    }

    #[test]
    fn two_passes_over_speech_agree_and_two_over_a_song_do_not() {
        assert!(agree("尺寸是35×25厘米 厚度2厘米。", "尺寸是三十五乘25厘米,厚度2厘米"));
        assert!(agree("Fail again.", "fail again"));
        assert!(!agree("就是外资生物而是外资生物顶到上有的观感", "我们在这里等你回来"));
        assert!(!agree("祝你生日快乐快乐快乐快乐", "快乐"));
        assert!(!agree("", ""));
    }

    #[test]
    fn beeps_and_songs_are_silence_and_the_least_sure_real_speech_is_not() {
        // Text, confidence and seconds as base gave them for the recordings of shared/audio/real.
        for (text, confidence, seconds) in [
            ("这边的东西是什么东西", 0.29, 0.42),
            ("在那边", 0.20, 0.49),
            ("是", 0.05, 0.52),
            ("吃饭了吃饭了", 0.65, 5.35),
            ("在这儿啊", 0.62, 0.52),
            ("I'm a little bit more careful", 0.095, 5.2),
        ] {
            assert_ne!(judge(&heard_with(text, confidence), seconds), Verdict::Speech, "{text}");
        }
        for (text, confidence, seconds) in [
            ("害者学系", 0.485, 1.42),
            ("ASK NOT", 0.207, 1.29),
            ("fail better.", 0.458, 0.94),
            ("一直做梦一直做梦", 0.9, 2.0),
            ("特价只有10分钟,库存300台卖完为止", 0.69, 3.4),
            ("以前可以上打酒哲7天内发霍", 0.61, 2.66),
        ] {
            assert_eq!(judge(&heard_with(text, confidence), seconds), Verdict::Speech, "{text}");
        }
    }
}
