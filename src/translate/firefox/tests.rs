//! Models that the script makes, which translate token by token what their dictionary has.

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::packs::Packs;
use crate::translate::testing::{lang, product, request};
use crate::translate::{Route, RouteSettings};

/// zh → en with a vocabulary on each side, en → es with one.
static MODELS: LazyLock<TempDir> = LazyLock::new(|| {
    let dir = TempDir::new().unwrap();
    make(&dir.path().join("zh-en"), "zh", "en", &["--split-vocab"]);
    make(&dir.path().join("en-es"), "en", "es", &[]);
    dir
});

fn make(out: &Path, from: &str, to: &str, more: &[&str]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let status = Command::new("python3")
        .arg(root.join("scripts/make-firefox-model.py"))
        .args([out.as_os_str(), from.as_ref(), to.as_ref()])
        .arg(root.join(format!("tests/data/firefox/{from}-{to}.tsv")))
        .args(more)
        .status();
    assert!(status.expect("python3 makes the models").success());
}

fn files(dir: &Path, from: &str, to: &str) -> ModelFiles {
    let dir = dir.join(format!("{from}-{to}"));
    let file = |start: &str, end: &str| dir.join(format!("{start}.{from}{to}.{end}"));
    let vocab = |side: &str| Some(file(side, "spm")).filter(|path| path.exists());
    ModelFiles {
        from: from.into(),
        to: to.into(),
        model: file("model", "intgemm.alphas.bin"),
        source_vocab: vocab("srcvocab").unwrap_or_else(|| file("vocab", "spm")),
        target_vocab: vocab("trgvocab").unwrap_or_else(|| file("vocab", "spm")),
    }
}

pub fn both() -> Vec<ModelFiles> {
    [("zh", "en"), ("en", "es")].map(|(from, to)| files(MODELS.path(), from, to)).into()
}

fn start(models: Vec<ModelFiles>, settings: FirefoxSettings) -> Firefox {
    Firefox::start(models, &settings).unwrap()
}

async fn said(engine: &Firefox, request: &Request) -> Option<String> {
    engine.translate(request).await.unwrap().map(|draft| draft.text)
}

#[tokio::test]
async fn mandarin_goes_through_english_with_its_numbers_in_digits() {
    let engine = start(both(), FirefoxSettings::default());
    for (text, source, target, shown) in [
        ("起订量五百个", "zh", "en", "minimum order 500 pieces"),
        ("起订量五百个", "zh", "es", "mínimo pedido 500 piezas"),
        ("这款很好！重量是三百八十克。", "zh-Hant", "es-MX", "este muy bueno! peso es 380 gramos."),
        ("we ship 500 pieces in seven days", "en", "es", "nosotros enviamos 500 piezas en 7 días"),
    ] {
        let asked = request(text, source, target);
        let text = said(&engine, &asked).await.unwrap();
        // The toy's dictionary has its spaces in front of its marks, too.
        assert_eq!(text.replace(" !", "!").replace(" .", "."), shown);
    }
}

#[tokio::test]
async fn only_pairs_with_all_their_models_are_spoken() {
    let engine = start(both(), FirefoxSettings::default());
    let speaks = |source, target| engine.speaks(&lang(source), &lang(target));
    assert!(speaks("zh", "en") && speaks("zh", "es") && speaks("en", "es-MX") && speaks("zh-Hans-CN", "en"));
    assert!(!speaks("es", "en") && !speaks("zh", "ru") && !speaks("en", "zh"));
    let english = start(vec![files(MODELS.path(), "zh", "en")], FirefoxSettings::default());
    assert!(!english.speaks(&lang("zh"), &lang("es")));
    assert_eq!(said(&english, &request("很好", "zh", "es")).await, None);
}

#[tokio::test]
async fn products_keep_their_names() {
    let engine = start(both(), FirefoxSettings::default());
    let mut asked = request("这款保温杯很好", "zh", "es");
    assert_eq!(said(&engine, &asked).await.unwrap(), "este termo muy bueno");
    asked.products = Arc::new([product("HY-1", &[("zh", "保温杯"), ("es", "Termo Nube 500")], &[])]);
    assert_eq!(said(&engine, &asked).await.unwrap(), "este Termo Nube 500 muy bueno");
    // This dictionary has no Z: the third code is lost, and the models have to do with the names themselves.
    asked.products = Arc::new([
        product("A", &[("zh", "保温杯"), ("es", "Uno")], &[]),
        product("B", &[("zh", "样品"), ("es", "Dos")], &[]),
        product("C", &[("zh", "不锈钢"), ("es", "Tres")], &[]),
    ]);
    asked.text = "不锈钢保温杯样品".into();
    assert_eq!(said(&engine, &asked).await.unwrap(), "inoxidable acero termo muestras");
}

