//! Clients of their own, apart from the gateway's: a WebSocket, a stream of server-sent events, a request.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::SplitSink;
use futures_util::{SinkExt, StreamExt};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::sound::{RATE, bytes};

/// No test waits longer for anything; on a busy machine recognition takes its time.
const PATIENCE: Duration = Duration::from_secs(60);
/// Audio in one message.
const SLICE: Duration = Duration::from_millis(100);

#[derive(Debug)]
enum Frame {
    Json(Value),
    /// The close code; none when the connection was lost.
    Closed(Option<u16>),
}

/// One end of a WebSocket, whose messages are read as they come.
pub struct Peer {
    sink: SplitSink<WebSocketStream<MaybeTlsStream<TcpStream>>, Message>,
    frames: mpsc::Receiver<Frame>,
    reader: JoinHandle<()>,
}

impl Peer {
    pub async fn open(request: impl IntoClientRequest + Unpin) -> Self {
        Self::try_open(request).await.unwrap()
    }

    /// The same where there may be nobody at present.
    pub async fn try_open(request: impl IntoClientRequest + Unpin) -> Result<Self, Error> {
        let (socket, _) = connect_async(request).await?;
        let (sink, mut stream) = socket.split();
        let (sender, frames) = mpsc::channel(20_000);
        let reader = tokio::spawn(async move {
            loop {
                let frame = match stream.next().await {
                    Some(Ok(Message::Text(text))) => Frame::Json(serde_json::from_str(&text).unwrap()),
                    Some(Ok(Message::Close(frame))) => Frame::Closed(frame.map(|f| f.code.into())),
                    Some(Ok(_)) => continue,
                    Some(Err(_)) | None => Frame::Closed(None),
                };
                let closed = matches!(frame, Frame::Closed(_));
                if sender.send(frame).await.is_err() || closed {
                    // Reads on, so that the close is answered.
                    while let Some(Ok(_)) = stream.next().await {}
                    return;
                }
            }
        });
        Ok(Self { sink, frames, reader })
    }

    /// The HTTP status with which a WebSocket is refused.
    pub async fn refused(request: impl IntoClientRequest + Unpin) -> u16 {
        match connect_async(request).await {
            Err(Error::Http(response)) => response.status().as_u16(),
            other => panic!("not refused by a status: {other:?}"),
        }
    }

    /// The messages that have come and were not read yet.
    pub fn waiting(&mut self) -> Vec<Value> {
        let mut messages = Vec::new();
        while let Ok(Frame::Json(message)) = self.frames.try_recv() {
            messages.push(message);
        }
        messages
    }

    /// The next message. Panics when the connection ends instead.
    pub async fn next(&mut self) -> Value {
        match self.frame().await {
            Frame::Json(message) => message,
            Frame::Closed(code) => panic!("closed with {code:?} instead of a message"),
        }
    }

    /// The next message; none when the connection has ended.
    pub async fn next_if_open(&mut self) -> Option<Value> {
        match self.frame().await {
            Frame::Json(message) => Some(message),
            Frame::Closed(_) => None,
        }
    }

    /// All messages up to the first of which `is_last` holds, with it.
    pub async fn until(&mut self, is_last: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut messages = Vec::new();
        loop {
            messages.push(self.next().await);
            if messages.last().is_some_and(&is_last) {
                return messages;
            }
        }
    }

    /// The type of the next message; none when the connection is closed instead.
    pub async fn first(&mut self) -> Option<Value> {
        match self.frame().await {
            Frame::Json(message) => Some(message["type"].clone()),
            Frame::Closed(_) => None,
        }
    }

    /// All messages until the connection is closed, and the code.
    pub async fn rest(&mut self) -> (Vec<Value>, Option<u16>) {
        let mut messages = Vec::new();
        loop {
            match self.frame().await {
                Frame::Json(message) => messages.push(message),
                Frame::Closed(code) => return (messages, code),
            }
        }
    }

    pub async fn say(&mut self, text: &str) {
        self.try_say(text).await.unwrap();
    }

    /// The same where the connection may have ended.
    pub async fn try_say(&mut self, text: &str) -> Result<(), Error> {
        self.sink.send(Message::text(text)).await
    }

    /// Sends binary data. A gateway that has closed is no error here: its reason is read by `rest`.
    pub async fn send(&mut self, data: &[u8]) {
        drop(self.sink.send(Message::binary(data.to_vec())).await);
    }

