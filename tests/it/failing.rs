//! Engines that hang, lie, crash and answer too late, and model files that are cut short: the show goes on, the caption falls
//! down the chain, the console says what is wrong, and the engine comes back.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tradewind::domain::Lang;
use tradewind::packs::Packs;
use tradewind::transcribe::pool::Pool;
use tradewind::transcribe::voice::VoiceActivity;
use tradewind::transcribe::whisper::{SileroVad, WhisperModel, WhisperTranscriber};
use tradewind::transcribe::{Ask, Hypothesis, Pass, TranscribeError, Transcriber, Until};
use tradewind::translate::{Draft, Phrasebook, Request, Route, RouteSettings, TranslateError, Translator};

use crate::gateway::{self, Gateway, Room, model_files};
use crate::peer::{Stream, http};
use crate::process::Process;
use crate::show::{assert_unbroken, is_final, is_final_result, offsets, text, transcript};
use crate::sound::{THERMOS, THERMOS_FIRST, TWO_SENTENCES, tour};

pub const ZH: &str = "encoding=linear16&sample_rate=16000&channels=1&language=zh";
/// Mandarin or English: no pass of these hosts meets the recogniser's bad fate.
const ANY: &str = "encoding=linear16&sample_rate=16000&channels=1&language=multi";

/// What becomes of final passes over speech that is known to be Mandarin.
#[derive(Default)]
struct Fate {
    /// All of them panic.
    every: AtomicBool,
    /// The first way of hearing panics; a second opinion does not.
    first_way: AtomicBool,
    /// No recogniser can be made.
    none: AtomicBool,
    panics: AtomicUsize,
}

/// Whisper itself, but for its fate.
struct Fragile {
    whisper: WhisperTranscriber,
    fate: Arc<Fate>,
}

impl Transcriber for Fragile {
    fn transcribe(&mut self, ask: &Ask, until: &Until) -> Result<Hypothesis, TranscribeError> {
        let known = ask.is_final() && ask.langs.len() == 1;
        let first = self.fate.first_way.load(Ordering::SeqCst) && ask.pass == Pass::Final;
        if known && (first || self.fate.every.load(Ordering::SeqCst)) {
            self.fate.panics.fetch_add(1, Ordering::SeqCst);
            panic!("a tensor of a wrong shape");
        }
        self.whisper.transcribe(ask, until)
    }
}

async fn with_fragile_recogniser() -> (Gateway, Arc<Fate>) {
    let fate = Arc::new(Fate::default());
    let ours = Arc::clone(&fate);
    let gateway = Gateway::start_with("auth = \"off\"", |engines| {
        let whisper = WhisperModel::load(&model_files().whisper).unwrap();
        let make = move || {
            if fate.none.load(Ordering::SeqCst) {
                return Err(TranscribeError::Failed("no memory for another".into()));
            }
            let whisper = whisper.transcriber(1)?;
            Ok(Box::new(Fragile { whisper, fate: Arc::clone(&fate) }) as Box<dyn Transcriber>)
        };
        engines.pool = Pool::start(1, Arc::new(make)).unwrap();
    });
    (gateway.await, ours)
}

