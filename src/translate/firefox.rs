//! `firefox`: the models of Firefox Translations, in process, on threads of the engine's own.
//!
//! Every model has English on one side, so that Mandarin reaches Spanish in two hops: zh → en, en → es. What all
//! target languages share, the first hop, is computed once (see [`worker`]). Numbers go in as digits, and the names of
//! the room's products and terms as codes that a model copies, for which the target's own word is put in afterwards.
//!
//! Which model files there are is told from outside; nothing here looks for files or fetches them.

mod marian;
mod model;
mod names;
mod queue;
mod sentences;
mod worker;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::{Draft, Readiness, Request, TranslateError, Translator};
use crate::domain::Lang;
use crate::glossary::Term;
use crate::numbers::normalise;
use names::Protected;
use worker::{Slot, Workers};

pub use model::trial;

const NAME: &str = "firefox";

/// The language that every model translates from or into.
const PIVOT: &str = "en";

/// More is not an utterance.
const MOST_CHARS: usize = 2_000;

/// The files of one direction. The vocabularies are one file for most pairs, two for Chinese, Japanese and Korean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFiles {
    /// As the model's makers tag it: `zh`, `zh-Hans`, `pt`.
    pub from: String,
    pub to: String,
    pub model: PathBuf,
    pub source_vocab: PathBuf,
    pub target_vocab: PathBuf,
}

/// How the engine is to behave.
#[derive(Debug, Clone)]
pub struct FirefoxSettings {
    /// Threads that translate. A direction belongs to one of them, so that its model is in memory once.
    pub threads: usize,
    /// Utterances that may wait for a thread, finals first. For one more, the engine is out of the race.
    pub queue: usize,
    /// Directions in memory at once, over all threads. A model of 43 MB takes 100 MB (55 of them not shared with the
    /// file's own pages), one of 17 MB 48 MB: measured with scripts/make-firefox-model.py.
    pub max_models: usize,
    /// A direction that was used so recently keeps its place. Without this, one direction more than `max_models` would
    /// have every utterance wait for files to be loaded.
    pub keep: Duration,
}

impl Default for FirefoxSettings {
    fn default() -> Self {
        Self { threads: 1, queue: 32, max_models: 12, keep: Duration::from_secs(60) }
    }
}

/// How a direction stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirectionState {
    /// Its files are there; they are loaded when they are first needed.
    Idle,
    Loaded,
    /// Its files cannot be used, and why. It is left out until the next start.
    Broken(String),
}

/// The engine. Its threads end when it is dropped.
pub struct Firefox {
    slots: Arc<[Slot]>,
    workers: Workers,
}

impl Firefox {
    /// Starts the threads; no model is loaded yet.
    ///
    /// # Errors
    /// A thread could not be started.
    pub fn start(models: Vec<ModelFiles>, settings: &FirefoxSettings) -> std::io::Result<Self> {
        let slots: Arc<[Slot]> = models.into_iter().map(Slot::new).collect();
        let workers = Workers::start(&slots, settings)?;
        Ok(Self { slots, workers })
    }

    /// Every direction with its state, for `/readyz` and for the operator.
    pub fn directions(&self) -> Vec<(String, String, DirectionState)> {
        let told = |slot: &Slot| (slot.files.from.clone(), slot.files.to.clone(), slot.state());
        self.slots.iter().map(told).collect()
    }

    /// The directions to go through: one, or two by way of English. `None` where a model is missing or broken.
    fn path(&self, source: &Lang, target: &Lang) -> Option<Vec<usize>> {
        let (from, to) = (tags(source), tags(target));
        let pivot = [PIVOT.to_owned()];
        self.direction(&from, &to).map(|direct| vec![direct]).or_else(|| {
            let english = |tags: &[String]| tags.iter().any(|tag| tag == PIVOT);
            if english(&from) || english(&to) {
                return None;
            }
            Some(vec![self.direction(&from, &pivot)?, self.direction(&pivot, &to)?])
        })
    }

