//! Gateways to test against: one that most tests share, each with a room of its own, and some with tight limits.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit, oneshot};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Error;
use tradewind::app::{self, ModelFiles};
use tradewind::config::Config;
use tradewind::models::{Silent, Store, default_dir, spec};
use tradewind::pipeline::Engines;

use crate::peer::{Answer, Peer, Stream, http};

/// What tokens are signed with where the gateway asks for them.
pub const SECRET: &str = "a secret of the tests, 32 bytes at least";
/// Rooms that a gateway has; each test takes the next one.
const ROOMS: usize = 64;

/// Outlives every test, as the gateways do that they share.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
/// Shows in which somebody speaks, at once: recognition on two cores keeps up with two.
static SPEAKING: Semaphore = Semaphore::const_new(2);

/// Runs a test's body.
pub fn run(test: impl Future<Output = ()>) {
    RUNTIME.block_on(test);
}

/// To be held while a host of the test speaks.
pub async fn speaking() -> SemaphorePermit<'static> {
    SPEAKING.acquire().await.unwrap()
}

pub struct Gateway {
    pub address: SocketAddr,
    next_room: AtomicUsize,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<anyhow::Result<()>>,
}

impl Gateway {
    /// The default settings, without authorisation.
    pub async fn shared() -> &'static Self {
        static SHARED: OnceCell<Gateway> = OnceCell::const_new();
        SHARED.get_or_init(|| Self::start("auth = \"off\"\n[transcribe]\nhosts = 48")).await
    }

    /// Little patience with everybody, so that its end is reached soon.
    pub async fn strict() -> &'static Self {
        static STRICT: OnceCell<Gateway> = OnceCell::const_new();
        let limits = "auth = \"off\"\n[transcribe]\nhosts = 48\nworkers = 1\n[limits]\nresume_window_ms = 1500\n\
                      host_idle_ms = 1500\naudio_burst_ms = 3000\nslow_viewer_ms = 1000";
        STRICT.get_or_init(|| Self::start(limits)).await
    }

    /// `settings` is all of the configuration but the rooms.
    pub async fn start(settings: &str) -> Self {
        Self::start_with(settings, |_| {}).await
    }

    /// The same with engines of which some were exchanged for others.
    pub async fn start_with(settings: &str, change: impl FnOnce(&mut Engines) + Send + 'static) -> Self {
        let rooms: String = (0..ROOMS)
            .map(|n| {
                format!(
                    "\n[[rooms]]\nid = \"r{n}\"\ntitle = \"Room {n}\"\nsource_lang = \"zh\"\n\
                     catalogue = \"demo-catalogue.toml\"\n"
                )
            })
            .collect();
        let text = format!("listen = \"127.0.0.1:0\"\n{settings}\n{rooms}");
        let config = Config::parse(&text, Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/config"))).unwrap();
        let load = move || {
            let mut engines = app::load_engines(config, &model_files(), Some(SECRET.into())).unwrap();
            change(Arc::get_mut(&mut engines).unwrap());
            engines
        };
        let engines = tokio::task::spawn_blocking(load).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(app::run(listener, engines, async { drop(stopped.await) }));
        Self { address, next_room: AtomicUsize::new(0), stop: Some(stop), served }
    }

    /// A room that no other test uses.
    pub fn room(&self) -> Room {
        let n = self.next_room.fetch_add(1, Ordering::Relaxed);
        assert!(n < ROOMS, "more rooms than the gateway has: raise ROOMS");
        Room { address: self.address, name: format!("r{n}") }
    }

    /// Asks it to stop, as SIGTERM does.
    pub fn begin_stop(&mut self) {
        drop(self.stop.take());
    }

    /// Completes when it has stopped.
    pub async fn stopped(self) {
        self.served.await.unwrap().unwrap();
    }
}

/// One room of a gateway, seen from outside.
#[derive(Clone)]
pub struct Room {
    pub address: SocketAddr,
    pub name: String,
}

impl Room {
    /// `query` is what follows `room=…`.
    pub async fn host(&self, query: &str) -> Peer {
        Peer::open(&format!("ws://{}/v1/listen?room={}&{query}", self.address, self.name)).await
    }

    /// A host that sends 16 kHz mono PCM16.
    pub async fn speaker(&self) -> Peer {
        self.host("encoding=linear16&sample_rate=16000&channels=1").await
    }

    pub async fn viewer(&self, lang: &str) -> Peer {
        self.viewer_at(lang, "").await
    }

    /// A viewer with more in its query, such as `&epoch=…&offset=…`.
    pub async fn viewer_at(&self, lang: &str, more: &str) -> Peer {
        self.try_viewer_at(lang, more).await.unwrap()
    }

    /// The same where there may be nobody at present.
    pub async fn try_viewer_at(&self, lang: &str, more: &str) -> Result<Peer, Error> {
        Peer::try_open(&format!("ws://{}/v1/rooms/{}/live?lang={lang}{more}", self.address, self.name)).await
    }

    /// A viewer over server-sent events, coming back behind `last_event_id` if there is one.
    pub async fn sse(&self, lang: &str, last_event_id: Option<&str>) -> Stream {
        Stream::open(self.address, &format!("/v1/rooms/{}/live?lang={lang}", self.name), last_event_id).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        http(self.address, "GET", &format!("/v1/rooms/{}{path}", self.name), &[], "").await
    }

    pub async fn post(&self, path: &str, body: &str) -> Answer {
        let json = [("content-type", "application/json")];
        http(self.address, "POST", &format!("/v1/rooms/{}/{path}", self.name), &json, body).await
    }

    pub async fn pin(&self, sku: &str) {
        let answer = self.post("pin", &json!({ "sku": sku }).to_string()).await;
        assert_eq!(answer.status, 204, "{}", answer.body);
    }

    pub async fn unpin(&self) {
        assert_eq!(self.post("unpin", "").await.status, 204);
    }

    /// Waits until the gateway sees that the host has left.
    pub async fn until_without_host(&self) {
        self.until_live(false).await;
    }

    /// Waits until a host is let in: that comes after the answer to its handshake.
    pub async fn until_with_host(&self) {
        self.until_live(true).await;
    }

    async fn until_live(&self, live: bool) {
        while self.get("").await.json()["live"] != json!(live) {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
}

/// The models of the user's cache, fetched if they are not there.
pub fn model_files() -> ModelFiles {
    let dir = default_dir(|name| std::env::var_os(name)).expect("a home folder or TRADEWIND_MODELS");
    let store = Store::new(dir);
    let fetch = |name| store.ensure(spec::find(name).unwrap(), &mut Silent).unwrap();
    // No further models: what a developer has in the cache must not change what the tests see.
    ModelFiles { whisper: fetch("base"), silero: fetch("silero"), dir: "/nonexistent".into() }
}
