//! A real nats-server, and gateways that find each other through it.

use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::gateway::Room;
use crate::peer::http;
use crate::process::Process;

/// How often something is looked at that is to become true.
const LOOK: Duration = Duration::from_millis(50);
/// No test waits longer for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// A nats-server with a store that outlives it.
pub struct Nats {
    folder: TempDir,
    /// Where nodes reach it.
    addresses: Vec<SocketAddr>,
    /// The network namespace that it runs in; none: the test's own.
    within: Option<String>,
    child: Option<Child>,
}

impl Nats {
    pub async fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self::at(vec![SocketAddr::from(([127, 0, 0, 1], port))], None).await
    }

    /// In another network namespace, with a way to it by each of these addresses.
    pub async fn at(addresses: Vec<SocketAddr>, within: Option<String>) -> Self {
        let mut nats = Self { folder: TempDir::new().unwrap(), addresses, within, child: None };
        nats.start_again().await;
        nats
    }

    pub fn address(&self) -> SocketAddr {
        self.addresses[0]
    }

    /// A further address at which nodes reach it.
    pub fn is_reached_by(&mut self, address: SocketAddr) {
        self.addresses.push(address);
    }

    pub async fn start_again(&mut self) {
        let (store, port) = (self.folder.path().join("store"), self.addresses[0].port().to_string());
        let mut command = match &self.within {
            None => Command::new("nats-server"),
            Some(namespace) => {
                let mut command = Command::new("ip");
                command.args(["netns", "exec", namespace, "nats-server"]);
                command
            }
        };
        let bind = if self.within.is_some() { "0.0.0.0" } else { "127.0.0.1" };
        command.args(["-a", bind, "-p", &port, "-js", "-sd"]).arg(store);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.child = Some(
            child.expect("nats-server is not in PATH: install it (Debian: apt-get install nats-server)"),
        );
        until("nats-server listens", || async {
            tokio::net::TcpStream::connect(self.addresses[0]).await.is_ok()
        })
        .await;
    }

    pub fn stop(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Settings of a node.
    fn settings(&self, name: &str, role: &str, address: SocketAddr) -> String {
        format!(
            "[limits]\naudio_burst_ms = 600000\ninquiry_burst = 1000\n[cluster]\nservers = [\"nats://{address}\"]\n\
             name = \"{name}\"\nrole = \"{role}\"\n"
        )
    }

    /// A gateway among the others, and its room.
    pub async fn node(&self, name: &str, role: &str) -> (Process, Room) {
        self.node_by(0, name, role).await
    }

    /// The same, which reaches the server by one of its addresses.
    pub async fn node_by(&self, way: usize, name: &str, role: &str) -> (Process, Room) {
        let settings = self.settings(name, role, self.addresses[way]);
        let mut process = Process::with_room(&settings, "pins = \"suggest\"");
        let room = process.start().await;
        (process, room)
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.stop();
        }
    }
}

/// Waits until it holds.
pub async fn until<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    let waited = std::time::Instant::now();
    while !holds().await {
        assert!(waited.elapsed() < PATIENCE, "not in time: {what}");
        tokio::time::sleep(LOOK).await;
    }
}

/// What `/readyz` says of the cluster.
pub async fn cluster_state(room: &Room) -> Value {
    http(room.address, "GET", "/readyz", &[], "").await.json()["cluster"].clone()
}

/// Waits until a node is in reach of the others, and knows who owns the room.
pub async fn joined(room: &Room) {
    until("the node is ready", || async {
        let state = cluster_state(room).await;
        state["state"] == "ready" && state["rooms_without_owner"].as_u64() == Some(0)
    })
    .await;
}
