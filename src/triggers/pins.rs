//! The pinned card: what mentions and the operator's buttons make of it. A pure state machine.

use crate::domain::{CardAction, PinReason, SegmentId, Sku};

use super::suggestions::{Suggestion, Suggestions};
use super::{Mention, Shown};

/// Times in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinsSettings {
    /// How long the machine keeps still after the operator pinned or unpinned.
    pub operator_hold_ms: u64,
    /// How soon a mention may bring back the product that was pinned just before: in "the lunch box goes well
    /// with the thermos" the card must not flap.
    pub return_after_ms: u64,
    /// How long a change can be taken back.
    pub undo_ms: u64,
}

impl Default for PinsSettings {
    fn default() -> Self {
        Self { operator_hold_ms: 20_000, return_after_ms: 8_000, undo_ms: 10_000 }
    }
}

/// A moment on two clocks, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moment {
    /// The show's: sound that comes faster than it was spoken carries it along, and before the first sound it stands.
    pub show_ms: u64,
    /// The gateway's, for what people at a console wait for.
    pub wall_ms: u64,
}

/// What can be taken back: the card was `from` and is `to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Counts the changes of a show.
    pub id: u64,
    pub from: Option<Sku>,
    pub to: Option<Sku>,
    /// On the gateway's clock; from then on it is too late.
    pub until_ms: u64,
    shown: Shown,
}

/// Why nothing was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UndoRefused {
    #[error("There is nothing to undo, or more than ten seconds have passed.")]
    TooLate,
    #[error("Another card has been pinned or unpinned since.")]
    ChangedMeanwhile,
}

