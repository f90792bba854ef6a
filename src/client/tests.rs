//! `push` and `watch` against a small server on a real socket.

use std::future::Future;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

use super::wav::tests::wav_bytes;
use super::*;

type Socket = WebSocketStream<TcpStream>;

async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    (listener, url)
}

/// Accepts one WebSocket and tells its path, query and token.
async fn accept(listener: &TcpListener) -> (Socket, String, Option<String>) {
    let (mut asked, mut token) = (String::new(), None);
    let (stream, _) = listener.accept().await.unwrap();
    #[expect(clippy::result_large_err, reason = "tungstenite's callback type")]
    let note = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        asked = request.uri().to_string();
        token = request.headers().get("authorization").map(|v| v.to_str().unwrap().to_owned());
        Ok(response)
    };
    let socket = accept_hdr_async(stream, note).await.unwrap();
    (socket, asked, token)
}

async fn say(socket: &mut Socket, message: &Value) {
    socket.send(Message::text(message.to_string())).await.unwrap();
}

async fn close(socket: &mut Socket, code: u16, reason: &'static str) {
    socket.close(Some(CloseFrame { code: code.into(), reason: reason.into() })).await.unwrap();
    while let Some(Ok(_)) = socket.next().await {}
}

/// Takes audio until `CloseStream`, then confirms. Gives what came and how long each chunk took.
async fn take_all(socket: &mut Socket) -> (Vec<u8>, Vec<Duration>) {
    let (mut audio, mut times, from) = (Vec::new(), Vec::new(), Instant::now());
    while let Some(Ok(message)) = socket.next().await {
        match message {
            Message::Binary(bytes) => {
                audio.extend_from_slice(&bytes);
                times.push(from.elapsed());
            }
            Message::Text(text) if text.contains("CloseStream") => {
                let last = json!({"type":"Results","is_final":true,"start":0.1,"duration":0.2,
                    "channel":{"alternatives":[{"transcript":"你好"}]}});
                say(socket, &last).await;
                say(socket, &json!({"type":"Metadata","duration":0.5})).await;
                close(socket, 1000, "").await;
                break;
            }
            _ => {}
        }
    }
    (audio, times)
}

struct TempWav(PathBuf, Vec<u8>);

impl TempWav {
    /// `ms` milliseconds of a ramp at 8 kHz.
    fn new(name: &str, ms: u16) -> Self {
        let samples: Vec<i16> = (0..ms * 8).map(u16::cast_signed).collect();
        let path = std::env::temp_dir().join(format!("tradewind-client-{}-{name}.wav", std::process::id()));
        std::fs::write(&path, wav_bytes(8000, 1, &samples, true)).unwrap();
        Self(path, samples.iter().flat_map(|s| s.to_le_bytes()).collect())
    }

    fn options(&self, url: &str) -> PushOptions {
        PushOptions::new(url, "demo", "zh", Source::File(self.0.clone()))
    }
}

impl Drop for TempWav {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

async fn in_time<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work).await.expect("done in time")
}

#[tokio::test]
async fn push_sends_at_real_time_and_waits_for_the_confirmation() {
    let wav = TempWav::new("paced", 500);
    let (listener, url) = listener().await;
    let mut options = wav.options(&url);
    options.token = Some("abc".into());
    let mut progress = Vec::new();
    let push = push(options, |event| {
        if let PushEvent::Progress { spoken } = event {
            progress.push(spoken.as_millis());
        }
    });
    let serve = async {
        let (mut socket, asked, token) = accept(&listener).await;
        (take_all(&mut socket).await, asked, token)
    };
    let (summary, ((audio, times), asked, token)) = in_time(async { tokio::join!(push, serve) }).await;
    let summary = summary.unwrap();
    assert_eq!(audio, wav.1);
    assert_eq!(asked, "/v1/listen?room=demo&language=zh&encoding=linear16&sample_rate=8000&channels=1");
    assert_eq!(token.as_deref(), Some("Token abc"));
    assert_eq!(progress, [100, 200, 300, 400, 500]);
    assert!(
        times[0] >= Duration::from_millis(90),
        "the first chunk was sent before it was spoken: {times:?}"
    );
    assert!(times[4] >= Duration::from_millis(480) && times[4] < Duration::from_millis(900), "{times:?}");
    assert_eq!(summary.finals[0].text, "你好");
    assert_eq!(summary.metadata["duration"], 0.5);
}

#[tokio::test]
async fn push_comes_back_after_a_cut_at_the_real_time_position() {
    let wav = TempWav::new("cut", 1500);
    let (listener, url) = listener().await;
    let (mut lost, mut back) = (0, 0);
    let push = push(wav.options(&url), |event| match event {
        PushEvent::Lost { .. } => lost += 1,
        PushEvent::Back { .. } => back += 1,
        _ => {}
    });
    let serve = async {
        let (mut socket, ..) = accept(&listener).await;
        let mut before = 0;
        while before < 3 {
            before += usize::from(socket.next().await.unwrap().unwrap().is_binary());
        }
        drop(socket);
        // The gateway still believes in the old connection when the host is back.
        let (mut early, ..) = accept(&listener).await;
        close(&mut early, 4409, "room already has a host").await;
        let (mut socket, ..) = accept(&listener).await;
        take_all(&mut socket).await.0
    };
    let (summary, after) = in_time(async { tokio::join!(push, serve) }).await;
    let summary = summary.unwrap();
    assert_eq!((lost, back), (2, 2));
    assert_eq!(summary.spoken, Duration::from_millis(1500));
    assert!(summary.lost >= Duration::from_millis(200), "{:?}", summary.lost);
    assert!(after.len() + 8000 * 2 / 5 < wav.1.len() && wav.1.ends_with(&after), "the clock stood still");
}

