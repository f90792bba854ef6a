//! `apertium`: Debian's rule-based engine, for small languages beside Spanish. It translates what the chain of Spanish
//! has said (`via = "es"` in a pack), word by word; numbers and codes go through unharmed, and a sentence with a word that
//! it does not know is declined.
//!
//! It is a separate program under the GPL, never linked: processes that are kept alive, killed where they hang, and
//! started again where they die.
//!
//! Measured with Debian 12 on two cores of an EPYC, each sentence through the whole route:
//! - The phrasebook's 328 Spanish sentences: all are shown in Catalan and in Galician, proven by the gate, 2 ms each
//!   (p95 3 ms). Without the packs' `glossary.tsv` it was 327 and 304: Galician lacked words such as *molde*, *posventa*.
//! - 60 other Spanish sentences of a show, which the glossaries were not made for, read through: Catalan 49 right, 8
//!   awkward, 2 wrong ("curta la tela" for "corta la tela"), 1 declined; Galician 46 right, 4 awkward, 3 wrong, 7
//!   declined. Portuguese 45 shown and 9 of them wrong: not served.
//! - A pair takes seven to ten processes, 170 MB (Catalan) and 250 MB (Galician), loaded in 0.15 to 0.5 s.

mod masks;
mod modes;
mod pipeline;
mod stream;
#[cfg(test)]
mod tests;
mod worker;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot};

use super::{Draft, Request, TranslateError, Translator};
use crate::domain::Lang;
use crate::packs::{Pack, Packs};
use masks::{Masked, upper_first};
use modes::{Installed, Mode};
use worker::{Job, Refusal};

const NAME: &str = "apertium";

/// More is not an utterance.
const MOST_CHARS: usize = 2_000;

/// Classes of the packs' terms that are written as the target's pack has them and not as the engine would. The others
/// are better inflected by it.
const OWN_TERMS: [&str; 5] = ["place", "material", "feature", "technique", "payment"];

/// How the engine is to behave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApertiumSettings {
    /// Where it is installed: `/`, or a folder that Debian's packages were unpacked into.
    pub root: PathBuf,
    /// Longest for one sentence; then the pipeline is taken for hung and replaced.
    pub time_limit: Duration,
    /// Sentences that may wait for each pair's pipeline.
    pub queue: usize,
}

impl Default for ApertiumSettings {
    fn default() -> Self {
        Self { root: PathBuf::from("/"), time_limit: Duration::from_secs(1), queue: 32 }
    }
}

/// The engine. Its processes end when it is dropped.
pub struct Apertium {
    pairs: Vec<PairLine>,
    packs: Arc<Packs>,
    settings: ApertiumSettings,
}

/// A pair, and the way to its pipeline once somebody has needed it.
struct PairLine {
    from: &'static str,
    to: &'static str,
    mode: Mode,
    jobs: OnceLock<mpsc::Sender<Job>>,
}

impl Apertium {
    /// Looks for the pairs that measured usable; `None` where none is installed. No process is started yet.
    pub fn find(settings: &ApertiumSettings, packs: &Arc<Packs>) -> Option<Self> {
        let (found, bad) = modes::installed(&settings.root);
        for mode in bad {
            tracing::warn!(%mode, "an Apertium pair is installed but cannot be used");
        }
        let line = |Installed { from, to, mode }| PairLine { from, to, mode, jobs: OnceLock::new() };
        let pairs: Vec<PairLine> = found.into_iter().map(line).collect();
        (!pairs.is_empty()).then(|| Self { pairs, packs: Arc::clone(packs), settings: settings.clone() })
    }

    /// The pairs that can be served, as `es-ca`.
    pub fn pairs(&self) -> impl Iterator<Item = String> {
        self.pairs.iter().map(|pair| format!("{}-{}", pair.from, pair.to))
    }

    fn pair(&self, source: &Lang, target: &Lang) -> Option<&PairLine> {
        self.pairs.iter().find(|pair| pair.from == source.primary() && pair.to == target.primary())
    }

    /// What the pair's pipeline makes of an escaped text.
    async fn ask(&self, pair: &PairLine, text: String) -> Result<String, TranslateError> {
        let unavailable = |why| TranslateError::Unavailable { engine: NAME, why };
        let jobs = pair.jobs.get_or_init(|| {
            let (jobs, waiting) = mpsc::channel(self.settings.queue.max(1));
            let work = worker::work(pair.mode.clone(), self.settings.time_limit, worker::IDLE, waiting);
            drop(crate::spawn("apertium", work));
            jobs
        });
        let (answer, answered) = oneshot::channel();
        jobs.try_send(Job { text, answer }).map_err(|_| unavailable("too many sentences wait"))?;
        match answered.await {
            Ok(Ok(text)) => Ok(text),
            Ok(Err(Refusal::Resting)) => Err(unavailable("it is being restarted")),
            Ok(Err(Refusal::Failed(error))) => {
                Err(TranslateError::Engine { engine: NAME, message: format!("{}: {error}", pair.mode.name) })
            }
            Err(_) => Err(unavailable("its task has ended")),
        }
    }
}

