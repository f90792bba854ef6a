//! Which engine's word is shown: the chain of the target's pack with a gate after each engine, then the fallback
//! languages, at last the source text. It never fails, it only says how sure it is.
//!
//! A pack with `via` has engines that start from a neighbour's captions: they get what this same route has made in that
//! language, and the gate compares what comes out with what the host said, not with what lay between.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;

use super::attempts::Attempts;
use super::cache::{Cache, Key};
use super::cover::FULL;
use super::figures::{Figures, Outcome};
use super::gate::gate;
use super::health::Health;
use super::{Draft, Readiness, Request, Tier, TranslateError, Translation, Translator};
use crate::domain::{Fidelity, Lang};
use crate::numbers::Value;
use crate::packs::{Pack, Packs};

/// How the route is to behave.
#[derive(Debug, Clone)]
pub struct RouteSettings {
    /// Longest that one engine is waited for. The slowest is a language model on this machine: 1.5 to 2.9 s a sentence of
    /// a core that the recogniser may want too.
    pub engine_limit: Duration,
    /// The same for a partial, which is soon replaced.
    pub partial_limit: Duration,
    /// Translations of finals that are kept.
    pub cache_capacity: u64,
    /// Engines by target language, instead of the pack's chain.
    pub chains: HashMap<Lang, Vec<String>>,
    /// Measured quality below which an engine does not speak a language: `verified`, `usable`, `gist`.
    pub min_tier: Tier,
    /// Below this share of the utterance a draft is not shown at all.
    pub min_coverage: f32,
}

impl Default for RouteSettings {
    fn default() -> Self {
        Self {
            engine_limit: Duration::from_secs(4),
            partial_limit: Duration::from_millis(300),
            cache_capacity: 10_000,
            chains: HashMap::new(),
            min_tier: Tier::Usable,
            min_coverage: 0.5,
        }
    }
}

/// The way from a request to what is shown.
pub struct Route {
    packs: Arc<Packs>,
    engines: Vec<Arc<dyn Translator>>,
    settings: RouteSettings,
    cache: Cache,
    /// What became of every question, for machines.
    pub figures: Figures,
    health: Health,
}

/// A translation with what else is to be known of it where another language is made from it.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub shown: Translation,
    coverage: f32,
    accounted: Vec<Value>,
}

/// An engine of a chain.
struct Link<'a> {
    engine: &'a Arc<dyn Translator>,
    /// It is not given what the host said, but what that is in this language.
    via: Option<&'a Lang>,
}

/// What the host said in the language between.
struct Between {
    request: Request,
    coverage: f32,
    accounted: Vec<Value>,
}

/// What one language's chain had to offer.
enum Served {
    Whole(Draft),
    /// The best of the drafts that leave something out.
    Part(Draft),
    Nothing,
}

impl Route {
    pub fn new(packs: Arc<Packs>, engines: Vec<Arc<dyn Translator>>, settings: RouteSettings) -> Self {
        let cache = Cache::new(settings.cache_capacity);
        Self { packs, engines, settings, cache, figures: Figures::default(), health: Health::default() }
    }

    /// What is wrong with an engine that is here: it says so itself, or its last answers do.
    pub fn trouble(&self, engine: &dyn Translator) -> Option<String> {
        match engine.readiness() {
            Readiness::Down(why) => Some(why),
            Readiness::Loading => None,
            Readiness::Ready => self.health.trouble(engine.name()),
        }
    }

    /// Every engine that is here, whether or not a language names it.
    pub fn all(&self) -> &[Arc<dyn Translator>] {
        &self.engines
    }

    /// Names of engines in the order of asking, as the settings or else the pack have them, whether or not they are here.
    pub fn chain_of<'a>(&'a self, pack: &'a Pack) -> &'a [String] {
        self.settings.chains.get(&pack.lang).unwrap_or(&pack.chain)
    }