#[tokio::test]
async fn push_ends_with_one_sentence_when_the_gateway_refuses() {
    let wav = TempWav::new("refused", 400);
    for (code, sentence) in [(4401, "token"), (4409, "already has a host"), (4413, "faster than real time")] {
        let (listener, url) = listener().await;
        let serve = async {
            let (mut socket, ..) = accept(&listener).await;
            say(&mut socket, &json!({"type":"Error","code":"why","message":"because"})).await;
            close(&mut socket, code, "").await;
        };
        let (result, ()) = in_time(async { tokio::join!(push(wav.options(&url), |_| ()), serve) }).await;
        let said = result.unwrap_err().to_string();
        assert!(said.contains(sentence) && said.contains("because") && !said.contains('\n'), "{said}");
    }
}

#[tokio::test]
async fn an_http_refusal_and_a_dead_address_are_told_apart() {
    let wav = TempWav::new("http", 100);
    let (listener, url) = listener().await;
    let serve = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 2048]).await.unwrap();
        stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\nnope").await.unwrap();
    };
    let (result, ()) = in_time(async { tokio::join!(push(wav.options(&url), |_| ()), serve) }).await;
    assert!(matches!(result, Err(ClientError::Refused { code: 4404, .. })), "{result:?}");
    drop(listener);
    let result = in_time(push(wav.options(&url), |_| ())).await;
    assert!(matches!(result, Err(ClientError::Unreachable { .. })), "{result:?}");
}

fn caption(offset: u64) -> Value {
    json!({"type":"caption","epoch":"k","offset":offset,"final":true,"text":"x"})
}

#[tokio::test]
async fn watch_resumes_where_it_was_and_passes_messages_as_they_came() {
    let (listener, url) = listener().await;
    let options = WatchOptions { url, room: "demo".into(), lang: Some("es".into()), ..Default::default() };
    let mut seen: Vec<String> = Vec::new();
    let watch = watch(options, |heard| {
        seen.push(heard.raw.to_owned());
        ControlFlow::Continue(())
    });
    let odd = r#"{"type":"caption", "offset":7,"epoch":"k" ,"final":true}"#;
    let serve = async {
        let (mut socket, first, _) = accept(&listener).await;
        say(&mut socket, &json!({"type":"hello","epoch":"k","offset":6,"recovered":false})).await;
        socket.send(Message::text(odd)).await.unwrap();
        say(&mut socket, &json!({"type":"drain","retry_ms":50})).await;
        close(&mut socket, 1001, "restart").await;
        let (mut socket, second, _) = accept(&listener).await;
        say(&mut socket, &json!({"type":"hello","epoch":"k","offset":9,"recovered":true})).await;
        say(&mut socket, &caption(8)).await;
        drop(socket);
        let (mut socket, third, _) = accept(&listener).await;
        say(&mut socket, &caption(9)).await;
        close(&mut socket, 1000, "").await;
        [first, second, third]
    };
    let (result, asked) = in_time(async { tokio::join!(watch, serve) }).await;
    result.unwrap();
    assert_eq!(asked[0], "/v1/rooms/demo/live?lang=es");
    assert_eq!(asked[1], "/v1/rooms/demo/live?lang=es&epoch=k&offset=7");
    assert_eq!(asked[2], "/v1/rooms/demo/live?lang=es&epoch=k&offset=8");
    assert!(seen.contains(&odd.to_owned()));
    assert_eq!(seen.iter().filter(|m| m.contains("caption")).count(), 3);
}

#[tokio::test]
async fn watch_reads_server_sent_events_and_resumes_by_last_event_id() {
    let (listener, url) = listener().await;
    let options =
        WatchOptions { url, room: "demo".into(), lang: Some("ar".into()), sse: true, ..Default::default() };
    let mut offsets = Vec::new();
    let watch = watch(options, |heard| {
        offsets.push(heard.message["offset"].as_u64().unwrap());
        if offsets.len() == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let answer = |events: &[u64]| {
        let data: String = events.iter().map(|n| format!("id: k:{n}\ndata: {}\n\n", caption(*n))).collect();
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{data}\r\n",
            data.len()
        )
    };
    let serve = async {
        let mut asked = Vec::new();
        for events in [vec![1, 2], vec![3]] {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 2048];
            let n = stream.read(&mut request).await.unwrap();
            asked.push(String::from_utf8_lossy(&request[..n]).to_lowercase());
            stream.write_all(answer(&events).as_bytes()).await.unwrap();
        }
        asked
    };
    let (result, asked) = in_time(async { tokio::join!(watch, serve) }).await;
    result.unwrap();
    assert_eq!(offsets, [1, 2, 3]);
    assert!(asked[0].contains("accept: text/event-stream") && !asked[0].contains("last-event-id"));
    assert!(asked[1].contains("last-event-id: k:2"), "{}", asked[1]);
}

#[tokio::test]
async fn watch_tells_that_there_is_no_such_room() {
    let (listener, url) = listener().await;
    let serve = async {
        let (mut socket, ..) = accept(&listener).await;
        close(&mut socket, 4404, "no such room").await;
    };
    let options = WatchOptions { url, room: "nowhere".into(), ..Default::default() };
    let (result, ()) =
        in_time(async { tokio::join!(watch(options, |_| ControlFlow::Continue(())), serve) }).await;
    assert!(matches!(result, Err(ClientError::Refused { code: 4404, .. })));
}

#[test]
fn clients_can_run_on_any_thread() {
    fn on_any_thread<T: Send>(_: &T) {}
    on_any_thread(&push(PushOptions::new("ws://x", "r", "zh", Source::Stdin), |_| ()));
    on_any_thread(&watch(WatchOptions::default(), |_| ControlFlow::Continue(())));
}
