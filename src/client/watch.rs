//! A viewer without a browser: reads a room's messages, comes back by itself and goes on where it was.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio_tungstenite::tungstenite::{Bytes, Message, Utf8Bytes};

use super::ClientError;
use super::address::{Endpoint, Query};
use super::close::{Verdict, verdict};
use super::sse::EventStream;
use super::wire::{ConnectError, Incoming, Wire};

const FIRST_BACK_OFF: Duration = Duration::from_millis(250);
const LONGEST_BACK_OFF: Duration = Duration::from_secs(10);
/// A ping this often tells a silent room from a dead network.
const PING: Duration = Duration::from_secs(20);
/// No byte, no pong either, for so long: the network is dead.
const DEAD: Duration = Duration::from_secs(65);

/// A place in a room's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resume {
    pub epoch: String,
    pub offset: u64,
}

#[derive(Debug, Clone, Default)]
pub struct WatchOptions {
    /// Address of the gateway: `ws://127.0.0.1:8080`.
    pub url: String,
    pub room: String,
    /// BCP 47; the gateway chooses if there is none.
    pub lang: Option<String>,
    /// ISO 4217; the language pack's if there is none.
    pub currency: Option<String>,
    /// Server-sent events instead of a WebSocket.
    pub sse: bool,
    /// What the caller has already seen.
    pub resume: Option<Resume>,
}

/// One message as it came.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    /// The text exactly as received.
    pub raw: &'a str,
    pub message: &'a Value,
    /// When it was read from the socket.
    pub at: Instant,
}

