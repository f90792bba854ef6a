//! Which engine's word is shown: the chain of the target's pack with a gate after each engine, then the fallback
//! languages, at last the source text. It never fails, it only says how sure it is.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::cache::{Cache, Key};
use super::cover::FULL;
use super::gate::gate;
use super::{Draft, Request, TranslateError, Translation, Translator};
use crate::domain::{Fidelity, Lang};
use crate::packs::{Pack, Packs};

/// How the route is to behave.
#[derive(Debug, Clone)]
pub struct RouteSettings {
    /// Longest that one engine is waited for.
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

/// Measured quality of an engine in a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Measured, and not fit to be shown.
    Unfit,
    Gist,
    Usable,
    Verified,
}

impl Default for RouteSettings {
    fn default() -> Self {
        Self {
            engine_limit: Duration::from_secs(3),
            partial_limit: Duration::from_millis(300),
            cache_capacity: 10_000,
            chains: HashMap::new(),
            min_tier: Tier::Usable,
            min_coverage: 0.5,
        }
    }
}

impl Tier {
    /// As packs write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unfit => "unfit",
            Self::Gist => "gist",
            Self::Usable => "usable",
            Self::Verified => "verified",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "unfit" => Some(Self::Unfit),
            "gist" => Some(Self::Gist),
            "usable" => Some(Self::Usable),
            "verified" => Some(Self::Verified),
            _ => None,
        }
    }
}

