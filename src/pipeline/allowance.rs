//! How often somebody may do something: a number at once, then one more after each pause.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Addresses that are remembered. One that has its whole allowance again is forgotten.
const MOST_ADDRESSES: usize = 4_096;

#[derive(Debug, Clone, Copy)]
pub struct Rate {
    pub burst: u32,
    pub every: Duration,
}

/// What one sender has left. The generic cell rate algorithm: one instant says all.
#[derive(Debug, Clone, Default)]
pub struct Allowance {
    /// When all of the burst is there again; none: it is.
    full_at: Option<Instant>,
}

impl Allowance {
    /// Takes one.
    ///
    /// # Errors
    /// None is left: how long until there is one.
    pub fn take(&mut self, now: Instant, rate: Rate) -> Result<(), Duration> {
        let next = self.full_at.map_or(now, |at| at.max(now)) + rate.every;
        let ahead = next.saturating_duration_since(now).saturating_sub(rate.every * rate.burst);
        if ahead > Duration::ZERO {
            return Err(ahead);
        }
        self.full_at = Some(next);
        Ok(())
    }

    fn is_full(&self, now: Instant) -> bool {
        self.full_at.is_none_or(|at| at <= now)
    }
}

/// An allowance for each address.
#[derive(Debug, Default)]
pub struct Addresses(HashMap<IpAddr, Allowance>);

impl Addresses {
    /// Takes one of the address's allowance. An IPv6 network of 64 bits is one address: a household has that many.
    ///
    /// # Errors
    /// None is left, or too many addresses ask at once: how long until there is one.
    pub fn take(&mut self, address: IpAddr, now: Instant, rate: Rate) -> Result<(), Duration> {
        let address = network(address);
        if self.0.len() >= MOST_ADDRESSES && !self.0.contains_key(&address) {
            self.0.retain(|_, allowance| !allowance.is_full(now));
            if self.0.len() >= MOST_ADDRESSES {
                return Err(rate.every);
            }
        }
        self.0.entry(address).or_default().take(now, rate)
    }
}

/// The network that counts as one address.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const RATE: Rate = Rate { burst: 3, every: Duration::from_secs(20) };

    #[test]
    fn three_at_once_then_one_every_twenty_seconds() {
        let (mut allowance, start) = (Allowance::default(), Instant::now());
        for _ in 0..3 {
            assert_eq!(allowance.take(start, RATE), Ok(()));
        }
        assert_eq!(allowance.take(start + 5 * SECOND, RATE), Err(15 * SECOND));
        assert_eq!(allowance.take(start + 20 * SECOND, RATE), Ok(()), "a refusal costs nothing");
        assert_eq!(allowance.take(start + 21 * SECOND, RATE), Err(19 * SECOND));
        let later = start + 600 * SECOND;
        assert!((0..3).all(|_| allowance.take(later, RATE).is_ok()) && allowance.take(later, RATE).is_err());
    }

    #[test]
    fn addresses_do_not_pay_for_each_other_but_a_network_does() {
        let (mut addresses, now) = (Addresses::default(), Instant::now());
        let mut take = |address: &str| addresses.take(address.parse().unwrap(), now, RATE).is_ok();
        assert!(take("10.0.0.1") && take("10.0.0.1") && take("::ffff:10.0.0.1"));
        assert!(!take("10.0.0.1") && take("10.0.0.2"));
        assert!(take("2001:db8::1") && take("2001:db8::2") && take("2001:db8::ffff:3"));
        assert!(!take("2001:db8::4") && take("2001:db8:0:1::4"));
    }

    #[test]
    fn addresses_are_forgotten_when_they_have_their_allowance_back_and_never_more_than_the_bound_kept() {
        let (mut addresses, now) = (Addresses::default(), Instant::now());
        let address = |n: usize| IpAddr::V4(u32::try_from(n).unwrap().into());
        for n in 0..MOST_ADDRESSES {
            assert!(addresses.take(address(n), now, RATE).is_ok());
        }
        assert!(addresses.take(address(MOST_ADDRESSES), now, RATE).is_err());
        assert!(addresses.take(address(7), now, RATE).is_ok(), "known ones go on");
        assert!(addresses.take(address(MOST_ADDRESSES), now + 21 * SECOND, RATE).is_ok());
        assert_eq!(addresses.0.len(), 2, "the new one, and the seventh with two asked");
    }
}
