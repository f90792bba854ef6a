//! A recogniser that does not come back: its pass is given up, the utterance is heard in another way, and the end waits for none.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tradewind::domain::Lang;
use tradewind::transcribe::pool::{Patience, Pool};
use tradewind::transcribe::whisper::{WhisperModel, WhisperTranscriber};
use tradewind::transcribe::{Ask, Hypothesis, Pass, TranscribeError, Transcriber, Until};

use crate::failing::{ZH, said, told_of};
use crate::gateway::{self, Gateway, model_files};
use crate::peer::http;
use crate::show::is_of;
use crate::sound::{THERMOS_FIRST, TWENTY_FIVE_SECONDS, TWO_SENTENCES, tour};

/// Whisper itself, but for final passes that do not end by themselves.
struct Hanging {
    whisper: WhisperTranscriber,
    armed: Arc<AtomicBool>,
    hung: Arc<AtomicUsize>,
}

impl Transcriber for Hanging {
    fn transcribe(&mut self, ask: &Ask, until: &Until) -> Result<Hypothesis, TranscribeError> {
        if self.armed.load(Ordering::SeqCst) && ask.pass == Pass::Final {
            self.hung.fetch_add(1, Ordering::SeqCst);
            while !until.is_over() {
                std::thread::sleep(Duration::from_millis(5));
            }
            return Err(TranscribeError::Failed("interrupted".into()));
        }
        self.whisper.transcribe(ask, until)
    }
}

/// One recogniser whose final passes hang, and how many did.
async fn with_hanging_recogniser(settings: &str, patience: Patience) -> (Gateway, Arc<AtomicUsize>) {
    let hung = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&hung);
    let gateway = Gateway::start_with(settings, move |engines| {
        let whisper = WhisperModel::load(&model_files().whisper).unwrap();
        let armed = Arc::new(AtomicBool::new(true));
        let make = move || {
            let (armed, hung) = (Arc::clone(&armed), Arc::clone(&count));
            let whisper = whisper.transcriber(1)?;
            Ok(Box::new(Hanging { whisper, armed, hung }) as Box<dyn Transcriber>)
        };
        engines.pool = Pool::start_with(1, Arc::new(make), patience).unwrap();
    });
    (gateway.await, hung)
}

#[test]
fn an_utterance_over_which_the_recogniser_hangs_is_heard_in_another_way_and_told() {
    gateway::run(async {
        // Far more than any other pass here takes.
        let limit = Duration::from_secs(6);
        let patience = Patience { shortest: limit, longest: limit, ..Patience::default() };
        let (gateway, hung) = with_hanging_recogniser("auth = \"off\"", patience).await;
        let _turn = gateway::speaking().await;
        let room = gateway.room();
        let heard = said(&room, ZH, THERMOS_FIRST).await;
        assert!(heard.iter().any(|text| text.contains("500") || text.contains("五百")), "{heard:?}");
        assert!(hung.load(Ordering::SeqCst) > 0);
        let told = told_of(&room, "recognition").await;
        assert!(told.contains("took far too long") && told.contains("interrupted"), "{told}");
        let ready = http(room.address, "GET", "/readyz", &[], "").await;
        assert_eq!(ready.status, 200, "{}", ready.body);
        let figures = http(room.address, "GET", "/metrics", &[], "").await.body;
        let given_up =
            figures.lines().find_map(|line| line.strip_prefix("tradewind_recognition_given_up_total "));
        assert!(given_up.unwrap().parse::<u64>().unwrap() >= 1);
    });
}

#[test]
fn a_gateway_that_stops_interrupts_a_recogniser_that_hangs_when_the_time_for_it_is_over() {
    gateway::run(async {
        // Left alone the pass would not end: the limits are hours.
        let hours = Duration::from_secs(36_000);
        let patience = Patience { shortest: hours, longest: hours, grace: hours };
        let settings = "auth = \"off\"\n[limits]\nshutdown_ms = 3000";
        let (mut gateway, hung) = with_hanging_recogniser(settings, patience).await;
        let _turn = gateway::speaking().await;
        let room = gateway.room();
        let mut viewer = room.viewer("zh").await;
        let mut host = room.host(ZH).await;
        host.speak_at_once(&tour(TWO_SENTENCES)).await;
        while hung.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        gateway.begin_stop();
        viewer.until(is_of("drain")).await;
        tokio::time::timeout(Duration::from_secs(60), gateway.stopped()).await.unwrap();
    });
}

#[test]
fn whisper_gives_up_between_two_steps_and_hears_what_comes_next() {
    let model = WhisperModel::load(&model_files().whisper).unwrap();
    let mut whisper = model.transcriber(1).unwrap();
    let ask = |seconds, pass| Ask {
        audio: tour(seconds).iter().map(|sample| f32::from(*sample) / 32_768.0).collect(),
        langs: [Lang::parse("zh").unwrap()].into(),
        context: String::new(),
        pass,
    };
    let short = ask(THERMOS_FIRST, Pass::Final);
    let long = ask(TWENTY_FIVE_SECONDS, Pass::Final);
    for until in [Until::at(Instant::now()), Until::at(Instant::now() + Duration::from_millis(300))] {
        let given_up = whisper.transcribe(&long, &until);
        // A machine that does 25 s of sound within 0.3 s is not made yet.
        assert!(given_up.is_err(), "{given_up:?}");
        let next = whisper.transcribe(&short, &Until::never()).unwrap();
        assert!(next.text.contains("500毫升"), "{next:?}");
    }
    let whole = whisper.transcribe(&long, &Until::never()).unwrap().text;
    assert!(["500毫升", "316", "12個小時"].iter().all(|said| whole.contains(said)), "{whole}");
}
