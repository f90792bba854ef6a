//! `[limits]` of connections and requests, `[tls]`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::ensure;

use super::raw;

/// How many may come in, how often, and how slowly.
#[derive(Debug, Clone)]
pub struct DoorLimits {
    /// Connections of the gateway.
    pub connections: usize,
    /// Connections of one address. A trusted proxy is none: those behind it are.
    pub connections_per_address: usize,
    /// Requests that one address may send at once, and each second from then on.
    pub request_burst: u32,
    pub requests_per_second: u32,
    /// Messages that one viewer may send each second, after a burst of ten times as many.
    pub viewer_messages_per_second: u32,
    /// Frames that one host may send each second, after a burst of ten times as many.
    pub host_messages_per_second: u32,
    /// A connection has so long for a request's head, the pause before it included.
    pub header_timeout: Duration,
    /// A request has so long for its body.
    pub body_timeout: Duration,
    /// A connection that takes nothing of what it asked for is cut after so long.
    pub write_timeout: Duration,
    /// Sites whose pages may open a host's socket and operate, beside the gateway's own: `https://shop.example`.
    pub origins: Vec<String>,
    /// Sites whose pages may watch, beside the gateway's own. None: all.
    pub viewer_origins: Option<Vec<String>>,
    /// How long hosts, viewers and what is in the air have when the gateway stops.
    pub shutdown: Duration,
}

/// The certificate chain and its key, as PEM files.
#[derive(Debug, Clone)]
pub struct Tls {
    pub cert_file: PathBuf,
    pub key_file: PathBuf,
}

/// Longest time limit: a day.
const DAY_MS: u64 = 86_400_000;

pub fn check(raw: &raw::Limits, rooms: usize) -> anyhow::Result<DoorLimits> {
    let most_rooms = raw.rooms.unwrap_or(256);
    ensure!(rooms <= most_rooms, "there are {rooms} rooms, and limits.rooms allows {most_rooms}");
    let within = |name: &str, value: u32, most: u32| {
        ensure!((1..=most).contains(&value), "limits.{name} must be 1 to {most}");
        Ok(value)
    };
    let time = |name: &str, ms: u64| {
        ensure!((1..=DAY_MS).contains(&ms), "limits.{name} must be 1 to {DAY_MS}, a day");
        Ok(Duration::from_millis(ms))
    };
    let count = |name: &str, value: usize| {
        ensure!(value > 0, "limits.{name} must be at least 1");
        Ok(value)
    };
    Ok(DoorLimits {
        connections: count("connections", raw.connections.unwrap_or(20_000))?,
        connections_per_address: count(
            "connections_per_address",
            raw.connections_per_address.unwrap_or(500),
        )?,
        request_burst: within("request_burst", raw.request_burst.unwrap_or(600), 1_000_000)?,
        requests_per_second: within("requests_per_second", raw.requests_per_second.unwrap_or(50), 1_000_000)?,
        viewer_messages_per_second: within(
            "viewer_messages_per_second",
            raw.viewer_messages_per_second.unwrap_or(4),
            10_000,
        )?,
        host_messages_per_second: within(
            "host_messages_per_second",
            raw.host_messages_per_second.unwrap_or(400),
            100_000,
        )?,
        header_timeout: time("header_timeout_ms", raw.header_timeout_ms.unwrap_or(10_000))?,
        body_timeout: time("body_timeout_ms", raw.body_timeout_ms.unwrap_or(60_000))?,
        write_timeout: time("write_timeout_ms", raw.write_timeout_ms.unwrap_or(30_000))?,
        origins: origins("origins", raw.origins.as_deref().unwrap_or_default())?,
        viewer_origins: match raw.viewer_origins.as_deref() {
            None => None,
            Some(listed) => Some(origins("viewer_origins", listed)?),
        },
        shutdown: time("shutdown_ms", raw.shutdown_ms.unwrap_or(20_000))?,
    })
}

/// `https://name[:port]`, as browsers write it.
fn origins(name: &str, listed: &[String]) -> anyhow::Result<Vec<String>> {
    for origin in listed {
        let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-:[]".contains(c);
        ensure!(
            rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(plain)),
            "limits.{name}: {origin:?} is not an origin such as \"https://shop.example\" (no path, small letters)"
        );
    }
    Ok(listed.to_vec())
}

pub fn tls(raw: Option<raw::Tls>, base: &Path) -> Option<Tls> {
    raw.map(|tls| Tls { cert_file: base.join(tls.cert_file), key_file: base.join(tls.key_file) })
}