#[async_trait]
impl Translator for Apertium {
    fn name(&self) -> &'static str {
        NAME
    }

    fn speaks(&self, source: &Lang, target: &Lang) -> bool {
        self.pair(source, target).is_some()
    }

    async fn translate(&self, request: &Request) -> Result<Option<Draft>, TranslateError> {
        let Some(pair) = self.pair(&request.source, &request.target) else { return Ok(None) };
        let packs = (self.packs.get(&request.source), self.packs.get(&request.target));
        let (Some(source), Some(target)) = packs else { return Ok(None) };
        if request.text.chars().count() > MOST_CHARS {
            return Ok(None);
        }
        let Some(masked) = Masked::new(&request.text, &protected(request, source, target)) else {
            return Ok(None);
        };
        let Some(text) = stream::escape(&masked.text) else { return Ok(None) };
        let answer = self.ask(pair, text).await?;
        let known = |word: &str, begins: bool| {
            if masked.holds(word) {
                Some(word.to_owned())
            } else {
                untranslated(word, begins, source, target)
            }
        };
        let said = stream::read(&answer, known)
            .and_then(|said| masked.restore(&said, source.number_style(), target));
        if said.is_none() {
            tracing::debug!(engine = NAME, target = %request.target, answer, "a word is not known");
        }
        Ok(said.map(|text| Draft { text, engine: NAME, coverage: 1.0, accounted: Vec::new() }))
    }
}

/// Forms of the source's language with what to show for them, the longest first: the room's and the pack's glossary,
/// products, and those terms of the packs that have several words.
fn protected<'a>(request: &'a Request, source: &'a Pack, target: &'a Pack) -> Vec<(&'a str, &'a str)> {
    let mut pairs = request.glossary.pairs(&source.lang, &target.lang);
    // A brand has no Spanish form, but is written in Spanish too.
    let brands = request.glossary.terms().iter().filter(|term| term.protect);
    pairs.extend(brands.filter_map(|term| {
        Some((term.written(&source.lang, &source.lang)?, term.written(&source.lang, &target.lang)?))
    }));
    for product in request.products.iter() {
        let named = product.names.iter().find(|(lang, _)| lang.primary() == source.lang.primary());
        let shown = product.names.iter().find(|(lang, _)| lang.primary() == target.lang.primary());
        if let Some((_, name)) = named {
            // Without a name of its own, what a person has written in the language next to it.
            pairs.push((name, shown.map_or(name, |(_, shown)| shown)));
        }
    }
    pairs.extend(target.glossary.pairs(&source.lang, &target.lang));
    let own = |key: &String| key.split_once('.').is_some_and(|(class, _)| OWN_TERMS.contains(&class));
    let terms = source.terms.iter().filter(|(key, _)| own(key));
    pairs.extend(terms.filter_map(|(key, forms)| Some((forms, target.term(key)?))).flat_map(
        |(forms, shown)| {
            forms.iter().filter(|form| form.contains(' ')).map(move |form| (form.as_str(), shown))
        },
    ));
    // 保温杯 inside 不锈钢保温杯; the order of the same length stays.
    pairs.sort_by_key(|(form, _)| std::cmp::Reverse(form.len()));
    pairs
}

/// What may stand for a word that the pair does not know: a term of the packs, a unit's sign, a name. Any other would be
/// a Spanish word in another language.
fn untranslated(word: &str, begins: bool, source: &Pack, target: &Pack) -> Option<String> {
    let lower = word.to_lowercase();
    let mut terms = source.terms.iter().filter(|(_, forms)| forms.iter().any(|f| f.to_lowercase() == lower));
    if let Some(term) = terms.find_map(|(key, _)| target.term(key)) {
        let upper = word.chars().next().is_some_and(char::is_uppercase);
        return Some(if upper { upper_first(term) } else { term.to_owned() });
    }
    let is_unit = target.unit_words().any(|(_, form)| form == word);
    let capitals = word.chars().filter(|ch| ch.is_uppercase()).count();
    // A capital at the beginning of a sentence tells nothing, but two of them do.
    let is_name = capitals > usize::from(begins);
    (is_unit || is_name).then(|| word.to_owned())
}
