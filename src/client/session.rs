//! One push's connection: up or on its way back, with what the gateway has said so far.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::ClientError;
use super::close::{Verdict, verdict};
use super::feed::{Chunk, Feed};
use super::push::{HeardFinal, PushEvent, PushOptions, PushSummary};
use super::wire::{ConnectError, Incoming, Wire};

/// The gateway keeps a show this long for a host to come back (protocol: `resume_window`).
const COME_BACK_WITHIN: Duration = Duration::from_mins(1);
const FIRST_BACK_OFF: Duration = Duration::from_millis(250);
const LONGEST_BACK_OFF: Duration = Duration::from_secs(4);
/// Silence on the line after which the gateway is told that the host is still there.
pub const KEEP_ALIVE: Duration = Duration::from_secs(4);
/// A connection that lives longer than this has been accepted.
const STANDS: Duration = Duration::from_secs(3);
/// Close code: the room has a host.
const TAKEN: u16 = 4409;

/// A connection to the host's socket that survives its own losses.
pub struct Session {
    link: Link,
    address: String,
    token: Option<String>,
    reconnect: bool,
    wants_preamble: bool,
    preamble: Option<Vec<u8>>,
    last_sent: Instant,
    connected: Instant,
    /// Since when no connection has stood; a connection that falls at once does not start the time anew.
    away_since: Option<Instant>,
    closing: bool,
    /// The gateway's last `Error`: why it closes.
    error: Option<String>,
    summary: PushSummary,
}

enum Link {
    Up(Box<Wire>),
    Down { since: Instant, attempt: Pin<Box<dyn Future<Output = Result<Wire, ClientError>> + Send>> },
}

/// What [`Session::next`] waited for.
pub enum Happening {
    Incoming(Incoming),
    Back { wire: Box<Wire>, after: Duration },
    GivenUp(ClientError),
}

impl Link {
    async fn next(&mut self) -> Happening {
        match self {
            Self::Up(wire) => Happening::Incoming(wire.next().await),
            Self::Down { since, attempt } => match attempt.as_mut().await {
                Ok(wire) => Happening::Back { wire: Box::new(wire), after: since.elapsed() },
                Err(e) => Happening::GivenUp(e),
            },
        }
    }
}

impl Session {
    pub fn new(wire: Wire, address: String, options: &PushOptions, feed: &Feed, started: Instant) -> Self {
        Self {
            link: Link::Up(Box::new(wire)),
            address,
            token: options.token.clone(),
            reconnect: options.reconnect && feed.can_resume(),
            wants_preamble: false,
            preamble: feed.preamble(),
            last_sent: started,
            connected: started,
            away_since: None,
            closing: false,
            error: None,
            summary: PushSummary {
                started,
                spoken: Duration::ZERO,
                lost: Duration::ZERO,
                reconnects: 0,
                finals: Vec::new(),
                metadata: Value::Null,
            },
        }
    }

    /// The next message, or the end of a loss. May be dropped and called again at any point.
    pub async fn next(&mut self) -> Happening {
        self.link.next().await
    }

