//! The `[cluster]` table: other nodes, and what this one does among them.

use std::path::{Path, PathBuf};

use anyhow::{bail, ensure};

use super::raw;

/// What a node does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Role {
    /// Hears hosts and serves viewers.
    #[default]
    Both,
    /// Hears hosts. Viewers go elsewhere.
    Origin,
    /// Serves viewers. Needs no recogniser and no translation engine.
    Edge,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::Origin => "origin",
            Self::Edge => "edge",
        }
    }

    pub fn takes_hosts(self) -> bool {
        self != Self::Edge
    }

    pub fn takes_viewers(self) -> bool {
        self != Self::Origin
    }
}

/// How nodes find each other.
#[derive(Debug, Clone)]
pub struct ClusterSettings {
    /// NATS servers with JetStream: `nats://host:4222`, `tls://…`.
    pub servers: Vec<String>,
    /// This node's own name: no two have the same.
    pub name: String,
    /// Servers that keep each event.
    pub replicas: usize,
    /// A file with `NAME:PASSWORD` or a token.
    pub credentials_file: Option<PathBuf>,
    /// A PEM file with the authority of the servers' certificates, where it is none of the system's.
    pub root_certificate: Option<PathBuf>,
}

/// This node's role, and the way to the others; none where there are none.
pub(super) fn check(
    raw: Option<raw::Cluster>,
    base: &Path,
) -> anyhow::Result<(Role, Option<ClusterSettings>)> {
    let Some(raw) = raw else { return Ok((Role::Both, None)) };
    let role = match raw.role.as_deref() {
        None | Some("both") => Role::Both,
        Some("origin") => Role::Origin,
        Some("edge") => Role::Edge,
        Some(other) => bail!("cluster.role must be \"origin\", \"edge\" or \"both\", not {other:?}"),
    };
    ensure!(
        !raw.servers.is_empty(),
        "cluster.servers names no NATS server: leave [cluster] out for one node"
    );
    for server in &raw.servers {
        // Not repeated: what may be a password is in no error.
        ensure!(
            !server.contains('@'),
            "cluster.servers must not hold a password: use credentials_file, or TRADEWIND_NATS"
        );
        let known = ["nats://", "tls://"].iter().any(|scheme| server.starts_with(scheme));
        ensure!(known, "cluster.servers: {server:?} must begin with nats:// or tls://");
    }
    let name = raw.name.unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    ensure!(
        (1..=64).contains(&name.len()) && name.chars().all(plain),
        "cluster.name is this node's own name, 1 to 64 letters, digits, '-', '_' or '.': no other node may have it"
    );
    let replicas = raw.stream_replicas.unwrap_or(1);
    ensure!((1..=5).contains(&replicas), "cluster.stream_replicas must be 1 to 5");
    let settings = ClusterSettings {
        servers: raw.servers,
        name,
        replicas,
        credentials_file: raw.credentials_file.map(|file| base.join(file)),
        root_certificate: raw.root_certificate.map(|file| base.join(file)),
    };
    Ok((role, Some(settings)))
}
