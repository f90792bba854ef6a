//! The writing side: what a topic gets goes to the stream, once and in order. A relay is one more reader of the topic: while the
//! servers are away it waits, and what leaves the ring meanwhile is lost to the others, who are then greeted anew.

use std::collections::VecDeque;

use async_nats::jetstream::message::PublishMessage;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time::sleep;

use super::follow::last_of;
use super::wire::Message;
use super::{AGAIN, Nats, events_of, passing_of, unreachable};
use crate::domain::{Epoch, Offset, RoomId};
use crate::publish::{Body, Event, Joined, Kept, Topic, Unreachable};

/// Messages on their way at once, directly behind a beginning. Else it is one at a time: what is not acknowledged is sent
/// again, and nothing behind it may be there already.
const TOGETHER: usize = 32;
/// Events that may wait here for the show's own log; then the ring is looked at again.
const MOST_PENDING: usize = 2_048;

/// Relays until dropped.
pub async fn run(nats: &Nats, room: &RoomId, topic: &Topic, kept: watch::Receiver<Kept>) {
    let mut relay = Relay {
        nats,
        topic,
        subject: events_of(room, &topic.lang),
        passing: passing_of(room, &topic.lang),
        kept,
        history: rand::random(),
        broken: false,
    };
    loop {
        let number = nats.reached().await;
        tokio::select! {
            () = nats.lost(number) => {}
            ended = relay.while_reached() => {
                if let Err(error) = ended {
                    tracing::debug!(%room, lang = %topic.lang, %error, "a language is published anew");
                }
                sleep(AGAIN).await;
            }
        }
    }
}

struct Relay<'a> {
    nats: &'a Nats,
    topic: &'a Topic,
    subject: String,
    passing: String,
    kept: watch::Receiver<Kept>,
    /// Names what was published behind one beginning, so that the servers know what they have.
    history: u32,
    /// Some of what was on its way together may be missing in the stream.
    broken: bool,
}

/// One history of the topic on its way.
struct Sending {
    epoch: Epoch,
    pending: VecDeque<(Offset, Body)>,
    /// The offset behind the last that is pending or was sent.
    next: Offset,
    /// Whether there may be holes in what was sent last: a beginning comes before it if it fails.
    together: bool,
}

