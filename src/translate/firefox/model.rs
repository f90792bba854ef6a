//! One loaded model. The only place that knows the inference library.
//!
//! The library takes files at their word and panics where they lie, so that files are looked at first ([`marian`]) and
//! a panic is caught and told as a broken model. A model that was loaded stays on its thread: the library's packed
//! weights cannot be sent. The file is mapped, not read: it must not be written to while it is in use, only replaced.

use std::panic::{AssertUnwindSafe, catch_unwind};

use fxtranslate::engine::Engine;
use fxtranslate::segment::MAX_SOURCE_TOKENS;

use super::{ModelFiles, marian};

/// Sentences in one batch. Most of what a batch gains is had with four (27 clauses a second alone, 47 in fours, on a
/// model of 43 MB), and its longest sentence makes all others wait.
const BATCH: usize = 16;

pub struct Model {
    engine: Engine,
}

impl Model {
    /// # Errors
    /// Why the files are no model, in words for an operator.
    pub fn load(files: &ModelFiles) -> Result<Self, String> {
        processor()?;
        marian::check_model(&files.model)?;
        marian::check_vocabulary(&files.source_vocab)?;
        marian::check_vocabulary(&files.target_vocab)?;
        let load = || Engine::load_mmapped(&files.model, &files.source_vocab, &files.target_vocab);
        let engine = guarded(load)?.map_err(|why| format!("{}: {why}", files.model.display()))?;
        Ok(Self { engine })
    }

    /// Whether the text fits the window that the model was trained with.
    pub fn holds(&self, text: &str) -> bool {
        // One more for the end of the sentence.
        guarded(|| self.engine.src_ids(text).len() <= MAX_SOURCE_TOKENS + 1).unwrap_or(true)
    }

    /// One translation for each text.
    ///
    /// # Errors
    /// The model turned out to be broken.
    pub fn translate(&self, texts: &[&str]) -> Result<Vec<String>, String> {
        let mut all = Vec::with_capacity(texts.len());
        for batch in texts.chunks(BATCH) {
            let translated = guarded(|| self.engine.translate_batch(batch))?;
            all.extend(translated.iter().map(|text| readable(text)));
        }
        Ok(all)
    }
}

/// Whether the files can be loaded and translate something, anything, without falling over.
///
/// # Errors
/// Why not, in words for an operator.
pub fn trial(files: &ModelFiles) -> Result<(), String> {
    Model::load(files)?.translate(&["1, 2.", "Hello."]).map(drop)
}

/// The library's kernel is built for these instructions and does not ask; without them the process would be ended.
fn processor() -> Result<(), String> {
    #[cfg(target_arch = "x86_64")]
    if !std::arch::is_x86_feature_detected!("avx2") {
        return Err("this processor has no AVX2".into());
    }
    #[cfg(target_arch = "aarch64")]
    if !std::arch::is_aarch64_feature_detected!("i8mm") {
        return Err("this processor has no i8mm".into());
    }
    Ok(())
}

fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    // Whoever gets the error throws the engine away.
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        format!("its contents do not fit together ({})", text.unwrap_or_else(|| "unknown".into()))
    })
}

/// The library leaves bytes of rare characters as it found them in the vocabulary (`<0xE4><0xBD><0xA0>` for 你).
fn readable(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(ch) = rest.chars().next() {
        let byte = rest.strip_prefix("<0x").and_then(|hex| {
            Some((u8::from_str_radix(hex.get(..2)?, 16).ok()?, hex.get(2..)?.strip_prefix('>')?))
        });
        if let Some((byte, after)) = byte {
            bytes.push(byte);
            rest = after;
        } else {
            let (char, after) = rest.split_at(ch.len_utf8());
            bytes.extend_from_slice(char.as_bytes());
            rest = after;
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_rare_characters_become_text() {
        assert_eq!(readable("a <0xE4><0xBD><0xA0>  b"), "a 你 b");
        assert_eq!(readable("<0xZZ> <0x4"), "<0xZZ> <0x4");
        assert_eq!(readable("x<0xE4>"), "x\u{fffd}");
    }

    #[test]
    fn a_panic_is_told_in_words() {
        let why = guarded(|| panic!("missing weight {}", "W")).unwrap_err();
        assert_eq!(why, "its contents do not fit together (missing weight W)");
    }
}