/// The way from a request to what is shown.
pub struct Route {
    packs: Arc<Packs>,
    engines: Vec<Arc<dyn Translator>>,
    settings: RouteSettings,
    cache: Cache,
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
        Self { packs, engines, settings, cache }
    }

    /// Engines that serve `target` from `source`, in the order of asking. Empty: the language falls back.
    pub fn engines(&self, source: &Lang, target: &Lang) -> Vec<&'static str> {
        self.chain(source, target).iter().map(|engine| engine.name()).collect()
    }

    /// What to show. Finals are cached, and asked for once however many ask.
    pub async fn translate(&self, request: Request) -> Translation {
        if same_language(&request.source, &request.target) {
            return source_text(&request, Fidelity::Verified);
        }
        if !request.is_final {
            return self.serve(&request).await.0;
        }
        let chain = self.engines(&request.source, &request.target);
        let packs: Vec<u64> = self.languages(&request).iter().map(|pack| pack.version).collect();
        let key = Key::new(&request, &chain, &packs);
        let make = async {
            match self.serve(&request).await {
                (translation, true) => Ok(translation),
                (translation, false) => Err(translation),
            }
        };
        self.cache.get_or(key, make).await
    }

    /// The answer, and whether it would be the same another time (no engine failed or was late).
    async fn serve(&self, request: &Request) -> (Translation, bool) {
        let mut lasting = true;
        for pack in self.languages(request) {
            let own = same_language(&pack.lang, &request.target);
            if same_language(&pack.lang, &request.source) {
                break;
            }
            let asked = Request { target: pack.lang.clone(), ..request.clone() };
            let shown = |draft: Draft, fidelity: Fidelity| Translation {
                text: draft.text,
                engine: draft.engine.to_owned(),
                fidelity: if own { fidelity } else { Fidelity::Fallback },
                text_lang: (!own).then(|| pack.lang.clone()),
            };
            match self.ask_chain(&asked, pack, &mut lasting).await {
                Served::Whole(draft) => return (shown(draft, Fidelity::Verified), lasting),
                // Half a sentence in the wrong language helps nobody.
                Served::Part(draft) if own => return (shown(draft, Fidelity::Source), lasting),
                Served::Part(_) | Served::Nothing => {}
            }
        }
        (source_text(request, Fidelity::Fallback), lasting)
    }

    async fn ask_chain(&self, request: &Request, pack: &Pack, lasting: &mut bool) -> Served {
        let limit = if request.is_final { self.settings.engine_limit } else { self.settings.partial_limit };
        let mut best: Option<Draft> = None;
        for engine in self.chain(&request.source, &request.target) {
            let draft = match tokio::time::timeout(limit, engine.translate(request)).await {
                Ok(Ok(Some(draft))) => draft,
                Ok(Ok(None)) => continue,
                Ok(Err(error @ TranslateError::Unavailable { .. })) => {
                    *lasting = false;
                    tracing::debug!(engine = engine.name(), target = %request.target, %error, "not asked");
                    continue;
                }
                Ok(Err(error)) => {
                    *lasting = false;
                    tracing::warn!(engine = engine.name(), target = %request.target, %error, "translation failed");
                    continue;
                }
                Err(_) => {
                    *lasting = false;
                    tracing::warn!(engine = engine.name(), target = %request.target, ?limit, "translation was late");
                    continue;
                }
            };
            // A partial is whole as far as it goes: its clauses are, and the rest is still to come.
            let whole = draft.coverage >= FULL || !request.is_final;
            if let Err(failure) = gate(request, &draft, pack, whole && request.is_final) {
                tracing::debug!(engine = engine.name(), target = %request.target, %failure, "translation held back");
                continue;
            }
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

    fn chain(&self, source: &Lang, target: &Lang) -> Vec<&Arc<dyn Translator>> {
        let Some(pack) = self.packs.get(target) else { return Vec::new() };
        let names = self.settings.chains.get(&pack.lang).unwrap_or(&pack.chain);
        let good = |name: &String| {
            pack.tiers
                .get(name)
                .and_then(|tier| Tier::parse(tier))
                .is_none_or(|tier| tier >= self.settings.min_tier)
        };
        let engine = |name: &String| self.engines.iter().find(|engine| engine.name() == name);
        names
            .iter()
            .filter(|name| good(name))
            .filter_map(engine)
            .filter(|engine| engine.speaks(source, target))
            .collect()
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

fn source_text(request: &Request, fidelity: Fidelity) -> Translation {
    let foreign = !same_language(&request.source, &request.target);
    Translation {
        text: request.text.clone(),
        engine: "source".to_owned(),
        fidelity,
        text_lang: foreign.then(|| request.source.clone()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;

    use super::*;
    use crate::translate::Phrasebook;
    use crate::translate::testing::{self, Said};

    /// Says what it was told to, and counts how often it was asked.
    struct Parrot {
        says: fn(&Request) -> Said,
        asked: AtomicUsize,
        delay: Duration,
    }

    impl Parrot {
        fn new(says: fn(&Request) -> Said) -> Arc<Self> {
            Arc::new(Self { says, asked: AtomicUsize::new(0), delay: Duration::from_millis(20) })
        }
    }

    #[async_trait]
    impl Translator for Parrot {
        fn name(&self) -> &'static str {
            "parrot"
        }
        fn speaks(&self, _: &Lang, _: &Lang) -> bool {
            true
        }
        async fn translate(&self, request: &Request) -> Result<Option<Draft>, TranslateError> {
            self.asked.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(self.delay).await;
            let said = (self.says)(request)?;
            Ok(said.map(|(text, coverage)| Draft {
                text: text.into(),
                engine: "parrot",
                coverage,
                accounted: Vec::new(),
            }))
        }
    }

    fn route(parrot: Arc<Parrot>, limit: Duration) -> Route {
        let packs = testing::packs();
        let book: Arc<dyn Translator> = Arc::new(Phrasebook::new(Arc::clone(&packs)));
        let chain = vec!["phrasebook".to_owned(), "parrot".to_owned()];
        let chains = packs.iter().map(|pack| (pack.lang.clone(), chain.clone())).collect();
        let settings = RouteSettings { chains, engine_limit: limit, ..RouteSettings::default() };
        Route::new(packs, vec![book, parrot], settings)
    }

    fn request(text: &str, target: &str) -> Request {
        testing::request(text, "zh", target)
    }

    const LONG: Duration = Duration::from_secs(2);

    #[tokio::test]
    async fn the_source_language_gets_the_source() {
        let route = route(Parrot::new(|_| Ok(None)), LONG);
        let shown = route.translate(request("七天内发货", "zh-Hant")).await;
        assert_eq!(
            (shown.text.as_str(), shown.engine.as_str(), shown.text_lang),
            ("七天内发货", "source", None)
        );
        assert_eq!(shown.fidelity, Fidelity::Verified);
    }

    #[tokio::test]
    async fn the_surest_engine_that_passes_the_gate_is_shown() {
        let parrot = Parrot::new(|_| Ok(Some(("Hoy hace 20 grados.", 1.0))));
        let route = route(Arc::clone(&parrot), LONG);
        let sure = route.translate(request("七天内发货", "es")).await;
        assert_eq!((sure.text.as_str(), sure.fidelity), ("Envío en 7 días.", Fidelity::Verified));
        assert_eq!(parrot.asked.load(Ordering::SeqCst), 0);
        // Not in the phrasebook, and the number is wrong: nothing of it is shown.
        let wrong = route.translate(request("今天三十度", "es")).await;
        assert_eq!((wrong.text.as_str(), wrong.fidelity), ("今天三十度", Fidelity::Fallback));
        assert_eq!(wrong.text_lang.unwrap().as_str(), "zh");
    }

    #[tokio::test]
    async fn half_an_utterance_is_marked_and_a_whole_one_of_a_later_engine_preferred() {
        let half = "支持印你们的商标，今天天气好";
        let alone = route(Parrot::new(|_| Ok(None)), LONG).translate(request(half, "es")).await;
        assert_eq!((alone.text.as_str(), alone.fidelity), ("Imprimimos su logo.", Fidelity::Source));
        let whole =
            route(Parrot::new(|_| Ok(Some(("Imprimimos su logo. Hoy hace buen tiempo.", 1.0)))), LONG);
        let shown = whole.translate(request(half, "es")).await;
        assert_eq!((shown.engine.as_str(), shown.fidelity), ("parrot", Fidelity::Verified));
    }

    #[tokio::test]
    async fn a_language_without_a_pack_falls_back_to_english() {
        let route = route(Parrot::new(|_| Ok(None)), LONG);
        let shown = route.translate(request("七天内发货", "sw")).await;
        assert_eq!((shown.text.as_str(), shown.fidelity), ("Shipped within 7 days.", Fidelity::Fallback));
        assert_eq!(shown.text_lang.unwrap().as_str(), "en");
    }

    #[tokio::test]
    async fn a_burst_asks_once_and_a_late_engine_is_asked_again() {
        let parrot = Parrot::new(|_| Ok(Some(("Hoy hace buen tiempo.", 1.0))));
        let burst = route(Arc::clone(&parrot), LONG);
        let ask = || burst.translate(request("今天天气好", "es"));
        let (a, b, c) = tokio::join!(ask(), ask(), ask());
        assert!(a == b && b == c && a.engine == "parrot");
        assert_eq!(parrot.asked.load(Ordering::SeqCst), 1);

        let parrot = Parrot::new(|_| Ok(Some(("Hoy hace buen tiempo.", 1.0))));
        let slow = route(Arc::clone(&parrot), Duration::from_millis(1));
        for _ in 0..2 {
            assert_eq!(slow.translate(request("今天天气好", "es")).await.fidelity, Fidelity::Fallback);
        }
        // Spanish and English, twice.
        assert_eq!(parrot.asked.load(Ordering::SeqCst), 4);
    }
}
