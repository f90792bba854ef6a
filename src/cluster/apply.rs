//! Into a topic, what its owner published: each event once and in order, whatever is repeated.

use super::wire::Message;
use crate::domain::Epoch;
use crate::protocol::viewer::pins;
use crate::publish::{Body, Topic};

/// Puts messages into a topic.
pub struct Filling<'a> {
    topic: &'a Topic,
    /// What the topic has is another history, though it may bear the same name.
    afresh: bool,
}

impl<'a> Filling<'a> {
    pub fn new(topic: &'a Topic, afresh: bool) -> Self {
        Self { topic, afresh }
    }

    pub fn apply(&mut self, message: Message) {
        let (epoch, head) = self.topic.head();
        let same = |other: &Epoch| !self.afresh && epoch.as_ref() == Some(other);
        match message {
            // An owner that came back tells it again, with what it had told before.
            Message::Begin { epoch, first, .. } if same(&epoch) && first <= head + 1 => {}
            Message::Begin { epoch, first, pinned } => {
                self.topic.begin(epoch, first, pinned);
                self.afresh = false;
            }
            Message::Event { epoch, offset, .. } if same(&epoch) && offset <= head => {}
            Message::Event { epoch, offset, body } => {
                if !same(&epoch) || offset > head + 1 {
                    // Its beginning is not kept any more, or something is missing: who watches is greeted anew.
                    self.topic.begin(epoch, offset, None);
                    self.afresh = false;
                }
                self.publish(offset, body);
            }
        }
    }

    fn publish(&self, offset: u64, body: Body) {
        let pins = match &body {
            Body::Same(bytes) => pins(bytes),
            Body::ByMarket { other, .. } => pins(other),
        };
        self.topic.publish(offset, body.clone());
        match pins {
            Some(true) => self.topic.set_pinned(Some((offset, body))),
            Some(false) => self.topic.set_pinned(None),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::domain::{Lang, Sku};
    use crate::protocol::viewer::{Place, unpin};
    use crate::publish::{Event, HubSettings};

    fn topic() -> Topic {
        Topic::new(Lang::parse("es").unwrap(), HubSettings::default(), None)
    }

    fn named(name: &str) -> Epoch {
        Epoch::parse(name).unwrap()
    }

    fn begin(name: &str, first: u64) -> Message {
        Message::Begin { epoch: named(name), first, pinned: None }
    }

    fn event(name: &str, offset: u64) -> Message {
        Message::Event { epoch: named(name), offset, body: Body::Same(format!("{offset}").into()) }
    }

    fn offsets(topic: &Topic) -> Vec<u64> {
        topic.join(None, 99).missed.iter().map(|(offset, _)| *offset).collect()
    }

    #[test]
    fn an_owner_that_tells_everything_again_changes_nothing() {
        let topic = topic();
        let mut filling = Filling::new(&topic, false);
        for message in [begin("a", 1), event("a", 1), event("a", 2)] {
            filling.apply(message);
        }
        let mut live = topic.join(None, 99).live;
        for message in [begin("a", 1), event("a", 1), event("a", 2), event("a", 3)] {
            filling.apply(message);
        }
        assert_eq!(offsets(&topic), [1, 2, 3]);
        assert!(matches!(live.try_recv(), Ok(Event::Kept { offset: 3, .. })));
        assert!(live.try_recv().is_err());
    }

    #[test]
    fn a_gap_or_another_show_begins_anew() {
        let topic = topic();
        let mut filling = Filling::new(&topic, false);
        // Its beginning is gone from the stream.
        filling.apply(event("a", 5));
        filling.apply(event("a", 6));
        assert_eq!((offsets(&topic), topic.epoch()), (vec![5, 6], Some(named("a"))));
        filling.apply(event("a", 8));
        assert_eq!(offsets(&topic), [8]);
        filling.apply(begin("b", 1));
        assert_eq!((offsets(&topic), topic.head()), (vec![], (Some(named("b")), 0)));
    }

    #[test]
    fn a_history_that_went_its_own_way_is_replaced_by_that_of_the_others() {
        let topic = topic();
        let mut filling = Filling::new(&topic, false);
        (1..=5).for_each(|offset| filling.apply(event("a", offset)));
        let mut filling = Filling::new(&topic, true);
        filling.apply(event("a", 3));
        filling.apply(event("a", 4));
        assert_eq!(offsets(&topic), [3, 4]);
    }

    #[test]
    fn the_pin_in_force_is_remembered() {
        let topic = topic();
        let mut filling = Filling::new(&topic, false);
        let body = Bytes::from_static(br#"{"type":"card","epoch":"a","offset":1,"action":"pin","sku":"A"}"#);
        filling.apply(Message::Event { epoch: named("a"), offset: 1, body: Body::Same(body) });
        filling.apply(event("a", 2));
        assert_eq!(topic.join(None, 1).pinned.map(|(offset, _)| offset), Some(1));
        let epoch = named("a");
        let body = unpin(Place { epoch: &epoch, offset: Some(3) }, &Sku::parse("A").unwrap());
        filling.apply(Message::Event { epoch, offset: 3, body: Body::Same(body) });
        assert!(topic.join(None, 0).pinned.is_none());
    }
}
