//! Cards that the machine proposes where the operator pins. A pure state machine on the gateway's clock.

use std::collections::VecDeque;

use crate::domain::{SegmentId, Sku};

/// How long a suggestion waits, in ms: about three sentences. Then the host has gone on.
const LIFE_MS: u64 = 30_000;
/// How long a product that was dismissed is not suggested again, in ms.
const DISMISSED_MS: u64 = 60_000;
/// So many wait at most: more than a hand can choose from in the time are noise. The oldest goes.
const MOST: usize = 3;
/// So many dismissals are remembered.
const MOST_DISMISSED: usize = 32;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    pub sku: Sku,
    /// The utterance that spoke of it last.
    pub segment: SegmentId,
    /// On the gateway's clock; from then on it is gone.
    pub until_ms: u64,
}

#[derive(Debug, Default)]
pub struct Suggestions {
    /// The latest first, a product once.
    waiting: VecDeque<Suggestion>,
    /// Until when, on the gateway's clock.
    dismissed: VecDeque<(Sku, u64)>,
}

impl Suggestions {
    pub fn waiting(&self, now_ms: u64) -> impl Iterator<Item = &Suggestion> {
        self.waiting.iter().filter(move |one| now_ms < one.until_ms)
    }

    /// True if it was not waiting already. Spoken of again, a product waits anew, in front.
    pub fn add(&mut self, sku: &Sku, segment: SegmentId, now_ms: u64) -> bool {
        self.waiting.retain(|one| now_ms < one.until_ms);
        self.dismissed.retain(|(_, until_ms)| now_ms < *until_ms);
        if self.dismissed.iter().any(|(dismissed, _)| dismissed == sku) {
            return false;
        }
        let new = !self.remove(sku);
        self.waiting.push_front(Suggestion { sku: sku.clone(), segment, until_ms: now_ms + LIFE_MS });
        self.waiting.truncate(MOST);
        new
    }

    /// False if it was not waiting.
    pub fn dismiss(&mut self, sku: &Sku, now_ms: u64) -> bool {
        let waited = self.waiting(now_ms).any(|one| one.sku == *sku);
        self.remove(sku);
        if waited {
            self.dismissed.push_front((sku.clone(), now_ms + DISMISSED_MS));
            self.dismissed.truncate(MOST_DISMISSED);
        }
        waited
    }

    /// It is pinned, or no longer sold. False if it was not waiting.
    pub fn remove(&mut self, sku: &Sku) -> bool {
        let before = self.waiting.len();
        self.waiting.retain(|one| one.sku != *sku);
        self.waiting.len() < before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sku(name: &str) -> Sku {
        Sku::parse(name).unwrap()
    }

    fn waiting(suggestions: &Suggestions, now_ms: u64) -> Vec<String> {
        suggestions.waiting(now_ms).map(|one| one.sku.to_string()).collect()
    }

    #[test]
    fn a_suggestion_waits_for_its_time_and_anew_when_it_is_heard_again() {
        let mut all = Suggestions::default();
        assert!(all.add(&sku("A"), 1, 0));
        assert!(all.add(&sku("B"), 2, 10_000));
        assert!(!all.add(&sku("A"), 3, 20_000), "it waits already");
        assert_eq!(waiting(&all, 39_999), ["A", "B"]);
        assert_eq!(waiting(&all, 40_000), ["A"]);
        assert_eq!(waiting(&all, 50_000), [""; 0]);
        assert!(all.add(&sku("A"), 9, 50_000), "after its time it is new");
    }

    #[test]
    fn only_so_many_wait_and_the_oldest_goes() {
        let mut all = Suggestions::default();
        for (n, name) in (1..).zip(["A", "B", "C", "D"]) {
            all.add(&sku(name), n, n);
        }
        assert_eq!(waiting(&all, 10), ["D", "C", "B"]);
    }

    #[test]
    fn what_was_dismissed_does_not_come_back_at_once() {
        let mut all = Suggestions::default();
        all.add(&sku("A"), 1, 0);
        assert!(all.dismiss(&sku("A"), 1_000));
        assert!(!all.dismiss(&sku("A"), 1_000), "it is gone");
        assert!(!all.add(&sku("A"), 2, 60_999));
        assert!(all.add(&sku("A"), 2, 61_000));
        assert!(!all.dismiss(&sku("A"), 91_000), "its time was over");
    }
}