    /// Engines that serve `target` from `source`, in the order of asking. Empty: the language falls back.
    pub fn engines(&self, source: &Lang, target: &Lang) -> Vec<&'static str> {
        self.chain(source, target).iter().map(|link| link.engine.name()).collect()
    }

    /// The language that is shown where nothing serves `target`.
    pub fn fallback(&self, target: &Lang) -> Option<&Lang> {
        self.packs.get(target)?.fallback.as_ref()
    }

    /// What to show. Finals are cached, and asked for once however many ask.
    pub async fn translate(&self, request: Request) -> Translation {
        self.translate_noting(request, &Attempts::default()).await
    }

    /// The same, with the questions to engines noted.
    pub async fn translate_noting(&self, request: Request, attempts: &Attempts) -> Translation {
        self.answer(request, attempts).await.unwrap_or_else(|passing| passing).shown
    }

    /// # Errors
    /// An answer that may be another the next time: an engine failed or was late.
    async fn answer(&self, request: Request, attempts: &Attempts) -> Result<Answer, Answer> {
        if same_language(&request.source, &request.target) {
            return Ok(source_text(&request, Fidelity::Verified));
        }
        let make = async {
            match self.serve(&request, attempts).await {
                (answer, true) => Ok(answer),
                (answer, false) => Err(answer),
            }
        };
        if !request.is_final {
            return make.await;
        }
        self.figures.asked_for_final();
        let make = async {
            self.figures.made_final();
            make.await
        };
        let mut chain = self.engines(&request.source, &request.target);
        let mut packs: Vec<u64> = self.languages(&request).iter().map(|pack| pack.version).collect();
        let via = self.packs.get(&request.target).and_then(|pack| pack.via.as_ref());
        if let Some(pack) = via.and_then(|via| self.packs.get(via)) {
            chain.extend(self.engines(&request.source, &pack.lang));
            packs.push(pack.version);
        }
        self.cache.get_or(Key::new(&request, &chain, &packs), make).await
    }

    /// The answer, and whether it would be the same another time (no engine failed or was late).
    async fn serve(&self, request: &Request, attempts: &Attempts) -> (Answer, bool) {
        let mut lasting = true;
        for pack in self.languages(request) {
            let own = same_language(&pack.lang, &request.target);
            if same_language(&pack.lang, &request.source) {
                break;
            }
            let asked = Request { target: pack.lang.clone(), ..request.clone() };
            let shown = |draft: Draft, fidelity: Fidelity| Answer {
                shown: Translation {
                    text: draft.text,
                    engine: draft.engine.to_owned(),
                    fidelity: if own { fidelity } else { Fidelity::Fallback },
                    text_lang: (!own).then(|| pack.lang.clone()),
                },
                coverage: draft.coverage,
                accounted: draft.accounted,
            };
            match self.ask_chain(&asked, pack, attempts, &mut lasting).await {
                Served::Whole(draft) => return (shown(draft, Fidelity::Verified), lasting),
                // Half a sentence in the wrong language helps nobody.
                Served::Part(draft) if own => return (shown(draft, Fidelity::Source), lasting),
                Served::Part(_) | Served::Nothing => {}
            }
        }
        (source_text(request, Fidelity::Fallback), lasting)
    }

    async fn ask_chain(
        &self,
        request: &Request,
        pack: &Pack,
        attempts: &Attempts,
        lasting: &mut bool,
    ) -> Served {
        let limit = if request.is_final { self.settings.engine_limit } else { self.settings.partial_limit };
        let mut best: Option<Draft> = None;
        let mut between: Option<Option<Between>> = None;
        for Link { engine, via } in self.chain(&request.source, &request.target) {
            if let (Some(via), None) = (via, &between) {
                between = Some(self.between(request, via, attempts, lasting).await);
            }
            let between = between.as_ref().and_then(Option::as_ref).filter(|_| via.is_some());
            if via.is_some() && between.is_none() {
                continue;
            }
            let asked = between.map_or(request, |between| &between.request);
            let begun = Instant::now();
            let count = |outcome| {
                self.figures.answered(engine.name(), &request.target, outcome);
                attempts.note(engine.name(), &request.target, begun, outcome);
                if request.is_final {
                    self.health.answered(engine.name(), outcome);
                }
            };
            let mut draft = match self.ask(engine, asked, limit).await {
                Ok(Ok(Some(draft))) => draft,
                Ok(Ok(None)) => {
                    count(Outcome::Declined);
                    continue;
                }
                Ok(Err(error @ TranslateError::Unavailable { .. })) => {
                    *lasting = false;
                    tracing::debug!(engine = engine.name(), target = %request.target, %error, "not asked");
                    count(Outcome::Unavailable);
                    continue;
                }
                Ok(Err(error)) => {
                    *lasting = false;
                    tracing::warn!(engine = engine.name(), target = %request.target, %error, "translation failed");
                    self.health.failed(engine.name(), error.to_string());
                    count(Outcome::Failed);
                    continue;
                }
                Err(_) => {
                    *lasting = false;
                    tracing::warn!(engine = engine.name(), target = %request.target, ?limit, "translation was late");
                    self.health.failed(engine.name(), format!("no answer within {} ms", limit.as_millis()));
                    count(Outcome::Late);
                    continue;
                }
            };
            if let Some(between) = between {
                draft.coverage = draft.coverage.min(between.coverage);
                draft.accounted.extend(between.accounted.iter().cloned());
            }
            // A partial is whole as far as it goes: its clauses are, and the rest is still to come.
            let whole = draft.coverage >= FULL || !request.is_final;
            if let Err(failure) = gate(request, &draft, pack, whole && request.is_final) {
                tracing::debug!(engine = engine.name(), target = %request.target, %failure, "translation held back");
                count(Outcome::HeldBack);
                continue;
            }
            count(if whole { Outcome::Whole } else { Outcome::Part });
            if whole {
                return Served::Whole(draft);
            }
            let better = best.as_ref().is_none_or(|known| draft.coverage > known.coverage);
            if draft.coverage >= self.settings.min_coverage && better {
                best = Some(draft);
            }
        }
        best.map_or(Served::Nothing, Served::Part)
    }

    /// The engine's answer, if it comes in time. A panic is a failure of this one sentence: it must not end the language's lane,
    /// which would meet the same sentence again.
    async fn ask(
        &self,
        engine: &Arc<dyn Translator>,
        asked: &Request,
        limit: Duration,
    ) -> Result<Result<Option<Draft>, TranslateError>, tokio::time::error::Elapsed> {
        let answer = AssertUnwindSafe(engine.translate(asked)).catch_unwind();
        let crashed = |_| Err(TranslateError::Engine { engine: engine.name(), message: "it crashed".into() });
        tokio::time::timeout(limit, answer).await.map(|answer| answer.unwrap_or_else(crashed))
    }

    /// What the host said in the language `via`, where that language itself has it, proven; the fallback is no ground to
    /// build on. Viewers of that language are asked for the same, so it is made once.
    async fn between(
        &self,
        request: &Request,
        via: &Lang,
        attempts: &Attempts,
        lasting: &mut bool,
    ) -> Option<Between> {
        let asked = Request { target: via.clone(), ..request.clone() };
        // Boxed, for the way there is this very route; the packs see to it that it does not go on.
        let answer = Box::pin(self.answer(asked, attempts)).await.unwrap_or_else(|passing| {
            *lasting = false;
            passing
        });
        let own = answer.shown.text_lang.is_none() && answer.shown.fidelity != Fidelity::Fallback;
        own.then(|| Between {
            request: Request {
                text: answer.shown.text,
                source: via.clone(),
                context: Vec::new(),
                ..request.clone()
            },
            coverage: answer.coverage,
            accounted: answer.accounted,
        })
    }

    fn chain(&self, source: &Lang, target: &Lang) -> Vec<Link<'_>> {
        let Some(pack) = self.packs.get(target) else { return Vec::new() };
        let names = self.chain_of(pack);
        let good = |name: &String| {
            pack.tiers
                .get(name)
                .and_then(|tier| Tier::parse(tier))
                .is_none_or(|tier| tier >= self.settings.min_tier)
        };
        // A way whose first half nobody goes is none.
        let via = pack.via.as_ref().filter(|via| **via != pack.lang && !self.chain(source, via).is_empty());
        let engine = |name: &String| self.engines.iter().find(|engine| engine.name() == name);
        let link = |engine| {
            let direct = |from: &Lang| Translator::speaks(Arc::as_ref(engine), from, target);
            if direct(source) {
                return Some(Link { engine, via: None });
            }
            via.filter(|via| direct(via)).map(|via| Link { engine, via: Some(via) })
        };
        names.iter().filter(|name| good(name)).filter_map(engine).filter_map(link).collect()
    }

    /// The target's pack and those that it falls back to; English for a language without a pack.
    fn languages(&self, request: &Request) -> Vec<&Arc<Pack>> {
        let english = Lang::parse("en").ok();
        let mut next = self.packs.get(&request.target).or_else(|| self.packs.get(english.as_ref()?));
        let mut all: Vec<&Arc<Pack>> = Vec::new();
        while let Some(pack) = next.filter(|pack| all.iter().all(|known| known.lang != pack.lang)) {
            all.push(pack);
            next = pack.fallback.as_ref().and_then(|lang| self.packs.get(lang));
        }
        all
    }
}

/// Regions and scripts of one language count as the same: Chinese in either script, English of any country.
fn same_language(a: &Lang, b: &Lang) -> bool {
    a.primary() == b.primary()
}

fn source_text(request: &Request, fidelity: Fidelity) -> Answer {
    let foreign = !same_language(&request.source, &request.target);
    let shown = Translation {
        text: request.text.clone(),
        engine: "source".to_owned(),
        fidelity,
        text_lang: foreign.then(|| request.source.clone()),
    };
    Answer { shown, coverage: 1.0, accounted: Vec::new() }
}

#[cfg(test)]
#[path = "route_tests.rs"]
mod tests;
