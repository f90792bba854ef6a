//! Other nodes over NATS: the hub's second broker.
//!
//! | where | what | kept |
//! | --- | --- | --- |
//! | stream `TW_EVENTS`, `tw.ev.ROOM.LANG` | what viewers of a language get, encoded once | 2,048 a language, 24 h |
//! | stream `TW_SHOW`, `tw.show.ROOM` | the history of the room's last show, for who takes the room over | 24 h |
//! | stream `TW_LEASE`, `tw.lease.ROOM` | who owns the room | the last word |
//! | `tw.live.ROOM.LANG` | partials and stock | no |
//! | `tw.news.ROOM` | state, demand, answers: [`crate::protocol::nodes`] | no |
//! | `tw.call.ROOM` | requests that only the owner can answer | no |
//!
//! A room's id may hold a dot, which separates words of a subject: it is written as `~`, which no id holds.

mod apply;
mod calls;
mod follow;
mod relay;
mod show;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::stream::{Config as StreamConfig, Stream};
use async_nats::jetstream::{self, Context};
use async_nats::{Client, ConnectOptions, Event, HeaderMap};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt;
use parking_lot::Mutex;
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

use crate::config::ClusterSettings;
use crate::domain::{Epoch, Lang, RoomId, ShowEntry, ShowHead};
use crate::protocol::nodes::News;
use crate::publish::{
    Answer, Broker, Call, Holder, Incoming, Kept, Lease, Link, Present, ShowLog, Told, Topic, Unreachable,
    Written,
};

/// Longest that a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// Before something that failed is tried again.
const AGAIN: Duration = Duration::from_millis(300);
/// A connection on which nothing comes is asked for a sign of life so often; two without an answer end it.
const PING: Duration = Duration::from_secs(2);
/// Between two tries to connect.
const RECONNECT: Duration = Duration::from_millis(500);
/// Events of a language that are kept for nodes and viewers who come back, as many as a topic's ring holds.
const EVENTS_KEPT: i64 = 2_048;
const DAY: Duration = Duration::from_secs(86_400);
/// How long an event that is published twice is known to be the same.
const DUPLICATES: Duration = Duration::from_secs(120);
/// News that may wait to be read; further ones are lost, and told again.
const NEWS: usize = 256;
/// The name of the node that tells something.
const NODE: &str = "Tw-Node";

/// Why there is no cluster.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    #[error("cluster.root_certificate: {0}")]
    Certificate(std::io::Error),
    #[error("cluster.servers: {0}")]
    Servers(String),
}

/// What a node shows to be let in by the servers. Never logged.
#[derive(Clone)]
pub enum Credentials {
    User { name: String, password: String },
    Token(String),
}

impl Credentials {
    /// `NAME:PASSWORD`, or a token, which has no colon.
    pub fn parse(text: &str) -> Self {
        match text.trim().split_once(':') {
            Some((name, password)) => Self::User { name: name.to_owned(), password: password.to_owned() },
            None => Self::Token(text.trim().to_owned()),
        }
    }
}

/// The connection to the servers. Comes back by itself; whatever needs it meanwhile waits or is refused.
pub struct Nats {
    client: Client,
    jetstream: Context,
    node: String,
    /// 0 while it is down or the streams are not there; else the number of the connection.
    up: watch::Receiver<u64>,
    streams: Arc<Mutex<Option<Streams>>>,
}

#[derive(Clone)]
struct Streams {
    events: Stream,
    show: Stream,
    lease: Stream,
}

