//! What the operator has beside the pin button: suggestions in place of the machine's pins, and undo.

use super::room::{ConsoleEvent, Room, State};
use crate::domain::{PinMode, SegmentId, Sku, SourceEvent};
use crate::triggers::{Change, Mention, Suggestion, UndoRefused};

/// What a console shows of the pins at a moment.
#[derive(Debug, Clone)]
pub struct PinState {
    pub mode: PinMode,
    pub pinned: Option<Sku>,
    /// The latest first, each with the time that it waits yet, in ms.
    pub suggestions: Vec<(Suggestion, u64)>,
    /// What can be taken back, and for how long yet, in ms.
    pub undo: Option<(Change, u64)>,
}

impl Room {
    pub fn pin_state(&self) -> PinState {
        let state = self.state.lock();
        let (pins, now) = (&state.show.pins, self.moment(&state.show).wall_ms);
        PinState {
            mode: state.pin_mode,
            pinned: pins.pinned().cloned(),
            suggestions: pins.suggestions(now).map(|one| (one.clone(), one.until_ms - now)).collect(),
            undo: pins.undoable(now).map(|change| (change.clone(), change.until_ms - now)),
        }
    }

    /// Whether the machine pins or suggests from now on. It holds until the gateway stops.
    pub fn set_pin_mode(&self, mode: PinMode) {
        let mut state = self.state.lock();
        state.pin_mode = mode;
        if mode == PinMode::Auto {
            state.show.pins.forget_suggestions();
        }
        drop(state);
        tracing::info!(room = %self.config.id, mode = mode.as_str(), "what becomes of spoken products was changed");
        drop(self.console.send(ConsoleEvent::Pins));
    }

    /// False if the product is not suggested (any more).
    pub fn dismiss(&self, sku: &Sku) -> bool {
        let mut state = self.state.lock();
        let now = self.moment(&state.show).wall_ms;
        let dismissed = state.show.pins.dismiss(sku, now);
        drop(state);
        if dismissed {
            drop(self.console.send(ConsoleEvent::Pins));
        }
        dismissed
    }

    /// Takes the last pin or unpin back. `change`: the one that the operator saw; none: whichever was the last.
    ///
    /// # Errors
    /// It is too late, or another change came in between.
    pub fn undo(&self, change: Option<u64>) -> Result<(), UndoRefused> {
        let mut refused = None;
        self.operate(|show, now| {
            show.pins.undo(change, now).unwrap_or_else(|error| {
                refused = Some(error);
                None
            })
        });
        refused.map_or(Ok(()), Err)
    }

    /// The host turned to a product.
    pub(super) fn spoken_of(&self, state: &mut State, mention: &Mention, segment: SegmentId) {
        let now = self.moment(&state.show);
        let pins = &mut state.show.pins;
        let news = match state.pin_mode {
            PinMode::Suggest => pins.suggest(mention, segment, now),
            PinMode::Auto => match pins.heard(mention, segment, now) {
                Some(action) => {
                    state.show.append(SourceEvent::Card(action));
                    true
                }
                None => false,
            },
        };
        if news {
            drop(self.console.send(ConsoleEvent::Pins));
        }
    }
}
