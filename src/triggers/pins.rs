//! The pinned card: what mentions and the operator's buttons make of it. A pure state machine on the show's clock.

use crate::domain::{CardAction, PinReason, SegmentId, Sku};

use super::Mention;

/// Times in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinsSettings {
    /// How long the machine keeps still after the operator pinned or unpinned.
    pub operator_hold_ms: u64,
    /// How soon a mention may bring back the product that was pinned just before: in "the lunch box goes well
    /// with the thermos" the card must not flap.
    pub return_after_ms: u64,
}

impl Default for PinsSettings {
    fn default() -> Self {
        Self { operator_hold_ms: 20_000, return_after_ms: 8_000 }
    }
}

/// What is pinned in one room. One card at a time; `None` from a method means that nothing changes for the viewers.
#[derive(Debug, Default)]
pub struct Pins {
    settings: PinsSettings,
    pinned: Option<Sku>,
    /// The product that was pinned before the present one, and when it had to go.
    before: Option<(Sku, u64)>,
    operator_at: Option<u64>,
}

impl Pins {
    pub fn new(settings: PinsSettings) -> Self {
        Self { settings, ..Self::default() }
    }

    pub fn pinned(&self) -> Option<&Sku> {
        self.pinned.as_ref()
    }

    /// What was pinned before the process ended.
    pub fn restore(&mut self, action: &CardAction) {
        self.pinned = match action {
            CardAction::Pin { sku, .. } => Some(sku.clone()),
            CardAction::Unpin { .. } => None,
        };
    }

    /// The host spoke of a product at `at_ms`.
    pub fn heard(&mut self, mention: &Mention, segment: SegmentId, at_ms: u64) -> Option<CardAction> {
        let held =
            self.operator_at.is_some_and(|at| at_ms < at.saturating_add(self.settings.operator_hold_ms));
        let returns = self.before.as_ref().is_some_and(|(sku, gone_at)| {
            *sku == mention.sku && at_ms < gone_at.saturating_add(self.settings.return_after_ms)
        });
        if held || returns || self.pinned.as_ref() == Some(&mention.sku) {
            return None;
        }
        Some(self.pin(&mention.sku, PinReason::Spoken, Some(segment), at_ms))
    }

    /// The operator pressed "pin". Pressing it for what is pinned changes nothing but holds it.
    pub fn operator_pins(&mut self, sku: &Sku, at_ms: u64) -> Option<CardAction> {
        self.operator_at = Some(at_ms);
        if self.pinned.as_ref() == Some(sku) {
            return None;
        }
        Some(self.pin(sku, PinReason::Operator, None, at_ms))
    }

    /// The operator pressed "unpin".
    pub fn operator_unpins(&mut self, at_ms: u64) -> Option<CardAction> {
        self.operator_at = Some(at_ms);
        self.before = None;
        Some(CardAction::Unpin { sku: self.pinned.take()? })
    }

    /// The product has changed: its card goes out once more.
    pub fn shown_again(&self, sku: &Sku) -> Option<CardAction> {
        let pinned = self.pinned.clone().filter(|pinned| pinned == sku)?;
        Some(CardAction::Pin { sku: pinned, reason: PinReason::Changed, segment: None })
    }

    /// The product is no longer sold here.
    pub fn removed(&mut self, sku: &Sku) -> Option<CardAction> {
        self.before.take_if(|(before, _)| before == sku);
        self.pinned.take_if(|pinned| pinned == sku).map(|sku| CardAction::Unpin { sku })
    }

    fn pin(&mut self, sku: &Sku, reason: PinReason, segment: Option<SegmentId>, at_ms: u64) -> CardAction {
        self.before = self.pinned.replace(sku.clone()).map(|before| (before, at_ms));
        CardAction::Pin { sku: sku.clone(), reason, segment }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sku(name: &str) -> Sku {
        Sku::parse(name).unwrap()
    }

    fn hear(pins: &mut Pins, name: &str, at_ms: u64) -> Option<CardAction> {
        pins.heard(&Mention { sku: sku(name), range: 0..1, cost: 0.0 }, 1, at_ms)
    }

    fn spoken(name: &str) -> Option<CardAction> {
        Some(CardAction::Pin { sku: sku(name), reason: PinReason::Spoken, segment: Some(1) })
    }

    #[test]
    fn a_product_is_pinned_once() {
        let mut pins = Pins::default();
        assert_eq!(hear(&mut pins, "A", 0), spoken("A"));
        assert_eq!(hear(&mut pins, "A", 5_000), None);
        assert_eq!(hear(&mut pins, "B", 6_000), spoken("B"), "a new product is pinned at once");
        assert_eq!(pins.pinned(), Some(&sku("B")));
    }

    #[test]
    fn a_glance_back_does_not_flap_but_a_return_counts() {
        let mut pins = Pins::default();
        hear(&mut pins, "A", 0);
        hear(&mut pins, "B", 30_000);
        assert_eq!(hear(&mut pins, "A", 37_999), None);
        assert_eq!(hear(&mut pins, "C", 37_999), spoken("C"), "a third product is no return");
        assert_eq!(hear(&mut pins, "B", 46_000), spoken("B"), "the time has passed");
        assert_eq!(hear(&mut pins, "A", 46_100), spoken("A"), "only the one just before waits");
    }

    #[test]
    fn the_operators_pin_beats_the_machine_for_the_hold_time() {
        let mut pins = Pins::default();
        hear(&mut pins, "A", 0);
        let pinned = CardAction::Pin { sku: sku("B"), reason: PinReason::Operator, segment: None };
        assert_eq!(pins.operator_pins(&sku("B"), 1_000), Some(pinned));
        assert_eq!(hear(&mut pins, "C", 20_999), None);
        assert_eq!(hear(&mut pins, "C", 21_000), spoken("C"));
    }

    #[test]
    fn pressing_pin_again_holds_what_the_machine_pinned() {
        let mut pins = Pins::default();
        hear(&mut pins, "A", 0);
        assert_eq!(pins.operator_pins(&sku("A"), 10_000), None);
        assert_eq!(hear(&mut pins, "B", 29_999), None);
    }

    #[test]
    fn an_unpin_is_told_once_and_keeps_the_machine_still() {
        let mut pins = Pins::default();
        assert_eq!(pins.operator_unpins(0), None, "nothing was pinned");
        assert_eq!(hear(&mut pins, "A", 100), None, "the operator wanted it empty");
        assert_eq!(hear(&mut pins, "A", 20_000), spoken("A"));
        assert_eq!(pins.operator_unpins(21_000), Some(CardAction::Unpin { sku: sku("A") }));
        assert_eq!(pins.pinned(), None);
        assert_eq!(hear(&mut pins, "A", 30_000), None);
        assert_eq!(hear(&mut pins, "A", 41_000), spoken("A"));
    }
}