impl Nats {
    /// Begins to connect, and goes on in the background. Must be called on a tokio runtime.
    ///
    /// # Errors
    /// The settings name no servers, or the certificate cannot be read.
    pub async fn connect(
        settings: &ClusterSettings,
        credentials: Option<Credentials>,
    ) -> Result<Arc<Self>, ClusterError> {
        let connections = Arc::new(watch::Sender::new(0_u64));
        let count = Arc::clone(&connections);
        let (met, down) = (Arc::new(Mutex::new(0_u64)), settings.servers.join(" "));
        let mut options = ConnectOptions::new()
            .name(format!("tradewind {}", settings.name))
            .retry_on_initial_connect()
            .max_reconnects(None)
            .ping_interval(PING)
            .request_timeout(Some(PATIENCE))
            .connection_timeout(PATIENCE)
            .reconnect_delay_callback(|tries| RECONNECT.min(Duration::from_millis(50 * tries as u64)))
            .event_callback(move |event| {
                let (count, met) = (Arc::clone(&count), Arc::clone(&met));
                let servers = down.clone();
                async move {
                    match event {
                        Event::Connected => {
                            let mut met = met.lock();
                            *met += 1;
                            tracing::info!(%servers, "connected to NATS");
                            count.send_replace(*met);
                        }
                        Event::Disconnected | Event::Closed => {
                            tracing::warn!(%servers, "the connection to NATS is lost");
                            count.send_replace(0);
                        }
                        other => tracing::debug!(event = %other, "NATS"),
                    }
                }
            });
        options = match credentials {
            None => options,
            Some(Credentials::User { name, password }) => options.user_and_password(name, password),
            Some(Credentials::Token(token)) => options.token(token),
        };
        if let Some(path) = &settings.root_certificate {
            std::fs::metadata(path).map_err(ClusterError::Certificate)?;
            options = options.add_root_certificates(path.clone());
        }
        let connected = options.connect(settings.servers.clone()).await;
        let client = connected.map_err(|error| ClusterError::Servers(error.to_string()))?;
        let jetstream = jetstream::context::ContextBuilder::new()
            .timeout(PATIENCE)
            .ack_timeout(PATIENCE)
            .build(client.clone());
        let (ready, up) = watch::channel(0);
        let streams = Arc::new(Mutex::new(None));
        let preparing =
            prepare(jetstream.clone(), settings.replicas, connections, ready, Arc::clone(&streams));
        crate::spawn("NATS streams", preparing);
        Ok(Arc::new(Self { client, jetstream, node: settings.name.clone(), up, streams }))
    }

    fn is_up(&self) -> bool {
        *self.up.borrow() > 0
    }

    /// Completes when the servers can be reached; the number of the connection.
    async fn reached(&self) -> u64 {
        let mut up = self.up.clone();
        let reached = up.wait_for(|number| *number > 0).await.map(|number| *number);
        match reached {
            Ok(number) => number,
            // The gateway stops.
            Err(_) => std::future::pending().await,
        }
    }

    /// Completes when the connection of this number is no more.
    async fn lost(&self, number: u64) {
        drop(self.up.clone().wait_for(|now| *now != number).await);
    }

    fn streams(&self) -> Result<Streams, Unreachable> {
        let up = self.is_up();
        self.streams.lock().clone().filter(|_| up).ok_or_else(|| Unreachable("no connection to NATS".into()))
    }

    /// At most once, and never kept for later.
    async fn send(&self, subject: String, payload: Bytes) {
        if !self.is_up() {
            return;
        }
        let headers = self.named();
        // Full queues are those of a connection that is about to be given up.
        drop(timeout(PATIENCE, self.client.publish_with_headers(subject, headers, payload)).await);
    }

    fn named(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(NODE, self.node.as_str());
        headers
    }
}

/// Makes the streams at each connection, as far as they are not there.
async fn prepare(
    jetstream: Context,
    replicas: usize,
    connections: Arc<watch::Sender<u64>>,
    ready: watch::Sender<u64>,
    streams: Arc<Mutex<Option<Streams>>>,
) {
    let mut connection = connections.subscribe();
    loop {
        let number = *connection.borrow_and_update();
        ready.send_replace(0);
        while number > 0 && *connection.borrow() == number {
            match make(&jetstream, replicas).await {
                Ok(made) => {
                    *streams.lock() = Some(made);
                    ready.send_replace(number);
                    break;
                }
                Err(error) => {
                    tracing::warn!(%error, "NATS has no JetStream for us");
                    sleep(AGAIN).await;
                }
            }
        }
        if connection.changed().await.is_err() {
            return;
        }
    }
}

async fn make(
    jetstream: &Context,
    replicas: usize,
) -> Result<Streams, async_nats::jetstream::context::CreateStreamError> {
    let common = StreamConfig { num_replicas: replicas, ..StreamConfig::default() };
    let stream = |name: &str, subject: &str| StreamConfig {
        name: name.to_owned(),
        subjects: vec![subject.to_owned()],
        ..common.clone()
    };
    let events = StreamConfig {
        max_messages_per_subject: EVENTS_KEPT,
        max_age: DAY,
        duplicate_window: DUPLICATES,
        ..stream("TW_EVENTS", "tw.ev.>")
    };
    let show = StreamConfig {
        // The first message of a show takes those before it away.
        allow_rollup: true,
        max_age: DAY,
        ..stream("TW_SHOW", "tw.show.*")
    };
    let lease = StreamConfig { max_messages_per_subject: 1, ..stream("TW_LEASE", "tw.lease.*") };
    Ok(Streams {
        events: jetstream.get_or_create_stream(events).await?,
        show: jetstream.get_or_create_stream(show).await?,
        lease: jetstream.get_or_create_stream(lease).await?,
    })
}

