//! Who is at the other end, past the proxies in front of the gateway.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::domain::Country;
use crate::pipeline::{Counted, Doors, Full, Rooms};

/// The client's address, as far as it can be known.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

impl FromRequestParts<Arc<Rooms>> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, rooms: &Arc<Rooms>) -> Result<Self, Infallible> {
        Ok(Self(client(peer(parts), &parts.headers, &rooms.engines.config.limits.proxies)))
    }
}

/// The same with who is directly at the other end, for those who stay.
#[derive(Debug, Clone, Copy)]
pub struct Visitor {
    pub peer: IpAddr,
    pub client: IpAddr,
}

impl Visitor {
    /// Counts somebody who stays, until the returned value is dropped.
    pub fn stay(&self, doors: &Arc<Doors>) -> Result<Counted, Full> {
        doors.stay(self.peer, self.client)
    }
}

impl FromRequestParts<Arc<Rooms>> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, rooms: &Arc<Rooms>) -> Result<Self, Infallible> {
        let peer = peer(parts);
        Ok(Self { peer, client: client(peer, &parts.headers, &rooms.engines.config.limits.proxies) })
    }
}

/// The country that a viewer is counted under, if anything says one.
#[derive(Debug, Clone, Copy)]
pub struct ClientCountry(pub Option<Country>);

impl FromRequestParts<Arc<Rooms>> for ClientCountry {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, rooms: &Arc<Rooms>) -> Result<Self, Infallible> {
        let limits = &rooms.engines.config.limits;
        let by_proxy = limits.proxies.contains(&peer(parts).to_canonical());
        let header = limits.country_header.as_deref().filter(|_| by_proxy);
        Ok(Self(country(&parts.headers, header)))
    }
}

fn peer(parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip())
}

/// What the proxy in front says; without it the region of the browser's language. Nobody's address is looked up.
fn country(headers: &HeaderMap, by_proxy: Option<&str>) -> Option<Country> {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match by_proxy.and_then(said) {
        Some(code) => Country::parse(code),
        None => said(header::ACCEPT_LANGUAGE.as_str()).and_then(Country::of_accept_language),
    }
}

/// The last address of `X-Forwarded-For` that is not a proxy's own: what stands before it, anybody may have written.
fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let peer = peer.to_canonical();
    if !proxies.contains(&peer) {
        return peer;
    }
    let values = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let listed: Vec<&str> = values.flat_map(|value| value.split(',')).collect();
    let mut client = peer;
    for entry in listed.iter().rev() {
        let Some(address) = parse(entry.trim()) else { break };
        client = address;
        if !proxies.contains(&address) {
            break;
        }
    }
    client
}

/// An address, with or without a port.
fn parse(entry: &str) -> Option<IpAddr> {
    let bare = entry.trim_start_matches('[').trim_end_matches(']');
    let with_port = || entry.parse::<SocketAddr>().ok().map(|address| address.ip());
    bare.parse().ok().or_else(with_port).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxy_knows_the_country_better_than_the_browser() {
        let mut headers = HeaderMap::new();
        headers.insert("accept-language", "es-MX,es;q=0.9".parse().unwrap());
        headers.insert("cf-ipcountry", "CO".parse().unwrap());
        let seen = |headers: &HeaderMap, by_proxy| country(headers, by_proxy).map(|c| c.to_string());
        assert_eq!(seen(&headers, Some("cf-ipcountry")).as_deref(), Some("CO"));
        assert_eq!(
            seen(&headers, None).as_deref(),
            Some("MX"),
            "without the setting nobody's header is believed"
        );
        headers.insert("cf-ipcountry", "XX".parse().unwrap());
        assert_eq!(seen(&headers, Some("cf-ipcountry")), None, "it knows that it does not know");
        assert_eq!(seen(&HeaderMap::new(), Some("cf-ipcountry")), None);
    }

    #[test]
    fn only_a_proxy_is_believed_and_only_its_last_word() {
        let proxies = ["127.0.0.1", "10.0.0.9"].map(|a| a.parse().unwrap());
        let seen = |peer: &str, forwarded: &str| {
            let mut headers = HeaderMap::new();
            if !forwarded.is_empty() {
                headers.insert("x-forwarded-for", forwarded.parse().unwrap());
            }
            client(peer.parse().unwrap(), &headers, &proxies).to_string()
        };
        assert_eq!(seen("203.0.113.7", "1.2.3.4"), "203.0.113.7", "a client may write what it likes");
        assert_eq!(seen("127.0.0.1", "1.2.3.4, 198.51.100.2"), "198.51.100.2");
        assert_eq!(seen("127.0.0.1", "1.2.3.4, 198.51.100.2:4711, 10.0.0.9"), "198.51.100.2");
        assert_eq!(seen("::ffff:127.0.0.1", "[2001:db8::1]"), "2001:db8::1");
        assert_eq!(seen("127.0.0.1", "unknown"), "127.0.0.1");
        assert_eq!(seen("127.0.0.1", ""), "127.0.0.1");
    }
}
