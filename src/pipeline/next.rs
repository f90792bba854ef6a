//! What a lane finds in the show's history.

use std::sync::Arc;

use super::room::Room;
use crate::domain::event::SourceCaption;
use crate::domain::{CardAction, Epoch, Offset, SegmentId, SourceEvent};

/// What a lane is to do next.
pub(super) enum Next {
    /// Another show than the lane knows.
    NewShow {
        epoch: Epoch,
        first: Offset,
        head: Offset,
        pinned: Option<(Offset, CardAction)>,
    },
    Event {
        offset: Offset,
        event: SourceEvent,
    },
    Partial(Arc<SourceCaption>),
    Nothing,
}

impl Room {
    /// The event after `cursor` in the show `epoch`, else the partial if it is newer than `shown`.
    pub(super) fn next_after(
        &self,
        epoch: Option<&Epoch>,
        cursor: Offset,
        shown: Option<(SegmentId, u32)>,
    ) -> Next {
        let state = self.state.lock();
        let show = &state.show;
        if epoch != Some(&show.epoch) || cursor + 1 < show.first() {
            let pinned = show.pinned().map(|(offset, action)| (offset, action.clone()));
            return Next::NewShow {
                epoch: show.epoch.clone(),
                first: show.first(),
                head: show.head(),
                pinned,
            };
        }
        if let Some(event) = show.at(cursor + 1) {
            return Next::Event { offset: cursor + 1, event: event.clone() };
        }
        match &show.partial {
            Some(partial) if shown.is_none_or(|s| s < (partial.segment, partial.rev)) => {
                Next::Partial(Arc::clone(partial))
            }
            _ => Next::Nothing,
        }
    }
}
