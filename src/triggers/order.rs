//! The running order: "the third one", 下一款, 三号链接. Which words are such a reference is the business of
//! [`order_mandarin`](super::order_mandarin) and [`order_english`](super::order_english); which product is meant, of this file.

use std::ops::Range;

use super::{Mention, Shown};
use crate::domain::Sku;

/// A place in the running order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// From 1.
    Nth(usize),
    Next,
    Previous,
    Last,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub place: Place,
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Said while showing ("let's look at the third one", 三号链接). Without that it may count anything (reasons, colours), and
    /// is believed only of the product whose turn it is.
    pub sure: bool,
    /// Nothing but such words stands before it in its clause. What is not may go with a name that stands there.
    pub alone: bool,
}

/// The catalogue's order.
#[derive(Debug)]
pub struct RunningOrder(Vec<Sku>);

impl RunningOrder {
    pub fn new(skus: impl Iterator<Item = Sku>) -> Self {
        Self(skus.collect())
    }

    /// The product that is meant. None where the order has no such place, and where it would be a guess.
    pub fn mention(&self, reference: &Reference, shown: &Shown) -> Option<Mention> {
        let now = shown.now.as_ref().map(|sku| self.position(sku));
        let turn = match now {
            None => Some(0),
            Some(now) => now.map(|now| now + 1),
        };
        let at = match reference.place {
            Place::Nth(n) => n.checked_sub(1)?,
            Place::Last => self.0.len().checked_sub(1)?,
            // Before anything was shown nothing is next to anything.
            Place::Next => now.flatten()? + 1,
            Place::Previous => now.flatten()?.checked_sub(1)?,
        };
        // A host who jumped may mean the one shown before or the one listed before.
        let unclear = reference.place == Place::Previous
            && shown.before.as_ref().is_some_and(|before| self.position(before) != Some(at));
        if unclear || !(reference.sure || turn == Some(at)) {
            return None;
        }
        Some(Mention { sku: self.0.get(at)?.clone(), range: reference.range.clone(), cost: 0.0 })
    }

    fn position(&self, sku: &Sku) -> Option<usize> {
        self.0.iter().position(|known| known == sku)
    }
}
