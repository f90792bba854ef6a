//! One WebSocket, read and written by one task without either waiting for the other.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_util::{Sink, Stream};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, header};
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::ClientError;
use super::close::{Verdict, code_of_status, verdict};

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Messages that may wait for the network: about 13 s of 100 ms chunks. A gateway that takes nothing for so
/// long is as good as gone.
const LONGEST_QUEUE: usize = 128;

/// A connected socket.
pub struct Wire {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    queue: VecDeque<Message>,
    unflushed: bool,
    last_heard: Instant,
}

/// What came over the wire.
#[derive(Debug)]
pub enum Incoming {
    Text(Utf8Bytes),
    /// The end, with the close frame's code and reason if there was one.
    Closed {
        code: Option<u16>,
        reason: String,
    },
}

/// A connection could not be made.
#[derive(Debug)]
pub enum ConnectError {
    /// Nobody there, or no answer, or a passing refusal: worth another try.
    Passing(String),
    /// The gateway said no for good.
    Refused { code: u16, sentence: &'static str, reason: String },
}

impl ConnectError {
    pub fn into_client_error(self, address: &str) -> ClientError {
        match self {
            Self::Passing(why) => ClientError::Unreachable { address: without_query(address), why },
            Self::Refused { code, sentence, reason } => ClientError::Refused { code, sentence, reason },
        }
    }
}

impl Wire {
    /// Opens a WebSocket to `address`, with `Authorization: Token …` if there is a token.
    pub async fn connect(address: &str, token: Option<&str>) -> Result<Self, ConnectError> {
        let passing = |why: String| ConnectError::Passing(why);
        let mut request = address.into_client_request().map_err(|e| passing(e.to_string()))?;
        if let Some(token) = token {
            let value =
                HeaderValue::from_str(&format!("Token {token}")).map_err(|_| ConnectError::Refused {
                    code: 4401,
                    sentence: "the token has characters that no token has",
                    reason: String::new(),
                })?;
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        match tokio::time::timeout(HANDSHAKE, connect_async(request)).await {
            Err(_) => Err(passing(format!("no answer within {} s", HANDSHAKE.as_secs()))),
            Ok(Err(Error::Http(response))) => {
                let status = response.status().as_u16();
                let body = response.body().as_deref().map(String::from_utf8_lossy).unwrap_or_default();
                Err(refusal(status, body.trim()))
            }
            Ok(Err(e)) => Err(passing(e.to_string())),
            Ok(Ok((socket, _))) => {
                Ok(Self { socket, queue: VecDeque::new(), unflushed: false, last_heard: Instant::now() })
            }
        }
    }

    /// Queues a message; [`Self::next`] moves the queue. False: the gateway has taken nothing for too long.
    #[must_use]
    pub fn send(&mut self, message: Message) -> bool {
        self.queue.push_back(message);
        self.queue.len() <= LONGEST_QUEUE
    }

    /// When anything, a pong too, came last.
    pub fn last_heard(&self) -> Instant {
        self.last_heard
    }

    /// Writes what is queued and waits for the next text. May be dropped and called again at any point.
    pub async fn next(&mut self) -> Incoming {
        poll_fn(|cx| self.poll(cx)).await
    }

    /// Says goodbye, without waiting long for an answer.
    pub async fn close(mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(1), self.socket.close(None)).await;
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        if let Err(e) = self.write(cx) {
            // A close frame may lie unread behind the failed write: it says more than "broken pipe".
            return match self.read(cx) {
                Poll::Ready(incoming) => Poll::Ready(incoming),
                Poll::Pending => Poll::Ready(Incoming::Closed { code: None, reason: e.to_string() }),
            };
        }
        self.read(cx)
    }

    fn write(&mut self, cx: &mut Context<'_>) -> Result<(), Error> {
        while !self.queue.is_empty() {
            match Pin::new(&mut self.socket).poll_ready(cx)? {
                Poll::Pending => return Ok(()),
                Poll::Ready(()) => {
                    if let Some(message) = self.queue.pop_front() {
                        Pin::new(&mut self.socket).start_send(message)?;
                        self.unflushed = true;
                    }
                }
            }
        }
        if self.unflushed && Pin::new(&mut self.socket).poll_flush(cx)?.is_ready() {
            self.unflushed = false;
        }
        Ok(())
    }

    fn read(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        loop {
            let closed = |reason: String| Poll::Ready(Incoming::Closed { code: None, reason });
            match Pin::new(&mut self.socket).poll_next(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return closed("the connection ended".into()),
                Poll::Ready(Some(Err(e))) => return closed(e.to_string()),
                Poll::Ready(Some(Ok(message))) => {
                    self.last_heard = Instant::now();
                    match message {
                        Message::Text(text) => return Poll::Ready(Incoming::Text(text)),
                        Message::Close(frame) => {
                            let (code, reason) = frame.map(|f| (f.code.into(), f.reason.to_string())).unzip();
                            return Poll::Ready(Incoming::Closed {
                                code,
                                reason: reason.unwrap_or_default(),
                            });
                        }
                        _ => {}
                    }
                }
            }
        }
    }
}

/// What an HTTP status instead of a WebSocket means.
pub fn refusal(status: u16, body: &str) -> ConnectError {
    let code = code_of_status(status);
    let reason: String = body.chars().take(300).collect();
    match verdict(Some(code)) {
        Verdict::Refused(sentence) => ConnectError::Refused { code, sentence, reason },
        _ => ConnectError::Passing(format!("HTTP status {status} {reason}").trim_end().to_owned()),
    }
}

/// An address fit for a message: a token in the query stays out of it.
fn without_query(address: &str) -> String {
    address.split('?').next().unwrap_or(address).to_owned()
}
