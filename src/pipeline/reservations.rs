//! Pieces of a flash sale that shoppers want put by: checked, counted on disk before anything is said of them, told to the
//! consoles.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::allowance::Rate;
use super::inquiries::plain;
use super::room::{ConsoleEvent, Room};
use crate::domain::{ClientId, Reservation, Reserved, Sku};
use crate::record::{RecordError, Wish};

/// Pieces that one shopper may put by at once.
pub const MOST_PIECES: u64 = 10_000;
/// In characters.
const LONGEST_CONTACT: usize = 200;
/// Letters of a key: shorter ones could be met by chance, or by trying.
const SHORTEST_KEY: usize = 16;

/// Why nothing was put by.
#[derive(Debug, thiserror::Error)]
pub enum ReserveRefused {
    #[error("The quantity has to be 1 to {MOST_PIECES} pieces.")]
    BadQuantity,
    #[error("The contact is missing: the seller could not reach you.")]
    ContactMissing,
    #[error("The contact is longer than {LONGEST_CONTACT} characters.")]
    ContactTooLong,
    #[error("A key has {SHORTEST_KEY} to 64 characters of a-z, A-Z, 0-9, '-', '_' or '.'.")]
    BadKey,
    #[error("Another reservation was sent with this key.")]
    KeyUsed,
    #[error("The seller has cancelled this reservation.")]
    Cancelled,
    #[error("Only {left} pieces are left.")]
    TooFew { left: u64 },
    #[error("There is no flash sale of this product, or it is over.")]
    Over,
    #[error("Too many reservations: try again in {} s.", .0.as_secs() + 1)]
    TooMany(Duration),
    #[error("The reservation could not be written to disk: try again.")]
    NotKept(#[from] RecordError),
}

impl ReserveRefused {
    /// Stable; docs/PROTOCOL.md lists them.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadQuantity => "bad_quantity",
            Self::ContactMissing => "contact_missing",
            Self::ContactTooLong => "contact_too_long",
            Self::BadKey => "bad_key",
            Self::KeyUsed => "key_used",
            Self::Cancelled => "reservation_cancelled",
            Self::TooFew { .. } => "too_few_left",
            Self::Over => "no_flash",
            Self::TooMany(_) => "too_many_reservations",
            Self::NotKept(_) => "not_kept",
        }
    }
}

impl Room {
    /// Puts pieces by for a shopper: when this returns, they are. `key` is the shopper's own name for this wish: sent twice,
    /// it takes nothing more. With it, what is left for others; none where there is no limit.
    ///
    /// # Errors
    /// Why nothing was put by.
    pub async fn reserve(
        &self,
        sku: &Sku,
        quantity: u64,
        contact: &str,
        key: Option<String>,
        from: IpAddr,
    ) -> Result<(Reservation, Option<u64>), ReserveRefused> {
        let wish = checked(quantity, contact, key)?;
        self.take_reservation_turn(from)?;
        let on = self.catalogue().product(sku).and_then(|product| self.flash(product)).map(|flash| flash.id);
        let kept =
            self.engines.record.reserve(&self.config.id, sku, on, wish).await.inspect_err(|error| {
                tracing::error!(room = %self.config.id, %error, "a reservation could not be kept");
            })?;
        match kept {
            Reserved::Held { reservation, left, is_new } => {
                if is_new {
                    self.flashes.recount();
                    self.tell_reservation(&reservation);
                }
                Ok((reservation, left))
            }
            Reserved::TooFew { left } => Err(ReserveRefused::TooFew { left }),
            Reserved::Over => Err(ReserveRefused::Over),
            Reserved::KeyUsed => Err(ReserveRefused::KeyUsed),
            Reserved::Cancelled => Err(ReserveRefused::Cancelled),
        }
    }

    /// Takes a reservation back. False if there is none of this name.
    ///
    /// # Errors
    /// The record fails; it stays.
    pub async fn cancel_reservation(&self, id: &str) -> Result<bool, RecordError> {
        let cancelled = self.engines.record.cancel_reservation(&self.config.id, id).await?;
        if let Some(reservation) = &cancelled {
            self.flashes.recount();
            self.tell_reservation(reservation);
        }
        Ok(cancelled.is_some())
    }

    fn take_reservation_turn(&self, from: IpAddr) -> Result<(), ReserveRefused> {
        let (now, limits) = (Instant::now(), &self.engines.config.limits);
        let address = Rate { burst: limits.reservation_burst, every: limits.reservation_interval };
        self.flashes.addresses.lock().take(from, now, address).map_err(ReserveRefused::TooMany)?;
        let per_minute = limits.reservations_per_minute;
        let all = Rate { burst: per_minute, every: Duration::from_secs(60) / per_minute };
        self.flashes.all.lock().take(now, all).map_err(ReserveRefused::TooMany)
    }

    fn tell_reservation(&self, reservation: &Reservation) {
        // No console listening is no error.
        drop(self.console.send(ConsoleEvent::Reserved(Arc::new(reservation.clone()))));
    }
}

fn checked(quantity: u64, contact: &str, key: Option<String>) -> Result<Wish, ReserveRefused> {
    if !(1..=MOST_PIECES).contains(&quantity) {
        return Err(ReserveRefused::BadQuantity);
    }
    let contact = plain(contact).replace('\n', " ");
    match contact.chars().count() {
        0 => return Err(ReserveRefused::ContactMissing),
        1..=LONGEST_CONTACT => {}
        _ => return Err(ReserveRefused::ContactTooLong),
    }
    if key.as_ref().is_some_and(|key| key.len() < SHORTEST_KEY || ClientId::parse(key).is_err()) {
        return Err(ReserveRefused::BadKey);
    }
    let bits: [u8; 16] = rand::random();
    Ok(Wish { id: hex::encode(bits), quantity, contact, key })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_has_a_quantity_and_a_way_to_reach_the_shopper() {
        let code = |quantity, contact: &str, key: Option<&str>| {
            checked(quantity, contact, key.map(str::to_owned)).map_err(|refused| refused.code()).err()
        };
        assert_eq!(code(1, "a@b", None), None);
        assert_eq!(code(MOST_PIECES, "a@b", Some("0123456789abcdef")), None);
        assert_eq!(code(0, "a@b", None), Some("bad_quantity"));
        assert_eq!(code(MOST_PIECES + 1, "a@b", None), Some("bad_quantity"));
        assert_eq!(code(1, " \u{202e}\n", None), Some("contact_missing"));
        assert_eq!(code(1, &"x".repeat(201), None), Some("contact_too_long"));
        assert_eq!(code(1, "a@b", Some("short")), Some("bad_key"));
        assert_eq!(code(1, "a@b", Some("0123456789abcdef<")), Some("bad_key"));
        assert_eq!(checked(1, "a\nb\u{0}", None).unwrap().contact, "a b", "one line in a table");
    }
}
