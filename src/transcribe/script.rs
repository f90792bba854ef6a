//! Simplified or traditional: Whisper mixes both, the room chose one.

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;

use super::{Hypothesis, TranscribeError};

/// How Chinese is written in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChineseScript {
    #[default]
    Simplified,
    Traditional,
}

/// Converters for both scripts. Loading takes some 10 ms: made once.
pub struct ScriptConverter {
    simplified: OpenCC,
    traditional: OpenCC,
}

impl ScriptConverter {
    pub fn load() -> Result<Self, TranscribeError> {
        let open = |config| {
            OpenCC::from_config(config).map_err(|e| TranscribeError::Failed(format!("OpenCC tables: {e}")))
        };
        Ok(Self { simplified: open(BuiltinConfig::T2s)?, traditional: open(BuiltinConfig::S2t)? })
    }

    pub fn convert(&self, text: &str, script: ChineseScript) -> String {
        match script {
            ChineseScript::Simplified => self.simplified.convert(text),
            // Through simplified, so that a mixed line comes out in one script.
            ChineseScript::Traditional => self.traditional.convert(&self.simplified.convert(text)),
        }
    }

    /// Puts Chinese text and tokens into `script`; leaves other languages alone.
    pub fn apply(&self, mut heard: Hypothesis, script: ChineseScript) -> Hypothesis {
        if heard.lang.is_chinese() {
            heard.text = self.convert(&heard.text, script);
            for token in &mut heard.tokens {
                token.text = self.convert(&token.text, script);
            }
        }
        heard
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_scripts_become_one() {
        let scripts = ScriptConverter::load().unwrap();
        assert_eq!(scripts.convert("最低起訂量是五百个", ChineseScript::Simplified), "最低起订量是五百个");
        assert_eq!(scripts.convert("最低起訂量是五百个", ChineseScript::Traditional), "最低起訂量是五百個");
    }
}