#[tokio::test]
async fn its_drafts_pass_the_gate_and_the_route() {
    let packs = Arc::new(
        Packs::from_dir(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/packs"))).unwrap(),
    );
    let chains = [(lang("es"), vec![NAME.to_owned()])].into();
    let settings =
        RouteSettings { chains, engine_limit: Duration::from_secs(20), ..RouteSettings::default() };
    let engine = Arc::new(start(both(), FirefoxSettings::default()));
    let route = Route::new(packs, vec![engine], settings);
    let shown = route.translate(request("起订量五百个，七天内发货", "zh", "es")).await;
    assert_eq!((shown.engine.as_str(), shown.fidelity), (NAME, crate::domain::Fidelity::Verified));
    assert!(shown.text.contains("500 piezas") && shown.text.contains("7 días"), "{}", shown.text);
}

#[tokio::test]
async fn broken_files_are_told_once_and_their_direction_left_out() {
    let dir = TempDir::new().unwrap();
    let good = files(MODELS.path(), "en", "es");
    let bytes = std::fs::read(&good.model).unwrap();
    // Weights of another shape: the header is right, and the library finds out in the middle of its work.
    let mut foreign = bytes.clone();
    let name = bytes.windows(17).position(|window| window == b"encoder_l1_ffn_W1").unwrap();
    foreign[name] = b'x';
    for (contents, word) in [
        (&bytes[..bytes.len() / 2], "cut short"),
        (b"<html>log in</html>", "no Marian"),
        (&foreign, "encoder_l1_ffn_W1"),
    ] {
        let model = dir.path().join("model.enes.bin");
        std::fs::write(&model, contents).unwrap();
        let broken = ModelFiles { model, ..good.clone() };
        assert!(trial(&broken).unwrap_err().contains(word));
        let engine = start(vec![broken], FirefoxSettings::default());
        let asked = request("good", "en", "es");
        let error = engine.translate(&asked).await.unwrap_err().to_string();
        assert!(
            error.starts_with("firefox failed: the model en → es cannot be used: ") && error.contains(word),
            "{error}"
        );
        assert!(!engine.speaks(&asked.source, &asked.target));
        assert!(engine.translate(&asked).await.unwrap().is_none());
        assert!(matches!(&engine.directions()[0].2, DirectionState::Broken(why) if why.contains(word)));
        // The operator reads which model it is.
        let told = engine.readiness().as_str().to_owned();
        assert!(told.starts_with("the model en → es cannot be used: ") && told.contains(word), "{told}");
    }
    assert_eq!(trial(&good), Ok(()));
    let swapped = ModelFiles { source_vocab: good.model.clone(), ..good };
    assert!(trial(&swapped).unwrap_err().contains("no SentencePiece"));
}

#[tokio::test]
async fn no_more_models_are_loaded_than_there_is_room_for() {
    let states =
        |engine: &Firefox| engine.directions().into_iter().map(|(.., state)| state).collect::<Vec<_>>();
    let settings = FirefoxSettings { max_models: 1, ..FirefoxSettings::default() };
    let (english, spanish) = (request("很好", "zh", "en"), request("good", "en", "es"));
    // The first is still in use: the second is refused.
    let engine = start(both(), settings.clone());
    assert!(states(&engine).iter().all(|state| *state == DirectionState::Idle));
    assert!(said(&engine, &english).await.is_some());
    let refused = engine.translate(&spanish).await.unwrap_err().to_string();
    assert_eq!(refused, "firefox failed: 1 models are in use, and max_models allows no more");
    assert_eq!(states(&engine), [DirectionState::Loaded, DirectionState::Idle]);
    // The first has been idle for long enough: it makes room.
    let engine = start(both(), FirefoxSettings { keep: Duration::ZERO, ..settings });
    assert!(said(&engine, &english).await.is_some() && said(&engine, &spanish).await.is_some());
    assert_eq!(states(&engine), [DirectionState::Idle, DirectionState::Loaded]);
    assert!(said(&engine, &english).await.is_some());
}

#[tokio::test]
async fn a_partial_does_not_load_a_model() {
    let engine = start(both(), FirefoxSettings::default());
    let partial = Request { is_final: false, ..request("good", "en", "es") };
    assert_eq!(said(&engine, &partial).await, None);
    assert!(said(&engine, &request("good", "en", "es")).await.is_some());
    assert_eq!(said(&engine, &partial).await.as_deref(), Some("bueno"));
}

/// Enough sentences, all different, to keep the thread busy for a while.
fn long(n: usize) -> Request {
    let sentence = |i: usize| format!("we ship {}{n} pieces in {i} days to your port.", i + 1000);
    request(&(0..40).map(sentence).collect::<Vec<_>>().join(" "), "en", "es")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_is_told() {
    let engine = Arc::new(start(both(), FirefoxSettings { queue: 2, ..FirefoxSettings::default() }));
    assert!(said(&engine, &request("good", "en", "es")).await.is_some());
    let asks: Vec<_> = (0..8).map(long).collect();
    let answers = futures(asks.iter().map(|asked| engine.translate(asked))).await;
    let refused: Vec<String> =
        answers.iter().filter_map(|answer| Some(answer.as_ref().err()?.to_string())).collect();
    // One is being done and two wait; how many are done by the time the last is asked is the machine's affair.
    assert!((1..=6).contains(&refused.len()), "{refused:?}");
    assert!(
        refused.iter().all(|error| error == "firefox failed: too many utterances wait for it"),
        "{refused:?}"
    );
    let shown = answers.iter().flatten().map(|draft| draft.as_ref().unwrap());
    assert!(shown.into_iter().all(|draft| draft.text.ends_with("a su puerto.")));
}

#[tokio::test]
async fn two_threads_share_the_directions_and_end_with_the_engine() {
    let engine = start(both(), FirefoxSettings { threads: 2, max_models: 2, ..FirefoxSettings::default() });
    assert_eq!(said(&engine, &request("大家好", "zh", "es")).await.as_deref(), Some("hola todos"));
    assert!(engine.directions().iter().all(|(.., state)| *state == DirectionState::Loaded));
    let name = std::thread::current().name().map(str::to_owned);
    drop(engine);
    assert_eq!(std::thread::current().name().map(str::to_owned), name);
}

#[tokio::test]
async fn what_no_model_can_take_is_declined() {
    let engine = start(both(), FirefoxSettings::default());
    for text in ["", "。！", &"好".repeat(2_001)] {
        assert_eq!(said(&engine, &request(text, "zh", "en")).await, None, "{text}");
    }
    // A word that the vocabulary lacks becomes nothing, and a sentence of nothing is no translation.
    assert_eq!(said(&engine, &request("嗯", "zh", "en")).await, None);
    // One word of more tokens than the window has.
    assert_eq!(said(&engine, &request(&"7".repeat(300), "en", "es")).await, None);
}

async fn futures<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut pending: Vec<_> = all.map(Box::pin).collect();
    let mut done: Vec<Option<T>> = pending.iter().map(|_| None).collect();
    std::future::poll_fn(move |cx| {
        for (future, answer) in pending.iter_mut().zip(&mut done) {
            if answer.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(cx)
            {
                *answer = Some(value);
            }
        }
        if done.iter().all(Option::is_some) {
            std::task::Poll::Ready(done.drain(..).flatten().collect())
        } else {
            std::task::Poll::Pending
        }
    })
    .await
}

/// `cargo test --release -- --ignored --nocapture clauses_a_second`: how fast models of the shipped sizes are.
#[tokio::test]
#[ignore = "measures"]
async fn clauses_a_second() {
    let dir = TempDir::new().unwrap();
    for size in ["tiny", "base"] {
        let out = dir.path().join(size);
        make(&out.join("en-es"), "en", "es", &["--size", size]);
        let engine = start(vec![files(&out, "en", "es")], FirefoxSettings::default());
        assert!(said(&engine, &request("good", "en", "es")).await.is_some());
        for clauses in [1_usize, 2, 4] {
            let begun = std::time::Instant::now();
            let mut done = 0;
            while begun.elapsed() < Duration::from_secs(5) {
                // Another number each time: nothing is remembered.
                let clause =
                    |i: usize| format!("we ship {} pieces in 20 days to your port.", 100 + (done + i) % 900);
                let text = (0..clauses).map(clause).collect::<Vec<_>>().join(" ");
                let text = said(&engine, &request(&text, "en", "es")).await.unwrap();
                assert!(text.ends_with("en 20 días a su puerto."), "{text}");
                done += clauses;
            }
            #[expect(clippy::cast_precision_loss, reason = "a report")]
            let rate = done as f64 / begun.elapsed().as_secs_f64();
            println!("{size}: {clauses} clauses an utterance: {rate:.1} clauses a second");
        }
    }
}
