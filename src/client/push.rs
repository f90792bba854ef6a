//! A host without a browser: streams a file or a pipe into a room as fast as a microphone would.
//!
//! A chunk leaves when its period is over, because no microphone gives out samples that were not spoken yet.
//! A lost connection does not stop the clock: what is spoken meanwhile is lost, and the show goes on at the
//! real-time position, as it would for a host who walks through a dead spot.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::ClientError;
use super::address::{Endpoint, Query};
use super::feed::{Chunk, Feed, PushEncoding, Raw, Source};
use super::session::{self, Session};
use super::wire::Wire;

/// The last finals may have to wait for a busy machine.
const FAREWELL: Duration = Duration::from_mins(1);

#[derive(Debug, Clone)]
pub struct PushOptions {
    /// Address of the gateway: `ws://127.0.0.1:8080`.
    pub url: String,
    pub room: String,
    /// What is spoken: `zh`, `en`, … or `multi`.
    pub language: String,
    pub token: Option<String>,
    pub source: Source,
    pub encoding: PushEncoding,
    /// Form of headerless samples.
    pub raw: Option<Raw>,
    /// Milliseconds of audio a message.
    pub chunk_ms: u32,
    /// 1.0 is real time; 2.0 sends twice as fast.
    pub speed: f64,
    /// Whether a lost connection is tried again.
    pub reconnect: bool,
    /// Further query parameters: `endpointing`, `keyterm`, …
    pub query: Query,
}

impl PushOptions {
    /// Real time, 100 ms chunks, with reconnection.
    pub fn new(url: &str, room: &str, language: &str, source: Source) -> Self {
        Self {
            url: url.to_owned(),
            room: room.to_owned(),
            language: language.to_owned(),
            token: None,
            source,
            encoding: PushEncoding::Auto,
            raw: None,
            chunk_ms: 100,
            speed: 1.0,
            reconnect: true,
            query: Query::new(),
        }
    }
}

/// What happens while audio is sent.
#[derive(Debug)]
pub enum PushEvent<'a> {
    /// The first sample is spoken now. `total` is the length of the audio, where known.
    Started {
        at: Instant,
        total: Option<Duration>,
    },
    /// Position on the audio's clock.
    Progress {
        spoken: Duration,
    },
    /// A message of the gateway: `Results`, `SpeechStarted`, `UtteranceEnd`, `Error`, `Metadata`.
    Message(&'a Value),
    Lost {
        why: &'a str,
    },
    Back {
        after: Duration,
    },
}

/// A final result, times in seconds on the show's clock.
#[derive(Debug, Clone, PartialEq)]
pub struct HeardFinal {
    pub start: f64,
    pub duration: f64,
    pub text: String,
}

#[derive(Debug, Clone)]
pub struct PushSummary {
    /// When the first sample was spoken: zero of the audio's clock.
    pub started: Instant,
    /// Length of the audio.
    pub spoken: Duration,
    /// Of it, what was spoken while there was no connection.
    pub lost: Duration,
    pub reconnects: u32,
    pub finals: Vec<HeardFinal>,
    /// The gateway's closing `Metadata`.
    pub metadata: Value,
}

/// Sends the audio, and returns after the gateway has confirmed its end.
///
/// # Errors
/// When the source cannot be read, nobody answers, the gateway refuses (the sentence says why), or a lost
/// connection does not come back within 60 s.
pub async fn push(
    options: PushOptions,
    mut events: impl FnMut(PushEvent<'_>),
) -> Result<PushSummary, ClientError> {
    let period = Duration::from_millis(u64::from(options.chunk_ms.clamp(10, 2000)));
    let mut feed = Feed::open(&options.source, options.encoding, options.raw, period).await?;
    let address = listen_address(&options, &feed)?;
    let wire = match Wire::connect(&address, options.token.as_deref()).await {
        Ok(wire) => wire,
        Err(e) => return Err(e.into_client_error(&address)),
    };
    let started = Instant::now();
    events(PushEvent::Started { at: started, total: feed.total() });
    let mut session = Session::new(wire, address, &options, &feed, started);
    let pace = |end: Duration| started + end.div_f64(options.speed.clamp(0.01, 1000.0));
    let mut waiting: Option<Chunk> = None;
    let mut exhausted = false;
    let mut farewell: Option<Instant> = None;
    let mut keep_alive = tokio::time::interval(session::KEEP_ALIVE);
    loop {
        if exhausted && waiting.is_none() && session.say_goodbye() {
            farewell = Some(Instant::now() + FAREWELL);
        }
        let due = waiting.as_ref().map_or(started, |c| c.end.map_or_else(Instant::now, pace));
        tokio::select! {
            chunk = feed.next(), if waiting.is_none() && !exhausted => {
                waiting = chunk?;
                exhausted = waiting.is_none();
            }
            () = tokio::time::sleep_until(due.into()), if waiting.is_some() => {
                if let Some(chunk) = waiting.take() {
                    session.speak(chunk, &mut events)?;
                }
            }
            happening = session.next() => {
                if session.take(happening, &mut events)? {
                    return Ok(session.into_summary());
                }
            }
            _ = keep_alive.tick() => session.keep_alive(),
            () = sleep_until_some(farewell) => return Err(ClientError::Unconfirmed),
        }
    }
}

fn listen_address(options: &PushOptions, feed: &Feed) -> Result<String, ClientError> {
    let endpoint = Endpoint::parse(&options.url)?;
    let mut query = vec![("room", options.room.clone()), ("language", options.language.clone())];
    query.extend(feed.query());
    query.extend(options.query.iter().cloned());
    Ok(endpoint.listen(&query))
}

async fn sleep_until_some(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
