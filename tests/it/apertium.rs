//! The `apertium` engine with Debian's own Apertium, which `scripts/apertium.sh` finds or fetches.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tradewind::domain::{Fidelity, Lang};
use tradewind::glossary::Glossary;
use tradewind::packs::Packs;
use tradewind::translate::{
    Apertium, ApertiumSettings, Phrasebook, Request, Route, RouteSettings, Translation, Translator,
};

fn root() -> PathBuf {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/apertium.sh");
    let told = Command::new(script).stderr(Stdio::inherit()).output().unwrap();
    assert!(told.status.success(), "Apertium is not here: see above");
    PathBuf::from(String::from_utf8(told.stdout).unwrap().trim())
}

fn engine(packs: &Arc<Packs>) -> Apertium {
    // The machine may be busy with Whisper.
    let settings = ApertiumSettings { root: root(), time_limit: Duration::from_secs(20), queue: 64 };
    Apertium::find(&settings, packs).unwrap()
}

fn request(text: &str, source: &str, target: &str) -> Request {
    Request {
        text: text.into(),
        source: Lang::parse(source).unwrap(),
        target: Lang::parse(target).unwrap(),
        is_final: true,
        products: Arc::new([]),
        context: Vec::new(),
        glossary: Arc::default(),
    }
}

#[tokio::test]
async fn spanish_captions_become_catalan_and_galician() {
    let engine = engine(&Arc::new(Packs::builtin().unwrap()));
    let pairs: Vec<String> = engine.pairs().collect();
    assert_eq!(pairs, ["es-ca", "es-gl"]);
    for (target, text, said) in [
        ("ca", "Pedido mínimo: 1,000 piezas.", "Comanda mínima: 1.000 peces."),
        ("ca", "Precio FOB Ningbo: USD 2.80.", "Preu FOB Ningbo: USD 2,80."),
        ("ca", "Material: silicona de grado alimenticio.", "Material: silicona d’ús alimentari."),
        ("ca", "Formas de pago: carta de crédito (L/C).", "Formes de pagament: carta de crèdit (L/C)."),
        ("gl", "Pedido mínimo: 500 piezas.", "Pedido mínimo: 500 pezas."),
        ("gl", "Norma ISO 14001, modelo HY-500, 20 %.", "Norma ISO 14001, modelo HY-500, 20 %."),
        ("ca", "Voltaje: 220 V.", "Voltatge: 220 V."),
    ] {
        let draft = engine.translate(&request(text, "es", target)).await.unwrap();
        assert_eq!(draft.map(|draft| draft.text).as_deref(), Some(said), "{target}: {text}");
    }
    let unknown = engine.translate(&request("Los xilotones son buenos.", "es", "ca")).await.unwrap();
    assert_eq!(unknown, None, "a word that it does not know is not left in Spanish");
}

#[tokio::test]
async fn brands_and_names_of_products_are_not_translated() {
    let engine = engine(&Arc::new(Packs::builtin().unwrap()));
    let plain = request("El termo Nube y el vaso Brisa.", "es", "ca");
    let said = engine.translate(&plain).await.unwrap().unwrap().text;
    assert_eq!(said, "El termo Núvol i el got Brisa.", "without a glossary it does what it can");
    let glossary =
        Glossary::parse("flags\tzh\ten\tes\tca\nprotect\t云\tNube\t\t\n\t杯\t\tvaso\ttassó\n").unwrap();
    let told = Request { glossary: Arc::new(glossary), ..plain };
    let said = engine.translate(&told).await.unwrap().unwrap().text;
    assert_eq!(said, "El termo Nube i el tassó Brisa.");
}

#[tokio::test]
async fn many_at_once_get_their_own_answers() {
    let engine = engine(&Arc::new(Packs::builtin().unwrap()));
    let asked = (1..=40).map(|n| {
        let engine = &engine;
        async move { engine.translate(&request(&format!("Garantía: {n} años."), "es", "gl")).await }
    });
    for (n, draft) in (1..=40).zip(join_all(asked).await) {
        assert_eq!(draft.unwrap().unwrap().text, format!("Garantía: {n} anos."));
    }
}

#[tokio::test]
async fn a_mandarin_host_is_read_in_catalan_and_galician() {
    let packs = Arc::new(Packs::builtin().unwrap());
    let engines: Vec<Arc<dyn Translator>> =
        vec![Arc::new(Phrasebook::new(Arc::clone(&packs))), Arc::new(engine(&packs))];
    // The first sentence waits for ten processes to load.
    let settings = RouteSettings { engine_limit: Duration::from_secs(30), ..RouteSettings::default() };
    let route = Route::new(packs, engines, settings);
    for (target, said, shown) in [
        ("ca", "单价两美元八十美分", "Preu unitari: USD 2,80."),
        ("gl", "单价两美元八十美分", "Prezo unitario: USD 2,80."),
        ("ca", "最低起订量是五百个", "Comanda mínima: 500 peces."),
        ("gl", "我们工厂通过了验厂", "A nosa fábrica está auditada."),
    ] {
        let Translation { text, engine, fidelity, text_lang } =
            route.translate(request(said, "zh", target)).await;
        assert_eq!((text.as_str(), engine.as_str()), (shown, "apertium"), "{target}: {said}");
        assert_eq!((fidelity, text_lang), (Fidelity::Verified, None));
    }
    let unknown = route.translate(request("今天天气很好", "zh", "ca")).await;
    assert_eq!(unknown.fidelity, Fidelity::Fallback);
}