    /// The same where the connection may have ended.
    pub async fn try_send(&mut self, data: &[u8]) -> Result<(), Error> {
        self.sink.send(Message::binary(data.to_vec())).await
    }

    /// Sends 16 kHz mono at the pace at which it was spoken.
    pub async fn speak(&mut self, samples: &[i16]) {
        self.speak_at(samples, 1.0).await;
    }

    /// The same at a multiple of that pace.
    pub async fn speak_at(&mut self, samples: &[i16], speed: f64) {
        let mut tick = tokio::time::interval(SLICE.div_f64(speed));
        for slice in samples.chunks(RATE as usize / 10) {
            tick.tick().await;
            self.send(&bytes(slice)).await;
        }
    }

    /// Sends all of it at once, as a host does that had saved it up; within the gateway's burst.
    pub async fn speak_at_once(&mut self, samples: &[i16]) {
        for slice in samples.chunks(RATE as usize / 10) {
            self.send(&bytes(slice)).await;
        }
    }

    /// Lets the connection go without a word.
    pub fn cut(self) {
        self.reader.abort();
    }

    async fn frame(&mut self) -> Frame {
        timeout(PATIENCE, self.frames.recv()).await.expect("nothing came").unwrap_or(Frame::Closed(None))
    }
}

/// A server-sent event: its `id` and its `data`.
#[derive(Debug, Clone)]
pub struct Event {
    pub id: Option<String>,
    pub data: Value,
}

/// A stream of server-sent events.
pub struct Stream {
    body: Incoming,
    text: String,
}

impl Stream {
    pub async fn open(address: SocketAddr, path: &str, last_event_id: Option<&str>) -> Self {
        Self::try_open(address, path, last_event_id).await.unwrap()
    }

    /// The same where there may be nobody at present.
    pub async fn try_open(
        address: SocketAddr,
        path: &str,
        last_event_id: Option<&str>,
    ) -> Result<Self, Lost> {
        let mut headers = vec![("accept", "text/event-stream")];
        headers.extend(last_event_id.map(|id| ("last-event-id", id)));
        let response = request(address, "GET", path, &headers, "").await?;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Ok(Self { body: response.into_body(), text: String::new() })
    }

    pub async fn next(&mut self) -> Event {
        self.next_if_open().await.expect("the stream has ended")
    }

    /// The next event; none when the connection has ended.
    pub async fn next_if_open(&mut self) -> Option<Event> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    event
                        .lines()
                        .find_map(|line| line.strip_prefix(name))
                        .map(|value| value.trim_start().to_owned())
                };
                let (id, data) = (field("id:"), field("data:"));
                self.text = rest.to_owned();
                if let Some(data) = data {
                    return Some(Event { id, data: serde_json::from_str(&data).unwrap() });
                }
                continue;
            }
            let frame = timeout(PATIENCE, self.body.frame()).await.expect("nothing came");
            let data = frame?.ok()?.into_data().unwrap_or_default();
            self.text.push_str(std::str::from_utf8(&data).unwrap());
        }
    }

    pub async fn until(&mut self, is_last: impl Fn(&Value) -> bool) -> Vec<Event> {
        let mut events = Vec::new();
        loop {
            events.push(self.next().await);
            if events.last().is_some_and(|event| is_last(&event.data)) {
                return events;
            }
        }
    }
}

/// A finished answer.
pub struct Answer {
    pub status: u16,
    pub headers: hyper::HeaderMap,
    pub body: String,
    pub bytes: Bytes,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }
}

pub async fn http(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    try_http(address, method, path, headers, body).await.unwrap()
}

/// The connection could not be made, or broke off.
pub type Lost = Box<dyn std::error::Error + Send + Sync>;

/// The same where there may be nobody at present.
pub async fn try_http(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<Answer, Lost> {
    let response = request(address, method, path, headers, body).await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.into_body().collect().await?.to_bytes();
    Ok(Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned(), bytes: body })
}

async fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<Response<Incoming>, Lost> {
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move { drop(connection.await) });
    let mut request = Request::builder().method(method).uri(path).header("host", address.to_string());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(Bytes::from(body.to_owned()))).unwrap();
    Ok(timeout(PATIENCE, sender.send_request(request)).await.expect("no answer")?)
}