    /// A chunk's time has come: it is sent, or lost if nobody is connected.
    pub fn speak(&mut self, chunk: Chunk, events: &mut impl FnMut(PushEvent<'_>)) -> Result<(), ClientError> {
        let spoken = chunk.end.unwrap_or_else(|| self.summary.started.elapsed());
        let length = spoken.saturating_sub(self.summary.spoken);
        self.summary.spoken = spoken;
        let bytes = self.as_sent(chunk);
        match (&mut self.link, bytes) {
            (Link::Up(wire), Some(bytes)) => {
                self.last_sent = Instant::now();
                if !wire.send(Message::Binary(Bytes::from(bytes))) {
                    self.lost("the gateway takes no audio", events)?;
                }
            }
            _ => self.summary.lost += length,
        }
        events(PushEvent::Progress { spoken });
        Ok(())
    }

    /// The chunk's bytes; on a new connection with the preamble, from where a decoder can start.
    fn as_sent(&mut self, chunk: Chunk) -> Option<Vec<u8>> {
        if !self.wants_preamble || matches!(self.link, Link::Down { .. }) {
            return Some(chunk.bytes);
        }
        let entry = chunk.entry?;
        self.wants_preamble = false;
        let mut bytes = self.preamble.clone().unwrap_or_default();
        bytes.extend_from_slice(&chunk.bytes[entry..]);
        Some(bytes)
    }

    /// True when everything is done.
    pub fn take(
        &mut self,
        happening: Happening,
        events: &mut impl FnMut(PushEvent<'_>),
    ) -> Result<bool, ClientError> {
        match happening {
            Happening::Incoming(Incoming::Text(text)) => {
                if let Ok(message) = serde_json::from_str::<Value>(&text) {
                    self.note(&message);
                    events(PushEvent::Message(&message));
                }
                Ok(false)
            }
            Happening::Incoming(Incoming::Closed { code, reason }) => self.closed(code, reason, events),
            Happening::Back { wire, after } => {
                self.link = Link::Up(wire);
                self.connected = Instant::now();
                self.summary.reconnects += 1;
                self.wants_preamble = self.preamble.is_some();
                self.closing = false;
                events(PushEvent::Back { after });
                Ok(false)
            }
            Happening::GivenUp(e) => Err(e),
        }
    }

    pub fn into_summary(self) -> PushSummary {
        self.summary
    }

    fn closed(
        &mut self,
        code: Option<u16>,
        reason: String,
        events: &mut impl FnMut(PushEvent<'_>),
    ) -> Result<bool, ClientError> {
        // After `Metadata` there is nothing left to lose, however the connection ends.
        if self.closing && !self.summary.metadata.is_null() {
            return Ok(true);
        }
        match (verdict(code), code) {
            // The gateway may not have noticed yet that our own old connection is gone.
            (_, Some(TAKEN)) if self.away_since.is_some() && self.connected.elapsed() < STANDS => {
                self.lost("the room still has its old connection", events).map(|()| false)
            }
            (Verdict::Refused(sentence), Some(code)) => {
                let reason = self.error.take().unwrap_or(reason);
                Err(ClientError::Refused { code, sentence, reason })
            }
            (Verdict::Done, Some(code)) if !self.closing => {
                Err(ClientError::Refused { code, sentence: "the gateway ended the show", reason })
            }
            (Verdict::Done, _) => Err(ClientError::Unconfirmed),
            _ => {
                let why = if reason.is_empty() { "the connection was closed".to_owned() } else { reason };
                self.lost(&why, events).map(|()| false)
            }
        }
    }

    fn lost(&mut self, why: &str, events: &mut impl FnMut(PushEvent<'_>)) -> Result<(), ClientError> {
        if !self.reconnect {
            return Err(ClientError::Lost { seconds: 0, why: why.to_owned() });
        }
        events(PushEvent::Lost { why });
        let fell_at_once = self.connected.elapsed() < STANDS;
        let since = self.away_since.filter(|_| fell_at_once).unwrap_or_else(Instant::now);
        self.away_since = Some(since);
        let attempt = Box::pin(come_back(self.address.clone(), self.token.clone(), since));
        self.link = Link::Down { since, attempt };
        Ok(())
    }

    fn note(&mut self, message: &Value) {
        match message["type"].as_str() {
            Some("Results") if message["is_final"] == true => {
                let text = message["channel"]["alternatives"][0]["transcript"].as_str().unwrap_or_default();
                if !text.is_empty() {
                    self.summary.finals.push(HeardFinal {
                        start: message["start"].as_f64().unwrap_or(0.0),
                        duration: message["duration"].as_f64().unwrap_or(0.0),
                        text: text.to_owned(),
                    });
                }
            }
            // Deepgram sends one at the start too; only the one after `CloseStream` confirms the end.
            Some("Metadata") if self.closing => self.summary.metadata = message.clone(),
            Some("Error") => {
                let code = message["code"].as_str().unwrap_or("error");
                self.error = Some(format!("{code}: {}", message["message"].as_str().unwrap_or_default()));
            }
            _ => {}
        }
    }

    /// Sends `CloseStream`, once a connection. True when it was sent now.
    pub fn say_goodbye(&mut self) -> bool {
        let Link::Up(wire) = &mut self.link else { return false };
        if self.closing {
            return false;
        }
        self.closing = true;
        // A full queue shows as a missing confirmation.
        let _ = wire.send(Message::text(r#"{"type":"CloseStream"}"#));
        true
    }

    pub fn keep_alive(&mut self) {
        if let Link::Up(wire) = &mut self.link
            && !self.closing
            && self.last_sent.elapsed() >= KEEP_ALIVE
        {
            let _ = wire.send(Message::text(r#"{"type":"KeepAlive"}"#));
        }
    }
}

/// Tries to connect again, with back-off, as long as the gateway keeps the show.
async fn come_back(address: String, token: Option<String>, since: Instant) -> Result<Wire, ClientError> {
    let mut back_off = FIRST_BACK_OFF;
    loop {
        tokio::time::sleep(back_off).await;
        let why = match Wire::connect(&address, token.as_deref()).await {
            Ok(wire) => return Ok(wire),
            Err(ConnectError::Refused { code: TAKEN, sentence, .. }) => sentence.to_owned(),
            Err(ConnectError::Passing(why)) => why,
            Err(refused) => return Err(refused.into_client_error(&address)),
        };
        if since.elapsed() + back_off > COME_BACK_WITHIN {
            return Err(ClientError::Lost { seconds: COME_BACK_WITHIN.as_secs(), why });
        }
        back_off = (back_off * 2).min(LONGEST_BACK_OFF);
    }
}