/// A room's id as one word of a subject.
fn word(room: &RoomId) -> String {
    room.as_str().replace('.', "~")
}

fn events_of(room: &RoomId, lang: &Lang) -> String {
    format!("tw.ev.{}.{lang}", word(room))
}

fn passing_of(room: &RoomId, lang: &Lang) -> String {
    format!("tw.live.{}.{lang}", word(room))
}

fn unreachable(error: impl std::fmt::Display) -> Unreachable {
    Unreachable(error.to_string())
}

#[async_trait]
impl Broker for Nats {
    fn link(&self) -> Link {
        if self.is_up() { Link::Up } else { Link::Down }
    }

    async fn relay(&self, room: &RoomId, topic: &Topic, kept: watch::Receiver<Kept>) {
        relay::run(self, room, topic, kept).await;
    }

    async fn follow(&self, room: &RoomId, topic: &Topic, afresh: bool, present: &Present<'_>) {
        follow::run(self, room, topic, afresh, present).await;
    }

    async fn recall(&self, room: &RoomId, topic: &Topic, epoch: &Epoch) {
        follow::recall(self, room, topic, epoch).await;
    }

    async fn tell(&self, room: &RoomId, news: &News) {
        let payload = serde_json::to_vec(news).unwrap_or_default();
        self.send(format!("tw.news.{}", word(room)), payload.into()).await;
    }

    async fn news(&self, room: &RoomId) -> mpsc::Receiver<Told> {
        let (sender, receiver) = mpsc::channel(NEWS);
        let subject = format!("tw.news.{}", word(room));
        // Subscriptions outlive the connection: the client makes them again.
        let Ok(mut messages) = self.client.subscribe(subject).await else { return receiver };
        let own = self.node.clone();
        crate::spawn("news of nodes", async move {
            while let Some(message) = messages.next().await {
                let node = message.headers.as_ref().and_then(|headers| headers.get(NODE));
                let Some(node) = node.map(|node| node.as_str().to_owned()).filter(|node| *node != own) else {
                    continue;
                };
                if let Ok(news) = serde_json::from_slice(&message.payload)
                    && let Err(mpsc::error::TrySendError::Closed(_)) = sender.try_send(Told { node, news })
                {
                    return;
                }
            }
        });
        receiver
    }

    async fn lease(&self, room: &RoomId) -> Result<Option<Lease>, Unreachable> {
        show::lease(self, room).await
    }

    async fn take_lease(&self, room: &RoomId, holder: Holder, over: u64) -> Result<Written, Unreachable> {
        show::take_lease(self, room, holder, over).await
    }

    fn is_me(&self, node: &str) -> bool {
        self.node == node
    }

    async fn show_log(&self, room: &RoomId) -> Result<ShowLog, Unreachable> {
        show::log(self, room).await
    }

    async fn log_show(
        &self,
        room: &RoomId,
        head: &ShowHead,
        entries: &[ShowEntry],
        begins: bool,
        over: u64,
    ) -> Result<Written, Unreachable> {
        show::write(self, room, head, entries, begins, over).await
    }

    async fn call(&self, room: &RoomId, call: Call) -> Result<Answer, Unreachable> {
        calls::ask(self, room, call).await
    }

    async fn calls(&self, room: &RoomId) -> mpsc::Receiver<Incoming> {
        calls::serve(self, room).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_with_dots_are_one_word_and_stay_different() {
        let subject = |room: &str| events_of(&RoomId::parse(room).unwrap(), &Lang::parse("pt-BR").unwrap());
        assert_eq!(subject("a.b"), "tw.ev.a~b.pt-BR");
        assert_eq!(subject("a_b"), "tw.ev.a_b.pt-BR");
        assert_ne!(subject("a.b"), subject("a-b"));
    }

    #[test]
    fn credentials_are_a_user_or_a_token() {
        let is_user = |text| match Credentials::parse(text) {
            Credentials::User { name, password } => Some((name, password)),
            Credentials::Token(_) => None,
        };
        assert_eq!(is_user("edge:se:cret\n"), Some(("edge".into(), "se:cret".into())));
        assert_eq!(is_user("s3cr3t\n"), None);
    }
}