    fn direction(&self, from: &[String], to: &[String]) -> Option<usize> {
        let pairs = from.iter().flat_map(|from| to.iter().map(move |to| (from, to)));
        let mut found = pairs.filter_map(|(from, to)| {
            let fits = |slot: &Slot| slot.files.from == *from && slot.files.to == *to && slot.is_usable();
            self.slots.iter().position(fits)
        });
        found.next()
    }

    /// All sentences through all hops; `None` where one of them cannot be had.
    async fn through(
        &self,
        path: &[usize],
        sentences: Vec<String>,
        is_final: bool,
    ) -> Result<Option<Vec<String>>, TranslateError> {
        let mut texts = sentences;
        for direction in path {
            match self.workers.translate(*direction, texts, is_final).await {
                // A sentence that came back as nothing is missing, whatever the others say.
                Ok(Some(translated)) if translated.iter().all(|text| !text.is_empty()) => texts = translated,
                Ok(_) => return Ok(None),
                Err(message) => return Err(TranslateError::Engine { engine: NAME, message }),
            }
        }
        Ok(Some(texts))
    }

    /// With codes in the place of products and of those terms that are `held`.
    async fn say_with_codes(
        &self,
        path: &[usize],
        request: &Request,
        held: impl Fn(&Term) -> bool,
    ) -> Result<Option<String>, TranslateError> {
        if let Some(protected) = Protected::new(request, held) {
            let Some(said) = self.say(path, &protected.text, request).await? else { return Ok(None) };
            if let Some(text) = protected.restore(&said) {
                return Ok(Some(text));
            }
        }
        // Nothing of that is said, or the model did not give a code back: it has to do with the words themselves.
        self.say(path, &request.text, request).await
    }

    async fn say(
        &self,
        path: &[usize],
        text: &str,
        request: &Request,
    ) -> Result<Option<String>, TranslateError> {
        let sentences = sentences::split(&normalise(text, &request.source));
        if sentences.is_empty() {
            return Ok(None);
        }
        let translated = self.through(path, sentences, request.is_final).await?;
        Ok(translated.map(|texts| sentences::join(&texts, &request.target)))
    }
}

#[async_trait]
impl Translator for Firefox {
    fn name(&self) -> &'static str {
        NAME
    }

    fn speaks(&self, source: &Lang, target: &Lang) -> bool {
        self.path(source, target).is_some()
    }

    fn readiness(&self) -> Readiness {
        let broken = self.slots.iter().find_map(|slot| match slot.state() {
            DirectionState::Broken(why) => Some((slot, why)),
            DirectionState::Idle | DirectionState::Loaded => None,
        });
        broken.map_or(Readiness::Ready, |(slot, why)| {
            let (from, to) = (&slot.files.from, &slot.files.to);
            Readiness::Down(format!("the model {from} → {to} cannot be used: {why}"))
        })
    }

    async fn translate(&self, request: &Request) -> Result<Option<Draft>, TranslateError> {
        let Some(path) = self.path(&request.source, &request.target) else { return Ok(None) };
        if request.text.chars().count() > MOST_CHARS {
            return Ok(None);
        }
        let fixed = |term: &Term| !term.inflect;
        let Some(mut text) = self.say_with_codes(&path, request, fixed).await? else { return Ok(None) };
        // A word that may be inflected is the model's to inflect, as long as it is that word.
        let missed = request.glossary.missed(&request.text, &request.source, &text, &request.target);
        if missed.iter().any(|missed| missed.term.inflect)
            && let Some(obedient) = self.say_with_codes(&path, request, |_| true).await?
        {
            text = obedient;
        }
        Ok(Some(Draft { text, engine: NAME, coverage: 1.0, accounted: Vec::new() }))
    }
}

/// How the makers of models may tag a language, the closest first.
fn tags(lang: &Lang) -> Vec<String> {
    let mut tags = vec![lang.as_str().to_owned()];
    if lang.is_chinese() {
        let traditional = lang.as_str().contains("Hant");
        tags.extend([if traditional { "zh-Hant" } else { "zh-Hans" }.to_owned(), "zh".to_owned()]);
    }
    tags.push(lang.primary().to_owned());
    tags
}

#[cfg(test)]
mod tests;
