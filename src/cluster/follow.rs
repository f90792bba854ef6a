//! The reading side: a language of a room as its owner publishes it, from the stream's history on.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::stream::{LastRawMessageErrorKind, Stream};
use bytes::Bytes;
use futures_util::StreamExt;
use tokio::time::{Instant, sleep, timeout};

use super::apply::Filling;
use super::wire::Message;
use super::{AGAIN, Nats, PATIENCE, events_of, passing_of, unreachable};
use crate::domain::{Epoch, Lang, RoomId};
use crate::publish::{Body, Present, Topic, Unreachable};

/// A server that says nothing for twice as long is asked anew.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// How long one asking stays open.
const ASKED: Duration = Duration::from_secs(10);
/// The servers forget a reader that asks for nothing for so long.
const FORGOTTEN: Duration = Duration::from_secs(30);
/// How long the history of another show than the present one is taken for one whose beginning is just coming.
const COMING: Duration = Duration::from_millis(1_500);
const LOOK: Duration = Duration::from_millis(100);

/// Fills the topic until dropped.
pub async fn run(nats: &Nats, room: &RoomId, topic: &Topic, afresh: bool, present: &Present<'_>) {
    let kept = async {
        let mut reading = Reading { filling: Filling::new(topic, afresh), seen: 0 };
        let subject = events_of(room, &topic.lang);
        loop {
            let number = nats.reached().await;
            tokio::select! {
                // What is missed meanwhile is in the stream.
                () = nats.lost(number) => {}
                ended = reading.keep_up(nats, &subject, present) => {
                    if let Err(error) = ended {
                        tracing::debug!(%room, lang = %topic.lang, %error, "a language is followed anew");
                    }
                    sleep(AGAIN).await;
                }
            }
        }
    };
    tokio::join!(kept, pass(nats, room, topic));
}

/// What was published of a show, into a topic that a lane is to go on with.
pub async fn recall(nats: &Nats, room: &RoomId, topic: &Topic, epoch: &Epoch) {
    let recalled = timeout(PATIENCE, async {
        let subject = events_of(room, &topic.lang);
        let streams = nats.streams()?;
        let Some((last, of)) = last_of(&streams.events, &subject).await? else { return Ok(()) };
        if of.epoch() != epoch {
            return Ok(());
        }
        let mut filling = Filling::new(topic, false);
        let mut messages = Messages::open(&streams.events, &subject, 1).await?;
        loop {
            let (sequence, payload) = messages.next().await?;
            if let Some(message) = Message::decode(&payload).filter(|message| message.epoch() == epoch) {
                filling.apply(message);
            }
            if sequence >= last {
                return Ok::<(), Unreachable>(());
            }
        }
    });
    match recalled.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(%room, lang = %topic.lang, %error, "what was published before is not known");
        }
        Err(_) => tracing::warn!(%room, lang = %topic.lang, "what was published before did not come in time"),
    }
}

struct Reading<'a> {
    filling: Filling<'a>,
    /// The last message that was applied, as the stream counts.
    seen: u64,
}

impl Reading<'_> {
    /// Reads until something fails.
    async fn keep_up(
        &mut self,
        nats: &Nats,
        subject: &str,
        present: &Present<'_>,
    ) -> Result<(), Unreachable> {
        let events = nats.streams()?.events;
        let mut last = last_of(&events, subject).await?;
        let sequence = |last: &Option<(u64, Message)>| last.as_ref().map_or(0, |(sequence, _)| *sequence);
        if sequence(&last) < self.seen {
            tracing::warn!(%subject, "the stream is another one: it is read from its beginning");
            self.seen = 0;
        }
        let fresh = self.seen == 0;
        let waited = Instant::now();
        while fresh && is_old(&last, present) && waited.elapsed() < COMING {
            sleep(LOOK).await;
            last = last_of(&events, subject).await?;
        }
        // Who watches must not be shown yesterday's show first.
        let from = if fresh && is_old(&last, present) { sequence(&last) + 1 } else { self.seen + 1 };
        let mut messages = Messages::open(&events, subject, from).await?;
        loop {
            let (at, payload) = messages.next().await?;
            let Some(message) = Message::decode(&payload) else { continue };
            // On the way to the last show, those before it are passed over.
            let passed =
                last.as_ref().filter(|(until, of)| fresh && at < *until && message.epoch() != of.epoch());
            if passed.is_none() {
                self.filling.apply(message);
                self.seen = at;
            }
        }
    }
}

fn is_old(last: &Option<(u64, Message)>, present: &Present<'_>) -> bool {
    let last = last.as_ref().map(|(_, message)| message.epoch());
    last.zip(present()).is_some_and(|(last, present)| *last != present)
}

/// The last message of a subject that can be read, and its place in the stream.
pub async fn last_of(stream: &Stream, subject: &str) -> Result<Option<(u64, Message)>, Unreachable> {
    let last = last_raw(stream, subject).await?;
    Ok(last.and_then(|(sequence, payload)| Some((sequence, Message::decode(&payload)?))))
}

pub async fn last_raw(stream: &Stream, subject: &str) -> Result<Option<(u64, Bytes)>, Unreachable> {
    match stream.get_last_raw_message_by_subject(subject).await {
        Ok(message) => Ok(Some((message.sequence, message.payload))),
        Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
        Err(error) => Err(unreachable(error)),
    }
}

/// The messages of one subject, none left out.
pub struct Messages {
    stream: pull::Stream,
    /// How many have come.
    count: u64,
}

impl Messages {
    /// Those from `from` on, as the stream counts.
    pub async fn open(stream: &Stream, subject: &str, from: u64) -> Result<Self, Unreachable> {
        let config = pull::Config {
            deliver_policy: match from {
                0 | 1 => DeliverPolicy::All,
                _ => DeliverPolicy::ByStartSequence { start_sequence: from },
            },
            ack_policy: AckPolicy::None,
            filter_subject: subject.to_owned(),
            inactive_threshold: FORGOTTEN,
            memory_storage: true,
            num_replicas: 1,
            ..pull::Config::default()
        };
        let consumer = stream.create_consumer(config).await.map_err(unreachable)?;
        let asked = consumer.stream().heartbeat(HEARTBEAT).expires(ASKED).messages();
        Ok(Self { stream: asked.await.map_err(unreachable)?, count: 0 })
    }

    /// The next one with its place in the stream. Not to be called again after an error.
    pub async fn next(&mut self) -> Result<(u64, Bytes), Unreachable> {
        let next = self.stream.next().await.ok_or_else(|| Unreachable("the reader has ended".into()))?;
        let message = next.map_err(unreachable)?;
        let info = message.info().map_err(unreachable)?;
        let (place, number) = (info.stream_sequence, info.consumer_sequence);
        self.count += 1;
        if number != self.count {
            return Err(Unreachable("a message was lost on the way".into()));
        }
        Ok((place, message.payload.clone()))
    }
}

/// Partials and what else is not kept: whoever misses it misses it.
async fn pass(nats: &Nats, room: &RoomId, topic: &Topic) {
    let lang: &Lang = &topic.lang;
    let Ok(mut passing) = nats.client.subscribe(passing_of(room, lang)).await else { return };
    while let Some(message) = passing.next().await {
        topic.pass(Body::Same(message.payload));
    }
}