/// What is pinned in one room. One card at a time; `None` from a method means that nothing changes for the viewers.
#[derive(Debug, Default)]
pub struct Pins {
    settings: PinsSettings,
    pinned: Option<Sku>,
    /// The product that was pinned before the present one, and when it had to go, on the show's clock.
    before: Option<(Sku, u64)>,
    /// On the show's clock.
    operator_at: Option<u64>,
    shown: Shown,
    suggestions: Suggestions,
    changes: u64,
    last_change: Option<Change>,
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
            CardAction::Pin { sku, .. } => {
                self.turn_to(sku);
                Some(sku.clone())
            }
            CardAction::Unpin { .. } => None,
        };
    }

    /// What the host has turned to: usually what is pinned.
    pub fn shown(&self) -> &Shown {
        &self.shown
    }

    /// Suggestions that wait for the operator at `wall_ms`, the latest first.
    pub fn suggestions(&self, wall_ms: u64) -> impl Iterator<Item = &Suggestion> {
        self.suggestions.waiting(wall_ms)
    }

    /// The last change, while it can be taken back.
    pub fn undoable(&self, wall_ms: u64) -> Option<&Change> {
        self.last_change.as_ref().filter(|change| wall_ms < change.until_ms)
    }

    /// The host spoke of a product.
    pub fn heard(&mut self, mention: &Mention, segment: SegmentId, now: Moment) -> Option<CardAction> {
        let at_ms = now.show_ms;
        let held =
            self.operator_at.is_some_and(|at| at_ms < at.saturating_add(self.settings.operator_hold_ms));
        let returns = self.before.as_ref().is_some_and(|(sku, gone_at)| {
            *sku == mention.sku && at_ms < gone_at.saturating_add(self.settings.return_after_ms)
        });
        if held || returns || self.pinned.as_ref() == Some(&mention.sku) {
            if !returns {
                // The card stays, but "the next one" is next to what the host speaks of.
                self.turn_to(&mention.sku);
            }
            return None;
        }
        Some(self.pin(&mention.sku, PinReason::Spoken, Some(segment), now))
    }

    /// The host spoke of a product in a room where the operator pins. True if the console has something new.
    pub fn suggest(&mut self, mention: &Mention, segment: SegmentId, now: Moment) -> bool {
        self.turn_to(&mention.sku);
        self.pinned.as_ref() != Some(&mention.sku) && self.suggestions.add(&mention.sku, segment, now.wall_ms)
    }

    /// The operator wants no card of it. False if it was not suggested.
    pub fn dismiss(&mut self, sku: &Sku, wall_ms: u64) -> bool {
        self.suggestions.dismiss(sku, wall_ms)
    }

    /// The machine pins by itself from now on.
    pub fn forget_suggestions(&mut self) {
        self.suggestions = Suggestions::default();
    }

    /// The operator pressed "pin". Pressing it for what is pinned changes nothing but holds it.
    pub fn operator_pins(&mut self, sku: &Sku, now: Moment) -> Option<CardAction> {
        self.operator_at = Some(now.show_ms);
        if self.pinned.as_ref() == Some(sku) {
            return None;
        }
        Some(self.pin(sku, PinReason::Operator, None, now))
    }

    /// The operator pressed "unpin".
    pub fn operator_unpins(&mut self, now: Moment) -> Option<CardAction> {
        self.operator_at = Some(now.show_ms);
        self.before = None;
        let sku = self.pinned.take()?;
        self.changed(Some(sku.clone()), None, self.shown.clone(), now);
        Some(CardAction::Unpin { sku })
    }

    /// Takes the last change back: the card that was there before is there again, and the machine keeps still as after any
    /// word of the operator. `change`: the one that the operator saw; none: whichever was the last.
    ///
    /// # Errors
    /// It is too late, or another change came in between.
    pub fn undo(&mut self, change: Option<u64>, now: Moment) -> Result<Option<CardAction>, UndoRefused> {
        let last = self.undoable(now.wall_ms).ok_or(UndoRefused::TooLate)?;
        if change.is_some_and(|id| id != last.id) {
            return Err(UndoRefused::ChangedMeanwhile);
        }
        let Some(Change { from, shown, .. }) = self.last_change.take() else {
            return Err(UndoRefused::TooLate);
        };
        (self.operator_at, self.before, self.shown) = (Some(now.show_ms), None, shown);
        let gone = std::mem::replace(&mut self.pinned, from.clone());
        Ok(match from {
            Some(sku) => Some(CardAction::Pin { sku, reason: PinReason::Operator, segment: None }),
            None => gone.map(|sku| CardAction::Unpin { sku }),
        })
    }

    /// The product has changed: its card goes out once more.
    pub fn shown_again(&self, sku: &Sku) -> Option<CardAction> {
        let pinned = self.pinned.clone().filter(|pinned| pinned == sku)?;
        Some(CardAction::Pin { sku: pinned, reason: PinReason::Changed, segment: None })
    }

    /// The product is no longer sold here.
    pub fn removed(&mut self, sku: &Sku) -> Option<CardAction> {
        self.before.take_if(|(before, _)| before == sku);
        // Its card cannot come back, and what replaced it is all there is.
        self.last_change.take_if(|change| [&change.from, &change.to].contains(&&Some(sku.clone())));
        self.suggestions.remove(sku);
        self.pinned.take_if(|pinned| pinned == sku).map(|sku| CardAction::Unpin { sku })
    }

    fn pin(&mut self, sku: &Sku, reason: PinReason, segment: Option<SegmentId>, now: Moment) -> CardAction {
        let gone = self.pinned.replace(sku.clone());
        self.changed(gone.clone(), Some(sku.clone()), self.shown.clone(), now);
        self.before = gone.map(|before| (before, now.show_ms));
        self.turn_to(sku);
        self.suggestions.remove(sku);
        CardAction::Pin { sku: sku.clone(), reason, segment }
    }

    fn changed(&mut self, from: Option<Sku>, to: Option<Sku>, shown: Shown, now: Moment) {
        self.changes += 1;
        let until_ms = now.wall_ms.saturating_add(self.settings.undo_ms);
        self.last_change = Some(Change { id: self.changes, from, to, until_ms, shown });
    }

    fn turn_to(&mut self, sku: &Sku) {
        if self.shown.now.as_ref() != Some(sku) {
            self.shown.before = self.shown.now.replace(sku.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sku(name: &str) -> Sku {
        Sku::parse(name).unwrap()
    }

    fn hear(pins: &mut Pins, name: &str, at_ms: u64) -> Option<CardAction> {
        pins.heard(&mention(name), 1, at(at_ms))
    }

    fn mention(name: &str) -> Mention {
        Mention { sku: sku(name), range: 0..1, cost: 0.0 }
    }

    /// Sound that comes as it is spoken.
    fn at(ms: u64) -> Moment {
        Moment { show_ms: ms, wall_ms: ms }
    }

    fn pinned(name: &str) -> Option<CardAction> {
        Some(CardAction::Pin { sku: sku(name), reason: PinReason::Operator, segment: None })
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
        assert_eq!(pins.operator_pins(&sku("B"), at(1_000)), pinned("B"));
        assert_eq!(hear(&mut pins, "C", 20_999), None);
        assert_eq!(hear(&mut pins, "C", 21_000), spoken("C"));
    }

    #[test]
    fn pressing_pin_again_holds_what_the_machine_pinned() {
        let mut pins = Pins::default();
        hear(&mut pins, "A", 0);
        assert_eq!(pins.operator_pins(&sku("A"), at(10_000)), None);
        assert_eq!(hear(&mut pins, "B", 29_999), None);
    }

    #[test]
    fn an_unpin_is_told_once_and_keeps_the_machine_still() {
        let mut pins = Pins::default();
        assert_eq!(pins.operator_unpins(at(0)), None, "nothing was pinned");
        assert_eq!(hear(&mut pins, "A", 100), None, "the operator wanted it empty");
        assert_eq!(hear(&mut pins, "A", 20_000), spoken("A"));
        assert_eq!(pins.operator_unpins(at(21_000)), Some(CardAction::Unpin { sku: sku("A") }));
        assert_eq!(pins.pinned(), None);
        assert_eq!(hear(&mut pins, "A", 30_000), None);
        assert_eq!(hear(&mut pins, "A", 41_000), spoken("A"));
    }

    #[test]
    fn an_undo_brings_the_card_before_and_keeps_the_machine_still() {
        let mut pins = Pins::default();
        hear(&mut pins, "A", 0);
        hear(&mut pins, "B", 30_000);
        assert_eq!(pins.undo(None, at(39_999)), Ok(pinned("A")));
        assert_eq!(pins.pinned(), Some(&sku("A")));
        assert_eq!(
            hear(&mut pins, "B", 59_998),
            None,
            "the machine was wrong, and is silent as after any button"
        );
        assert_eq!(hear(&mut pins, "B", 59_999), spoken("B"));
    }

    #[test]
    fn an_undo_comes_in_ten_seconds_once_and_for_the_change_that_was_seen() {
        let mut pins = Pins::default();
        assert_eq!(pins.undo(None, at(0)), Err(UndoRefused::TooLate), "nothing was done");
        hear(&mut pins, "A", 0);
        let seen = pins.undoable(9_999).unwrap().id;
        assert_eq!(pins.undo(Some(seen), at(10_000)), Err(UndoRefused::TooLate));
        pins.operator_pins(&sku("B"), at(10_000));
        assert_eq!(pins.undo(Some(seen), at(10_001)), Err(UndoRefused::ChangedMeanwhile));
        assert_eq!(pins.undo(Some(seen + 1), at(10_001)), Ok(pinned("A")));
        assert_eq!(pins.undo(None, at(10_002)), Err(UndoRefused::TooLate), "an undo is not undone");
    }

    #[test]
    fn the_first_pin_and_an_unpin_are_undone_too() {
        let mut pins = Pins::default();
        hear(&mut pins, "A", 0);
        assert_eq!(pins.undo(None, at(5_000)), Ok(Some(CardAction::Unpin { sku: sku("A") })));
        assert_eq!((pins.pinned(), pins.shown()), (None, &Shown::default()));
        pins.operator_pins(&sku("B"), at(6_000));
        pins.operator_unpins(at(7_000));
        assert_eq!(pins.undo(None, at(8_000)), Ok(pinned("B")));
        assert_eq!(pins.pinned(), Some(&sku("B")));
    }

    #[test]
    fn the_time_to_undo_runs_by_the_gateways_clock_whatever_the_sound_does() {
        let mut pins = Pins::default();
        let at = |show_ms, wall_ms| Moment { show_ms, wall_ms };
        pins.operator_pins(&sku("A"), at(0, 1_000));
        assert_eq!(
            pins.undo(None, at(0, 11_000)),
            Err(UndoRefused::TooLate),
            "no host: the show stands still"
        );
        pins.operator_pins(&sku("B"), at(0, 12_000));
        assert!(pins.undo(None, at(60_000, 21_999)).is_ok(), "a file runs fast");
    }

    #[test]
    fn what_is_no_longer_sold_does_not_come_back_by_undo() {
        let mut pins = Pins::default();
        hear(&mut pins, "A", 0);
        hear(&mut pins, "B", 30_000);
        assert_eq!(pins.removed(&sku("A")), None);
        assert_eq!(pins.undo(None, at(31_000)), Err(UndoRefused::TooLate));
        hear(&mut pins, "C", 32_000);
        assert_eq!(pins.removed(&sku("C")), Some(CardAction::Unpin { sku: sku("C") }));
        assert_eq!(pins.undo(None, at(33_000)), Err(UndoRefused::TooLate));
    }

    #[test]
    fn suggestions_pin_nothing_and_go_when_the_product_is_pinned() {
        let mut pins = Pins::default();
        assert!(pins.suggest(&mention("A"), 1, at(0)));
        assert_eq!((pins.pinned(), pins.suggestions(0).count()), (None, 1));
        assert_eq!(pins.operator_pins(&sku("A"), at(1_000)), pinned("A"));
        assert_eq!(pins.suggestions(1_000).count(), 0);
        assert!(!pins.suggest(&mention("A"), 2, at(2_000)), "it is pinned");
        assert!(
            pins.suggest(&mention("B"), 3, at(3_000)),
            "the operator's hold does not silence suggestions"
        );
    }

    #[test]
    fn the_next_one_is_next_to_what_the_host_speaks_of() {
        let mut pins = Pins::default();
        let shown = |now: &str, before: Option<&str>| Shown { now: Some(sku(now)), before: before.map(sku) };
        hear(&mut pins, "A", 0);
        pins.operator_pins(&sku("C"), at(1_000));
        assert_eq!(pins.shown(), &shown("C", Some("A")));
        assert_eq!(hear(&mut pins, "B", 12_000), None, "held");
        assert_eq!(pins.shown(), &shown("B", Some("C")));
        pins.suggest(&mention("D"), 4, at(13_000));
        assert_eq!(pins.shown(), &shown("D", Some("B")));
        pins.operator_unpins(at(14_000));
        assert_eq!(pins.shown(), &shown("D", Some("B")), "an empty place has no next");
    }
}
