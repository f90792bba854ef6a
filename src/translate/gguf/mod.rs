//! A small language model on this machine: the default where no Firefox model can be had. It runs in a child process
//! that is the gateway's own program, on one thread and at low priority; it is asked for finals only, and only into the
//! languages in which it was measured to be of use. Whether the numbers are right the gate says, as for every engine.
//!
//! On candle, because it was measured against a child on llama-cpp-2 (Qwen2.5-Coder-1.5B `Q4_K_M`, one thread of an AMD
//! EPYC with AVX-512 that had other work, CPU time of the process, a sentence of 38 tokens and 44 to 49 of answer):
//!
//! | | candle 0.11.1 | llama-cpp-2 0.1.160 |
//! | --- | --- | --- |
//! | reading, ms a token | 9.7 to 10.3 | 21.2 to 21.7 |
//! | writing, ms a token | 67.6 to 70.8 | 41.2 to 43.0 |
//! | a sentence behind a kept prefix, ms | 3,411 to 3,568 | 2,926 to 3,072 |
//! | into four languages in one batch, ms | 12,800 to 13,176 | 11,788 to 11,889 |
//! | memory | 2.24 GB | 1.85 GB, of which 1.1 GB is the mapped file |
//! | the build, s of CPU | 122 | 431, and it needs libclang |
//!
//! With the engine's own prompt, behind rules and examples that are read once, a sentence takes 1.5 to 2.9 s.

mod chat;
mod child;
mod examples;
mod layer;
mod model;
mod ops;
mod pieces;
mod sequence;
mod settings;
mod vocabulary;
mod wire;
mod worker;
mod writer;

#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use moka::future::Cache;

use super::answer::{Unfit, clean};
use super::prompt::{Ask, Prompt, language, product_names};
use super::{Draft, Readiness, Request, TranslateError, Translator};
use crate::domain::Lang;
use child::{Child, GgufState};
use wire::{End, Task};

pub use settings::GgufSettings;
pub use worker::run as run_worker;

const NAME: &str = "gguf";
/// Answers that are remembered. Languages that fall back to English ask for the same sentence within the same second,
/// and it is written once for all of them.
const REMEMBERED: u64 = 64;

/// Why the child cannot do its work.
#[derive(Debug, thiserror::Error)]
pub enum GgufError {
    #[error("the model cannot be loaded: {0}")]
    Model(String),
    #[error("candle would use {0} threads: CANDLE_NUM_THREADS must be 1")]
    Threads(usize),
    #[error("the child process: {0}")]
    Io(#[from] std::io::Error),
}

/// The engine. One for the whole gateway.
pub struct Gguf {
    settings: GgufSettings,
    examples: Vec<(String, String)>,
    child: Child,
    /// What the model made of what it was asked, or `None` where it did not come to an end.
    answers: Cache<String, Option<String>>,
}

/// Why there is no answer this time.
#[derive(Debug)]
enum Unanswered {
    Not(&'static str),
    Failed(String),
}

impl Gguf {
    /// Starts the child, which loads the model meanwhile; must be called on a tokio runtime.
    pub fn start(settings: GgufSettings) -> Self {
        let child = Child::start(&settings);
        Self { settings, examples: examples::examples(), child, answers: Cache::new(REMEMBERED) }
    }

    /// What the model says to the prompt, which is written once however many ask for it at the same time.
    async fn answer(&self, prompt: Prompt, target: &Lang) -> Result<Option<String>, Arc<Unanswered>> {
        let key = prompt.user.clone();
        let write = async {
            if self.child.busy() >= self.settings.waiting + writer::MOST_AT_ONCE {
                return Err(Unanswered::Not("too many sentences wait"));
            }
            match self.child.ask(self.task(prompt, target)).await {
                Some(End::Whole(said)) => Ok(Some(said)),
                Some(End::CutOff) => Ok(None),
                Some(End::Late) => Err(Unanswered::Not("it was late")),
                Some(End::Failed(message)) => Err(Unanswered::Failed(message)),
                None => Err(Unanswered::Not("the model is not loaded")),
            }
        };
        self.answers.try_get_with(key, write).await
    }

    fn task(&self, prompt: Prompt, target: &Lang) -> Task {
        let han = ["zh", "yue", "ja", "ko"].contains(&target.primary());
        Task {
            id: 0,
            system: prompt.system,
            examples: self.examples.clone(),
            user: prompt.user,
            han,
            max_tokens: prompt.max_tokens,
            within_ms: u64::try_from(self.settings.time_limit.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

#[async_trait]
impl Translator for Gguf {
    fn name(&self) -> &'static str {
        NAME
    }

    fn speaks(&self, source: &Lang, target: &Lang) -> bool {
        source.primary() != target.primary() && self.settings.trusts(target)
    }

    fn readiness(&self) -> Readiness {
        match self.child.state() {
            GgufState::Loading => Readiness::Loading,
            GgufState::Ready => Readiness::Ready,
            GgufState::Down => {
                let why = self.child.why();
                Readiness::Down(format!("its process has ended and is started again: {why}"))
            }
        }
    }

    async fn translate(&self, request: &Request) -> Result<Option<Draft>, TranslateError> {
        // A partial takes as long as a final and is soon replaced.
        if !request.is_final || !self.speaks(&request.source, &request.target) {
            return Ok(None);
        }
        let mut glossary = product_names(&request.products, &request.source, &request.target);
        glossary.extend(request.glossary.pairs(&request.source, &request.target));
        let ask = Ask {
            text: &request.text,
            source: &request.source,
            target: &request.target,
            // What was said before would stand in front of the examples, and all would be read again for each sentence.
            context: &[],
            glossary: &glossary,
        };
        let Some(prompt) = ask.prompt() else { return Ok(None) };
        let said = self.answer(prompt, &request.target).await.map_err(|why| match why.as_ref() {
            Unanswered::Not(why) => TranslateError::Unavailable { engine: NAME, why },
            Unanswered::Failed(message) => TranslateError::Engine { engine: NAME, message: message.clone() },
        })?;
        let fit = match said {
            Some(said) => clean(&said, &request.text, language(&request.target)),
            None => Err(Unfit::CutOff),
        };
        match fit {
            Ok(text) => Ok(Some(Draft { text, engine: NAME, coverage: 1.0, accounted: Vec::new() })),
            Err(unfit) => {
                tracing::debug!(engine = NAME, target = %request.target, %unfit, "answer not used");
                Ok(None)
            }
        }
    }
}
