//! What the engine needs to know.

use std::path::PathBuf;
use std::time::Duration;

use crate::domain::Lang;

/// How the `gguf` engine is to behave.
#[derive(Debug, Clone)]
pub struct GgufSettings {
    /// The model's file: Qwen2 or Gemma 3, an instruct model.
    pub model: PathBuf,
    /// Program and first arguments of the child, to which `--model FILE --context TOKENS` are added: the gateway itself
    /// and `gguf-worker`.
    pub child: (PathBuf, Vec<String>),
    /// Target languages in which it was measured `usable` or better. To others it declines: a small model is never
    /// shorter of words than of knowledge. `pt` stands for `pt-BR` too.
    pub languages: Vec<Lang>,
    /// Tokens of a prompt with its answer; a token costs 57 kB of memory with Qwen2.5-1.5B. The rules and examples take
    /// 330 of them.
    pub context: usize,
    /// Longest that one sentence may take, waiting included: 1.5 to 2.9 s of one core were measured behind rules and
    /// examples that have been read (Qwen2.5-Coder-1.5B, AMD EPYC), and the recogniser goes first. Keep it below the
    /// route's `engine_limit`.
    pub time_limit: Duration,
    /// Sentences that may wait while four are written; further ones are turned away at once.
    pub waiting: usize,
}

impl GgufSettings {
    /// The model in `model`, run by this very program.
    ///
    /// # Errors
    /// The operating system does not say where that is.
    pub fn new(model: PathBuf, languages: Vec<Lang>) -> std::io::Result<Self> {
        Ok(Self {
            model,
            child: (std::env::current_exe()?, vec!["gguf-worker".to_owned()]),
            languages,
            context: 1_024,
            time_limit: Duration::from_millis(3_600),
            waiting: 8,
        })
    }

    pub(super) fn trusts(&self, target: &Lang) -> bool {
        self.languages.iter().any(|lang| lang == target || lang.as_str() == target.primary())
    }
}
