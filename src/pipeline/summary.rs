//! What a show was, told from its history: for the operator when it is over, and before.

use std::collections::BTreeMap;

use super::audience::Audience;
use super::history::Show;
use super::room::Room;
use super::stats::StageLag;
use crate::domain::{CardAction, Epoch, PinReason, Sku, SourceEvent};

/// A show in figures.
#[derive(Debug, Clone)]
pub struct Summary {
    pub epoch: Epoch,
    pub ended: bool,
    /// When it could begin: the room was first opened, or the show before it was followed by this one. Unix, ms.
    pub since_ms: i64,
    /// From the first sample to the last.
    pub duration_ms: u64,
    pub told: Told,
    pub audience: Audience,
    /// Of the last finals.
    pub lag: StageLag,
}

/// What the history says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    pub captions: usize,
    pub corrections: usize,
    /// Those shown longest first.
    pub products: Vec<Shown>,
}

/// A product on screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub sku: Sku,
    pub times: usize,
    /// To a sentence: from the end of the one before the card came to the end of the one before it left.
    pub ms: u64,
}

impl Room {
    pub fn summary(&self) -> Summary {
        let state = self.state.lock();
        let show = &state.show;
        let duration_ms = show.clock.audio_ms();
        let (epoch, ended, since_ms, told) =
            (show.epoch.clone(), show.ended, show.head_row().made_ms, show.told());
        drop(state);
        let (audience, lag) = (self.audience.audience(), self.lag());
        Summary { epoch, ended, since_ms, duration_ms, told, audience, lag }
    }
}

impl Show {
    fn told(&self) -> Told {
        let mut told = Told::default();
        let mut shown: BTreeMap<&Sku, (usize, u64)> = BTreeMap::new();
        let mut pinned: Option<(&Sku, u64)> = None;
        let mut now = 0;
        let off = |shown: &mut BTreeMap<_, (usize, u64)>, pinned: Option<(&'_ Sku, u64)>, now: u64| {
            if let Some((_, ms)) = pinned.and_then(|(sku, _)| shown.get_mut(sku)) {
                *ms += now - pinned.map_or(now, |(_, since)| since);
            }
        };
        for event in self.events() {
            match event {
                SourceEvent::Final(caption) if caption.corrected => told.corrections += 1,
                SourceEvent::Final(caption) => {
                    told.captions += 1;
                    now = now.max(caption.end_ms);
                }
                // The same card with another price.
                SourceEvent::Card(CardAction::Pin { reason: PinReason::Changed, .. }) => {}
                SourceEvent::Card(CardAction::Pin { sku, .. }) => {
                    off(&mut shown, pinned.take(), now);
                    shown.entry(sku).or_default().0 += 1;
                    pinned = Some((sku, now));
                }
                SourceEvent::Card(CardAction::Unpin { .. }) | SourceEvent::Ended => {
                    off(&mut shown, pinned.take(), now);
                }
            }
        }
        off(&mut shown, pinned, now);
        let products = shown.into_iter().map(|(sku, (times, ms))| Shown { sku: sku.clone(), times, ms });
        told.products = products.collect();
        told.products.sort_by_key(|shown| std::cmp::Reverse((shown.ms, shown.times)));
        told
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::history::testing::{heard, show};
    use super::*;
    use crate::domain::event::SourceCaption;

    #[test]
    fn captions_are_counted_once_and_products_by_their_time_on_screen() {
        let mut show = show(&["一", "二"]);
        let pin = |sku: &str, reason| {
            SourceEvent::Card(CardAction::Pin { sku: Sku::parse(sku).unwrap(), reason, segment: None })
        };
        let said = |segment| SourceEvent::Final(Arc::new(heard(segment, "…")));
        show.append(pin("A", PinReason::Spoken));
        show.append(said(3));
        show.append(pin("A", PinReason::Changed));
        show.append(said(4));
        show.append(pin("B", PinReason::Operator));
        show.append(said(9));
        show.append(SourceEvent::Final(Arc::new(SourceCaption {
            rev: 4,
            corrected: true,
            ..heard(1, "壹")
        })));
        show.append(SourceEvent::Card(CardAction::Unpin { sku: Sku::parse("B").unwrap() }));
        show.append(said(20));
        show.append(pin("A", PinReason::Operator));
        show.append(SourceEvent::Ended);
        let told = show.told();
        assert_eq!((told.captions, told.corrections), (6, 1));
        let shown: Vec<_> = told.products.iter().map(|s| (s.sku.as_str(), s.times, s.ms)).collect();
        assert_eq!(shown, [("B", 1, 5_000), ("A", 2, 2_000)]);
    }
}
