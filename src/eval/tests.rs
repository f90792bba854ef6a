//! A whole evaluation against a small gateway on a real socket that repeats the reference.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::stream::FuturesUnordered;
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::numbers::numbers_said;
use super::text::Normaliser;
use super::*;

/// What has been "spoken" so far: (bytes heard, text, at), shared by host and viewers of the toy gateway.
type Spoken = Option<(u64, Duration)>;

/// Answers hosts and viewers: after each host's audio every viewer gets a partial, a final and a card.
async fn toy_gateway(listener: TcpListener) {
    let (tell, heard) = watch::channel::<Spoken>(None);
    let since = Instant::now();
    let mut connections = FuturesUnordered::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                connections.push(connection(accepted.unwrap().0, tell.clone(), heard.clone(), since));
            }
            Some(()) = connections.next(), if !connections.is_empty() => {}
        }
    }
}

async fn connection(
    stream: TcpStream,
    tell: watch::Sender<Spoken>,
    mut heard: watch::Receiver<Spoken>,
    since: Instant,
) {
    let mut path = String::new();
    #[expect(clippy::result_large_err, reason = "tungstenite's callback type")]
    let note = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        path = request.uri().to_string();
        Ok(response)
    };
    let mut socket = tokio_tungstenite::accept_hdr_async(stream, note).await.unwrap();
    if path.starts_with("/v1/listen") {
        while let Some(Ok(message)) = socket.next().await {
            if message.to_text().is_ok_and(|text| text.contains("CloseStream")) {
                tell.send_modify(|s| *s = Some((s.map_or(1, |s| s.0 + 1), since.elapsed())));
                socket.send(Message::text(r#"{"type":"Metadata"}"#)).await.unwrap();
                let _ = socket.close(Some(CloseFrame { code: 1000.into(), reason: "".into() })).await;
            }
        }
        return;
    }
    let old = heard.borrow_and_update().map_or(0, |s| s.0);
    let hello = json!({"type":"hello","epoch":"k","offset":old * 2,"recovered":false});
    if socket.send(Message::text(hello.to_string())).await.is_err() {
        return;
    }
    let spanish = path.contains("lang=es");
    loop {
        tokio::select! {
            changed = heard.changed() => {
                let Some((segment, at)) = *heard.borrow_and_update() else { continue };
                if changed.is_err() { return; }
                let end = u64::try_from(at.as_millis()).unwrap();
                let caption = |last: bool, text: &str| {
                    let mut caption = json!({"type":"caption","segment":segment,"final":last,"lang":if spanish {"es"} else {"zh"},
                        "text":text,"source_text":"最低500个","source_lang":"zh","start_ms":end,"end_ms":end,"emitted_ms":end + 300,
                        "fidelity":"verified"});
                    if last { caption["offset"] = json!(segment * 2 - 1); }
                    caption
                };
                let (partial, last) = if spanish { ("Mínimo 50", "Mínimo 500") } else { ("最低5", "最低500个") };
                let card = json!({"type":"card","offset":segment * 2,"action":"pin","sku":"A","reason":"spoken"});
                for message in [caption(false, partial), caption(true, last), card] {
                    let _ = socket.send(Message::text(message.to_string())).await;
                }
            }
            message = socket.next() => if !matches!(message, Some(Ok(_))) { return },
        }
    }
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("tradewind-eval-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut wav =
            b"RIFF\x24\x19\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data\0\x19\0\0"
                .to_vec();
        wav.extend([0; 6400]);
        for name in ["a.wav", "b.wav", "quiet.wav"] {
            std::fs::write(folder.join(name), &wav).unwrap();
        }
        let manifest = "file\tlanguage\tseconds\ttranscript\tkind\na.wav\tzh\t0.2\t最低五百個\treal\n\
            b.wav\tzh\t0.2\t最低六百个\treal\nquiet.wav\t-\t0.2\t\tsilence\nmissing\ten\t1\tx\tother\n";
        std::fs::write(folder.join("manifest.tsv"), manifest.replace("missing", "a.wav")).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn clips_are_played_one_after_the_other_and_scored_by_what_viewers_see() {
    let folder = Folder::new("played");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    let options = EvalOptions {
        rooms: vec!["eval-1".into()],
        languages: vec!["zh".into(), "-".into()],
        watch: vec!["es".into()],
        ..EvalOptions::new(folder.0.join("manifest.tsv"), &url)
    };
    let judges = Judges { normaliser: Normaliser::new().unwrap(), numbers: Arc::new(numbers_said) };
    let whole_file: WholeFile = Arc::new(|samples, rate, lang| {
        assert_eq!((samples.len(), rate, lang), (3200, 16_000, "zh"));
        Ok("最低五百个".to_owned())
    });
    let mut done = Vec::new();
    let report = tokio::select! {
        () = toy_gateway(listener) => unreachable!(),
        report = run(&options, &judges, Some(whole_file), |clip| done.push(clip.name.clone())) => report.unwrap(),
    };
    assert_eq!(done, ["a", "b", "quiet"]);
    assert!(report.clips.iter().all(|clip| clip.failure.is_none()), "{:?}", report.clips);
    let groups = report.groups();
    let real = &groups[&("real".to_owned(), "zh".to_owned())];
    assert_eq!((real.edits.errors(), real.edits.reference), (1, 12), "one digit of the second clip");
    assert_eq!(real.offline.errors(), 1);
    assert_eq!(real.languages["zh"].finals, 2);
    assert!((real.languages["es"].final_lag.p50().unwrap() - 0.3).abs() < 1e-6);
    assert_eq!(real.languages["es"].numbers.fidelity(), Some(1.0));
    assert_eq!(real.languages["es"].erasure.normalized(), Some(0.0));
    assert_eq!(report.false_finals(), 1);
    let mut printed = Vec::new();
    report.print(&mut printed).unwrap();
    let printed = String::from_utf8(printed).unwrap();
    assert!(printed.contains("false caption: quiet: 最低500个"), "{printed}");
    assert_eq!(report.to_json()["groups"][0]["recognition"]["rate"], json!(1.0 / 12.0));
}

#[tokio::test]
async fn a_clip_that_cannot_be_played_is_reported_and_the_rest_go_on() {
    let folder = Folder::new("failing");
    let options = EvalOptions::new(folder.0.join("manifest.tsv"), "ws://127.0.0.1:1");
    let judges = Judges { normaliser: Normaliser::new().unwrap(), numbers: Arc::new(numbers_said) };
    let report = run(&options, &judges, None, |_| ()).await.unwrap();
    assert_eq!(report.clips.len(), 4);
    assert!(
        report.clips.iter().all(|clip| clip.failure.as_ref().is_some_and(|why| why.contains("no gateway")))
    );
    let options = EvalOptions { kinds: vec!["none".into()], ..options };
    assert!(matches!(run(&options, &judges, None, |_| ()).await, Err(EvalError::NothingChosen(_))));
}
