//! The route with engines that say what they are told to.

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
    assert_eq!((shown.text.as_str(), shown.engine.as_str(), shown.text_lang), ("七天内发货", "source", None));
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
    let whole = route(Parrot::new(|_| Ok(Some(("Imprimimos su logo. Hoy hace buen tiempo.", 1.0)))), LONG);
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

/// Puts Spanish into Catalan, and remembers what it was given.
struct Neighbour {
    says: &'static str,
    given: parking_lot::Mutex<Vec<String>>,
}

#[async_trait]
impl Translator for Neighbour {
    fn name(&self) -> &'static str {
        "neighbour"
    }
    fn speaks(&self, source: &Lang, target: &Lang) -> bool {
        source.primary() == "es" && target.primary() == "ca"
    }
    async fn translate(&self, request: &Request) -> Result<Option<Draft>, TranslateError> {
        assert!(request.source.as_str() == "es" && request.context.is_empty());
        self.given.lock().push(request.text.clone());
        let text = self.says.to_owned();
        Ok(Some(Draft { text, engine: "neighbour", coverage: 1.0, accounted: Vec::new() }))
    }
}

/// Catalan by way of Spanish, Spanish by the phrasebook that ships.
fn by_way_of_spanish(says: &'static str) -> (Route, Arc<Neighbour>) {
    let packs = Arc::new(Packs::builtin().unwrap());
    let neighbour = Arc::new(Neighbour { says, given: parking_lot::Mutex::default() });
    let book: Arc<dyn Translator> = Arc::new(Phrasebook::new(Arc::clone(&packs)));
    let chains = HashMap::from([(Lang::parse("ca").unwrap(), vec!["neighbour".to_owned()])]);
    let engines = vec![book, Arc::clone(&neighbour) as Arc<dyn Translator>];
    (Route::new(packs, engines, RouteSettings { chains, ..RouteSettings::default() }), neighbour)
}

#[tokio::test]
async fn a_language_by_way_of_another_is_made_from_its_captions() {
    let (route, neighbour) = by_way_of_spanish("Enviament en un termini de 7 dies.");
    let shown = route.translate(request("七天内发货", "ca")).await;
    assert_eq!((shown.engine.as_str(), shown.fidelity), ("neighbour", Fidelity::Verified));
    assert_eq!((shown.text.as_str(), shown.text_lang), ("Enviament en un termini de 7 dies.", None));
    assert_eq!(*neighbour.given.lock(), ["Despacho en un plazo de 7 días."]);
    let again = Request { is_final: false, ..request("七天内发货", "ca") };
    assert_eq!(route.translate(again).await.engine, "neighbour", "a partial too");
    let (zh, ca) = (Lang::parse("zh").unwrap(), Lang::parse("ca").unwrap());
    assert_eq!(route.engines(&zh, &ca), ["neighbour"]);
}

#[tokio::test]
async fn what_came_the_long_way_is_proven_against_what_the_host_said() {
    // It fits no Spanish number either, but what counts is the host's.
    let (route, _) = by_way_of_spanish("Enviament en un termini de 17 dies.");
    let shown = route.translate(request("七天内发货", "ca")).await;
    assert_eq!(
        (shown.fidelity, shown.text.as_str()),
        (Fidelity::Fallback, "Despacho en un plazo de 7 días.")
    );
    assert_eq!(shown.text_lang.unwrap().as_str(), "es");
}

#[tokio::test]
async fn numbers_that_the_wording_between_carries_are_still_accounted_for() {
    let (route, _) = by_way_of_spanish("Usos per càrrega: 15.");
    let shown = route.translate(request("充电1次可以用15次", "ca")).await;
    assert_eq!((shown.engine.as_str(), shown.fidelity), ("neighbour", Fidelity::Verified));
}

#[tokio::test]
async fn half_an_utterance_between_is_half_a_translation_and_nothing_is_no_ground_to_build_on() {
    let (route, neighbour) = by_way_of_spanish("Podem imprimir el seu logotip.");
    let half = route.translate(request("支持印你们的商标，今天天气好", "ca")).await;
    assert_eq!((half.engine.as_str(), half.fidelity), ("neighbour", Fidelity::Source));
    let none = route.translate(request("今天天气好", "ca")).await;
    assert_eq!((none.engine.as_str(), none.fidelity), ("source", Fidelity::Fallback));
    assert_eq!(neighbour.given.lock().len(), 1);
}

#[tokio::test]
async fn a_way_whose_first_half_nobody_goes_is_none() {
    let packs = Arc::new(Packs::builtin().unwrap());
    let neighbour = Arc::new(Neighbour { says: "", given: parking_lot::Mutex::default() });
    let chains = HashMap::from([(Lang::parse("ca").unwrap(), vec!["neighbour".to_owned()])]);
    let settings = RouteSettings { chains, ..RouteSettings::default() };
    let route = Route::new(packs, vec![neighbour], settings);
    assert!(route.engines(&Lang::parse("zh").unwrap(), &Lang::parse("ca").unwrap()).is_empty());
}
