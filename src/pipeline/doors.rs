//! Who comes in, how many from where and how often; and how many were turned away for what.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::allowance::{Addresses, Allowance, Rate, network};
use crate::config::DoorLimits;

/// Reasons that are told apart in the figures; all of them are words of ours.
const MOST_REASONS: usize = 200;

/// What was turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    Connection,
    Request,
    Host,
    Viewer,
}

impl What {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Request => "request",
            Self::Host => "host",
            Self::Viewer => "viewer",
        }
    }
}

/// The gateway's doors.
pub struct Doors {
    limits: DoorLimits,
    proxies: Vec<IpAddr>,
    present: Mutex<Present>,
    requests: Mutex<Addresses>,
    messages: Mutex<Addresses>,
    refused: Mutex<BTreeMap<(What, String), u64>>,
}

#[derive(Default)]
struct Present {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// Counts as a connection until it is dropped.
pub struct Counted {
    doors: Arc<Doors>,
    address: Option<IpAddr>,
    /// Whether it is a connection of its own, not one of somebody behind a proxy that is counted already.
    socket: bool,
}

/// Why a connection is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    Gateway,
    Address,
}

impl Full {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Gateway => "too_many_connections",
            Self::Address => "too_many_from_address",
        }
    }
}

impl Doors {
    pub fn new(limits: DoorLimits, proxies: Vec<IpAddr>) -> Arc<Self> {
        Arc::new(Self {
            limits,
            proxies,
            present: Mutex::default(),
            requests: Mutex::default(),
            messages: Mutex::default(),
            refused: Mutex::default(),
        })
    }

    pub fn limits(&self) -> &DoorLimits {
        &self.limits
    }

    /// Whether this address speaks for others.
    pub fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxies.contains(&address.to_canonical())
    }

    /// Lets a connection in.
    pub fn connect(self: &Arc<Self>, peer: IpAddr) -> Result<Counted, Full> {
        self.count(Some(peer).filter(|peer| !self.is_proxy(*peer)), true)
    }

    /// Lets somebody stay who came by way of a proxy: a socket or a stream. Others are counted by their connection.
    pub fn stay(self: &Arc<Self>, peer: IpAddr, client: IpAddr) -> Result<Counted, Full> {
        let behind = self.is_proxy(peer) && !self.is_proxy(client);
        self.count(Some(client).filter(|_| behind), false)
    }

    fn count(self: &Arc<Self>, address: Option<IpAddr>, socket: bool) -> Result<Counted, Full> {
        let address = address.map(network);
        let mut present = self.present.lock();
        if socket && present.all >= self.limits.connections {
            return Err(Full::Gateway);
        }
        if let Some(address) = address {
            let here = present.by_address.entry(address).or_default();
            if *here >= self.limits.connections_per_address {
                return Err(Full::Address);
            }
            *here += 1;
        }
        present.all += usize::from(socket);
        Ok(Counted { doors: Arc::clone(self), address, socket })
    }

    /// Takes a request of the address's allowance. A proxy that names nobody has no limit: all would pay for one.
    ///
    /// # Errors
    /// How long until there is one.
    pub fn request(&self, client: IpAddr) -> Result<(), Duration> {
        if self.is_proxy(client) {
            return Ok(());
        }
        let rate = per_second(self.limits.requests_per_second, self.limits.request_burst);
        self.requests.lock().take(client, Instant::now(), rate)
    }

    /// Takes a message of a viewer's allowance, and of its address's, which is twenty times as large.
    pub fn viewer_message(&self, own: &mut Allowance, client: IpAddr) -> bool {
        let (rate, now) = (self.limits.viewer_messages_per_second, Instant::now());
        let address = || {
            self.is_proxy(client)
                || self.messages.lock().take(client, now, per_second(rate * 20, rate * 200)).is_ok()
        };
        own.take(now, per_second(rate, rate * 10)).is_ok() && address()
    }

    /// Takes a frame of a host's allowance.
    pub fn host_message(&self, own: &mut Allowance) -> bool {
        let rate = self.limits.host_messages_per_second;
        own.take(Instant::now(), per_second(rate, rate * 10)).is_ok()
    }

    /// Counts somebody who was turned away or closed. `reason` is a word of ours, never of theirs.
    pub fn refused(&self, what: What, reason: &str) {
        let mut refused = self.refused.lock();
        let reason = if refused.len() < MOST_REASONS { reason } else { "other" };
        *refused.entry((what, reason.to_owned())).or_default() += 1;
    }

    /// How many were turned away, by what and why.
    pub fn all_refused(&self) -> Vec<(What, String, u64)> {
        let refused = self.refused.lock();
        refused.iter().map(|((what, reason), count)| (*what, reason.clone(), *count)).collect()
    }

    pub fn connections(&self) -> usize {
        self.present.lock().all
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut present = self.doors.present.lock();
        present.all -= usize::from(self.socket);
        if let Some(address) = self.address
            && let Some(here) = present.by_address.get_mut(&address)
        {
            *here -= 1;
            if *here == 0 {
                present.by_address.remove(&address);
            }
        }
    }
}

