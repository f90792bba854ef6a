//! Events that a row writes in one go, as frames: encoded once for each market that somebody on the row has.

use std::collections::HashMap;

use bytes::Bytes;

use super::line::write_frame;
use crate::domain::{Epoch, Market, Offset};
use crate::publish::Body;

pub struct Batch {
    epoch: Option<Epoch>,
    bodies: Vec<Body>,
    /// The first and the last of those that have an offset; they follow each other.
    kept: Option<(Offset, Offset)>,
    passing: u64,
    frames: HashMap<Market, Bytes>,
    /// Where no body differs by market.
    same: Option<Bytes>,
}

impl Batch {
    /// `epoch`: of the offsets that follow.
    pub fn new(epoch: Option<Epoch>) -> Self {
        Self { epoch, bodies: Vec::new(), kept: None, passing: 0, frames: HashMap::new(), same: None }
    }

    /// Adds an event of the history. False if one before it is missing.
    pub fn keep(&mut self, offset: Offset, body: &Body) -> bool {
        let first = match self.kept {
            None => offset,
            Some((first, last)) if last + 1 == offset => first,
            Some(_) => return false,
        };
        self.kept = Some((first, offset));
        self.bodies.push(body.clone());
        true
    }

    pub fn pass(&mut self, body: Body) {
        self.passing += 1;
        self.bodies.push(body);
    }

    pub fn len(&self) -> usize {
        self.bodies.len()
    }

    pub fn epoch(&self) -> Option<&Epoch> {
        self.epoch.as_ref()
    }

    pub fn kept(&self) -> Option<(Offset, Offset)> {
        self.kept
    }

    /// Messages that will not come again.
    pub fn passing(&self) -> u64 {
        self.passing
    }

    /// All of it, one frame after the other.
    pub fn frames(&mut self, market: Market) -> &Bytes {
        let Self { bodies, frames, same, .. } = self;
        let encode = || {
            let mut out = Vec::new();
            bodies.iter().for_each(|body| write_frame(body.for_market(market), &mut out));
            Bytes::from(out)
        };
        if bodies.iter().all(|body| matches!(body, Body::Same(_))) {
            return same.get_or_insert_with(encode);
        }
        frames.entry(market).or_insert_with(encode)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::{Currency, Habits};

    fn market(code: &str) -> Market {
        Market { currency: Currency::parse(code).unwrap(), habits: Habits::default() }
    }

    #[test]
    fn a_batch_is_the_frames_of_its_events_in_order_with_each_markets_own_card() {
        let mut batch = Batch::new(None);
        assert!(batch.keep(4, &Body::Same("four".into())));
        batch.pass(Body::Same("partial".into()));
        let mexican = std::collections::HashMap::from([(market("MXN"), Bytes::from("MXN 5"))]);
        let card = Body::ByMarket { by: Arc::new(mexican), base: Currency::USD, other: "USD 5!".into() };
        assert!(batch.keep(5, &card));
        assert!(!batch.keep(7, &Body::Same("seven".into())), "six is missing");
        assert_eq!((batch.kept(), batch.passing(), batch.len()), (Some((4, 5)), 1, 3));
        let mexican = batch.frames(market("MXN")).clone();
        assert_eq!(&mexican[..], b"\x81\x04four\x81\x07partial\x81\x05MXN 5");
        assert_eq!(&batch.frames(market("EUR"))[..], b"\x81\x04four\x81\x07partial\x81\x06USD 5!");
        assert_eq!(batch.frames(market("MXN")).as_ptr(), mexican.as_ptr(), "encoded once");
    }

    #[test]
    fn what_is_the_same_in_all_markets_is_encoded_once_for_all_of_them() {
        let mut batch = Batch::new(None);
        let long = "x".repeat(300);
        assert!(batch.keep(1, &Body::Same(long.clone().into())));
        let first = batch.frames(market("MXN")).clone();
        assert_eq!((&first[..4], first.len()), (&[0x81, 126, 1, 44][..], 304));
        assert_eq!(batch.frames(market("EUR")).as_ptr(), first.as_ptr());
    }
}