impl Relay<'_> {
    async fn while_reached(&mut self) -> Result<(), Unreachable> {
        loop {
            let mut joined = self.topic.join(None, usize::MAX);
            let Some(epoch) = joined.epoch.clone() else {
                // The topic lives longer than its relay: it cannot be closed.
                drop(joined.live.recv().await);
                continue;
            };
            let mut sending = self.begin(epoch, &mut joined).await?;
            self.broken = sending.together;
            self.send_on(&mut sending, joined).await?;
        }
    }

    /// Goes on where the stream ends, or begins anew.
    async fn begin(&mut self, epoch: Epoch, joined: &mut Joined) -> Result<Sending, Unreachable> {
        let stored = last_of(&self.nats.streams()?.events, &self.subject).await?;
        let reached = stored.map(|(_, message)| match message {
            Message::Begin { epoch, first, .. } => (epoch, first - 1),
            Message::Event { epoch, offset, .. } => (epoch, offset),
        });
        let missed = std::mem::take(&mut joined.missed);
        match reached {
            Some((of, last)) if of == epoch && last >= joined.offset && !self.broken => {
                let pending: VecDeque<_> = missed.into_iter().filter(|(offset, _)| *offset > last).collect();
                let next = pending.back().map_or(last, |(offset, _)| *offset) + 1;
                Ok(Sending { epoch, pending, next, together: false })
            }
            _ => {
                self.history = rand::random();
                let first = joined.offset + 1;
                let begin = Message::Begin { epoch: epoch.clone(), first, pinned: joined.pinned.take() };
                self.publish(vec![(format!("{}.begin", self.history), begin)]).await?;
                let next = missed.last().map_or(first, |(offset, _)| offset + 1);
                Ok(Sending { epoch, pending: missed.into(), next, together: true })
            }
        }
    }

    /// Sends until the topic has another history.
    async fn send_on(&mut self, sending: &mut Sending, mut joined: Joined) -> Result<(), Unreachable> {
        loop {
            if self.send_pending(sending).await? {
                continue;
            }
            if sending.pending.is_empty() {
                (sending.together, self.broken) = (false, false);
            }
            if sending.pending.len() >= MOST_PENDING {
                return Ok(());
            }
            let event = tokio::select! {
                changed = self.kept.changed(), if !sending.pending.is_empty() => {
                    changed.map_err(unreachable)?;
                    continue;
                }
                event = joined.live.recv() => event,
            };
            match event {
                Ok(Event::Kept { offset, body }) if offset == sending.next => {
                    sending.pending.push_back((offset, body));
                    sending.next += 1;
                }
                Ok(Event::Kept { offset, .. }) if offset < sending.next => {}
                Ok(Event::Passing(Body::Same(body))) => self.nats.send(self.passing.clone(), body).await,
                Ok(Event::Passing(Body::ByMarket { .. })) => {}
                Ok(Event::NewEpoch) => return Ok(()),
                Ok(Event::Kept { .. }) | Err(RecvError::Lagged(_)) => {
                    // Under another name the offsets mean something else.
                    let missed = self.topic.since(sending.next - 1);
                    let Some(missed) = missed.filter(|_| self.topic.epoch().as_ref() == Some(&sending.epoch))
                    else {
                        return Ok(());
                    };
                    sending.next = missed.last().map_or(sending.next, |(offset, _)| offset + 1);
                    sending.pending.extend(missed);
                }
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }

    /// False when nothing may be sent at present.
    async fn send_pending(&mut self, sending: &mut Sending) -> Result<bool, Unreachable> {
        let allowed = match &*self.kept.borrow_and_update() {
            Some((epoch, offset)) if *epoch == sending.epoch => *offset,
            _ => 0,
        };
        let most = if sending.together { TOGETHER } else { 1 };
        let ready = sending.pending.iter().take(most).take_while(|(offset, _)| *offset <= allowed).count();
        if ready == 0 {
            return Ok(false);
        }
        let messages = sending.pending.iter().take(ready).map(|(offset, body)| {
            let (epoch, body) = (sending.epoch.clone(), body.clone());
            (format!("{}.{offset}", self.history), Message::Event { epoch, offset: *offset, body })
        });
        self.publish(messages.collect()).await?;
        sending.pending.drain(..ready);
        Ok(true)
    }

    /// Returns when the stream has them.
    async fn publish(&self, messages: Vec<(String, Message)>) -> Result<(), Unreachable> {
        let mut acknowledgements = Vec::with_capacity(messages.len());
        for (name, message) in messages {
            let mut payload = message.encode();
            // The name beside it, and the headers.
            let most = self.nats.client.max_payload().saturating_sub(1_024);
            if payload.len() > most {
                let (subject, bytes) = (&self.subject, payload.len());
                tracing::error!(
                    subject,
                    bytes,
                    "a card is too large for NATS: other nodes show it in one currency"
                );
                payload = of_one_market(message).encode();
            }
            let id = format!("{}.{name}", self.subject);
            let publish = PublishMessage::build().payload(payload).message_id(id);
            let sent = self.nats.jetstream.send_publish(self.subject.clone(), publish).await;
            acknowledgements.push(sent.map_err(unreachable)?);
        }
        for acknowledgement in acknowledgements {
            acknowledgement.await.map_err(unreachable)?;
        }
        Ok(())
    }
}

fn of_one_market(message: Message) -> Message {
    let one = |body| match body {
        Body::ByMarket { other, .. } => Body::Same(other),
        same => same,
    };
    match message {
        Message::Begin { epoch, first, pinned } => {
            Message::Begin { epoch, first, pinned: pinned.map(|(offset, body)| (offset, one(body))) }
        }
        Message::Event { epoch, offset, body } => Message::Event { epoch, offset, body: one(body) },
    }
}
