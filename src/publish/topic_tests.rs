//! Resume: whatever happens, each event once and in order, or an honest "not recovered".

use super::*;

fn topic(replay: usize) -> Topic {
    let topic =
        Topic::new(Lang::parse("es").unwrap(), HubSettings { replay, replay_bytes: 1_000, backlog: 8 }, None);
    topic.begin(epoch("e1"), 1, None);
    topic
}

fn epoch(name: &str) -> Epoch {
    Epoch::parse(name).unwrap()
}

fn body(offset: Offset) -> Body {
    Body::Same(format!("{offset}").into_bytes().into())
}

fn at(name: &str, offset: Offset) -> Position {
    Position { epoch: epoch(name), offset }
}

fn offsets(joined: &Joined) -> Vec<Offset> {
    joined.missed.iter().map(|(offset, _)| *offset).collect()
}

#[test]
fn a_returning_viewer_gets_exactly_what_it_missed() {
    let t = topic(100);
    (1..=10).for_each(|o| t.publish(o, body(o)));
    let joined = t.join(Some(&at("e1", 7)), 3);
    assert!(joined.recovered);
    assert_eq!((joined.offset, offsets(&joined)), (7, vec![8, 9, 10]));
}

#[test]
fn a_viewer_that_missed_nothing_is_recovered_too() {
    let t = topic(100);
    t.publish(1, body(1));
    let joined = t.join(Some(&at("e1", 1)), 3);
    assert!(joined.recovered && joined.missed.is_empty());
    assert_eq!(joined.offset, 1);
}

#[test]
fn lost_history_another_epoch_and_the_future_are_not_recovered() {
    let t = topic(4);
    (1..=10).for_each(|o| t.publish(o, body(o)));
    for from in [at("e1", 5), at("e0", 9), at("e1", 11)] {
        let joined = t.join(Some(&from), 3);
        assert!(!joined.recovered, "{from:?}");
        assert_eq!((joined.offset, offsets(&joined)), (7, vec![8, 9, 10]), "{from:?}");
    }
    assert!(t.join(Some(&at("e1", 6)), 3).recovered, "the oldest in the ring is enough");
}

#[test]
fn nothing_falls_between_replay_and_live() {
    let t = topic(100);
    t.publish(1, body(1));
    let mut joined = t.join(None, 5);
    t.publish(2, body(2));
    assert_eq!(offsets(&joined), [1]);
    assert!(matches!(joined.live.try_recv(), Ok(Event::Kept { offset: 2, .. })));
    assert!(joined.live.try_recv().is_err());
}

#[test]
fn a_repeated_offset_is_published_once() {
    let t = topic(100);
    t.publish(1, body(1));
    t.publish(1, body(1));
    assert_eq!(offsets(&t.join(None, 9)), [1]);
}

#[test]
fn a_new_show_begins_a_new_history_and_says_so() {
    let t = topic(100);
    t.publish(1, body(1));
    let mut joined = t.join(None, 5);
    t.begin(epoch("e2"), 1, None);
    assert!(matches!(joined.live.try_recv(), Ok(Event::NewEpoch)));
    assert!(!t.join(Some(&at("e1", 1)), 5).recovered);
}

#[test]
fn an_old_pin_reaches_those_who_start_afresh_only() {
    let t = topic(3);
    t.publish(1, body(1));
    t.set_pinned(Some((1, body(1))));
    (2..=6).for_each(|o| t.publish(o, body(o)));
    assert!(t.join(None, 2).pinned.is_some());
    assert!(t.join(Some(&at("e1", 5)), 2).pinned.is_none());
}

#[test]
fn who_fell_behind_is_served_from_the_ring_or_told_that_it_cannot() {
    let t = topic(4);
    (1..=10).for_each(|o| t.publish(o, body(o)));
    assert_eq!(t.since(8).unwrap().len(), 2);
    assert!(t.since(3).is_none());
}

#[test]
fn a_viewer_who_is_further_than_the_topic_is_told_apart_and_recovered_when_it_is_there() {
    let t = topic(100);
    t.publish(1, body(1));
    let mut joined = t.join(Some(&at("e1", 3)), 3);
    assert!(joined.ahead && !joined.recovered);
    for offset in [2, 3] {
        t.publish(offset, body(offset));
        // It hears of each, so that it can try again.
        assert!(matches!(joined.live.try_recv(), Ok(Event::Kept { .. })));
    }
    let joined = t.join(Some(&at("e1", 3)), 3);
    assert!(joined.recovered && !joined.ahead && joined.missed.is_empty());
    for elsewhere in [at("e0", 9), at("e1", 1)] {
        assert!(!t.join(Some(&elsewhere), 3).ahead, "{elsewhere:?}");
    }
}

#[test]
fn large_events_leave_the_ring_earlier_and_what_markets_share_counts_once() {
    let t = topic(100);
    let large = |length: usize| {
        let (shared, own) =
            (Bytes::from(vec![b'x'; length / 2]), Bytes::from(vec![b'y'; length - length / 2]));
        let market = |code| Market { currency: Currency::parse(code).unwrap(), habits: Habits::default() };
        let by = [("USD", &shared), ("MXN", &own), ("EUR", &shared)]
            .map(|(code, body)| (market(code), body.clone()));
        Body::ByMarket { by: Arc::new(by.into()), base: Currency::USD, other: shared }
    };
    (1..=10).for_each(|o| t.publish(o, large(300)));
    assert_eq!(offsets(&t.join(Some(&at("e1", 7)), 3)), [8, 9, 10]);
    assert!(!t.join(Some(&at("e1", 6)), 3).recovered, "1,000 bytes are three events of 300");
    t.publish(11, large(5_000));
    assert_eq!(offsets(&t.join(None, 3)), [11], "the last one stays");
    (12..=20).for_each(|o| t.publish(o, body(o)));
    assert_eq!(t.join(Some(&at("e1", 11)), 3).missed.len(), 9, "and leaves as others do");
}