/// Reads until the gateway ends the show for good, `on_message` breaks, or the future is dropped.
///
/// # Errors
/// When nobody answers the first time, or the gateway refuses. Later losses are tried again without end.
pub async fn watch(
    options: WatchOptions,
    mut on_message: impl FnMut(Heard<'_>) -> ControlFlow<()>,
) -> Result<(), ClientError> {
    let endpoint = Endpoint::parse(&options.url)?;
    let mut place = options.resume.clone();
    let mut back_off = FIRST_BACK_OFF;
    let mut ever_connected = false;
    loop {
        let mut wait = back_off;
        back_off = (back_off * 2).min(LONGEST_BACK_OFF);
        match Line::open(&endpoint, &options, place.as_ref()).await {
            Ok(mut line) => {
                ever_connected = true;
                match listen(&mut line, &mut place, &mut on_message).await {
                    Ended::Done => {
                        line.close().await;
                        return Ok(());
                    }
                    Ended::Refused(e) => return Err(e),
                    Ended::Lost { heard_something, retry } => {
                        if heard_something {
                            wait = retry.unwrap_or(FIRST_BACK_OFF);
                            back_off = FIRST_BACK_OFF;
                        }
                    }
                }
            }
            Err(e @ ConnectError::Passing(_)) if !ever_connected => {
                return Err(e.into_client_error(&options.url));
            }
            Err(ConnectError::Passing(why)) => tracing::debug!(room = %options.room, %why, "still away"),
            Err(refused) => return Err(refused.into_client_error(&options.url)),
        }
        tokio::time::sleep(wait).await;
    }
}

enum Line {
    Socket(Box<Wire>),
    Events(Box<EventStream>),
}

enum Ended {
    Done,
    Refused(ClientError),
    Lost { heard_something: bool, retry: Option<Duration> },
}

impl Line {
    async fn open(
        endpoint: &Endpoint,
        options: &WatchOptions,
        place: Option<&Resume>,
    ) -> Result<Self, ConnectError> {
        let mut query = Query::new();
        query.extend(options.lang.clone().map(|lang| ("lang", lang)));
        query.extend(options.currency.clone().map(|currency| ("currency", currency)));
        if options.sse {
            let address = endpoint.live_events(&options.room, &query);
            let last_event = place.map(|p| format!("{}:{}", p.epoch, p.offset));
            return EventStream::open(&address, last_event.as_deref())
                .await
                .map(|events| Self::Events(Box::new(events)));
        }
        if let Some(place) = place {
            query.push(("epoch", place.epoch.clone()));
            query.push(("offset", place.offset.to_string()));
        }
        let wire = Wire::connect(&endpoint.live(&options.room, &query), None).await?;
        Ok(Self::Socket(Box::new(wire)))
    }

    async fn next(&mut self) -> Incoming {
        match self {
            Self::Socket(wire) => wire.next().await,
            Self::Events(events) => match events.next().await {
                Some(text) => Incoming::Text(Utf8Bytes::from(text)),
                None => Incoming::Closed { code: None, reason: "the event stream ended".into() },
            },
        }
    }

    fn last_heard(&self) -> Instant {
        match self {
            Self::Socket(wire) => wire.last_heard(),
            Self::Events(events) => events.last_heard(),
        }
    }

    /// False: the line is stuck.
    fn ping(&mut self) -> bool {
        match self {
            Self::Socket(wire) => wire.send(Message::Ping(Bytes::new())),
            Self::Events(_) => true,
        }
    }

    async fn close(self) {
        if let Self::Socket(wire) = self {
            wire.close().await;
        }
    }
}

async fn listen(
    line: &mut Line,
    place: &mut Option<Resume>,
    on_message: &mut impl FnMut(Heard<'_>) -> ControlFlow<()>,
) -> Ended {
    let mut heard_something = false;
    let mut retry = None;
    let mut ping = tokio::time::interval(PING);
    ping.reset();
    loop {
        let incoming = tokio::select! {
            incoming = line.next() => incoming,
            _ = ping.tick() => {
                if line.last_heard().elapsed() > DEAD || !line.ping() {
                    return Ended::Lost { heard_something, retry };
                }
                continue;
            }
        };
        let at = Instant::now();
        match incoming {
            Incoming::Text(raw) => {
                let Ok(message) = serde_json::from_str::<Value>(&raw) else { continue };
                heard_something = true;
                if message["type"] == "drain" {
                    retry = message["retry_ms"].as_u64().map(Duration::from_millis);
                }
                advance(place, &message);
                if on_message(Heard { raw: &raw, message: &message, at }).is_break() {
                    return Ended::Done;
                }
            }
            Incoming::Closed { code, reason } => {
                return match (verdict(code), code) {
                    (Verdict::Done, _) => Ended::Done,
                    (Verdict::Refused(sentence), Some(code)) => {
                        Ended::Refused(ClientError::Refused { code, sentence, reason })
                    }
                    _ => Ended::Lost { heard_something, retry },
                };
            }
        }
    }
}

/// Keeps the place that the next connection resumes from.
fn advance(place: &mut Option<Resume>, message: &Value) {
    let (Some(epoch), Some(offset)) = (message["epoch"].as_str(), message["offset"].as_u64()) else { return };
    // A recovered hello tells the room's head, while what was missed is still to come.
    if message["type"] == "hello" && message["recovered"] == true {
        return;
    }
    match place {
        Some(p) if p.epoch == epoch => p.offset = p.offset.max(offset),
        _ => *place = Some(Resume { epoch: epoch.to_owned(), offset }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_place_follows_events_and_not_what_is_still_to_come() {
        let mut place = None;
        advance(&mut place, &json!({"type":"hello","epoch":"a","offset":120,"recovered":false}));
        assert_eq!(place, Some(Resume { epoch: "a".into(), offset: 120 }));
        advance(&mut place, &json!({"type":"caption","epoch":"a","offset":121}));
        advance(&mut place, &json!({"type":"caption","final":false}));
        advance(&mut place, &json!({"type":"hello","epoch":"a","offset":130,"recovered":true}));
        assert_eq!(place, Some(Resume { epoch: "a".into(), offset: 121 }));
        advance(&mut place, &json!({"type":"hello","epoch":"b","offset":2,"recovered":false}));
        assert_eq!(place, Some(Resume { epoch: "b".into(), offset: 2 }));
    }
}
