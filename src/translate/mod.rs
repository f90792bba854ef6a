//! From the host's language into a viewer's: engines behind one trait, a gate after each, and a route that goes from
//! the surest engine to the freest and says how sure it is (design/translation.md).

mod answer;
mod apertium;
mod atoms;
mod attempts;
mod book;
mod cache;
mod card_text;
mod claims;
mod cover;
mod doubt;
mod english_atoms;
mod examples;
mod figures;
pub mod firefox;
mod gate;
#[cfg(test)]
mod gate_properties;
pub mod gguf;
#[cfg(test)]
mod goods_tests;
mod health;
mod heard_fillers;
mod lattice;
mod llm;
mod matcher;
mod measures;
mod parts;
mod persons;
mod phrasebook;
#[cfg(test)]
mod promise_tests;
mod prompt;
mod question;
mod remarks;
mod render;
mod rest;
mod route;
mod sanity;
#[cfg(test)]
mod seller_tests;
mod standing;
mod subject;
mod tier;
mod turned;
#[cfg(test)]
mod turned_tests;
#[cfg(test)]
pub mod testing;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::domain::{Fidelity, Lang, Product};
use crate::glossary::Glossary;
use crate::numbers::Value;

pub use apertium::{Apertium, ApertiumSettings};
pub use attempts::{Attempt, Attempts};
pub use card_text::{CardText, card_text};
pub use examples::check_examples;
pub use gate::{GateFailure, gate};
pub use llm::{ApiKey, BadEndpoint, BadKey, BreakerSettings, BreakerState, Endpoint, Llm, LlmSettings};
pub use phrasebook::{Clause, Phrasebook};
pub use route::{Route, RouteSettings};
pub use tier::Tier;

/// Something that translates. Blocking work belongs on threads of the engine's own.
#[async_trait]
pub trait Translator: Send + Sync {
    /// As packs name it in their chain: `phrasebook`.
    fn name(&self) -> &'static str;

    fn speaks(&self, source: &Lang, target: &Lang) -> bool;

    /// `None` where the engine declines: it has nothing trustworthy to say.
    ///
    /// # Errors
    /// The engine could not do its work; the route goes on to the next.
    async fn translate(&self, request: &Request) -> Result<Option<Draft>, TranslateError>;

    /// Whether it can be asked just now.
    fn readiness(&self) -> Readiness {
        Readiness::Ready
    }
}

/// Whether an engine that is here can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    Ready,
    /// Its model is being loaded, for some seconds.
    Loading,
    /// Why not, in a few words.
    Down(String),
}

impl Readiness {
    /// For `/readyz`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Ready => "ready",
            Self::Loading => "loading its model",
            Self::Down(why) => why,
        }
    }
}

/// Waits until no engine is loading any more, `within` at most: for measurements and files, which begin at once.
pub async fn settled(engines: &[Arc<dyn Translator>], within: Duration) {
    let loading = || engines.iter().any(|engine| engine.readiness() == Readiness::Loading);
    let wait = async {
        while loading() {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    // One that takes longer is not asked until it is ready, as in a room.
    let _ = tokio::time::timeout(within, wait).await;
}

/// A model takes seconds to load.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What is to be translated.
#[derive(Debug, Clone)]
pub struct Request {
    pub text: String,
    pub source: Lang,
    pub target: Lang,
    /// False for a transcript that may still go on or change.
    pub is_final: bool,
    /// The room's catalogue.
    pub products: Arc<[Product]>,
    /// Earlier finals of the show, the latest last.
    pub context: Vec<String>,
    /// How the room wants its terms written in the target language.
    pub glossary: Arc<Glossary>,
}

impl Request {
    /// A final that stands for itself: without products, context and glossary.
    pub fn new(text: impl Into<String>, source: &Lang, target: &Lang) -> Self {
        Self {
            text: text.into(),
            source: source.clone(),
            target: target.clone(),
            is_final: true,
            products: Arc::new([]),
            context: Vec::new(),
            glossary: Arc::default(),
        }
    }
}

/// What an engine made of it, not yet proven.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub text: String,
    pub engine: &'static str,
    /// Share of the utterance's content that the text stands for, 0 to 1.
    pub coverage: f32,
    /// Numbers of the source that the wording carries without digits ("one by one").
    pub accounted: Vec<Value>,
}

impl Draft {
    /// Whether it stands for all of the utterance, as far as that can be told.
    pub fn is_whole(&self) -> bool {
        self.coverage >= cover::FULL
    }
}

/// What a viewer is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Translation {
    pub text: String,
    /// Name of the engine, or `source` where nothing was translated.
    pub engine: String,
    pub fidelity: Fidelity,
    /// The language of the text, where it is not the one asked for.
    pub text_lang: Option<Lang>,
}

#[derive(Debug, thiserror::Error)]
pub enum TranslateError {
    #[error("{engine} failed: {message}")]
    Engine { engine: &'static str, message: String },
    /// It could, but not now: it is busy, or is left alone after failures. Nothing new, so not worth a warning each.
    #[error("{engine} is not asked: {why}")]
    Unavailable { engine: &'static str, why: &'static str },
}