fn per_second(rate: u32, burst: u32) -> Rate {
    Rate { burst, every: Duration::from_secs(1) / rate }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doors(settings: &str) -> Arc<Doors> {
        let text = format!("auth = \"off\"\n[limits]\n{settings}");
        let config = crate::config::Config::parse(&text, std::path::Path::new(".")).unwrap();
        Doors::new(config.limits.doors, config.limits.proxies)
    }

    fn ip(address: &str) -> IpAddr {
        address.parse().unwrap()
    }

    #[test]
    fn an_address_and_the_gateway_hold_only_so_many_and_who_leaves_makes_room() {
        let doors = doors("connections = 4\nconnections_per_address = 2");
        let come = |address: &str| doors.connect(ip(address));
        let first = come("198.51.100.1").ok().unwrap();
        let _second = come("::ffff:198.51.100.1").ok().unwrap();
        assert_eq!(come("198.51.100.1").err(), Some(Full::Address));
        let _third = come("198.51.100.2").ok().unwrap();
        let _fourth = come("2001:db8::1").ok().unwrap();
        assert_eq!(come("198.51.100.3").err(), Some(Full::Gateway));
        assert_eq!(doors.connections(), 4);
        drop(first);
        assert!(come("198.51.100.1").is_ok());
    }

    #[test]
    fn a_proxy_is_not_limited_but_each_of_those_behind_it_is() {
        let doors = doors("connections_per_address = 2\nrequest_burst = 3\nproxies = [\"10.0.0.9\"]");
        let (proxy, shopper) = (ip("10.0.0.9"), ip("198.51.100.1"));
        let held: Vec<_> = (0..10).map(|_| doors.connect(proxy).ok().unwrap()).collect();
        assert_eq!(held.len(), 10);
        let staying: Vec<_> = (0..2).map(|_| doors.stay(proxy, shopper).ok().unwrap()).collect();
        assert_eq!(doors.stay(proxy, shopper).err(), Some(Full::Address));
        assert!(doors.stay(proxy, ip("198.51.100.2")).is_ok());
        assert!((0..10).all(|_| doors.stay(proxy, proxy).is_ok()), "a proxy that names nobody");
        assert_eq!(doors.connections(), 10, "who stays is on a connection that is counted");
        drop(staying);
        assert!(doors.stay(proxy, shopper).is_ok());
        assert!((0..3).all(|_| doors.request(shopper).is_ok()));
        assert!(doors.request(shopper).is_err() && doors.request(ip("198.51.100.2")).is_ok());
        assert!((0..50).all(|_| doors.request(proxy).is_ok()));
    }

    #[test]
    fn messages_have_a_rate_and_refusals_are_counted() {
        let doors = doors("viewer_messages_per_second = 1\nhost_messages_per_second = 5");
        let (mut viewer, mut host) = (Allowance::default(), Allowance::default());
        let from = ip("198.51.100.1");
        assert_eq!((0..100).filter(|_| doors.viewer_message(&mut viewer, from)).count(), 10);
        assert_eq!((0..100).filter(|_| doors.host_message(&mut host)).count(), 50);
        doors.refused(What::Viewer, "slow_viewer");
        doors.refused(What::Viewer, "slow_viewer");
        doors.refused(What::Request, "too_many_requests");
        let counted = doors.all_refused();
        assert_eq!(counted[0], (What::Request, "too_many_requests".into(), 1));
        assert_eq!(counted[1], (What::Viewer, "slow_viewer".into(), 2));
        for n in 0..1_000 {
            doors.refused(What::Host, &n.to_string());
        }
        assert!(doors.all_refused().len() <= MOST_REASONS + 1);
    }
}