/// A host comes, says this and leaves. What it was told is final.
pub async fn said(room: &Room, query: &str, seconds: [f64; 2]) -> Vec<String> {
    let mut host = room.host(query).await;
    host.speak_at_once(&tour(seconds)).await;
    host.say(r#"{"type":"CloseStream"}"#).await;
    let (told, code) = host.rest().await;
    assert_eq!(code, Some(1000), "{told:?}");
    told.iter().filter(|m| is_final_result(m)).map(|m| transcript(m).to_owned()).collect()
}

async fn readiness(room: &Room) -> (u16, Value) {
    let ready = http(room.address, "GET", "/readyz", &[], "").await;
    (ready.status, ready.json())
}

/// What the room's console says that does not work, once it says it of `part`.
pub async fn told_of(room: &Room, part: &str) -> String {
    let detail = |state: &Value| {
        let troubles = state["troubles"].as_array()?;
        Some(text(troubles.iter().find(|trouble| trouble["part"] == part)?, "detail").to_owned())
    };
    let mut console = console(room).await;
    detail(&console.until(|m| detail(m).is_some()).await.pop().unwrap().data).unwrap()
}

async fn until_all_is_well(room: &Room) {
    console(room).await.until(|m| m["troubles"] == json!([])).await;
}

async fn console(room: &Room) -> Stream {
    Stream::open(room.address, &format!("/v1/rooms/{}/console", room.name), None).await
}

#[test]
fn a_recogniser_that_panics_in_one_room_touches_no_other() {
    gateway::run(async {
        let (gateway, fate) = with_fragile_recogniser().await;
        let (bad, good) = (gateway.room(), gateway.room());
        let _turn = gateway::speaking().await;
        let undisturbed = said(&gateway.room(), ANY, TWO_SENTENCES).await;
        fate.every.store(true, Ordering::SeqCst);
        let mut viewer = bad.viewer("zh").await;
        let (lost, heard) = tokio::join!(said(&bad, ZH, THERMOS), said(&good, ANY, TWO_SENTENCES));
        assert_eq!(lost, Vec::<String>::new());
        // A number in digits or in words: that may differ from pass to pass.
        let words = ["注塑", "两万"];
        for all in [&heard, &undisturbed] {
            assert!(
                all.len() == 2 && all.iter().zip(words).all(|(heard, word)| heard.contains(word)),
                "{all:?}"
            );
        }
        assert!(fate.panics.load(Ordering::SeqCst) > 1, "each utterance is tried again");
        // Both consoles: the recognisers belong to all rooms.
        for room in [&bad, &good] {
            let told = told_of(room, "recognition").await;
            assert!(told.contains("crashed") && told.contains("a tensor of a wrong shape"), "{told}");
        }
        let (status, ready) = readiness(&bad).await;
        assert_eq!((status, &ready["ready"]), (200, &json!(true)), "it was started again");
        assert!(text(&ready["recognition"], "state").contains("crashed"));

        fate.every.store(false, Ordering::SeqCst);
        let again = said(&bad, ZH, THERMOS).await;
        assert!(!again.is_empty());
        let mut read = Vec::new();
        while read.iter().filter(|m| is_final(m)).count() < again.len() {
            read.push(viewer.next().await);
        }
        let finals: Vec<&str> = read.iter().filter(|m| is_final(m)).map(|m| text(m, "text")).collect();
        assert_eq!(finals, again);
        assert_unbroken(&offsets(&read), 0);
    });
}

#[test]
fn an_utterance_over_which_the_recogniser_crashed_is_heard_in_another_way() {
    gateway::run(async {
        let (gateway, fate) = with_fragile_recogniser().await;
        let _turn = gateway::speaking().await;
        fate.first_way.store(true, Ordering::SeqCst);
        let heard = said(&gateway.room(), ZH, THERMOS_FIRST).await;
        assert!(heard.iter().any(|text| text.contains("500") || text.contains("五百")), "{heard:?}");
        assert!(fate.panics.load(Ordering::SeqCst) > 0);
    });
}

#[test]
fn a_gateway_whose_recognisers_cannot_be_started_says_so_and_takes_up_again() {
    gateway::run(async {
        let (gateway, fate) = with_fragile_recogniser().await;
        let room = gateway.room();
        let _turn = gateway::speaking().await;
        fate.none.store(true, Ordering::SeqCst);
        fate.every.store(true, Ordering::SeqCst);
        let (mut viewer, mut host) = (room.viewer("zh").await, room.host(ZH).await);
        host.speak_at_once(&tour(THERMOS_FIRST)).await;
        let told = told_of(&room, "recognition").await;
        while !told_of(&room, "recognition").await.contains("cannot be started") {}
        assert!(!told.is_empty());
        let (status, ready) = readiness(&room).await;
        assert_eq!((status, &ready["ready"]), (503, &json!(false)), "no host can be served: {ready}");
        assert!(text(&ready["recognition"], "state").contains("no memory for another"), "{ready}");

        // The same host on the same connection, once there is a recogniser again.
        fate.none.store(false, Ordering::SeqCst);
        fate.every.store(false, Ordering::SeqCst);
        while readiness(&room).await.0 != 200 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        host.speak_at_once(&tour(THERMOS_FIRST)).await;
        host.say(r#"{"type":"CloseStream"}"#).await;
        let (told, code) = host.rest().await;
        assert!(code == Some(1000) && told.iter().any(is_final_result), "{code:?} {told:?}");
        assert!(viewer.until(is_final).await.len() > 1);
    });
}

#[test]
fn voice_detection_that_crashes_now_and_then_costs_nothing() {
    gateway::run(async {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let gateway = Gateway::start_with("auth = \"off\"", move |engines| {
            let make = move || {
                let mut model = SileroVad::load(&model_files().silero)?;
                let count = Arc::clone(&count);
                Ok(Box::new(move |audio: &[f32]| {
                    assert!(count.fetch_add(1, Ordering::SeqCst) % 7 != 3, "asked to");
                    model.probabilities(audio).map(<[f32]>::to_vec)
                }) as tradewind::transcribe::voice::Detector)
            };
            engines.voice = VoiceActivity::start(Box::new(make)).unwrap();
        })
        .await;
        let _turn = gateway::speaking().await;
        let heard = said(&gateway.room(), ZH, TWO_SENTENCES).await;
        // How numbers are written hangs on where a pass begins.
        assert!(heard.len() == 2 && heard[0].contains("注塑机") && heard[1].contains("日产能"), "{heard:?}");
        assert!(asked.load(Ordering::SeqCst) > 20, "it crashed several times");
    });
}

/// How the endpoint behaves.
const HONEST: u8 = 0;
const HANGS: u8 = 1;
const HANGS_UP: u8 = 2;
const LIES: u8 = 3;
const LATE: u8 = 4;

/// Longer than the gateway of these tests waits for an engine.
const TOO_LONG: Duration = Duration::from_millis(1_500);

/// An OpenAI-compatible endpoint, as far as one sentence goes.
async fn endpoint(mood: Arc<AtomicU8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(speak_to(stream, Arc::clone(&mood)));
        }
    });
    address
}

async fn speak_to(mut stream: TcpStream, mood: Arc<AtomicU8>) {
    let mut request = Vec::new();
    // Until the end of the body: a JSON object.
    while !request.ends_with(b"}") {
        if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let said = match mood.load(Ordering::SeqCst) {
        HANGS => return std::future::pending().await,
        HANGS_UP => {
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"choices\":[{").await);
            return;
        }
        LIES => "Despacho en un plazo de 95 días.",
        LATE => {
            tokio::time::sleep(TOO_LONG).await;
            "Hoy hace buen tiempo."
        }
        _ => "Hoy hace buen tiempo.",
    };
    let body = json!({"choices":[{"message":{"content":said},"finish_reason":"stop"}]}).to_string();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
    drop(stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await);
}

/// Panics while it is armed, and else knows nothing.
struct Bomb(Arc<AtomicBool>);

#[async_trait]
impl Translator for Bomb {
    fn name(&self) -> &'static str {
        "bomb"
    }
    fn speaks(&self, _: &Lang, _: &Lang) -> bool {
        true
    }
    async fn translate(&self, _: &Request) -> Result<Option<Draft>, TranslateError> {
        assert!(!self.0.load(Ordering::SeqCst), "asked to");
        Ok(None)
    }
}

/// The phrasebook behind an endpoint of this mood and an engine that may panic.
async fn with_bad_translators(mood: &Arc<AtomicU8>, armed: &Arc<AtomicBool>) -> Gateway {
    let (address, armed) = (endpoint(Arc::clone(mood)).await, Arc::clone(armed));
    // The breaker opens late and for long enough to be seen.
    let settings = format!(
        "auth = \"off\"\n[llm]\nurl = \"http://{address}/v1\"\nmodel = \"any\"\ntime_limit_ms = 700\npause_after = 4\npause_ms = 2500"
    );
    Gateway::start_with(&settings, move |engines| {
        let packs: Arc<Packs> = Arc::clone(&engines.packs);
        let llm = engines.route.all().iter().find(|engine| engine.name() == "llm").unwrap();
        let all: Vec<Arc<dyn Translator>> =
            vec![Arc::new(Bomb(armed)), Arc::clone(llm), Arc::new(Phrasebook::new(Arc::clone(&packs)))];
        let chain = all.iter().map(|engine| engine.name().to_owned()).collect();
        let settings = RouteSettings {
            engine_limit: Duration::from_millis(1_000),
            chains: std::iter::once((Lang::parse("es").unwrap(), chain)).collect(),
            ..RouteSettings::default()
        };
        engines.route = Route::new(packs, all, settings);
    })
    .await
}

#[test]
fn a_translator_that_hangs_lies_or_crashes_is_passed_over_told_and_asked_again() {
    gateway::run(async {
        let (mood, armed) = (Arc::new(AtomicU8::new(HONEST)), Arc::new(AtomicBool::new(false)));
        let gateway = with_bad_translators(&mood, &armed).await;
        let room = gateway.room();
        let turn = gateway::speaking().await;
        let mut viewer = room.viewer("es").await;
        assert!(!said(&room, ZH, THERMOS_FIRST).await.is_empty());
        drop(turn);
        let first = viewer.until(is_final).await.pop().unwrap();
        // A correction is translated anew, which asks the chain without another sentence being spoken.
        let mut days = 4;
        let mut says = async |words: Option<&str>| {
            days += 1;
            let words = words.map_or_else(|| format!("{days}天内发货"), str::to_owned);
            let body = json!({ "text": words }).to_string();
            assert_eq!(room.post(&format!("captions/{}", first["segment"]), &body).await.status, 200);
            let read = viewer.until(|m| m["corrected"] == true).await.pop().unwrap();
            (days.to_string(), read)
        };
        let (_, honest) = says(Some("今天天气很好")).await;
        assert_eq!(honest["engine"], "llm", "{honest}");

        for bad in [LIES, HANGS_UP, LATE, HANGS] {
            mood.store(bad, Ordering::SeqCst);
            let (days, read) = says(None).await;
            assert_eq!(
                (&read["engine"], &read["fidelity"]),
                (&json!("phrasebook"), &json!("verified")),
                "{bad}: {read}"
            );
            assert!(text(&read, "text").contains(&days), "{read}");
        }
        // Three in a row failed by now; one more, and the breaker leaves the endpoint alone.
        let told = told_of(&room, "llm").await;
        assert!(told.contains("in a row") || told.contains("left alone"), "{told}");
        let (status, ready) = readiness(&room).await;
        assert_eq!((status, text(&ready["engines"], "llm")), (200, told.as_str()));
        assert_eq!(says(None).await.1["engine"], "phrasebook");

        mood.store(HONEST, Ordering::SeqCst);
        armed.store(true, Ordering::SeqCst);
        // Behind one that panics the chain goes on, in the same lane and without a gap.
        let mut words = "今天天气很好".to_owned();
        loop {
            // Another text each time: one that is there already is no correction.
            words.push('啊');
            if says(Some(&words)).await.1["engine"] == "llm" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        for _ in 0..3 {
            says(None).await;
        }
        let told = told_of(&room, "bomb").await;
        assert!(told.contains("it crashed"), "{told}");
        armed.store(false, Ordering::SeqCst);
        says(None).await;
        until_all_is_well(&room).await;
        let place = format!("&epoch={}&offset=0", text(&first, "epoch"));
        let mut late = room.viewer_at("es", &place).await;
        let read = late.until(|m| m["offset"].as_u64() >= Some(10)).await;
        assert_unbroken(&offsets(&read[1..]), 0);
    });
}

#[test]
fn a_speech_model_that_is_cut_short_is_refused_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read(model_files().whisper).unwrap();
    let text = "listen = \"127.0.0.1:0\"\nauth = \"off\"\n[models]\nwhisper = \"cut.bin\"\n[[rooms]]\nid = \"r\"\ntitle = \"R\"";
    std::fs::write(folder.path().join("gateway.toml"), text).unwrap();
    // In its header whisper.cpp would end the process, in its last tensor it would not notice.
    for length in [1_000, whole.len() / 2, whole.len() - 400] {
        std::fs::write(folder.path().join("cut.bin"), &whole[..length]).unwrap();
        let serve = ["serve", "--config", "gateway.toml"];
        let ended = program(folder.path()).args(serve).output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(1), "{length}: {said}");
        assert!(said.contains("cut.bin") && said.contains("it is cut short"), "{length}: {said}");
    }
}

fn program(folder: &Path) -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_tradewind"));
    command.current_dir(folder);
    command
}

#[test]
fn a_language_model_that_is_cut_short_is_told_and_the_phrasebook_translates() {
    gateway::run(async {
        let settings = "[translate.gguf]\nmodel = \"cut.gguf\"\nlanguages = [\"es\"]\n\
                        [translate.chains]\nes = [\"gguf\", \"phrasebook\"]";
        let mut process = Process::new(settings);
        std::fs::write(process.at("cut.gguf"), b"GGUF\x03\0\0\0\x22\x01\0\0\0\0\0\0\x1a\0\0\0").unwrap();
        let room = process.start().await;
        let _turn = gateway::speaking().await;
        let mut viewer = room.viewer("es").await;
        assert!(!said(&room, ZH, THERMOS).await.is_empty());
        let read = viewer.until(is_final).await.pop().unwrap();
        assert_eq!(read["engine"], "phrasebook", "{read}");
        let told = told_of(&room, "gguf").await;
        assert!(told.contains("cannot be loaded"), "{told}");
        let (status, ready) = readiness(&room).await;
        assert_eq!((status, text(&ready["engines"], "gguf")), (200, told.as_str()));
    });
}
